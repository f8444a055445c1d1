"""What a worker writes about the operation that it carries: always fenced, always with its event."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from storage import events, operations, sandboxes, steps
from storage.database import Database, Tx
from storage.records import EventKind, Operation, OperationStatus, Sandbox, SandboxStatus, StepStatus

_log = structlog.get_logger(__name__)

DETAIL_EVERY_SECONDS = 1.0
"""How often the words on what a step is doing are written down, at most."""


class Ledger:
    """The rows of one operation, for whoever holds it. Every method may raise LeaseLostError."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
        operation: Operation,
        owner: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit
        self._owner = owner
        self._id = operation.id
        self._sandbox_id = operation.sandbox_id
        self._step_began: datetime | None = None

    def now(self) -> datetime:
        """The time, aware."""
        return self._clock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction that only the holder of the operation can have."""
        async with self._database.write() as tx:
            await operations.held(tx, self._id, owner=self._owner)
            yield tx
        self._on_commit()

    async def tell(self, tx: Tx, kind: EventKind, data: Mapping[str, object] | None = None) -> None:
        """Write an event of this operation."""
        await events.append(
            tx, kind, at=self.now(), sandbox_id=self._sandbox_id, operation_id=self._id, data=data
        )

    async def move(
        self, tx: Tx, *, leaving: SandboxStatus | frozenset[SandboxStatus], **columns: object
    ) -> Sandbox:
        """Change the sandbox's row. Raises StaleStatusError if it has left that status."""
        return await sandboxes.change(tx, self._sandbox_id, leaving=leaving, **columns)

    async def start_step(self, tx: Tx, name: str) -> None:
        """A step begins."""
        self._step_began = self.now()
        if await steps.start(tx, self._id, name, now=self._step_began):
            await self.tell(tx, EventKind.STEP_STARTED, {"step": name})

    async def end_step(self, tx: Tx, name: str) -> None:
        """A step is done."""
        now = self.now()
        await steps.end(tx, self._id, name, status=StepStatus.DONE, now=now)
        seconds = (now - (self._step_began or now)).total_seconds()
        await self.tell(tx, EventKind.STEP_FINISHED, {"step": name, "seconds": round(seconds, 3)})

    async def fail(self, step: str | None, error: Mapping[str, object]) -> None:
        """Write down why it fails, before anything is undone."""
        async with self.write() as tx:
            if step is not None:
                await steps.fail(tx, self._id, step, now=self.now())
            await operations.set_error(tx, self._id, owner=self._owner, error=error)

    async def undone(self, step: str) -> None:
        """What a step made is gone again."""
        async with self.write() as tx:
            await steps.end(tx, self._id, step, status=StepStatus.UNDONE, now=self.now())
            await self.tell(tx, EventKind.SANDBOX_CHANGED)

    async def finish(
        self, tx: Tx, status: OperationStatus, error: Mapping[str, object] | None = None
    ) -> None:
        """End the operation."""
        await operations.finish(tx, self._id, owner=self._owner, status=status, now=self.now(), error=error)

    async def put_back(self, *, not_before: datetime, reason: str, tell: bool) -> None:
        """Return it to the queue."""
        async with self.write() as tx:
            await operations.put_back(tx, self._id, owner=self._owner, not_before=not_before, reason=reason)
            if tell:
                await self.tell(tx, EventKind.OPERATION_WAITING, {"reason": reason})

    async def release(self) -> None:
        """Let go of it, so that the next claim takes it as it is."""
        async with self.write() as tx:
            await operations.release(tx, self._id, owner=self._owner, now=self.now())

    async def is_cancelled(self) -> str | None:
        """Who asked to cancel it, if anybody did."""
        async with self._database.read() as tx:
            return (await operations.held(tx, self._id, owner=self._owner)).cancel_requested_by

    @asynccontextmanager
    async def details(self, step: str) -> AsyncIterator[Callable[[str], None]]:
        """Something that may be told, from any thread, what a step is doing; the newest words are written."""
        loop, newest, changed = asyncio.get_running_loop(), [""], asyncio.Event()

        def tell(words: str) -> None:
            newest[0] = words
            loop.call_soon_threadsafe(changed.set)

        writer = asyncio.create_task(self._write_details(step, newest, changed))
        try:
            yield tell
        finally:
            writer.cancel()
            (ended,) = await asyncio.gather(writer, return_exceptions=True)
            if isinstance(ended, Exception):
                _log.warning("what a step was doing could not be written", step=step, reason=str(ended))

    async def _write_details(self, step: str, newest: list[str], changed: asyncio.Event) -> None:
        """Write the newest words, at a polite pace, until cancelled."""
        while True:
            await changed.wait()
            changed.clear()
            async with self.write() as tx:
                await steps.describe(tx, self._id, step, newest[0])
                await self.tell(tx, EventKind.SANDBOX_CHANGED)
            await asyncio.sleep(DETAIL_EVERY_SECONDS)
