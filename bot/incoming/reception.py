"""Before and after the desk: who may come in, whether it is the first time, and bringing answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.incoming.answering import Answering
from bot.incoming.desk import Answer, Desk, Place
from bot.incoming.payloads import Source
from bot.outbox.notifier import Notifier
from bot.outbox.plan import card
from bot.render import answers, forms
from bot.render.blocks import Message
from bot.slack.errors import Trouble, code_of, trouble_of
from bot.slack.gateway import Gateway
from bot.slack.pacer import Priority
from bot.slack.people import Directory, Person, other_workspace
from executor.errors import SandboxError
from storage import deliveries, people, posts, sandboxes
from storage.database import Database
from storage.records import Actor, Sandbox

CHANGED_ALREADY = "hash_conflict"
"""Slack's word for a form that has changed since: somebody pressed twice, and the first press counted."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Inside:
    """The parts that handlers work with."""

    database: Database
    gateway: Gateway
    directory: Directory
    desk: Desk
    notifier: Notifier
    answering: Answering
    clock: Callable[[], datetime]
    command: str
    """The slash command, with its slash."""


class Reception:
    """Shared by all handlers."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    async def admit(self, source: Source, own_team_id: str) -> Person:
        """The person, if they are of our own workspace. Raises SandboxError for everybody else."""
        if not source.person_id or source.person_team_id != own_team_id:
            raise other_workspace()
        return await self._inside.directory.person(source.person_id, own_team_id)

    async def is_new(self, source: Source) -> bool:
        """Whether this delivery comes for the first time."""
        async with self._inside.database.write() as tx:
            return await deliveries.first_time(tx, source.key, self._inside.clock())

    def place(self, source: Source, person: Person) -> Place:
        """Where the person stands."""
        return Place(person=person, channel_id=source.channel_id, key=source.key)

    async def sandbox_of_thread(self, source: Source) -> Sandbox | None:
        """The sandbox in whose thread something was said."""
        if not source.thread:
            return None
        async with self._inside.database.read() as tx:
            post = await posts.by_reference(tx, channel_id=source.channel_id, reference=source.thread)
            return await sandboxes.get(tx, post.sandbox_id) if post and post.sandbox_id else None

    async def open_form(self, source: Source, view: dict[str, object]) -> None:
        """Open a modal. Raises SandboxError when its time ran out."""
        try:
            await self._inside.gateway.open_view(source.trigger_id, view)
        except Exception as error:
            if trouble_of(error) is None:
                raise
            _log.warning("form_not_opened", code=code_of(error))
            raise SandboxError(
                "Slack did not open the form in time.", "Try again; it is quicker the second time."
            ) from error

    async def change_form(self, source: Source, view: dict[str, object], *, view_hash: str | None) -> None:
        """Replace an open modal's content. Raises SandboxError when it is not open any more."""
        try:
            await self._inside.gateway.update_view(source.view_id, view, view_hash=view_hash)
        except Exception as error:
            if trouble_of(error) is None:
                raise
            _log.warning("form_not_changed", code=code_of(error))
            if code_of(error) == CHANGED_ALREADY:
                return
            raise SandboxError("Slack did not change the form.", "Close it and open it again.") from error

    async def bring(self, answer: Answer, source: Source) -> None:
        """Bring an answer by another way than the acknowledgement, and the file that goes with it."""
        if answer.message is not None:
            await self._show(answer.message, source)
        await self.bring_file(answer, source)

    async def bring_once(self, answer: Answer, source: Source) -> None:
        """The same, unless this delivery was answered before."""
        if (answer.message or answer.snippet) and await self.is_new(source):
            await self.bring(answer, source)

    async def bring_file(self, answer: Answer, source: Source) -> None:
        """The file of an answer: into the sandbox's thread, or to the person where they are elsewhere."""
        if answer.snippet is None or answer.snippet_of is None:
            return
        sandbox = answer.snippet_of
        try:
            if source.channel_id == sandbox.channel_id:
                async with self._inside.database.read() as tx:
                    post = await posts.get(tx, card(sandbox.id, Priority.FACT).key)
                thread = post.reference if post else None
                await self._inside.gateway.upload(sandbox.channel_id, answer.snippet, thread=thread)
            else:
                note = answers.file_follows(sandbox)
                posted = await self._inside.gateway.post(
                    source.person_id, note, key=f"file:{source.key}", thread=None, priority=Priority.FACT
                )
                await self._inside.gateway.upload(posted.channel, answer.snippet, thread=posted.ts)
        except Exception as error:
            if trouble_of(error) is None:
                raise
            _log.warning("file_not_shared", code=code_of(error))
            await self._show(answers.file_refused(code_of(error)), source)

    async def _show(self, message: Message, source: Source) -> None:
        """To this person only: in their thread, else by the delivery's address, else directly."""
        gateway = self._inside.gateway
        if source.response_url and not source.thread:
            await gateway.respond(source.response_url, message, replace=source.is_ephemeral)
            return
        if not source.channel_id:  # a form or Home stands in no channel
            await self._show_directly(message, source)
            return
        # A root with replies names itself as its thread. It is pressed in the channel, where whoever has
        # not opened its thread would miss an answer there.
        thread = source.thread if source.thread != source.message else ""
        try:
            await gateway.whisper(source.channel_id, source.person_id, message, thread=thread or None)
        except Exception as error:
            if trouble_of(error) not in (Trouble.CHANNEL, Trouble.ADMIN, Trouble.GONE):
                raise
            await self._show_directly(message, source)

    async def _show_directly(self, message: Message, source: Source) -> None:
        if source.response_url:
            await self._inside.gateway.respond(source.response_url, message)
        else:
            await self._inside.gateway.post(
                source.person_id, message, key=f"answer:{source.key}", thread=None, priority=Priority.FACT
            )

    async def welcome(self, source: Source, own_team_id: str, *, directly: bool = False) -> None:
        """The first message, once for each person."""
        actor = Actor(person_id=source.person_id, team_id=own_team_id)
        async with self._inside.database.read() as tx:
            if await people.is_onboarded(tx, actor):
                return
        async with self._inside.database.write() as tx:
            first = await people.onboard(tx, actor, now=self._inside.clock())
        if not first:
            return
        hello = answers.welcome(self._inside.command)
        if directly:
            await self._show_directly(hello, source)
        else:
            await self._show(hello, source)

    def as_view(self, answer: Answer) -> dict[str, object] | None:
        """An answer where there is no channel to answer in: a modal that says it."""
        if answer.view is not None:
            return answer.view
        return forms.saying(answer.message) if answer.message else None
