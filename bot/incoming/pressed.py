"""What is pressed: every button and menu. Checked now, not when it was drawn."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from bot.controls import Control
from bot.grammar import (
    Command,
    DeployForm,
    Help,
    List,
    Logs,
    Scope,
    Status,
    find_verb,
)
from bot.grammar.build import LOG_LINES_DEFAULT
from bot.incoming.desk import Answer
from bot.incoming.payloads import Payload, Source, of_interaction, pressed_value
from bot.incoming.reception import Inside, Reception
from bot.incoming.spoken import own_team
from bot.outbox.home import Homes
from bot.render import forms
from bot.slack.people import Person
from executor.errors import SandboxError
from executor.requests import Cancel, Destroy, Extend, Restart, Start, Stop

MENU_ACTION = "control.more"
UNKNOWN = SandboxError("This button is from an older version of me.", "Use the card's own buttons instead.")


class Pressed:
    """Handlers of buttons and menus."""

    def __init__(self, inside: Inside, reception: Reception, homes: Homes) -> None:
        self._inside = inside
        self._reception = reception
        self._homes = homes
        self._forms: Mapping[str, Callable[[Control, Person], Awaitable[Answer]]] = {
            "extend": self._extend_form,
            "destroy": self._destroy_form,
        }

    async def link(self, ack: AsyncAck) -> None:
        """A button that only opened an address."""
        await ack()

    async def control(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """A control of ours."""
        source = of_interaction(body)
        answering = self._inside.answering
        answer = await answering.in_time(
            self._do(body, source, own_team(context)), late=lambda late: self._reception.bring(late, source)
        )
        if answer is not None:
            answering.afterwards(self._reception.bring_once(answer, source))
        await ack()

    async def chosen(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """An app of the wizard: its form takes the wizard's place."""
        source = of_interaction(body)
        answering = self._inside.answering
        answer = await answering.in_time(
            self._choose(body, source, own_team(context)),
            late=lambda late: self._reception.bring(late, source),
        )
        if answer is not None:
            answering.afterwards(self._reception.bring_once(answer, source))
        await ack()

    async def _choose(self, body: Payload, source: Source, team_id: str) -> Answer:
        await self._reception.admit(source, team_id)
        view = body.get("view") or {}
        chosen = str(pressed_value(_action(body)) or "")
        form = await self._inside.desk.deploy_form(str(view.get("private_metadata") or ""), chosen=chosen)
        await self._reception.change_form(source, form, view_hash=view.get("hash"))
        return Answer()

    async def _do(self, body: Payload, source: Source, team_id: str) -> Answer:
        """What the press asks for; in Home and in modals the answer is a modal."""
        try:
            answer = await self._answer(body, source, team_id)
        except SandboxError as error:
            answer = self._inside.answering.explain(error)
            control = Control.decode(pressed_value(_action(body)))
            if control and control.sandbox_id:
                await self._inside.notifier.redraw(control.sandbox_id)
        view = answer.view if source.channel_id else self._reception.as_view(answer)
        if view is None:
            return answer
        await self._reception.open_form(source, view)
        return Answer(snippet=answer.snippet, snippet_of=answer.snippet_of)

    async def _answer(self, body: Payload, source: Source, team_id: str) -> Answer:
        person = await self._reception.admit(source, team_id)
        action = _action(body)
        control = Control.decode(pressed_value(action))
        if control is None:
            raise UNKNOWN
        if control.verb == "home":
            return self._turn_home(control, person)
        asks = control.verb in self._forms and not control.argument
        if asks and (control.verb == "extend" or action.get("action_id") == MENU_ACTION):
            return await self._forms[control.verb](control, person)
        command = command_of(control)
        if command is None:
            raise UNKNOWN
        answer = await self._inside.desk.perform(command, self._reception.place(source, person))
        return answer if source.channel_id or control.verb not in _SHOWN_BY_HOME else Answer()

    def _turn_home(self, control: Control, person: Person) -> Answer:
        page = int(control.argument) if control.argument.isdigit() else 1
        self._homes.turn(person.id, person.team_id, page)
        self._inside.notifier.redraw_home(person.id)
        return Answer()

    async def _extend_form(self, control: Control, person: Person) -> Answer:
        return Answer(view=forms.extend_form(await self._allowed(control, person)))

    async def _destroy_form(self, control: Control, person: Person) -> Answer:
        return Answer(view=forms.destroy_form(await self._allowed(control, person)))

    async def _allowed(self, control: Control, person: Person) -> Any:
        verb = find_verb(control.verb)
        if verb is None:
            raise UNKNOWN
        return await self._inside.desk.allowed(control.sandbox_id, verb, person)


_SHOWN_BY_HOME = ("stop", "start", "restart", "cancel")
"""What Home shows by itself a moment later: a modal that says so would be in the way."""


def _action(body: Payload) -> dict[str, Any]:
    actions = body.get("actions") or [{}]
    return actions[0] if isinstance(actions[0], dict) else {}


def command_of(control: Control) -> Command | None:
    """The command that a control stands for; None for one that we do not know (any more). Pure."""
    make = _COMMANDS.get(control.verb)
    return make(control.sandbox_id, control.argument) if make else None


def _number(argument: str) -> int | None:
    return int(argument) if argument.isdigit() else None


def _list(_sandbox_id: str, argument: str) -> Command | None:
    scope, _, page = argument.partition(".")
    known = scope in set(Scope)
    return List(scope=Scope(scope), page=_number(page) or 1) if known else None


_COMMANDS: Mapping[str, Callable[[str, str], Command | None]] = {
    "deploy": lambda _id, _argument: DeployForm(),
    "help": lambda _id, _argument: Help(),
    "list": _list,
    "status": lambda sandbox_id, _argument: Status(sandbox=sandbox_id),
    "logs": lambda sandbox_id, _argument: Logs(sandbox=sandbox_id, lines=LOG_LINES_DEFAULT),
    "start": lambda sandbox_id, argument: Start(sandbox=sandbox_id, memory_bytes=_number(argument)),
    "stop": lambda sandbox_id, _argument: Stop(sandbox=sandbox_id),
    "restart": lambda sandbox_id, _argument: Restart(sandbox=sandbox_id),
    "extend": lambda sandbox_id, argument: Extend(sandbox=sandbox_id, seconds=_number(argument)),
    "cancel": lambda sandbox_id, _argument: Cancel(sandbox=sandbox_id),
    "destroy": lambda sandbox_id, _argument: Destroy(sandbox=sandbox_id),
}
