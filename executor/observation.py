"""What the engine says of containers, held against the rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from executor.addresses import container_name
from executor.engine.protocol import ContainerState, EngineEvent
from executor.failure import CHECK_LIMIT_CHARS
from storage.records import Health, Route, RouteKind, Sandbox, Service

ABSENT = "absent"
ENDED_STATES = frozenset({"exited", "dead", ABSENT})


@dataclass(frozen=True, kw_only=True)
class End:
    """How a container ended the last time; the engine forgets it when it starts it again."""

    exit_code: int | None
    out_of_memory: bool


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One service, before and now."""

    before: Service
    now: Service

    @property
    def changed(self) -> Mapping[str, object]:
        """The columns that are different."""
        return {name: value for name, value in vars(self.now).items() if getattr(self.before, name) != value}

    @property
    def ends(self) -> int:
        """How often it ended by itself since it was last seen."""
        again = self.now.restarts - self.before.restarts
        if self.now.container_id == self.before.container_id and again > 0:
            return again
        return 1 if self.now.restarts and self.now.container_id != self.before.container_id else 0

    @property
    def died(self) -> bool:
        """Whether it ended and was not brought back."""
        return self.now.state in ENDED_STATES and self.before.state not in ENDED_STATES


def observe(
    sandbox: Sandbox,
    rows: Sequence[Service],
    containers: Mapping[str, ContainerState],
    ends: Mapping[str, End],
) -> Sequence[Observed]:
    """Each service of a sandbox with what its container is now.

    ``containers`` and ``ends`` are by container name. Everything that a container said is redacted already.
    """
    found = []
    for row in rows:
        name = container_name(sandbox.name, row.name)
        found.append(Observed(before=row, now=_as_seen(row, containers.get(name), ends.get(name))))
    return found


def _as_seen(row: Service, container: ContainerState | None, end: End | None) -> Service:
    if container is None:
        return replace(row, state=ABSENT, container_id=None, health=Health.UNKNOWN, health_reason=None)
    ended = container.exit_code is not None
    last = end or End(exit_code=row.exit_code, out_of_memory=row.out_of_memory)
    unwell = container.health is Health.UNHEALTHY
    return replace(
        row,
        container_id=container.id,
        state=container.state,
        health=container.health,
        health_reason=container.health_output.strip()[:CHECK_LIMIT_CHARS] if unwell else None,
        restarts=container.restarts,
        exit_code=container.exit_code if ended else last.exit_code,
        out_of_memory=container.out_of_memory or last.out_of_memory,
    )


def end_of(event: EngineEvent, before: End | None) -> End | None:
    """What an engine event adds to what is known of a container's last end.

    An 'oom' comes before its 'die'; a start by us after a stop begins anew.
    """
    if event.action == "oom":
        return End(exit_code=None, out_of_memory=True)
    if event.action == "die":
        killed = before is not None and before.exit_code is None and before.out_of_memory
        return End(exit_code=event.exit_code, out_of_memory=killed)
    if event.action in ("create", "destroy"):
        return None
    return before


def front_of(routes: Iterable[Route]) -> Route | None:
    """The route of the front door."""
    fronts = [route for route in routes if route.front]
    return next((route for route in fronts if route.kind is RouteKind.HOST), next(iter(fronts), None))
