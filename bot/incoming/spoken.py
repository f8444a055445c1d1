"""What is typed: the slash command, and mentions."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from bot.grammar import DeployForm, Wizard, parse
from bot.incoming.desk import Answer
from bot.incoming.payloads import Payload, Source, is_from_person, of_command, of_event
from bot.incoming.reception import Inside, Reception
from bot.render import answers
from bot.render.blocks import Message


class Spoken:
    """Handlers of typed text."""

    def __init__(self, inside: Inside, reception: Reception) -> None:
        self._inside = inside
        self._reception = reception

    async def command(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """``/sandbox …``: the acknowledgement is the answer, and the handler's last act."""
        source, team_id = of_command(body), own_team(context)
        answering = self._inside.answering
        answer = await answering.in_time(
            self._do_command(body, source, team_id), late=lambda late: self._reception.bring(late, source)
        )
        if answer is None:
            await ack(**as_reply(answers.still_working()))
            return
        answering.afterwards(self._after_command(answer, source, team_id))
        await ack(**(as_reply(answer.message) if answer.message else {}))

    async def _do_command(self, body: Payload, source: Source, team_id: str) -> Answer:
        person = await self._reception.admit(source, team_id)
        words = await self._inside.desk.context(
            person, source.channel_id, now=self._inside.clock(), sandbox=None
        )
        command = parse(str(body.get("text") or ""), words)
        answer = await self._inside.desk.perform(command, self._reception.place(source, person))
        if answer.view is None:
            return answer
        await self._reception.open_form(source, answer.view)
        return Answer()

    async def _after_command(self, answer: Answer, source: Source, team_id: str) -> None:
        if answer.snippet and await self._reception.is_new(source):
            await self._reception.bring_file(answer, source)
        if source.person_team_id == team_id:
            await self._reception.welcome(source, team_id)

    async def mention(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """``@Sandpiper logs``: in a sandbox's thread it needs no name."""
        event = body.get("event") or {}
        source, team_id = of_event(body), own_team(context)
        if not is_from_person(event) or source.person_team_id != team_id:
            return
        answering = self._inside.answering
        answer = await answering.in_time(
            self._do_mention(str(event.get("text") or ""), source, context),
            late=lambda late: self._reception.bring(late, source),
        )
        if answer is not None:
            answering.afterwards(self._reception.bring(answer, source))
            answering.afterwards(self._reception.welcome(source, team_id))

    async def _do_mention(self, text: str, source: Source, context: AsyncBoltContext) -> Answer:
        if not await self._reception.is_new(source):
            return Answer()
        person = await self._reception.admit(source, own_team(context))
        sandbox = await self._reception.sandbox_of_thread(source)
        words = await self._inside.desk.context(
            person, source.channel_id, now=self._inside.clock(), sandbox=sandbox
        )
        command = parse(without_mention(text, context.bot_user_id or ""), words)
        if isinstance(command, DeployForm | Wizard):
            return Answer(message=answers.form_button(self._inside.command))
        return await self._inside.desk.perform(command, self._reception.place(source, person))


def own_team(context: AsyncBoltContext) -> str:
    """The workspace that our own token is for."""
    result = context.authorize_result
    return (result.team_id if result else None) or ""


def without_mention(text: str, bot_user_id: str) -> str:
    """What is said to us: the text after the first mention of us."""
    mention = re.compile(rf"<@{re.escape(bot_user_id)}(?:\|[^>]*)?>")
    before, _, after = mention.sub("\0", text, count=1).partition("\0")
    return after.strip() or before.strip()


def as_reply(message: Message) -> dict[str, Any]:
    """A message as the body of an acknowledgement."""
    return {"response_type": "ephemeral", "text": message.text, "blocks": list(message.blocks)}
