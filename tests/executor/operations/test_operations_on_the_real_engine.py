"""The same promises on the real engine and a real HAProxy."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.requests import Destroy, Restart, Start, Stop
from storage.records import EventKind, SandboxStatus
from tests.executor.operations.house import Killed, wait_for
from tests.executor.operations.real_house import RealHouse, real_house

pytestmark = [pytest.mark.engine, pytest.mark.proxy, pytest.mark.timeout(240)]
S = SandboxStatus


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[RealHouse]:
    """An installation of its own, with the image of ``echo`` there."""
    async with real_house(tmp_path) as house:
        await house.images.ensure("sandpiper/echo", lambda _words: None)
        yield house


async def test_a_whole_life(real: RealHouse) -> None:
    """Deployed and started again it answers, stopped it says so, destroyed nothing is left."""
    await real.start()
    submitted = await real.deploy("echo")
    name, sandbox_id = submitted.sandbox.name, submitted.sandbox.id
    host = f"{name}.localhost"
    await real.until(sandbox_id, S.RUNNING)
    assert await real.get(host) == 200
    await real.ask(Stop(sandbox=name))
    await real.until(sandbox_id, S.STOPPED)
    assert await real.get(host) == 503
    await real.ask(Start(sandbox=name))
    await real.until(sandbox_id, S.RUNNING)
    assert await real.get(host) == 200
    await real.ask(Restart(sandbox=name))
    await real.until(sandbox_id, S.RUNNING)
    assert await real.get(host) == 200
    await real.ask(Destroy(sandbox=name))
    await real.until(sandbox_id, S.DESTROYED)
    assert await real.get(host) == 404
    assert await real.engine.list_owned() == []
    assert await real.proxy.entries() == []


POINTS = [
    "network.done",
    "containers.before",
    "containers.done",
    "healthy.done",
    "route.done",
    "finish.before",
]


@pytest.mark.parametrize("point", POINTS)
async def test_deploy_killed(real: RealHouse, point: str) -> None:
    """A deploy killed at this point answers after the next start, and its destroy leaves nothing."""
    died = asyncio.Event()

    async def die(name: str) -> None:
        if name == f"deploy.{point}" and not died.is_set():
            died.set()
            raise Killed(name)

    real.checkpoint = die
    executor = await real.start()
    submitted = await real.deploy("echo")
    async with asyncio.timeout(60):
        await died.wait()
    await executor.drain()
    await real.start()
    await real.until(submitted.sandbox.id, S.RUNNING)
    assert await real.get(f"{submitted.sandbox.name}.localhost") == 200
    assert len(await real.engine.list_owned()) == 2
    await real.ask(Destroy(sandbox=submitted.sandbox.name))
    await real.until(submitted.sandbox.id, S.DESTROYED)
    assert await real.engine.list_owned() == []


async def test_destroyed_in_the_middle(real: RealHouse) -> None:
    """A destroy asked while containers start wins, and nothing is left."""
    await real.start()
    submitted = await real.deploy("echo")

    async def containers() -> bool | None:
        view = await real.view(submitted.sandbox.id)
        return True if view.steps[2].started_at else None

    await wait_for(containers, lambda: "never came to the containers", seconds=60)
    await real.ask(Destroy(sandbox=submitted.sandbox.name))
    await real.until(submitted.sandbox.id, S.DESTROYED)
    assert await real.engine.list_owned() == []


async def test_a_killed_container_is_brought_back(real: RealHouse) -> None:
    """A container that ended is started again by the reconciler, and answers."""
    executor = await real.start()
    submitted = await real.deploy("echo")
    view = await real.until(submitted.sandbox.id, S.RUNNING)
    service = view.services[0].name
    await real.engine.stop_container(f"sandbox-{view.sandbox.name}-{service}", grace_seconds=0)
    await executor.reconciler.once()

    async def repaired() -> bool | None:
        async with real.database.read() as tx:
            found = await real.events_of(tx, EventKind.SANDBOX_REPAIRED)
        return True if found else None

    await wait_for(repaired, lambda: "never repaired", seconds=60)
    await real.until(submitted.sandbox.id, S.RUNNING)
    assert await real.get(f"{view.sandbox.name}.localhost") == 200


async def test_haproxy_came_back_empty(real: RealHouse) -> None:
    """A proxy that was killed and lost its maps has all routes again after one round."""
    executor = await real.start()
    submitted = await real.deploy("echo")
    await real.until(submitted.sandbox.id, S.RUNNING)
    host = f"{submitted.sandbox.name}.localhost"
    await real.proxy.remove([(entry.kind, entry.match) for entry in await real.proxy.entries()])
    assert await real.get(host) == 404
    await executor.reconciler.once()
    assert await real.get(host) == 200
