"""The desk: one door for whatever a person asked, however they asked it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot import access
from bot.grammar import (
    VERB_OF,
    VERBS,
    Command,
    Context,
    DeployForm,
    Help,
    List,
    Logs,
    Open,
    Scope,
    Status,
    Verb,
    Wizard,
    find_verb,
)
from bot.grammar.suggest import nearest
from bot.incoming.channels import Channels
from bot.port import ExecutorPort
from bot.render import answers, forms, lists
from bot.render.blocks import Block, Message, Snippet
from bot.sign_in import sign_in_text
from bot.slack.people import Person
from executor.errors import SandboxError, UnknownSandboxError
from executor.requests import Deploy, Request
from storage import operations, routes, sandboxes, services
from storage.database import Database, Tx
from storage.records import Actor, Sandbox


@dataclass(frozen=True, kw_only=True)
class Place:
    """Who asks, and from where."""

    person: Person
    channel_id: str
    """Empty in App Home."""
    key: str
    """Of this delivery: the same one again does nothing twice."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the person is shown."""

    message: Message | None = None
    view: Block | None = None
    """A form to open instead."""
    snippet: Snippet | None = None
    snippet_of: Sandbox | None = None
    """Whose output the snippet is: it goes to its thread, or to the person where they are elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the forms say of lives and limits."""

    default_ttl_seconds: int
    max_memory_bytes: int


