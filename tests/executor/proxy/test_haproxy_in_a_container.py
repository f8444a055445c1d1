"""HAProxy as a container of its own, connected to each sandbox's network by the engine."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from executor.errors import ProxyUnavailableError
from executor.proxy.configuration import ProxySettings
from executor.proxy.files import write_files
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.protocol import Entry
from storage.records import RouteKind
from tests.executor.engine.conftest import closed_room, real_engine
from tests.executor.engine.waiting import eventually
from tests.executor.proxy.asking import ask
from tests.executor.proxy.haproxy_image import ensure_haproxy_image

pytestmark = [pytest.mark.proxy, pytest.mark.engine]

PORT = 8000
SERVER = ("python3", "-m", "http.server", str(PORT), "--directory", "/usr/share")


async def docker(*arguments: str) -> str:
    """Run the engine's own client."""
    process = await asyncio.create_subprocess_exec("docker", *arguments, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0, arguments
    return output.decode()


@asynccontextmanager
async def haproxy_container(settings: ProxySettings, image: str) -> AsyncIterator[str]:
    """HAProxy in a container that shares its folder with us, as in the Compose install."""
    name = f"test-proxy-{os.getpid()}"
    await asyncio.to_thread(write_files, settings)
    shared = f"{settings.folder}:{settings.folder}"
    published = f"127.0.0.1:{settings.bind_port}:{settings.bind_port}"
    command = ("haproxy", "-W", "-db", "-f", str(settings.configuration_file))
    await docker("run", "-d", "--name", name, "-v", shared, "-p", published, image, *command)
    try:
        yield name
    finally:
        await docker("rm", "-f", name)


async def answers(proxy: HAProxyProxy) -> bool:
    """Whether the runtime socket does."""
    try:
        await proxy.version()
    except ProxyUnavailableError:
        return False
    return True


async def test_a_sandbox_is_reached_through_a_proxy_in_a_container(
    proxy_settings: ProxySettings, tmp_path: Path
) -> None:
    """The same sockets, files and probes as on the host."""
    settings = replace(proxy_settings, bind_address="*", tls_bind=None, gateway_ports=None, metrics_bind=None)
    proxy = HAProxyProxy(settings)
    async with real_engine() as engine:
        image = await ensure_haproxy_image(engine, tmp_path)
    async with haproxy_container(settings, image) as name:
        await eventually(lambda: answers(proxy))
        async with real_engine(proxy_container=name) as engine:
            room = await closed_room(engine)
            spec = await room.run(command=SERVER)
            entry = Entry(kind=RouteKind.HOST, match="panda.localhost", target=f"{spec.address}:{PORT}")
            assert not await proxy.wait_until_live(entry, timeout_seconds=0.1)
            await proxy.apply([entry])
            assert await proxy.wait_until_live(entry, timeout_seconds=20)
            assert (await ask(settings.bind_port, entry.match)).status == 200
            assert (await proxy.activity())[RouteKind.HOST, entry.match].requests == 1
