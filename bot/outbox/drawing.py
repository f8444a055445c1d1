"""What a key looks like now: rows in, message out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.outbox.plan import DIRECT, Kind, has_outcome, of_key
from bot.port import ExecutorPort
from bot.render import answers, expiry, lists, outcome
from bot.render.blocks import Message, Snippet
from bot.render.card import card
from bot.render.progress import progress
from bot.sign_in import sign_in_text
from storage import events, operations, posts, routes, sandboxes, steps
from storage.database import Database, Tx
from storage.records import Event, EventKind, Operation, RouteKind, Sandbox

FAILURE_LOG_LINES = 2000


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One message, and where it belongs."""

    content: Message | Snippet
    channel_id: str
    """For what goes to the owner directly: their id."""
    sandbox_id: str
    in_thread: bool


class Drawer:
    """Draws keys. It reads and never writes."""

    def __init__(self, database: Database, executor: ExecutorPort, *, gateway_host: str) -> None:
        self._database = database
        self._executor = executor
        self._gateway_host = gateway_host
        self._by_kind: Mapping[Kind, Callable[[str], Awaitable[tuple[Sandbox, Message | Snippet] | None]]] = {
            Kind.CARD: self._card,
            Kind.PROGRESS: self._progress,
            Kind.READY: self._ready,
            Kind.FAILED: self._failed,
            Kind.CANCELLED: self._cancelled,
            Kind.STOPPED: self._stopped,
            Kind.EVENT: self._event,
            Kind.LOG: self._log,
            Kind.SIGN_IN: self._sign_in,
            Kind.WARN: self._event,
            Kind.CANNOT: self._cannot,
        }

    async def draw(self, key: str) -> Drawing | None:
        """The message of a key as the rows have it; None where there is nothing to say (any more)."""
        halves = of_key(key)
        if halves is None:
            return None
        kind, of = halves
        drawn = await self._by_kind[kind](of)
        if drawn is None:
            return None
        sandbox, content = drawn
        direct = kind in DIRECT
        return Drawing(
            content=content,
            channel_id=sandbox.owner_id if direct else sandbox.channel_id,
            sandbox_id=sandbox.id,
            in_thread=not direct and kind is not Kind.CARD,
        )

    async def _card(self, sandbox_id: str) -> tuple[Sandbox, Message] | None:
        async with self._database.read() as tx:
            sandbox = await sandboxes.get(tx, sandbox_id)
            if sandbox is None:
                return None
            active = await operations.active_of(tx, sandbox_id)
            ways = await routes.of_sandbox(tx, sandbox_id)
        ports = tuple(f"{self._gateway_host}:{way.match}" for way in ways if way.kind is RouteKind.PORT)
        return sandbox, card(sandbox, active[-1] if active else None, ports)

    async def _progress(self, operation_id: str) -> tuple[Sandbox, Message] | None:
        async with self._database.read() as tx:
            found = await _operation(tx, operation_id)
            if found is None:
                return None
            shown = await posts.get(tx, f"{Kind.PROGRESS}:{operation_id}") is not None
            if not shown and has_outcome(found[1]):
                return None  # quicker than its progress could be told: the outcome says all
            taken = await steps.of_operation(tx, operation_id)
        return found[0], progress(*found, tuple(taken))

    async def _ready(self, operation_id: str) -> tuple[Sandbox, Message] | None:
        found = await self._read(operation_id)
        if found is None:
            return None
        signs_in = await sign_in_text(self._executor, found[0]) is not None
        return found[0], outcome.ready(*found, sign_in_sent=signs_in)

    async def _sign_in(self, operation_id: str) -> tuple[Sandbox, Message] | None:
        found = await self._read(operation_id)
        text = await sign_in_text(self._executor, found[0]) if found else None
        return (found[0], outcome.sign_in(found[0], text)) if found and text else None

    async def _failed(self, operation_id: str) -> tuple[Sandbox, Message] | None:
        found = await self._read(operation_id)
        return (found[0], outcome.failure(*found)) if found else None

    async def _cancelled(self, operation_id: str) -> tuple[Sandbox, Message] | None:
        found = await self._read(operation_id)
        if found is None:
            return None
        sandbox, operation = found
        return sandbox, outcome.cancelled(sandbox, operation, operation.cancel_requested_by or "system")

    async def _stopped(self, operation_id: str) -> tuple[Sandbox, Message] | None:
        found = await self._read(operation_id)
        return (found[0], expiry.stopped(found[0], found[1].asked_by)) if found else None

    async def _log(self, operation_id: str) -> tuple[Sandbox, Snippet] | None:
        """Only where there is more than the failure card shows."""
        found = await self._read(operation_id)
        if found is None:
            return None
        stored = await self._executor.read_logs(found[0], tail=FAILURE_LOG_LINES)
        lines = lists.shown_lines(stored)
        if len(lines) <= outcome.INLINE_LINES_LIMIT:
            return None
        return found[0], outcome.failure_log(*found, "\n".join(lines))

    async def _cannot(self, sandbox_id: str) -> tuple[Sandbox, Message] | None:
        async with self._database.read() as tx:
            sandbox = await sandboxes.get(tx, sandbox_id)
        if sandbox is None:
            return None
        return sandbox, answers.cannot_post(sandbox.name, sandbox.channel_id, sandbox.url)

    async def _event(self, seq: str) -> tuple[Sandbox, Message] | None:
        async with self._database.read() as tx:
            found = await events.after(tx, int(seq) - 1, limit=1)
            event = found[0] if found and found[0].seq == int(seq) else None
            sandbox = await sandboxes.get(tx, event.sandbox_id) if event else None
        if event is None or sandbox is None or event.kind not in _OF_EVENT:
            return None
        return sandbox, _OF_EVENT[event.kind](sandbox, event)

    async def _read(self, operation_id: str) -> tuple[Sandbox, Operation] | None:
        async with self._database.read() as tx:
            return await _operation(tx, operation_id)


async def _operation(tx: Tx, operation_id: str) -> tuple[Sandbox, Operation] | None:
    operation = await operations.get(tx, operation_id)
    sandbox = await sandboxes.get(tx, operation.sandbox_id) if operation else None
    return (sandbox, operation) if sandbox and operation else None


_OF_EVENT: Mapping[EventKind, Callable[[Sandbox, Event], Message]] = {
    EventKind.SANDBOX_EXPIRING: expiry.warning,
    EventKind.SANDBOX_EXTENDED: expiry.extended,
    EventKind.SANDBOX_EXPIRED: expiry.expired,
    EventKind.SANDBOX_DESTROYED: outcome.receipt,
    EventKind.SANDBOX_REPAIRED: outcome.repaired,
    EventKind.SANDBOX_DIED: outcome.died,
}
