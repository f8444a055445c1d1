"""The Docker engine on a local socket, as the executor sees it: one thin door to the rooms beside it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from executor.engine.calls import PROBE_TIMEOUT_SECONDS, Calls
from executor.engine.containers import Containers
from executor.engine.failures import EngineCallError
from executor.engine.firewall import FirewallPolicy
from executor.engine.firewall_apply import Firewall, FirewallError, run_here, run_in_helper
from executor.engine.images import Images
from executor.engine.networks import Networks, Volumes
from executor.engine.protocol import (
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
from executor.engine.streams import Streams
from executor.errors import StepFailedError

WORDS_LIMIT_CHARACTERS = 300


@dataclass(frozen=True, kw_only=True)
class DockerSettings:
    """How to reach the engine, and how this installation stands to it."""

    socket: Path = Path("/var/run/docker.sock")
    """A unix socket: an engine that listens on TCP is an open door for every sandbox."""
    installation: str = "sandpiper"
    proxy_container: str | None = None
    """Name of the proxy's container, where it is one: it is connected to each sandbox's network."""
    firewall: Literal["host", "helper", "off"] = "host"
    """Who runs iptables: this process, a container on the host's network, or somebody who knows better."""
    helper_image: str | None = None
    """With sh, iptables and ip6tables, for ``firewall='helper'``."""
    policy: FirewallPolicy = field(default_factory=FirewallPolicy)

    def __post_init__(self) -> None:
        if self.firewall == "helper" and self.helper_image is None:
            raise ValueError("firewall='helper' needs a helper_image")


