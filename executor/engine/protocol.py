"""What the executor asks of an engine. Docker is one; Swarm will be another file, not a rewrite.

Every ``ensure_`` makes it so and is safe to repeat; every ``remove_`` succeeds when the thing is gone.
Every method may raise :class:`executor.errors.EngineUnavailableError`.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from storage.records import Health


@dataclass(frozen=True, kw_only=True)
class EngineInfo:
    """Who answers."""

    version: str
    api_version: str
    storage_driver: str
    cgroup_version: str
    memory_bytes: int
    cpus: int
    runtimes: tuple[str, ...]
    security_options: tuple[str, ...]
    root_dir: str


@dataclass(frozen=True, kw_only=True)
class NetworkSpec:
    """One sandbox's own network."""

    name: str
    subnet: str
    """CIDR; the first host address is the gateway, containers get the rest."""
    egress: bool
    """Whether the outside may be reached. Never the host, other sandboxes or link-local addresses."""
    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """A command inside the container that exits 0 when well. Times in seconds."""

    command: tuple[str, ...]
    """Exec form, or ('CMD-SHELL', '…') as in the Compose format, or ('NONE',)."""
    interval_seconds: float = 5.0
    timeout_seconds: float = 5.0
    retries: int = 3
    start_period_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ContainerSpec:
    """Everything about one container. Hardening is added by the engine and cannot be asked away."""

    name: str
    image: str
    hostname: str
    network: str
    address: str
    aliases: tuple[str, ...]
    """DNS names on its network: the service's name."""
    labels: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    user: str | None = None
    working_dir: str | None = None
    read_only: bool = False
    tmpfs: Mapping[str, int] = field(default_factory=dict)
    """Path to size in bytes."""
    volumes: Mapping[str, str] = field(default_factory=dict)
    """Engine volume name to path in the container."""
    memory_bytes: int = 256 * 1024 * 1024
    cpus: float = 0.5
    pids: int = 256
    capabilities: tuple[str, ...] = ()
    """Added back after all are dropped; only from the short allow-list."""
    health: HealthCheck | None = None
    stop_signal: str | None = None
    stop_grace_seconds: int = 10
    egress: bool = False


@dataclass(frozen=True, kw_only=True)
class ContainerState:
    """What the engine says of a container."""

    id: str
    name: str
    labels: Mapping[str, str]
    image: str
    state: str
    """'created', 'running', 'restarting', 'exited', 'dead', 'paused' (Docker's own words)."""
    exit_code: int | None
    out_of_memory: bool
    restarts: int
    started_at: datetime | None
    finished_at: datetime | None
    health: Health
    """UNKNOWN where the container has no check of its own."""
    health_output: str
    """The last check's output, capped."""
    address: str | None


@dataclass(frozen=True, kw_only=True)
class EngineEvent:
    """One thing that happened to a container of ours."""

    at: datetime
    action: str
    """'start', 'die', 'oom', 'destroy', 'health_status: healthy', … (Docker's own words)."""
    container: str
    labels: Mapping[str, str]
    exit_code: int | None


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of a container's output, capped in length, control characters kept."""

    at: datetime
    stream: str
    """'stdout' or 'stderr'."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Something on the engine that carries our labels."""

    kind: str
    """'container', 'network' or 'volume'."""
    name: str
    sandbox_id: str
    labels: Mapping[str, str]


Progress = Callable[[str], None]
"""Told what a long call is doing, in words, from any thread."""

LABEL_INSTALLATION = "sandpiper.installation"
LABEL_SANDBOX = "sandpiper.sandbox"
"""The sandbox's id."""
LABEL_NAME = "sandpiper.name"
LABEL_SERVICE = "sandpiper.service"
LABEL_DIGEST = "sandpiper.spec"
"""Of the container's spec, so that ``ensure_container`` sees whether it is still the one wanted."""


class Engine(Protocol):
    """A Docker engine, as the executor sees it."""

    async def info(self) -> EngineInfo:
        """Answer quickly who is there."""

    async def close(self) -> None:
        """Let go of connections and threads."""

    async def protect(self) -> None:
        """Make the host's firewall rules for sandbox networks so; repeated after an engine restart.

        Raises StepFailedError where they cannot be made; no network is made until they are.
        """

    async def ensure_network(self, spec: NetworkSpec) -> None:
        """Make the network so."""

    async def remove_network(self, name: str) -> None:
        """Remove it, with whatever is still attached taken off."""

    async def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make the volume so."""

    async def remove_volume(self, name: str) -> None:
        """Remove it and what it holds."""

    async def ensure_container(self, spec: ContainerSpec) -> str:
        """Make a created (not started) or already running container of exactly this spec; return its id.

        One of the same name with another spec is replaced.
        """

    async def start_container(self, name: str) -> None:
        """Start it; already running is success. Raises StepFailedError if its command cannot start."""

    async def stop_container(self, name: str, *, grace_seconds: int) -> None:
        """Ask it to end, then make it."""

    async def remove_container(self, name: str) -> None:
        """Kill and remove it."""

    async def inspect_container(self, name: str) -> ContainerState | None:
        """None if there is none."""

    async def list_containers(self) -> Sequence[ContainerState]:
        """All that carry this installation's label, whatever their state."""

    async def list_owned(self) -> Sequence[Owned]:
        """Every container, network and volume that carries this installation's label."""

    async def log_tail(self, name: str, *, lines: int) -> Sequence[LogLine]:
        """The last lines of a container, oldest first."""

    def follow_logs(self, name: str, *, since: datetime | None) -> AsyncIterator[LogLine]:
        """Lines after ``since`` as they come, until the container ends or is removed.

        ``LogLine.at`` grows strictly within a container, so the last one seen is where to resume, with
        nothing lost and nothing twice. A container that the engine restarts is to be followed again. Raises
        EngineUnavailableError when the engine goes away meanwhile.
        """

    def events(self) -> AsyncIterator[EngineEvent]:
        """Container events of this installation, from now on; ends when closed or when the engine is gone.

        The caller asks again, and looks at ``list_containers`` for what it missed.
        """

    async def has_image(self, reference: str) -> bool:
        """Whether the image is on the engine."""

    async def offers_image(self, reference: str) -> bool:
        """Whether its registry would give the image. Asks, and fetches nothing."""

    async def build_image(
        self, reference: str, context: Path, *, arguments: Mapping[str, str], progress: Progress
    ) -> None:
        """Build a folder with a Dockerfile. Raises StepFailedError with the line that failed."""

    async def pull_image(self, reference: str, *, progress: Progress) -> None:
        """Raises ImageUnavailableError if no registry gives it."""

    async def load_image(self, archive: Path) -> Sequence[str]:
        """Load a ``docker save`` archive; return the references it held."""

    async def import_image(self, reference: str, root: Path) -> None:
        """Make an image of one layer from a tar of a root file system."""

    async def list_images(self) -> Mapping[str, int]:
        """Reference to size in bytes."""
