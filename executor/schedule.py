"""Drives what falls due: activity, warnings, ends, retention and clean-up. What is due, ``due`` decides."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]  # no types

from executor import due, submit_change
from executor.config import DAY, HOUR, ExecutorConfig
from executor.enqueue import Asked
from executor.errors import ProxyUnavailableError, SandboxError
from executor.locks import SandboxLocks
from executor.proxy.protocol import Activity, Proxy
from executor.reconcile import SYSTEM_PERSON
from storage import (
    deliveries,
    events,
    logs,
    operations,
    posts,
    routes,
    sandboxes,
    submissions,
    warnings,
)
from storage.database import Database, Tx
from storage.records import Actor, EventKind, RouteKind, Sandbox, SandboxStatus, StopCause

QUIET_BYTES = 64
"""What an open socket that nobody uses may send between two looks: the answers to a few pings."""
TELL_ACTIVITY_EVERY = timedelta(minutes=1)
"""The card shows until when a sandbox may idle; it is redrawn for that so often, at most."""
CLEAN_EVERY_SECONDS = HOUR
KEEP_DELIVERIES = timedelta(seconds=2 * DAY)
KEEP_EVENTS = timedelta(seconds=30 * DAY)

_CAUSES: Mapping[due.Clock, StopCause] = {
    due.Clock.HARD: StopCause.EXPIRED,
    due.Clock.IDLE: StopCause.IDLE,
}

_log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Schedule:
    """Everything that happens because time passes."""

    database: Database
    proxy: Proxy
    config: ExecutorConfig
    locks: SandboxLocks
    clock: Callable[[], datetime]
    on_commit: Callable[[], None]
    reconcile: Callable[[], Awaitable[None]]
    _scheduler: AsyncIOScheduler | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        jobs = (
            (self.tick, self.config.schedule_every_seconds),
            (self.reconcile, self.config.reconcile_every_seconds),
            (self.clean, CLEAN_EVERY_SECONDS),
        )
        for job, seconds in jobs:
            scheduler.add_job(
                _guarded(job), "interval", seconds=seconds, coalesce=True, misfire_grace_time=None
            )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Start nothing more."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def tick(self) -> None:
        """One look at all clocks."""
        activity_known = await self.note_activity()
        now = self.clock()
        async with self.database.read() as tx:
            running = await sandboxes.find(tx, statuses=[SandboxStatus.RUNNING])
            kept = await sandboxes.find(tx, statuses=[SandboxStatus.STOPPED, SandboxStatus.FAILED])
            sent = await warnings.of_all(tx)
        for sandbox in running:
            end = due.ended(sandbox, now)
            if end is not None:
                if end.clock is due.Clock.HARD or activity_known:
                    await self._end(sandbox)
            elif due.warning_due(
                sandbox, now, self.config.warning_marks_seconds, sent.get(sandbox.id, frozenset())
            ):
                await self._warn(sandbox)
        for sandbox in kept:
            if due.retention_over(sandbox, now):
                await self._destroy(sandbox)

    # ---- activity

    async def note_activity(self) -> bool:
        """Write down which sandboxes were used since the last look; False if the proxy does not say."""
        try:
            counted = await self.proxy.activity()
        except ProxyUnavailableError as error:
            _log.warning("activity is not known", reason=str(error))
            return False
        async with self.database.read() as tx:
            seen = await routes.counts(tx)
        changed = {
            key: activity
            for key, activity in counted.items()
            if key in seen and seen[key][1:] != (activity.requests, activity.bytes_in)
        }
        if changed:
            await self._write_activity(changed, seen)
        return True

    async def _write_activity(
        self,
        changed: Mapping[tuple[RouteKind, str], Activity],
        seen: Mapping[tuple[RouteKind, str], tuple[str, int, int]],
    ) -> None:
        """Remember the counts, and who was active."""
        active: set[str] = set()
        async with self.database.write() as tx:
            for (kind, match), activity in changed.items():
                sandbox_id, requests, size = seen[kind, match]
                await routes.set_counts(tx, kind, match, requests=activity.requests, size=activity.bytes_in)
                if due.is_activity(
                    requests=activity.requests,
                    requests_before=requests,
                    size_bytes=activity.bytes_in,
                    size_before=size,
                    quiet_bytes=QUIET_BYTES,
                ):
                    active.add(sandbox_id)
            for sandbox_id in sorted(active):
                await self._touch(tx, sandbox_id)
        self.on_commit()

    async def _touch(self, tx: Tx, sandbox_id: str) -> None:
        """It was used just now. The card hears of it once a minute, not at every request."""
        now, sandbox = self.clock(), await sandboxes.get(tx, sandbox_id)
        if sandbox is None or sandbox.status is not SandboxStatus.RUNNING:
            return
        await sandboxes.touch(tx, sandbox_id, at=now, signal="a request")
        if sandbox.last_active_at is None or now - sandbox.last_active_at >= TELL_ACTIVITY_EVERY:
            await events.append(tx, EventKind.SANDBOX_CHANGED, at=now, sandbox_id=sandbox_id)

    # ---- what is due

    async def _warn(self, sandbox: Sandbox) -> None:
        """Give the warning that is due, once, and count those that were missed as given."""
        now = self.clock()
        async with self.database.write() as tx:
            current = await sandboxes.get(tx, sandbox.id)
            if current is None:
                return
            passed = due.warnings_passed(current, now, self.config.warning_marks_seconds)
            first = False
            for warning in passed:
                first = await warnings.first_time(
                    tx,
                    sandbox.id,
                    clock=warning.clock.value,
                    deadline=warning.deadline,
                    mark_seconds=warning.mark_seconds,
                    now=now,
                )
            if passed and first and passed[-1].deadline > now:
                await self._tell_warning(tx, current, passed[-1])
        self.on_commit()

    async def _tell_warning(self, tx: Tx, sandbox: Sandbox, warning: due.Warning) -> None:
        data = {
            "clock": warning.clock.value,
            "deadline": warning.deadline.isoformat(),
            "mark_seconds": warning.mark_seconds,
        }
        await events.append(tx, EventKind.SANDBOX_EXPIRING, at=self.clock(), sandbox_id=sandbox.id, data=data)

    async def _end(self, sandbox: Sandbox) -> None:
        """Order its stop, unless it was used, extended or taken up by an operation meanwhile."""
        if self.locks.is_held(sandbox.id):
            return
        async with self.locks.of(sandbox.id):
            activity_known = await self.note_activity()
            now = self.clock()
            async with self.database.write() as tx:
                current = await sandboxes.get(tx, sandbox.id)
                end = None if current is None else due.ended(current, now)
                if current is None or end is None or await operations.active_of(tx, sandbox.id):
                    return
                if end.clock is due.Clock.IDLE and not activity_known:
                    return
                await self._tell_end(tx, current, end)
                await submit_change.stop(tx, current, self._asked(current, now), cause=_CAUSES[end.clock])
        self.on_commit()

    async def _tell_end(self, tx: Tx, sandbox: Sandbox, end: due.End) -> None:
        """The receipt: which clock, and what the last use was."""
        data = {
            "clock": end.clock.value,
            "deadline": end.at.isoformat(),
            "last_signal": sandbox.last_signal,
            "last_active_at": sandbox.last_active_at.isoformat() if sandbox.last_active_at else None,
        }
        await events.append(tx, EventKind.SANDBOX_EXPIRED, at=self.clock(), sandbox_id=sandbox.id, data=data)

    async def _destroy(self, sandbox: Sandbox) -> None:
        """It has been kept for as long as it is kept."""
        now = self.clock()
        async with self.database.write() as tx:
            current = await sandboxes.get(tx, sandbox.id)
            if current is None or not due.retention_over(current, now):
                return
            await submit_change.destroy(tx, current, self._asked(current, now), cause="retention")
        self.on_commit()

    def _asked(self, sandbox: Sandbox, now: datetime) -> Asked:
        return Asked(by=Actor(person_id=SYSTEM_PERSON, team_id=sandbox.team_id), now=now)

    async def clean(self) -> None:
        """Drop what is no longer needed by anybody."""
        now = self.clock()
        async with self.database.write() as tx:
            await deliveries.purge(tx, before=now - KEEP_DELIVERIES)
            await submissions.purge(tx, before=now - KEEP_DELIVERIES)
            await events.purge(tx, before=now - KEEP_EVENTS)
            await posts.purge(tx, before=now - KEEP_EVENTS)
            kept = timedelta(seconds=self.config.log_retention_seconds)
            await logs.purge(tx, destroyed_before=now - kept)


def _guarded(job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A job whose failure is written into the log and does not keep it from running again."""

    async def run() -> None:
        try:
            await job()
        except SandboxError as error:
            _log.warning("a scheduled job was refused", reason=error.message)
        except Exception:  # noqa: BLE001  the next round must come whatever happened in this one
            _log.exception("a scheduled job failed")

    return run