class DockerEngine:
    """Implements :class:`executor.engine.protocol.Engine` on Docker 20.10 and later."""

    def __init__(self, settings: DockerSettings) -> None:
        installation = settings.installation
        self._calls = Calls(settings.socket)
        self._streams = Streams(self._calls, settings.socket, installation=installation)
        self._containers = Containers(self._calls, installation=installation)
        self._networks = Networks(
            self._calls, installation=installation, proxy_container=settings.proxy_container
        )
        self._volumes = Volumes(self._calls, installation=installation)
        self._images = Images(self._calls)
        self._firewall = _firewall(settings, self._calls)
        self._walled = self._firewall is None
        """Whether the rules were in force when they were last looked at."""
        self._walling = asyncio.Lock()
        """Two at once would each put their own jumps first."""

    async def info(self) -> EngineInfo:
        """Answer quickly who is there."""
        found = await self._calls.quick(lambda client: client.info(), timeout_seconds=PROBE_TIMEOUT_SECONDS)
        return EngineInfo(
            version=found["ServerVersion"],
            api_version=await self._calls.api_version(),
            storage_driver=found["Driver"],
            cgroup_version=str(found.get("CgroupVersion", "1")),
            memory_bytes=int(found["MemTotal"]),
            cpus=int(found["NCPU"]),
            runtimes=tuple(sorted(found.get("Runtimes") or ())),
            security_options=tuple(found.get("SecurityOptions") or ()),
            root_dir=found["DockerRootDir"],
        )

    async def close(self) -> None:
        """Let go of connections and threads."""
        await self._streams.close()
        self._calls.close()

    async def protect(self) -> None:
        """Make the host's firewall rules so; repeat it after an engine restart and on a timer.

        Raises StepFailedError where that is not possible: until it is, no network is made.
        """
        if self._firewall is None:
            return
        async with self._walling:
            try:
                await self._firewall.ensure()
            except (FirewallError, EngineCallError) as error:
                self._walled = False
                why = str(error)[:WORDS_LIMIT_CHARACTERS].rstrip(".")
                raise StepFailedError(
                    f"Sandboxes cannot be closed off from this host, so none is started: {why}.",
                    "Whoever runs Sandpiper learns more from: sandpiper doctor",
                ) from error
            self._walled = True

    async def is_walled(self) -> bool | None:
        """Whether the firewall's rules are in force now; None where they are somebody else's matter.

        Raises FirewallError where that cannot be found out.
        """
        return None if self._firewall is None else await self._firewall.stands()

    async def ensure_network(self, spec: NetworkSpec) -> None:
        """Make the network so, the proxy's container on it; but none before the walls around it stand."""
        if not self._walled:
            await self.protect()
        await self._networks.ensure(spec)

    async def remove_network(self, name: str) -> None:
        """Remove it, with whatever is still attached taken off."""
        await self._networks.remove(name)

    async def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make the volume so."""
        await self._volumes.ensure(name, labels)

    async def remove_volume(self, name: str) -> None:
        """Remove it and what it holds."""
        await self._volumes.remove(name)

    async def ensure_container(self, spec: ContainerSpec) -> str:
        """Make a container of exactly this spec, or find it; return its id."""
        return await self._containers.ensure(spec)

    async def start_container(self, name: str) -> None:
        """Start it; running already is success."""
        await self._containers.start(name)

    async def stop_container(self, name: str, *, grace_seconds: int) -> None:
        """Ask it to end, then make it."""
        await self._containers.stop(name, grace_seconds=grace_seconds)

    async def remove_container(self, name: str) -> None:
        """Kill and remove it."""
        await self._containers.remove(name)

    async def inspect_container(self, name: str) -> ContainerState | None:
        """None if there is none."""
        return await self._containers.inspect(name)

    async def list_containers(self) -> Sequence[ContainerState]:
        """All of this installation, whatever their state."""
        return await self._containers.list()

    async def list_owned(self) -> Sequence[Owned]:
        """Every container, network and volume of this installation."""
        containers, networks, volumes = await asyncio.gather(
            self._containers.summaries(), self._networks.list(), self._volumes.list()
        )
        return [
            *(
                _owned("container", one["Names"][0].removeprefix("/"), one)
                for one in containers
                if one["Names"]
            ),
            *(_owned("network", one["Name"], one) for one in networks),
            *(_owned("volume", one["Name"], one) for one in volumes),
        ]

    async def log_tail(self, name: str, *, lines: int) -> Sequence[LogLine]:
        """The last lines of a container, oldest first."""
        return await self._streams.tail(name, lines=lines)

    def follow_logs(self, name: str, *, since: datetime | None) -> AsyncIterator[LogLine]:
        """Lines after ``since`` as they come, until the container ends or is removed."""
        return self._streams.follow(name, since=since)

    def events(self) -> AsyncIterator[EngineEvent]:
        """Container events from the moment of this call on, until closed or the engine is gone."""
        return self._streams.events(datetime.now(UTC))

    async def has_image(self, reference: str) -> bool:
        """Whether the image is on the engine."""
        return await self._images.has(reference)

    async def offers_image(self, reference: str) -> bool:
        """Whether its registry would give the image. Asks, and fetches nothing."""
        return await self._images.is_offered(reference)

    async def build_image(
        self, reference: str, context: Path, *, arguments: Mapping[str, str], progress: Progress
    ) -> None:
        """Build a folder with a Dockerfile."""
        await self._images.build(reference, context, arguments=arguments, progress=progress)

    async def pull_image(self, reference: str, *, progress: Progress) -> None:
        """Ask the image's registry for it."""
        await self._images.pull(reference, progress=progress)

    async def load_image(self, archive: Path) -> Sequence[str]:
        """Load a ``docker save`` archive; return the references it held."""
        return await self._images.load(archive)

    async def import_image(self, reference: str, root: Path) -> None:
        """Make an image of one layer from a tar of a root file system."""
        await self._images.import_root(reference, root)

    async def list_images(self) -> Mapping[str, int]:
        """Reference to size in bytes."""
        return await self._images.list()


def _firewall(settings: DockerSettings, calls: Calls) -> Firewall | None:
    if settings.firewall == "off":
        return None
    run = run_here if settings.helper_image is None else run_in_helper(calls, settings.helper_image)
    return Firewall(run, settings.policy)


def _owned(kind: str, name: str, found: Mapping[str, Mapping[str, str]]) -> Owned:
    labels = found.get("Labels") or {}
    return Owned(kind=kind, name=name, sandbox_id=labels.get(LABEL_SANDBOX, ""), labels=labels)
