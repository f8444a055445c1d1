"""How a sandbox does, in one word and a reason, from what was seen of its services. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from executor.failure import CHECK_LIMIT_CHARS, words_of_exit
from storage.records import Health, Service

RESTART_WINDOW = timedelta(minutes=5)
"""A restart is held against a sandbox for this long."""
SILENT_PROBES = 2
"""A front door is silent after so many probes in a row that nobody answered."""
STEADY = timedelta(seconds=10)
"""Things must have been better for this long before they are said to be: a flapping service stays bad."""

Verdict = tuple[Health, str | None]

_SEVERITY = {Health.HEALTHY: 0, Health.UNKNOWN: 1, Health.DEGRADED: 2, Health.UNHEALTHY: 3}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One service, as it is and as it was lately."""

    service: Service
    front: bool
    """Whether the front door leads to it."""
    ended_at: Sequence[datetime] = ()
    """When it ended by itself, as far as anybody watched."""
    silent_probes: int = 0
    """How many probes of the front door in a row had no answer. Its container's own check, once it has one's
    result, goes before."""


def judge(seen: Sequence[Seen], *, now: datetime) -> Verdict:
    """The worst that can be said of the services, with why. A fault of the front door's weighs most."""
    verdicts = [_judge_service(one, now=now) for one in seen]
    return max(verdicts, key=lambda verdict: _SEVERITY[verdict[0]], default=(Health.UNKNOWN, None))


def damp(judged: Verdict, *, current: Verdict, better_since: datetime | None, now: datetime) -> Verdict:
    """Worse counts at once; better only when it has been so for a while, since ``better_since``."""
    if not is_better(judged[0], current[0]):
        return judged
    steady = better_since is not None and now - better_since >= STEADY
    return judged if steady else current


def is_better(one: Health, other: Health) -> bool:
    """Whether one health is better than another."""
    return _SEVERITY[one] < _SEVERITY[other]


def restarts_lately(ended_at: Sequence[datetime], *, now: datetime) -> int:
    """How many ends are still held against a service."""
    return sum(now - moment <= RESTART_WINDOW for moment in ended_at)


def words_of_end(service: Service) -> str:
    """How a service's container ended, as a sentence about it."""
    if service.state == "absent":
        return f"the container of {service.name} is gone"
    return f"the service {service.name} {_last_end(service)}"


def _judge_service(seen: Seen, *, now: datetime) -> Verdict:
    """One service's part of it; what only others need makes a sandbox degraded, not unhealthy."""
    bad = Health.UNHEALTHY if seen.front else Health.DEGRADED
    service = seen.service
    fault = _fault_of(seen)
    if fault is not None:
        return bad, fault
    restarts = restarts_lately(seen.ended_at, now=now)
    if restarts:
        how = f"was restarted {_times(restarts)} in 5 minutes"
        return Health.DEGRADED, f"the service {service.name} {how}: it {_last_end(service)}"
    return Health.HEALTHY, None


def _fault_of(seen: Seen) -> str | None:
    """What is wrong with a service at this moment."""
    service = seen.service
    if service.state == "restarting":
        return f"{words_of_end(service)}, and is being restarted"
    if service.state == "paused":
        return f"the service {service.name} is paused"
    if service.state != "running":
        return words_of_end(service)
    if service.health is Health.UNHEALTHY:
        said = (service.health_reason or "").strip()[:CHECK_LIMIT_CHARS]
        return f"the health check of {service.name} fails" + (f": {said}" if said else "")
    if seen.front and service.health is Health.UNKNOWN and seen.silent_probes >= SILENT_PROBES:
        return f"nothing answers at the port of {service.name}"
    return None


def _last_end(service: Service) -> str:
    return words_of_exit(
        service.exit_code, out_of_memory=service.out_of_memory, memory_bytes=service.memory_bytes
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
