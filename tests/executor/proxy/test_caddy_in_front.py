"""Certificates for our host names only, and what is told behind them: a real Caddy before a real HAProxy."""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.protocol import Entry
from storage.records import RouteKind
from tests.executor.engine.waiting import eventually
from tests.executor.proxy.asking import ask
from tests.executor.proxy.backends import free_port, serving

pytestmark = [
    pytest.mark.proxy,
    pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed"),
]

CADDYFILE = Path(__file__).parents[3] / "manifests" / "deploy" / "caddy" / "Caddyfile"
HOST = "cool-panda-123.localhost"


@dataclass
class Front:
    """A Caddy with an authority of its own."""

    http_port: int
    https_port: int
    authority: Path
    asked: list[str]

    def trust(self) -> ssl.SSLContext:
        """What trusts its authority and nothing else."""
        return ssl.create_default_context(cafile=str(self.authority))


@pytest.fixture
async def front(proxy_settings: ProxySettings, tmp_path: Path) -> AsyncIterator[Front]:
    """Caddy with the configuration as it is, its own authority, and a bot that knows one host name."""
    asked: list[str] = []

    async def tls_ask(request: web.Request) -> web.Response:
        asked.append(request.query["domain"])
        return web.Response(status=200 if request.query["domain"] == HOST else 404)

    bot = web.Application()
    bot.router.add_get("/tls/ask", tls_ask)
    runner = web.AppRunner(bot, access_log=None)
    await runner.setup()
    bot_port = free_port()
    await web.TCPSite(runner, "127.0.0.1", bot_port).start()
    authority = tmp_path / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    made = Front(http_port=free_port(), https_port=free_port(), authority=authority, asked=asked)
    environment = os.environ | {
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "SANDPIPER_BOT_UPSTREAM": f"127.0.0.1:{bot_port}",
        "SANDPIPER_PROXY_UPSTREAM": str(proxy_settings.tls_bind),
        "SANDPIPER_CADDY_ISSUER": "internal",
        "SANDPIPER_CADDY_HTTP_PORT": str(made.http_port),
        "SANDPIPER_CADDY_HTTPS_PORT": str(made.https_port),
    }
    caddy = await asyncio.create_subprocess_exec(
        *("caddy", "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"),
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually(lambda: authority.exists() and listens(made.https_port))
        yield made
    finally:
        if caddy.returncode is None:
            caddy.terminate()
        await caddy.wait()
        await runner.cleanup()


async def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_sandbox_is_served_with_a_certificate_and_told_who_asks(
    front: Front, proxy: HAProxyProxy
) -> None:
    """The host name is the client's own, the scheme is https, and forged headers are gone."""
    async with serving("panda") as backend, aiohttp.ClientSession() as session:
        await proxy.apply([Entry(kind=RouteKind.HOST, match=HOST, target=backend.address)])
        url = f"https://127.0.0.1:{front.https_port}/a?b=c"
        forged = {"Host": HOST, "X-Forwarded-For": "6.6.6.6", "X-Forwarded-User": "admin"}
        async with session.get(url, headers=forged, ssl=front.trust(), server_hostname=HOST) as answer:
            assert answer.status == 200
            seen = await answer.json()
        headers = {name.lower(): value for name, value in seen["headers"]}
        assert seen["path"] == "/a?b=c"
        assert headers["host"] == HOST
        assert headers["x-forwarded-proto"] == "https"
        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert "x-forwarded-user" not in headers
        websocket = session.ws_connect(url, headers={"Host": HOST}, ssl=front.trust(), server_hostname=HOST)
        async with websocket as socket:
            await socket.send_str("hello")
            assert await socket.receive_str(timeout=5) == "hello"
    assert front.asked == [HOST]


async def test_a_host_name_that_is_not_ours_gets_no_certificate(front: Front, proxy: HAProxyProxy) -> None:
    """The bot is asked, says no, and the handshake fails."""
    stranger = "stranger.localhost"
    with pytest.raises((ssl.SSLError, OSError)):
        await asyncio.open_connection(
            "127.0.0.1", front.https_port, ssl=front.trust(), server_hostname=stranger
        )
    assert front.asked == [stranger]


async def test_plain_http_is_sent_to_https(front: Front) -> None:
    """With the path and the query."""
    answer = await ask(front.http_port, HOST, "/a?b=c")
    assert answer.status == 308
    assert answer.headers["location"] == f"https://{HOST}/a?b=c"
