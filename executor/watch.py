"""Watches running sandboxes: engine events and a slow look around become rows, health, and events."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from executor import failure
from executor.addresses import container_name
from executor.engine.protocol import LABEL_SANDBOX, LABEL_SERVICE, ContainerState, Engine
from executor.errors import EngineUnavailableError, ProxyUnavailableError
from executor.findings import Finding, write_finding
from executor.health import Seen, Verdict, damp, is_better, judge
from executor.logs import LogKeeper, RedactorOf
from executor.observation import End, Observed, end_of, front_of, observe
from executor.proxy.protocol import Proxy
from executor.waiting import wait_until_set
from storage import routes, sandboxes, services
from storage.database import Database
from storage.errors import StaleStatusError
from storage.records import Health, Route, Sandbox, SandboxStatus, Service

LOOK_EVERY_SECONDS = 10.0
GATHER_SECONDS = 0.5
"""Events that come together are looked at together: a look asks the engine about every container."""
RECONNECT_SECONDS = 1.0
PROBE_TIMEOUT_SECONDS = 3.0
PROBES_AT_ONCE = 8
ENDS_KEPT = 20

log = structlog.get_logger(__name__)


@dataclass
class Memory:
    """What is known of a sandbox beyond its rows, since this watcher began."""

    started_at: datetime | None
    ended_at: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    """By service."""
    silent_probes: int = 0
    probed_at: datetime | None = None
    better_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One running sandbox as its rows are."""

    sandbox: Sandbox
    services: Sequence[Service]
    front: Route | None


