"""What falls due: warnings, ends, retention. Pure functions of rows and ``now``.

A running sandbox has two clocks: the hard one (``expires_at``) and the idle one (last activity plus idle
time). The one that ends it first is the one that bites, and warnings speak of that one only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.records import Sandbox, SandboxStatus

SHORT_LIFE_DIVISOR = 3
"""A life too short for any usual mark is warned of when a third of it is left."""


class Clock(StrEnum):
    """Which of the two."""

    HARD = "hard"
    IDLE = "idle"


@dataclass(frozen=True, kw_only=True)
class End:
    """When a running sandbox is stopped, and why."""

    clock: Clock
    at: datetime
    life_seconds: int
    """How long the clock ran from where it was set."""


@dataclass(frozen=True, kw_only=True)
class Warning:  # noqa: A001  the glossary has no other word for it
    """One warning of one end."""

    clock: Clock
    deadline: datetime
    mark_seconds: int
    """How long before the end it is given."""


def end_of(sandbox: Sandbox) -> End | None:
    """The end of a running sandbox by the clock that bites; None for one that is not running."""
    if sandbox.status is not SandboxStatus.RUNNING:
        return None
    ends = [end for end in (_hard(sandbox), _idle(sandbox)) if end is not None]
    return min(ends, key=lambda end: end.at, default=None)


def _hard(sandbox: Sandbox) -> End | None:
    if sandbox.expires_at is None:
        return None
    began = sandbox.started_at or sandbox.created_at
    return End(
        clock=Clock.HARD,
        at=sandbox.expires_at,
        life_seconds=int((sandbox.expires_at - began).total_seconds()),
    )


def _idle(sandbox: Sandbox) -> End | None:
    if sandbox.idle_seconds is None:
        return None
    active = sandbox.last_active_at or sandbox.started_at or sandbox.created_at
    return End(
        clock=Clock.IDLE,
        at=active + timedelta(seconds=sandbox.idle_seconds),
        life_seconds=sandbox.idle_seconds,
    )


def marks(life_seconds: int, usual: Sequence[int]) -> Sequence[int]:
    """When to warn, in seconds before the end, longest first: the usual marks within the last half of a life.

    A life of three minutes is warned of one minute before its end.
    """
    fitting = sorted((mark for mark in usual if mark * 2 <= life_seconds), reverse=True)
    return fitting or [max(1, life_seconds // SHORT_LIFE_DIVISOR)]


def warnings_passed(sandbox: Sandbox, now: datetime, usual: Sequence[int]) -> Sequence[Warning]:
    """Every warning of the end as it is now whose time has come, the most urgent last."""
    end = end_of(sandbox)
    if end is None:
        return []
    return [
        Warning(clock=end.clock, deadline=end.at, mark_seconds=mark)
        for mark in marks(end.life_seconds, usual)
        if now >= end.at - timedelta(seconds=mark)
    ]


def warning_due(
    sandbox: Sandbox, now: datetime, usual: Sequence[int], sent: Collection[tuple[str, datetime, int]]
) -> Warning | None:
    """The one warning to give now. Earlier ones that were missed are not given late, nor any past the end."""
    passed = warnings_passed(sandbox, now, usual)
    if not passed or passed[-1].deadline <= now:
        return None
    last = passed[-1]
    known = (last.clock.value, last.deadline, last.mark_seconds) in sent
    return None if known else last


def ended(sandbox: Sandbox, now: datetime) -> End | None:
    """The end that a running sandbox has reached; None while it has not."""
    end = end_of(sandbox)
    return end if end is not None and end.at <= now else None


def retention_over(sandbox: Sandbox, now: datetime) -> bool:
    """Whether a stopped or failed sandbox has been kept for as long as it is kept."""
    kept = sandbox.status in (SandboxStatus.STOPPED, SandboxStatus.FAILED)
    return kept and sandbox.retain_until is not None and sandbox.retain_until <= now


def is_activity(
    *, requests: int, requests_before: int, size_bytes: int, size_before: int, quiet_bytes: int
) -> bool:
    """Whether a route was used between two looks at the proxy's counters.

    Fewer requests than before means that the proxy began to count anew. ``quiet_bytes``: what an open socket
    which nobody uses may send in between, such as the answers to pings.
    """
    if requests < requests_before:
        return requests > 0
    return requests > requests_before or size_bytes - size_before > quiet_bytes
