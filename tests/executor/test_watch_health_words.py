"""How a sandbox does, in words, from what was seen of its services."""

from dataclasses import replace
from datetime import timedelta

import pytest

from executor.health import Seen, damp, judge
from storage.records import Health, Service
from tests.storage.records_for_tests import NOW, a_service

WEB = replace(a_service(), health=Health.UNKNOWN, memory_bytes=512 * 1024**2)
DATABASE = replace(WEB, name="db")
WELL = (Health.HEALTHY, None)


def seen(
    service: Service, *, front: bool = True, ended_seconds_ago: tuple[int, ...] = (), silent: int = 0
) -> Seen:
    """One service as it was seen."""
    ended_at = [NOW - timedelta(seconds=seconds) for seconds in ended_seconds_ago]
    return Seen(service=service, front=front, ended_at=ended_at, silent_probes=silent)


@pytest.mark.parametrize(
    ("one", "health", "reason"),
    [
        (seen(WEB), Health.HEALTHY, None),
        (
            seen(replace(WEB, state="exited", exit_code=137, out_of_memory=True)),
            Health.UNHEALTHY,
            "the service web used its 512 MB of memory and was killed",
        ),
        (
            seen(replace(WEB, state="exited", exit_code=3)),
            Health.UNHEALTHY,
            "the service web ended with exit code 3",
        ),
        (seen(replace(WEB, state="absent")), Health.UNHEALTHY, "the container of web is gone"),
        (
            seen(replace(WEB, state="restarting", exit_code=1)),
            Health.UNHEALTHY,
            "the service web ended with exit code 1, and is being restarted",
        ),
        (
            seen(replace(WEB, health=Health.UNHEALTHY, health_reason="connection refused\n")),
            Health.UNHEALTHY,
            "the health check of web fails: connection refused",
        ),
        (seen(replace(WEB, health=Health.UNHEALTHY)), Health.UNHEALTHY, "the health check of web fails"),
        (seen(WEB, silent=1), Health.HEALTHY, None),
        (seen(WEB, silent=2), Health.UNHEALTHY, "nothing answers at the port of web"),
        (seen(replace(WEB, health=Health.HEALTHY), silent=9), Health.HEALTHY, None),
        (seen(replace(DATABASE), front=False, silent=9), Health.HEALTHY, None),
        (
            seen(replace(WEB, exit_code=1), ended_seconds_ago=(10, 100, 290, 301)),
            Health.DEGRADED,
            "the service web was restarted 3 times in 5 minutes: it ended with exit code 1",
        ),
        (
            seen(replace(DATABASE, state="exited", exit_code=0), front=False),
            Health.DEGRADED,
            "the service db ended without an error",
        ),
    ],
    ids=lambda value: str(value)[:40] if not isinstance(value, Seen) else "",
)
def test_a_service_is_judged_in_words(one: Seen, health: Health, reason: str | None) -> None:
    """The front door's faults make a sandbox unhealthy, the others' degraded."""
    assert judge([one], now=NOW) == (health, reason)


def test_the_worst_service_speaks_for_the_sandbox() -> None:
    """A healthy one does not hide a dead one, in either order."""
    dead = seen(replace(WEB, state="dead", exit_code=139))
    fine = seen(DATABASE, front=False)
    assert judge([fine, dead], now=NOW) == judge([dead, fine], now=NOW)
    assert judge([fine, dead], now=NOW)[0] is Health.UNHEALTHY


def test_worse_counts_at_once_and_better_only_after_a_while() -> None:
    """A service that flaps stays bad."""
    bad = (Health.UNHEALTHY, "it is bad")
    assert damp(bad, current=WELL, better_since=None, now=NOW) == bad
    assert damp(WELL, current=bad, better_since=NOW - timedelta(seconds=9), now=NOW) == bad
    assert damp(WELL, current=bad, better_since=NOW - timedelta(seconds=10), now=NOW) == WELL


def test_another_reason_for_the_same_health_is_taken() -> None:
    """What is shown is the latest cause."""
    assert damp((Health.DEGRADED, "b"), current=(Health.DEGRADED, "a"), better_since=None, now=NOW)[1] == "b"
