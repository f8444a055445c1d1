"""What is filled in: the forms. Faults are shown at the field that has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from bot.grammar import Context
from bot.grammar.spec import Reader, ValueProblem
from bot.grammar.values import read_app, read_life, read_memory, read_new_name
from bot.incoming.answering import Late
from bot.incoming.desk import Answer
from bot.incoming.payloads import Payload, Source, form_values, of_interaction
from bot.incoming.reception import Inside, Reception
from bot.incoming.spoken import own_team
from bot.render import forms
from bot.render import text as t
from executor.errors import SandboxError
from executor.requests import Deploy, Destroy, Extend, Request

_READERS: Mapping[str, Reader] = {
    "app": read_app,
    "name": read_new_name,
    "ttl": read_life,
    "memory": read_memory,
    "length": read_life,
    "exactly": read_life,
}
FIELD_ERROR_CHARACTERS_LIMIT = 300


@dataclass(frozen=True, kw_only=True)
class Refused(Answer):
    """Faults by field."""

    errors: Mapping[str, str]


class Submitted:
    """Handlers of forms."""

    def __init__(self, inside: Inside, reception: Reception) -> None:
        self._inside = inside
        self._reception = reception

    async def form(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """A submitted form of ours: it closes, or says what is wrong with which field."""
        source = of_interaction(body)
        view = body.get("view") or {}
        values = form_values(view)
        home = values.get("channel") or _metadata(view, forms.DEPLOY_FORM)
        answering = self._inside.answering
        answer = await answering.in_time(
            self._do(view, values, source, own_team(context)), late=self._late(source, home)
        )
        if answer is None:
            wait = forms.answer("A moment", "This takes longer than usual; the answer comes by itself.")
            await ack(response_action="update", view=wait)
        elif isinstance(answer, Refused):
            await ack(response_action="errors", errors=dict(answer.errors))
        elif answer.view is not None:
            await ack(response_action="update", view=answer.view)
        else:
            await ack()

    def _late(self, source: Source, channel_id: str) -> Late:
        async def bring(answer: Answer) -> None:
            if isinstance(answer, Refused):
                error = SandboxError(" ".join(answer.errors.values()))
                answer = self._inside.answering.explain(error)
            if answer.message is not None and channel_id:
                await self._inside.gateway.whisper(channel_id, source.person_id, answer.message, thread=None)

        return bring

    async def _do(self, view: Payload, values: Mapping[str, str], source: Source, team_id: str) -> Answer:
        person = await self._reception.admit(source, team_id)
        channel_id = values.get("channel") or _metadata(view, forms.DEPLOY_FORM)
        words = await self._inside.desk.context(person, channel_id, now=self._inside.clock(), sandbox=None)
        read, errors = read_fields(values, words)
        if errors:
            return Refused(errors=errors)
        try:
            request = request_of(view, read, words)
            await self._inside.desk.perform(request, self._reception.place(source, person))
        except SandboxError as error:
            return _refusal(error, view, values)
        return Answer()


def read_fields(values: Mapping[str, str], context: Context) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a form, and the faults by field. Pure."""
    read: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field, text in values.items():
        reader = _READERS.get(field)
        try:
            read[field] = reader(text, context) if reader else text
        except ValueProblem as problem:
            errors[field] = f"{str(problem)[:1].upper()}{str(problem)[1:]}."
    return read, errors


def request_of(view: Payload, read: Mapping[str, Any], context: Context) -> Request:
    """The request that a form makes. Raises SandboxError for a form that is not ours. Pure."""
    callback = view.get("callback_id")
    if callback == forms.DEPLOY_FORM and "app" in read:
        app, version = read["app"]
        return Deploy(
            app=app,
            version=version,
            name=read.get("name"),
            ttl_seconds=_seconds(read.get("ttl"), context),
            memory_bytes=read.get("memory"),
            channel_id=context.channel_id,
        )
    if callback == forms.EXTEND_FORM:
        seconds = _seconds(read.get("exactly", read.get("length")), context)
        return _extend(view, read, seconds)
    if callback == forms.DESTROY_FORM:
        return Destroy(sandbox=str(view.get("private_metadata") or ""))
    raise SandboxError("This form is from an older version of me.", "Close it and open it again.")


def _extend(view: Payload, read: Mapping[str, Any], seconds: int | None) -> Extend:
    sandbox = str(view.get("private_metadata") or "")
    at = read.get("exactly")
    if isinstance(at, datetime):
        return Extend(sandbox=sandbox, until_epoch_seconds=int(at.timestamp()))
    return Extend(sandbox=sandbox, seconds=seconds)


def _seconds(life: Any, context: Context) -> int | None:
    if life is None:
        return None
    length = life - context.now if isinstance(life, datetime) else life
    return int(length.total_seconds())


def _refusal(error: SandboxError, view: Payload, values: Mapping[str, str]) -> Answer:
    """At the field whose value the refusal names; where the form has no field, as its content."""
    text = f"{error.message} {error.hint or ''}".strip()
    blocks = [
        str(block.get("block_id")) for block in view.get("blocks") or [] if block.get("type") == "input"
    ]
    if not blocks:
        return Answer(view=forms.answer("Not done", t.escape(text, 2000)))
    named = [field for field in blocks if field != "app" and values.get(field, "\0") in error.message]
    about = [field for field in blocks if _WORDS.get(field, "\0") in error.message.lower()]
    field = (named or about or blocks)[0]
    return Refused(errors={field: t.cut(text, FIELD_ERROR_CHARACTERS_LIMIT)})


_WORDS = {"memory": "memory", "name": "name", "channel": "channel", "ttl": "live"}
"""What a refusal about a field speaks of."""


def _metadata(view: Payload, callback: str) -> str:
    """The channel a form was opened in; empty for another form."""
    return str(view.get("private_metadata") or "") if view.get("callback_id") == callback else ""