class Watcher:
    """Keeps the rows of running sandboxes true. Those that an operation works on are that operation's."""

    def __init__(
        self,
        *,
        engine: Engine,
        proxy: Proxy,
        database: Database,
        keeper: LogKeeper,
        redactor_of: RedactorOf,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
        look_every_seconds: float = LOOK_EVERY_SECONDS,
    ) -> None:
        self._engine = engine
        self._proxy = proxy
        self._database = database
        self._keeper = keeper
        self._redactor_of = redactor_of
        self._clock = clock
        self._on_commit = on_commit
        self._look_every_seconds = look_every_seconds
        self._something_happened = asyncio.Event()
        self._memories: dict[str, Memory] = {}
        self._ends: dict[str, End] = {}

    async def run(self) -> None:
        """Watch until cancelled, over every absence of the engine."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(), name="engine-events")
            group.create_task(self._look_again_and_again(), name="watch")

    async def look(self) -> None:
        """Look at everything once. Raises EngineUnavailableError."""
        known, pictures = await self._read()
        containers = await self._engine.list_containers()
        self._keeper.observe(one for one in containers if _is_of(one, known))
        await self._probe(pictures)
        by_name = {container.name: container for container in containers}
        for picture in pictures:
            await self._write_down(picture, by_name)
        self._forget_others(pictures, by_name)

    async def _listen(self) -> None:
        """Take in the engine's events, again after it was away."""
        while True:
            try:
                async for event in self._engine.events():
                    known = end_of(event, self._ends.pop(event.container, None))
                    if known is not None:
                        self._ends[event.container] = known
                    self._something_happened.set()
            except EngineUnavailableError as error:
                log.warning("the engine's events are away", reason=str(error))
            except Exception:
                log.exception("an engine event could not be taken in")
            await asyncio.sleep(RECONNECT_SECONDS)
            self._something_happened.set()

    async def _look_again_and_again(self) -> None:
        while True:
            try:
                await self.look()
            except EngineUnavailableError as error:
                log.warning("the engine cannot be looked at", reason=str(error))
            except Exception:
                log.exception("looking at the sandboxes failed; it is tried again")
            await self._wait_for_something()

    async def _wait_for_something(self) -> None:
        await wait_until_set(self._something_happened, at_most_seconds=self._look_every_seconds)
        if self._something_happened.is_set():
            await asyncio.sleep(GATHER_SECONDS)
        self._something_happened.clear()

    async def _read(self) -> tuple[frozenset[str], Sequence[Picture]]:
        """The ids of all sandboxes that there are, and the rows of the running ones."""
        async with self._database.read() as tx:
            everyone = await sandboxes.find(tx)
            running = [one for one in everyone if one.status is SandboxStatus.RUNNING]
            rows = await services.of_sandboxes(tx, [one.id for one in running])
            fronts = {one.id: front_of(await routes.of_sandbox(tx, one.id)) for one in running}
        pictures = [
            Picture(sandbox=one, services=rows.get(one.id, ()), front=fronts[one.id]) for one in running
        ]
        return frozenset(one.id for one in everyone), pictures

    async def _probe(self, pictures: Sequence[Picture]) -> None:
        """Ask the front doors whose containers have no check of their own, each not too often."""
        gate = asyncio.Semaphore(PROBES_AT_ONCE)
        await asyncio.gather(*(self._probe_one(picture, gate) for picture in pictures))

    async def _probe_one(self, picture: Picture, gate: asyncio.Semaphore) -> None:
        memory, now = self._memory_of(picture.sandbox), self._clock()
        target = _target_of(picture)
        if target is None:
            memory.silent_probes = 0
            return
        if (
            memory.probed_at is not None
            and (now - memory.probed_at).total_seconds() < self._look_every_seconds
        ):
            return
        memory.probed_at = now
        async with gate:
            try:
                answers = await self._proxy.answers(target, timeout_seconds=PROBE_TIMEOUT_SECONDS)
            except ProxyUnavailableError:
                return
        memory.silent_probes = 0 if answers else memory.silent_probes + 1

    async def _write_down(self, picture: Picture, containers: Mapping[str, ContainerState]) -> None:
        """Write what is different about one sandbox, with its events, in one transaction."""
        sandbox, now = picture.sandbox, self._clock()
        memory = self._memory_of(sandbox)
        quiet = await self._redacted(sandbox, containers)
        observed = observe(sandbox, picture.services, quiet, self._ends)
        ended_at = {
            one.now.name: [*memory.ended_at.get(one.now.name, ()), *[now] * one.ends][-ENDS_KEPT:]
            for one in observed
        }
        verdict = _verdict(picture, observed, memory, ended_at, now)
        if verdict == (sandbox.health, sandbox.health_reason) and not any(one.changed for one in observed):
            return
        tails = {one.now.name: await self._tail(sandbox, one) for one in observed if one.died}
        finding = Finding(sandbox=sandbox, observed=observed, verdict=verdict, tails=tails, at=now)
        try:
            async with self._database.write() as tx:
                await write_finding(tx, finding)
        except StaleStatusError:
            return
        memory.ended_at = ended_at
        self._on_commit()

    async def _redacted(
        self, sandbox: Sandbox, containers: Mapping[str, ContainerState]
    ) -> Mapping[str, ContainerState]:
        """A sandbox's containers, with what their checks said but without its secrets."""
        ours = {name: one for name, one in containers.items() if one.labels.get(LABEL_SANDBOX) == sandbox.id}
        if not any(one.health_output for one in ours.values()):
            return ours
        redactor = await self._redactor_of(sandbox.id)
        return {
            name: replace(one, health_output=redactor.redact(one.health_output)) for name, one in ours.items()
        }

    async def _tail(self, sandbox: Sandbox, one: Observed) -> str:
        """The last lines of a service that ended, also if its container is gone; without known secrets."""
        name = container_name(sandbox.name, one.now.name)
        try:
            lines = await self._engine.log_tail(name, lines=failure.TAIL_LINES)
        except EngineUnavailableError:
            lines = ()
        if lines:
            return (await self._redactor_of(sandbox.id)).redact(failure.tail_text(lines))
        stored = await self._keeper.read(sandbox.id, service=one.now.name, tail=failure.TAIL_LINES)
        return "\n".join(line.text for line in stored)[-failure.TAIL_LIMIT_CHARS :]

    def _memory_of(self, sandbox: Sandbox) -> Memory:
        """What is remembered of this life of a sandbox; a new start is a new life."""
        memory = self._memories.get(sandbox.id)
        if memory is None or memory.started_at != sandbox.started_at:
            memory = self._memories[sandbox.id] = Memory(started_at=sandbox.started_at)
        return memory

    def _forget_others(self, pictures: Sequence[Picture], containers: Mapping[str, ContainerState]) -> None:
        """Remember nothing of what is gone."""
        running = {picture.sandbox.id for picture in pictures}
        self._memories = {key: value for key, value in self._memories.items() if key in running}
        self._ends = {key: value for key, value in self._ends.items() if key in containers}


def _verdict(
    picture: Picture,
    observed: Sequence[Observed],
    memory: Memory,
    ended_at: Mapping[str, Sequence[datetime]],
    now: datetime,
) -> Verdict:
    """How a sandbox does, damped."""
    front = picture.front.service if picture.front else None
    seen = [
        Seen(
            service=one.now,
            front=one.now.name == front,
            ended_at=ended_at[one.now.name],
            silent_probes=memory.silent_probes,
        )
        for one in observed
    ]
    judged = judge(seen, now=now)
    current = (picture.sandbox.health, picture.sandbox.health_reason)
    if not is_better(judged[0], current[0]):
        memory.better_since = None
    elif memory.better_since is None:
        memory.better_since = now
    return damp(judged, current=current, better_since=memory.better_since, now=now)


def _is_of(container: ContainerState, known: frozenset[str]) -> bool:
    """Whether a container is a service of one of these sandboxes."""
    return container.labels.get(LABEL_SANDBOX) in known and LABEL_SERVICE in container.labels


def _target_of(picture: Picture) -> str | None:
    """Where to probe the front door; None where its container's own check tells already."""
    front = picture.front
    service = next((one for one in picture.services if front and one.name == front.service), None)
    if front is None or service is None or service.health is not Health.UNKNOWN:
        return None
    return f"{service.address}:{front.port}"
