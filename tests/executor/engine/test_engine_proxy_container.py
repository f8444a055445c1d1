"""A proxy that is a container itself is on every sandbox's network, and in nobody's way."""

import os
from collections.abc import AsyncIterator

import pytest

from executor.engine.firewall_apply import run_here
from executor.engine.networks import proxy_address
from tests.engine_images import ensure_python_image
from tests.executor.engine.conftest import Room, closed_room, real_engine
from tests.executor.engine.puppet import PORT

pytestmark = pytest.mark.engine

PROXY = f"spt-proxy-{os.getpid()}"
REACH = """
import socket, sys, time
for attempt in range(50):
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
else:
    raise SystemExit("refused")
"""


async def docker(*command: str) -> str:
    """The engine's own command line, for what is not ours."""
    return await run_here(["docker", *command], "")


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A room of an engine that knows of a proxy's container."""
    async with real_engine(proxy_container=PROXY) as engine:
        await docker("run", "--detach", "--name", PROXY, await ensure_python_image(engine), "sleep", "300")
        try:
            yield await closed_room(engine)
        finally:
            await docker("rm", "--force", PROXY)


async def addresses() -> str:
    """Network and address of each of the proxy's endpoints."""
    form = "{{range $name, $one := .NetworkSettings.Networks}}{{$name}}={{$one.IPAddress}} {{end}}"
    return await docker("inspect", "--format", form, PROXY)


async def test_the_proxy_reaches_a_closed_sandbox(room: Room) -> None:
    """It sits at the last address of the network, and opens connections to services."""
    await room.engine.ensure_network(room.network())
    assert f"{room.network().name}={proxy_address(room.subnet)} " in await addresses()
    spec = await room.run("web")
    await docker("exec", PROXY, "python3", "-c", REACH, spec.address, str(PORT))


async def test_the_proxy_comes_off_when_the_network_goes(room: Room) -> None:
    """Removing a sandbox's network takes the proxy off it and leaves it running."""
    await room.engine.remove_network(room.network().name)
    assert room.network().name not in await addresses()
    assert (await docker("inspect", "--format", "{{.State.Running}}", PROXY)).strip() == "true"


async def test_an_open_sandbox_does_not_become_the_proxys_way_out(room: Room) -> None:
    """The proxy's default route stays on its own network, whose name sorts before ours."""
    before = await docker("exec", PROXY, "ip", "route", "show", "default")
    await room.engine.ensure_network(room.network(egress=True))
    assert room.network().name in await addresses()
    assert await docker("exec", PROXY, "ip", "route", "show", "default") == before