class Desk:
    """Answers queries itself and hands requests to the executor, after asking ``access``."""

    def __init__(
        self,
        database: Database,
        executor: ExecutorPort,
        channels: Channels,
        *,
        offer: Offer,
        command: str,
        mention: str,
        gateway_host: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._executor = executor
        self._channels = channels
        self._offer = offer
        self._command = command
        self._mention = mention
        self._gateway_host = gateway_host
        self._clock = clock
        self._apps: tuple[str, ...] = ()
        self._queries: Mapping[type, Callable[[Any, Place], Awaitable[Answer]]] = {
            List: self._list,
            Status: self._status,
            Logs: self._logs,
            Open: self._open,
            Help: self._help,
            DeployForm: self._form,
            Wizard: self._wizard,
        }

    async def context(
        self, person: Person, channel_id: str, *, now: datetime, sandbox: Sandbox | None
    ) -> Context:
        """What a person's words are read in."""
        async with self._database.read() as tx:
            known = await sandboxes.find(tx, team_id=person.team_id)
        if not self._apps:
            await self._choices()
        return Context(
            now=now,
            channel_id=channel_id,
            zone=person.zone,
            sandbox=sandbox.name if sandbox else None,
            names=frozenset(row.name for row in known) | ({sandbox.name} if sandbox else set()),
            apps=self._apps,
        )

    async def perform(self, command: Command, place: Place) -> Answer:
        """Do what is asked. Raises SandboxError for what the person can put right."""
        query = self._queries.get(type(command))
        if query is not None:
            return await query(command, place)
        return await self._submit(command, place)  # type: ignore[arg-type]  # what is no query is a request

    async def find(self, name_or_id: str, person: Person) -> Sandbox:
        """The sandbox of the person's own workspace. Raises UnknownSandboxError with a near name."""
        async with self._database.read() as tx:
            found = await sandboxes.get(tx, name_or_id) or await sandboxes.by_name(tx, name_or_id)
            if found is not None and found.team_id == person.team_id:
                return found
            known = [row.name for row in await sandboxes.find(tx, team_id=person.team_id)]
        near = nearest(name_or_id, known)
        hint = f"Did you mean {near}?" if near else f"{self._command} list all shows those there are."
        raise UnknownSandboxError(f"There is no sandbox called “{name_or_id[:60]}”.", hint)

    async def allowed(self, name_or_id: str, verb: Verb, person: Person) -> Sandbox:
        """The sandbox, if the person may do that to it."""
        sandbox = await self.find(name_or_id, person)
        refusal = access.may(person, verb, sandbox)
        if refusal is not None:
            raise refusal.as_error()
        return sandbox

    async def _submit(self, request: Request, place: Place) -> Answer:
        verb = VERB_OF[type(request)]
        if isinstance(request, Deploy):
            self._require(verb, place)
            if not await self._channels.can_post(request.channel_id):
                raise answers.not_in_channel(self._mention)
        else:
            sandbox = await self.allowed(request.sandbox, verb, place.person)
            request = replace(request, sandbox=sandbox.id)
        by = Actor(person_id=place.person.id, team_id=place.person.team_id)
        submitted = await self._executor.submit(request, by=by, key=place.key)
        return Answer(message=answers.accepted(request, submitted.sandbox))

    def _require(self, verb: Verb, place: Place) -> None:
        refusal = access.may(place.person, verb, None)
        if refusal is not None:
            raise refusal.as_error()

    async def _list(self, query: List, place: Place) -> Answer:
        team_id = place.person.team_id
        async with self._database.read() as tx:
            if query.scope is Scope.MINE:
                found = await sandboxes.find(tx, team_id=team_id, owner_id=place.person.id)
            elif query.scope is Scope.CHANNEL:
                found = await sandboxes.find(tx, team_id=team_id, channel_id=place.channel_id)
            else:
                found = await sandboxes.find(tx, team_id=team_id)
        page = lists.page_of(found, query.page)
        return Answer(message=lists.listing(query.scope, page, self._command))

    async def _status(self, query: Status, place: Place) -> Answer:
        sandbox = await self.allowed(query.sandbox, VERB_OF[Status], place.person)
        mine = sandbox.owner_id == place.person.id
        sign_in = await sign_in_text(self._executor, sandbox) if mine else None
        async with self._database.read() as tx:
            detail = await _detail(tx, sandbox, sign_in)
        return Answer(message=lists.status(detail, self._gateway_host))

    async def _logs(self, query: Logs, place: Place) -> Answer:
        sandbox = await self.allowed(query.sandbox, VERB_OF[Logs], place.person)
        await self._require_service(sandbox, query.service)
        since = self._clock() - timedelta(seconds=query.since_seconds) if query.since_seconds else None
        stored = await self._executor.read_logs(
            sandbox, service=query.service, tail=query.lines, since=since, grep=query.grep
        )
        message, snippet = lists.logs(sandbox, query, lists.shown_lines(stored))
        return Answer(message=message, snippet=snippet, snippet_of=sandbox)

    async def _require_service(self, sandbox: Sandbox, service: str | None) -> None:
        if service is None:
            return
        async with self._database.read() as tx:
            known = [row.name for row in await services.of_sandbox(tx, sandbox.id)]
        if service not in known:
            near = nearest(service, known)
            hint = f"Did you mean {near}?" if near else f"It has: {', '.join(known)}."
            raise SandboxError(f"{sandbox.name} has no service “{service}”.", hint)

    async def _open(self, query: Open, place: Place) -> Answer:
        sandbox = await self.allowed(query.sandbox, VERB_OF[Open], place.person)
        return Answer(message=lists.address(sandbox))

    async def _help(self, query: Help, _place: Place) -> Answer:
        verb = find_verb(query.verb) if query.verb else None
        if verb is not None:
            return Answer(message=answers.help_verb(verb, self._command))
        return Answer(message=answers.help_all(VERBS, self._command))

    async def _form(self, _query: DeployForm, place: Place) -> Answer:
        self._require(VERB_OF[DeployForm], place)
        return Answer(view=await self.deploy_form(place.channel_id, chosen=None))

    async def _wizard(self, _query: Wizard, place: Place) -> Answer:
        self._require(VERB_OF[Wizard], place)
        choices = await self._choices()
        view = forms.wizard(choices, channel_id=place.channel_id) if choices else forms.no_apps()
        return Answer(view=view)

    async def deploy_form(self, channel_id: str, *, chosen: str | None) -> Block:
        """The form, perhaps with an app chosen already."""
        choices = await self._choices()
        if not choices:
            return forms.no_apps()
        return forms.deploy_form(
            choices,
            channel_id=channel_id,
            chosen=next((choice for choice in choices if choice.app == chosen), None),
            max_memory_bytes=self._offer.max_memory_bytes,
        )

    async def _choices(self) -> Sequence[forms.AppChoice]:
        found = []
        entries = await self._executor.catalogue()
        self._apps = tuple(entry.app for entry in entries)
        for entry in entries:
            manifest = entry.manifest
            front = next(row for row in manifest.services if row.name == manifest.front.service)
            found.append(
                forms.AppChoice(
                    app=entry.app,
                    title=manifest.title,
                    description=manifest.description,
                    icon=manifest.icon,
                    ttl_seconds=manifest.ttl_seconds or self._offer.default_ttl_seconds,
                    memory_bytes=front.memory_bytes,
                )
            )
        return found


async def _detail(tx: Tx, sandbox: Sandbox, sign_in: str | None) -> lists.Detail:
    active = await operations.active_of(tx, sandbox.id)
    return lists.Detail(
        sandbox=sandbox,
        operation=active[-1] if active else None,
        services=await services.of_sandbox(tx, sandbox.id),
        routes=await routes.of_sandbox(tx, sandbox.id),
        sign_in=sign_in,
    )
