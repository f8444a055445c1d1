"""What others notice while sandboxes come and go: nothing."""

import asyncio
from dataclasses import dataclass

import aiohttp
import pytest

from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.protocol import Entry
from storage.records import RouteKind
from tests.executor.proxy.backends import Backend, serving

pytestmark = pytest.mark.proxy

LOADED = "busy.localhost"
WATCHED = "watched.localhost"
LOADERS = 24
CHANGES = 50
REQUESTS_EACH = 250
FRESH_EVERY = 10
"""So many requests go over one connection before a loader opens another."""


@dataclass
class Tally:
    """What the loaders saw."""

    answered: int = 0
    lost: int = 0


async def load(port: int, tally: Tally) -> None:
    """Ask over and over, on kept and on fresh connections."""
    request = f"GET / HTTP/1.1\r\nHost: {LOADED}\r\n\r\n".encode()
    for begun in range(0, REQUESTS_EACH, FRESH_EVERY):
        count = min(FRESH_EVERY, REQUESTS_EACH - begun)
        answered = 0
        try:
            async with asyncio.timeout(20):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                for _ in range(count):
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                    assert head.startswith(b"HTTP/1.1 200")
                    await reader.readexactly(len(b"fine"))
                    answered += 1
                writer.close()
        except (OSError, TimeoutError, AssertionError, asyncio.IncompleteReadError):
            tally.lost += count - answered
        tally.answered += answered


async def come_and_go(proxy: HAProxyProxy, backend: Backend) -> None:
    """Fifty other sandboxes are deployed and destroyed."""
    for number in range(CHANGES):
        entries = [
            Entry(kind=RouteKind.HOST, match=f"other-{number}.localhost", target=backend.address),
            Entry(kind=RouteKind.PATH, match=f"t/other-{number}", target=backend.address, strip_prefix=True),
        ]
        await proxy.apply(entries)
        assert await proxy.wait_until_live(entries[0], timeout_seconds=10)
        await proxy.remove([(entry.kind, entry.match) for entry in entries])
    await proxy.replace(await proxy.entries())


async def answer_quickly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The cheapest service there is, so that the proxy is what is loaded."""
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


@pytest.mark.timeout(90)
async def test_nobody_notices_fifty_others_that_come_and_go(
    proxy: HAProxyProxy, proxy_settings: ProxySettings
) -> None:
    """An open WebSocket stays open and no request is lost."""
    tally, port = Tally(), proxy_settings.bind_port
    server = await asyncio.start_server(answer_quickly, "127.0.0.1", 0)
    address = "{}:{}".format(*server.sockets[0].getsockname())
    async with serving("watched") as watched, aiohttp.ClientSession() as session:
        await proxy.apply(
            [
                Entry(kind=RouteKind.HOST, match=LOADED, target=address),
                Entry(kind=RouteKind.HOST, match=WATCHED, target=watched.address),
            ]
        )
        url = f"ws://127.0.0.1:{port}/"
        async with session.ws_connect(url, headers={"Host": WATCHED}) as socket:
            began = asyncio.get_running_loop().time()
            async with asyncio.TaskGroup() as group:
                for _ in range(LOADERS):
                    group.create_task(load(port, tally))
                group.create_task(come_and_go(proxy, watched))
            took = asyncio.get_running_loop().time() - began
            await socket.send_str("still here?")
            assert await socket.receive_str(timeout=5) == "still here?"
    server.close()
    await server.wait_closed()
    print(f"{tally.answered} requests in {took:.1f} s, {tally.answered / took:.0f} a second")
    assert tally.lost == 0
    assert tally.answered == LOADERS * REQUESTS_EACH
    assert (await proxy.activity())[RouteKind.HOST, LOADED].requests == tally.answered
