# ruff: noqa: D102  the Protocol documents its methods
"""An engine in memory that keeps the contract of ``executor.engine.protocol.Engine``, with faults to order.

The contract tests run against this and against the real one. A test drives what containers do by ``die``,
``say``, ``set_health`` and ``restart_engine``; what the engine does by ``go_down``, ``fail`` and ``hold``;
and sees what was asked of it in ``calls``.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from executor.engine.container_config import container_body
from executor.engine.protocol import (
    LABEL_INSTALLATION,
    LABEL_SANDBOX,
    ContainerSpec,
    ContainerState,
    EngineEvent,
    EngineInfo,
    LogLine,
    NetworkSpec,
    Owned,
    Progress,
)
from executor.errors import EngineUnavailableError, ImageUnavailableError, StepFailedError
from storage.records import Health
from tests.executor.engine.fake_faults import Faults

IMAGE_SIZE_BYTES = 1024
ONE_TICK = timedelta(microseconds=1)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class FakeContainer:
    """One container: what was asked for and what it does now."""

    spec: ContainerSpec
    state: ContainerState
    lines: list[LogLine] = field(default_factory=list)


class FakeEngine(Faults):
    """Containers, networks, volumes and images as dictionaries that a test may read."""

    def __init__(
        self,
        *,
        installation: str = "sandpiper",
        images: Sequence[str] = (),
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__()
        self.installation = installation
        self.containers: dict[str, FakeContainer] = {}
        self.networks: dict[str, NetworkSpec] = {}
        self.volumes: dict[str, dict[str, str]] = {}
        self.images: dict[str, int] = dict.fromkeys(images, IMAGE_SIZE_BYTES)
        self.pullable: set[str] = set()
        self.health_after_start: dict[str, Health] = {}
        """Image to the health that its containers with a check have as soon as they run."""
        self.dies_at_start: dict[str, int] = {}
        """Image to the exit code with which its containers end as soon as they start."""
        self.cannot_start: set[str] = set()
        """Images whose command does not exist."""
        self.unwalled = False
        """Whether its firewall cannot be made."""
        self._clock = clock
        self._events: list[EngineEvent] = []
        self._generation = 0
        self._made = 0

    def restart_engine(self) -> None:
        """End every stream and start the containers that ran again, as 'unless-stopped' does."""
        for one in self.containers.values():
            if one.state.state in ("running", "restarting"):
                one.state = replace(one.state, started_at=self._clock(), health=self._health_of(one.spec))
        self._generation += 1
        self.wake()

    # ---- what a test orders of a container

    def die(self, name: str, *, exit_code: int = 1, out_of_memory: bool = False, again: bool = False) -> None:
        """A container ends by itself; ``again``: and the engine has started it again."""
        one = self.containers[name]
        now = self._clock()
        one.state = replace(
            one.state,
            state="running" if again else "exited",
            exit_code=exit_code,
            out_of_memory=out_of_memory,
            restarts=one.state.restarts + (1 if again else 0),
            started_at=now if again else one.state.started_at,
            finished_at=now,
        )
        if out_of_memory:
            self._emit("oom", name, None)
        self._emit("die", name, exit_code)
        if again:
            self._emit("start", name, None)

    def say(self, name: str, text: str, *, stream: str = "stdout") -> None:
        """A container writes one line."""
        lines = self.containers[name].lines
        at = max(self._clock(), lines[-1].at + ONE_TICK) if lines else self._clock()
        lines.append(LogLine(at=at, stream=stream, text=text))
        self.wake()

    def set_health(self, name: str, health: Health, output: str = "") -> None:
        """A container's own check finds this."""
        one = self.containers[name]
        one.state = replace(one.state, health=health, health_output=output)
        self._emit(f"health_status: {health.value}", name, None)

    def vanish(self, name: str) -> None:
        """Somebody removed a container by hand."""
        self._emit("destroy", name, None)
        self.containers.pop(name, None)

    # ---- the contract

    async def info(self) -> EngineInfo:
        await self.call("info")
        return EngineInfo(
            version="fake",
            api_version="1.41",
            storage_driver="memory",
            cgroup_version="2",
            memory_bytes=8 * 1024**3,
            cpus=2,
            runtimes=("runc",),
            security_options=("seccomp",),
            root_dir="/nowhere",
        )

    async def close(self) -> None:
        self._generation += 1
        self.wake()

    async def protect(self) -> None:
        await self.call("protect")
        if self.unwalled:
            raise StepFailedError("Sandboxes cannot be closed off from this host, so none is started.")

    async def ensure_network(self, spec: NetworkSpec) -> None:
        await self.call("ensure_network", spec.name)
        self.networks[spec.name] = replace(spec, labels=self._labelled(spec.labels))

    async def remove_network(self, name: str) -> None:
        await self.call("remove_network", name)
        self.networks.pop(name, None)

    async def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        await self.call("ensure_volume", name)
        found = self.volumes.setdefault(name, self._labelled(labels))
        self._require_same_sandbox(found, labels)

    def _require_same_sandbox(self, found: Mapping[str, str], asked: Mapping[str, str]) -> None:
        if found.get(LABEL_SANDBOX) != asked.get(LABEL_SANDBOX):
            raise StepFailedError("It is another sandbox's.")

    async def remove_volume(self, name: str) -> None:
        await self.call("remove_volume", name)
        self.volumes.pop(name, None)

    async def ensure_container(self, spec: ContainerSpec) -> str:
        await self.call("ensure_container", spec.name)
        container_body(spec, installation=self.installation)  # refuses what the real one refuses
        there = self.containers.get(spec.name)
        if there:
            self._require_same_sandbox(there.spec.labels, spec.labels)
        if there and there.spec == spec and there.state.state in ("created", "running", "restarting"):
            return there.state.id
        if spec.image not in self.images:
            raise ImageUnavailableError(f"The image {spec.image} is not on the engine.")
        if there:
            self.vanish(spec.name)
        self._made += 1
        identity = hashlib.sha256(f"{spec.name}{self._made}".encode()).hexdigest()
        self.containers[spec.name] = FakeContainer(spec=spec, state=self._created(spec, identity))
        return identity

    async def start_container(self, name: str) -> None:
        await self.call("start_container", name)
        one = self.containers.get(name)
        if one is None:
            raise StepFailedError(f"The container {name} is gone.")
        if one.spec.network not in self.networks:
            raise StepFailedError(f"The network of {name} is gone.")
        if one.spec.image in self.cannot_start:
            raise StepFailedError("Its command cannot be started.", retryable=False)
        if one.state.state == "running":
            return
        one.state = replace(
            one.state,
            state="running",
            exit_code=None,
            finished_at=None,
            started_at=self._clock(),
            address=one.spec.address,
            health=self._health_of(one.spec),
        )
        self._emit("start", name, None)
        if one.spec.image in self.dies_at_start:
            self.die(name, exit_code=self.dies_at_start[one.spec.image])

    async def stop_container(self, name: str, *, grace_seconds: int) -> None:
        await self.call("stop_container", name)
        one = self.containers.get(name)
        if one and one.state.state in ("running", "restarting"):
            self.die(name, exit_code=143)

    async def remove_container(self, name: str) -> None:
        await self.call("remove_container", name)
        one = self.containers.get(name)
        if one is None:
            return
        if one.state.state == "running":
            self.die(name, exit_code=137)
        self.vanish(name)

    async def inspect_container(self, name: str) -> ContainerState | None:
        await self.call("inspect_container", name)
        one = self.containers.get(name)
        return one.state if one else None

    async def list_containers(self) -> Sequence[ContainerState]:
        await self.call("list_containers")
        return [one.state for one in self.containers.values()]

    async def list_owned(self) -> Sequence[Owned]:
        await self.call("list_owned")
        found = [("container", name, dict(one.state.labels)) for name, one in self.containers.items()]
        found += [("network", name, dict(spec.labels)) for name, spec in self.networks.items()]
        found += [("volume", name, labels) for name, labels in self.volumes.items()]
        return [
            Owned(kind=kind, name=name, sandbox_id=labels.get(LABEL_SANDBOX, ""), labels=labels)
            for kind, name, labels in found
        ]

    async def log_tail(self, name: str, *, lines: int) -> Sequence[LogLine]:
        await self.call("log_tail", name)
        one = self.containers.get(name)
        return one.lines[-lines:] if one and lines > 0 else []

    async def follow_logs(self, name: str, *, since: datetime | None) -> AsyncIterator[LogLine]:
        await self.call("follow_logs", name)
        one, generation, position = self.containers.get(name), self._generation, 0
        while one is not None:
            while position < len(one.lines):
                line = one.lines[position]
                position += 1
                if since is None or line.at > since:
                    yield line
            if self._stream_broke(generation):
                raise EngineUnavailableError("the fake engine ended the stream")
            if self.containers.get(name) is not one or one.state.state in ("exited", "dead"):
                return
            await self.next_change()

    async def events(self) -> AsyncIterator[EngineEvent]:
        await self.call("events")
        generation, position = self._generation, len(self._events)
        while True:
            while position < len(self._events):
                yield self._events[position]
                position += 1
            if self._stream_broke(generation):
                return
            await self.next_change()

    async def has_image(self, reference: str) -> bool:
        await self.call("has_image", reference)
        return reference in self.images

    async def offers_image(self, reference: str) -> bool:
        await self.call("offers_image", reference)
        return reference in self.pullable

    async def build_image(
        self, reference: str, context: Path, *, arguments: Mapping[str, str], progress: Progress
    ) -> None:
        await self.call("build_image", reference)
        if not (context / "Dockerfile").is_file():
            raise StepFailedError(f"{context.name} holds no Dockerfile.", retryable=False)
        progress(f"building {reference}")
        self.images[reference] = IMAGE_SIZE_BYTES

    async def pull_image(self, reference: str, *, progress: Progress) -> None:
        await self.call("pull_image", reference)
        if reference not in self.pullable:
            raise ImageUnavailableError(f"No registry gives {reference}.")
        progress(f"pulling {reference}")
        self.images[reference] = IMAGE_SIZE_BYTES

    async def load_image(self, archive: Path) -> Sequence[str]:
        await self.call("load_image", archive.name)
        if not archive.is_file():
            raise ImageUnavailableError(f"There is no archive {archive.name}.")
        self.images[archive.stem] = IMAGE_SIZE_BYTES
        return [archive.stem]

    async def import_image(self, reference: str, root: Path) -> None:
        await self.call("import_image", reference)
        self.images[reference] = root.stat().st_size

    async def list_images(self) -> Mapping[str, int]:
        await self.call("list_images")
        return dict(self.images)

    # ---- inside

    def _labelled(self, labels: Mapping[str, str]) -> dict[str, str]:
        return {**labels, LABEL_INSTALLATION: self.installation}

    def _health_of(self, spec: ContainerSpec) -> Health:
        if spec.health is None or spec.health.command == ("NONE",):
            return Health.UNKNOWN
        return self.health_after_start.get(spec.image, Health.UNKNOWN)

    def _created(self, spec: ContainerSpec, identity: str) -> ContainerState:
        return ContainerState(
            id=identity,
            name=spec.name,
            labels=self._labelled(spec.labels),
            image=spec.image,
            state="created",
            exit_code=None,
            out_of_memory=False,
            restarts=0,
            started_at=None,
            finished_at=None,
            health=Health.UNKNOWN,
            health_output="",
            address=None,
        )

    def _emit(self, action: str, name: str, exit_code: int | None) -> None:
        labels = self.containers[name].state.labels
        self._events.append(
            EngineEvent(at=self._clock(), action=action, container=name, labels=labels, exit_code=exit_code)
        )
        self.wake()

    def _stream_broke(self, generation: int) -> bool:
        return self.is_down or generation != self._generation
