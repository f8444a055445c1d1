"""A real engine for tests: an installation of its own, cleaned away by its labels."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.protocol import LABEL_SANDBOX, ContainerSpec, Engine, NetworkSpec
from tests.engine_images import ensure_python_image
from tests.executor.engine import puppet

SOCKET = Path("/var/run/docker.sock")
_slots = count(os.getpid() % 200 * 16)
"""Subnets of 10.214.0.0/16, so that two test runs beside each other do not meet."""


@dataclass
class Room:
    """One sandbox's corner of an engine: a network's addresses, and specs for what is on it."""

    engine: Engine
    image: str
    name: str
    subnet: str
    prefix: str
    """The first three numbers of the subnet's addresses, and a dot."""
    first: int
    """The subnet's first number."""
    labels: dict[str, str] = field(default_factory=dict)

    def network(self, *, egress: bool = False) -> NetworkSpec:
        """The network's spec."""
        return NetworkSpec(name=f"sandbox-{self.name}", subnet=self.subnet, egress=egress, labels=self.labels)

    def spec(self, service: str = "web", *, position: int = 0, **changes: object) -> ContainerSpec:
        """A container of a puppet, unless the changes say otherwise."""
        spec = ContainerSpec(
            name=f"sandbox-{self.name}-{service}",
            image=self.image,
            hostname=service,
            network=f"sandbox-{self.name}",
            address=f"{self.prefix}{self.first + 2 + position}",
            aliases=(service,),
            labels=self.labels,
            command=puppet.COMMAND,
        )
        return replace(spec, **changes)  # type: ignore[arg-type]  # the caller's business

    async def run(self, service: str = "web", *, position: int = 0, **changes: object) -> ContainerSpec:
        """Make and start one."""
        spec = self.spec(service, position=position, **changes)
        await self.engine.ensure_container(spec)
        await self.engine.start_container(spec.name)
        return spec


def make_room(engine: Engine, image: str) -> Room:
    """A room with a name and addresses of its own."""
    slot = next(_slots) % 4096
    third, first = divmod(slot * 16, 256)
    name = f"test-{os.getpid()}-{slot}"
    prefix = f"10.214.{third}."
    return Room(
        engine=engine,
        image=image,
        name=name,
        subnet=f"{prefix}{first}/28",
        prefix=prefix,
        first=first,
        labels={LABEL_SANDBOX: name},
    )


async def clear(engine: Engine) -> None:
    """Take away all that carries the installation's label: containers first, for they hold the rest."""
    owned = await engine.list_owned()
    for one in sorted(owned, key=lambda one: ("container", "network", "volume").index(one.kind)):
        remove = {
            "container": engine.remove_container,
            "network": engine.remove_network,
            "volume": engine.remove_volume,
        }[one.kind]
        await remove(one.name)


@asynccontextmanager
async def real_engine(**changes: object) -> AsyncIterator[DockerEngine]:
    """A real engine, its firewall in place; what the test made is taken away."""
    settings = DockerSettings(socket=SOCKET, installation=f"test-{os.getpid()}")
    if not settings.socket.exists():
        pytest.skip("no Docker engine listens here")
    engine = DockerEngine(replace(settings, **changes))  # type: ignore[arg-type]  # the caller's business
    try:
        await engine.protect()
        yield engine
        await clear(engine)
    finally:
        await engine.close()


async def closed_room(engine: Engine) -> Room:
    """A room with its closed network made."""
    room = make_room(engine, await ensure_python_image(engine))
    await engine.ensure_network(room.network())
    return room


@pytest.fixture
async def docker_engine() -> AsyncIterator[DockerEngine]:
    """A real engine."""
    async with real_engine() as engine:
        yield engine


@pytest.fixture
async def room(docker_engine: DockerEngine) -> Room:
    """A room on the real engine."""
    return await closed_room(docker_engine)
