"""Writes what a look at a sandbox found: its rows and its events, together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from executor.health import Verdict, words_of_end
from executor.observation import Observed
from storage import events, sandboxes, services
from storage.database import Tx
from storage.errors import StaleStatusError
from storage.records import EventKind, Sandbox, SandboxStatus


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a look at one sandbox found."""

    sandbox: Sandbox
    observed: Sequence[Observed]
    verdict: Verdict
    tails: Mapping[str, str]
    """The last lines of the services that died, by name."""
    at: datetime


async def write_finding(tx: Tx, finding: Finding) -> None:
    """Write rows and events.

    Raises StaleStatusError if the sandbox no longer runs as it did when it was looked at.
    """
    sandbox, (health, reason) = finding.sandbox, finding.verdict
    row = await sandboxes.change(
        tx, sandbox.id, leaving=SandboxStatus.RUNNING, health=health, health_reason=reason
    )
    if row.started_at != sandbox.started_at:
        raise StaleStatusError(f"sandbox {sandbox.id} was started again meanwhile")
    for one in finding.observed:
        if one.changed:
            await services.change(tx, sandbox.id, one.now.name, **one.changed)
    for kind, data in _events_of(finding):
        await events.append(tx, kind, at=finding.at, sandbox_id=sandbox.id, data=data)


def _events_of(finding: Finding) -> Iterator[tuple[EventKind, Mapping[str, object]]]:
    """What is to be told of it."""
    for one in finding.observed:
        if one.died:
            name = one.now.name
            data = {"service": name, "reason": words_of_end(one.now), "log_tail": finding.tails[name]}
            yield EventKind.SANDBOX_DIED, data
    (health, reason), before = finding.verdict, finding.sandbox.health
    if health is before:
        yield EventKind.SANDBOX_CHANGED, {}
    else:
        yield (
            EventKind.SANDBOX_HEALTH,
            {"health": health.value, "previous": before.value, "reason": reason or ""},
        )
