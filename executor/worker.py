"""Claims operations from the queue, keeps the leases on them alive, and hands them to be carried out.

Two lanes: what brings sandboxes up may take long and is limited in number; what takes them down has places of
its own, so that a stop or a destroy never waits behind a slow deploy.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from executor.job import Interruption, Job
from executor.waiting import wait_until_set
from storage import operations
from storage.database import Database
from storage.records import Operation, OperationKind

BEATS_PER_LEASE = 3
IDLE_POLL_SECONDS = 1.0
"""How often the queue is looked at when nobody says there is something: another process may have written."""
BUSY_POLL_SECONDS = 0.1
"""How soon to look again at something that is due and cannot be claimed yet."""
AFTER_FAULT_SECONDS = 1.0
DRAIN_GRACE_SECONDS = 5.0

_log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class _Lane:
    """Some kinds of operations and how many of them are carried out at once."""

    kinds: frozenset[OperationKind]
    places: int
    jobs: dict[str, Job] = field(default_factory=dict)


class Workers:
    """Carries out what the queue holds, until drained."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Callable[[], datetime],
        carry: Callable[[Job], Awaitable[None]],
        places: int,
        lease_seconds: float,
    ) -> None:
        self._database = database
        self._clock = clock
        self._carry = carry
        self._lease = timedelta(seconds=lease_seconds)
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        down = frozenset({OperationKind.STOP, OperationKind.DESTROY})
        self._lanes = (
            _Lane(kinds=frozenset(OperationKind) - down, places=places),
            _Lane(kinds=down, places=places),
        )
        self._look = asyncio.Event()
        self._beat_now = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to claim."""
        self._loops = [
            asyncio.create_task(self._dispatch(), name="operations-dispatch"),
            asyncio.create_task(self._beat(), name="operations-heartbeat"),
        ]

    def wake(self) -> None:
        """There may be something new in the queue, or something to cancel: look at once."""
        self._look.set()
        self._beat_now.set()

    async def drain(self, grace_seconds: float = DRAIN_GRACE_SECONDS) -> None:
        """Claim nothing more, let what runs end within the grace, and let go of the rest as it is."""
        if not self._loops:
            return
        dispatch, beat = self._loops
        await _end(dispatch)
        tasks = {job.task for job in self._jobs().values() if job.task is not None}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for job in self._jobs().values():
                job.interrupt(Interruption.DRAINED)
            if late:
                await asyncio.wait(late)
        await _end(beat)
        self._loops = []

    def _jobs(self) -> dict[str, Job]:
        """Everything carried now, by operation."""
        return {key: job for lane in self._lanes for key, job in lane.jobs.items()}

    async def _dispatch(self) -> None:
        """Claim whatever may be claimed; sleep until there may be more."""
        while True:
            self._look.clear()
            try:
                pause_seconds = await self._claim_all()
            except Exception:  # noqa: BLE001  the queue must be looked at again whatever happened
                _log.exception("claiming operations failed")
                pause_seconds = AFTER_FAULT_SECONDS
            await wait_until_set(self._look, at_most_seconds=pause_seconds)

    async def _claim_all(self) -> float:
        """Fill the free places; how long to sleep when nobody wakes us, in seconds."""
        async with self._database.read() as tx:
            due = await operations.next_due(tx)
        now = self._clock()
        if due is None or due > now:
            wait_seconds = IDLE_POLL_SECONDS if due is None else (due - now).total_seconds()
            return min(IDLE_POLL_SECONDS, max(BUSY_POLL_SECONDS, wait_seconds))
        claimed = False
        for lane in self._lanes:
            while len(lane.jobs) < lane.places and (operation := await self._claim(lane)) is not None:
                self._begin(lane, operation)
                claimed = True
        return 0.0 if claimed else BUSY_POLL_SECONDS

    async def _claim(self, lane: _Lane) -> Operation | None:
        now = self._clock()
        async with self._database.write() as tx:
            return await operations.claim(
                tx,
                kinds=lane.kinds,
                owner=self._owner,
                now=now,
                lease_until=now + self._lease,
                but_not=list(self._jobs()),
            )

    def _begin(self, lane: _Lane, operation: Operation) -> None:
        """Carry it in a task of its own."""
        job = Job(operation=operation, owner=self._owner)
        lane.jobs[operation.id] = job
        job.task = asyncio.create_task(self._carry_one(lane, job), name=f"operation-{operation.id}")

    async def _carry_one(self, lane: _Lane, job: Job) -> None:
        try:
            await self._carry(job)
        except Exception:  # noqa: BLE001  its lease runs out, and then it is tried again
            _log.exception("carrying an operation failed", operation=job.operation.id)
        finally:
            del lane.jobs[job.operation.id]
            self._look.set()

    async def _beat(self) -> None:
        """Keep the leases alive; interrupt what was cancelled or lost."""
        pause_seconds = self._lease.total_seconds() / BEATS_PER_LEASE
        while True:
            await wait_until_set(self._beat_now, at_most_seconds=pause_seconds)
            self._beat_now.clear()
            try:
                await self._renew()
            except Exception:  # noqa: BLE001  a database that is away for a moment must not end the heartbeat
                _log.exception("renewing leases failed")

    async def _renew(self) -> None:
        """One beat."""
        jobs = self._jobs()
        if not jobs:
            return
        async with self._database.write() as tx:
            held = await operations.renew(
                tx, owner=self._owner, ids=list(jobs), lease_until=self._clock() + self._lease
            )
        for key, job in jobs.items():
            if key not in held:
                job.interrupt(Interruption.LOST)
            elif held[key] is not None:
                job.interrupt(Interruption.CANCELLED)


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel a loop and wait until it is over."""
    task.cancel()
    await asyncio.wait([task])
