"""Warnings, ends, retention and activity, decided from rows and a time."""

from datetime import timedelta

import pytest

from executor import due
from executor.due import Clock
from storage.records import SandboxStatus
from tests.storage.records_for_tests import NOW, a_sandbox

HOUR, MINUTE = 3600, 60
USUAL = (HOUR, 10 * MINUTE)


def later(seconds: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("life_seconds", "expected"),
    [
        (8 * HOUR, [HOUR, 600]),
        (2 * HOUR, [HOUR, 600]),
        (HOUR, [600]),
        (20 * MINUTE, [600]),
        (15 * MINUTE, [300]),
        (3 * MINUTE, [60]),
        (MINUTE, [20]),
        (2, [1]),
    ],
)
def test_marks(life_seconds: int, expected: list[int]) -> None:
    """Long lives have the usual marks, short ones are warned of with a third left."""
    assert list(due.marks(life_seconds, USUAL)) == expected


def test_the_earlier_clock_bites() -> None:
    """Hard and idle clock: whichever is first ends it; either may be missing; only running ones end."""
    hard = a_sandbox(expires_at=NOW + later(HOUR))
    assert due.end_of(hard).clock is Clock.HARD  # type: ignore[union-attr]  # it has one
    both = a_sandbox(expires_at=NOW + later(8 * HOUR), idle_seconds=HOUR, last_active_at=NOW)
    end = due.end_of(both)
    assert end is not None
    assert (end.clock, end.at) == (Clock.IDLE, NOW + later(HOUR))
    assert due.end_of(a_sandbox()) is None
    assert due.end_of(a_sandbox(status=SandboxStatus.STOPPED, expires_at=NOW)) is None


def test_each_warning_once_and_the_nearest_only() -> None:
    """Before a mark there is none; at a mark it is that one; when several were missed only the nearest."""
    sandbox = a_sandbox(expires_at=NOW + later(8 * HOUR))
    assert due.warning_due(sandbox, NOW + later(6.9 * HOUR), USUAL, set()) is None
    first = due.warning_due(sandbox, NOW + later(7 * HOUR), USUAL, set())
    assert first is not None
    assert first.mark_seconds == HOUR
    sent = {("hard", NOW + later(8 * HOUR), HOUR)}
    assert due.warning_due(sandbox, NOW + later(7.5 * HOUR), USUAL, sent) is None
    missed_both = due.warning_due(sandbox, NOW + later(8 * HOUR - 1), USUAL, set())
    assert missed_both is not None
    assert missed_both.mark_seconds == 600
    assert due.warning_due(sandbox, NOW + later(8 * HOUR), USUAL, set()) is None


def test_extending_arms_again() -> None:
    """With a later end the same marks are due again."""
    sandbox = a_sandbox(expires_at=NOW + later(9 * HOUR))
    sent = {("hard", NOW + later(8 * HOUR), HOUR), ("hard", NOW + later(8 * HOUR), 600)}
    found = due.warning_due(sandbox, NOW + later(8 * HOUR), USUAL, sent)
    assert found is not None
    assert found.deadline == NOW + later(9 * HOUR)


def test_ended() -> None:
    """It has ended from the very moment on, and not before."""
    sandbox = a_sandbox(expires_at=NOW + later(60))
    assert due.ended(sandbox, NOW + later(59.999)) is None
    assert due.ended(sandbox, NOW + later(60)) is not None
    assert due.ended(sandbox, NOW + later(10**6)) is not None


def test_retention() -> None:
    """Only stopped and failed ones whose time is over are destroyed."""
    for status in SandboxStatus:
        kept = a_sandbox(status=status, retain_until=NOW)
        expected = status in (SandboxStatus.STOPPED, SandboxStatus.FAILED)
        assert due.retention_over(kept, NOW) is expected
        assert not due.retention_over(kept, NOW - later(1))


@pytest.mark.parametrize(
    ("requests", "before", "size", "size_before", "expected"),
    [
        (5, 4, 0, 0, True),
        (4, 4, 0, 0, False),
        (4, 4, 60, 0, False),
        (4, 4, 500, 0, True),
        (0, 4, 0, 9, False),
        (1, 4, 0, 9, True),
    ],
)
def test_activity(requests: int, before: int, size: int, size_before: int, expected: bool) -> None:
    """New requests and a socket in use count; an idle socket's pings and a restarted proxy do not."""
    assert (
        due.is_activity(
            requests=requests,
            requests_before=before,
            size_bytes=size,
            size_before=size_before,
            quiet_bytes=64,
        )
        is expected
    )
