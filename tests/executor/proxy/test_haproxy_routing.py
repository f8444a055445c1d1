"""Which request reaches which service through the real HAProxy, and what the service is told of it."""

import asyncio
import io
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.protocol import Entry
from storage.records import RouteKind
from tests.executor.engine.waiting import eventually
from tests.executor.proxy.asking import ask, parsed, raw
from tests.executor.proxy.backends import Backend, free_port, serving, serving_tcp

pytestmark = pytest.mark.proxy

HOST = "cool-panda-123.localhost"


@pytest.fixture
async def panda(proxy: HAProxyProxy) -> AsyncIterator[Backend]:
    """A service behind a host name and two paths."""
    async with serving("panda") as backend:
        await proxy.apply(
            [
                Entry(kind=RouteKind.HOST, match=HOST, target=backend.address),
                Entry(kind=RouteKind.PATH, match="t/panda", target=backend.address, strip_prefix=True),
                Entry(kind=RouteKind.PATH, match="t/kept", target=backend.address),
            ]
        )
        yield backend


@pytest.fixture
def port(proxy_settings: ProxySettings) -> int:
    """Where visitors come in."""
    return proxy_settings.bind_port


async def test_a_host_name_is_found_however_it_is_written(panda: Backend, port: int) -> None:
    """Case, port and a trailing dot make no difference; the service sees the Host as the client wrote it."""
    for host in (HOST, f"{HOST}:8080", HOST.upper(), f"{HOST}.", f"{HOST.title()}.:80"):
        answer = await ask(port, host, "/a?b=c")
        assert answer.status == 200, host
        assert answer.seen["path"] == "/a?b=c"
        assert answer.header_seen("Host") == [host]


async def test_an_unknown_host_gets_the_page_that_says_so(panda: Backend, port: int) -> None:
    """404, and nothing of the name in it."""
    strangers = ("other.localhost", "localhost", f"x{HOST}", f"a.{HOST}", "127.0.0.1", f"{HOST}.evil.org")
    for host in strangers:
        answer = await ask(port, host)
        assert answer.status == 404, host
        assert b"No such sandbox" in answer.body
        assert host.encode() not in answer.body
        assert answer.headers["cache-control"] == "no-store"
    assert panda.requests == 0


async def test_a_host_that_is_no_name_is_refused_and_not_repeated(panda: Backend, port: int) -> None:
    """400, without what was sent."""
    for host in ("<script>alert(1)</script>", "a b", "", "a,b", "cool\xff"):
        answer = await ask(port, host)
        assert answer.status == 400, host
        assert b"script" not in answer.body


async def test_two_hosts_or_none_are_refused(panda: Backend, port: int) -> None:
    """Nobody after us can read another host than we did."""
    for request in (
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nHost: other.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        f"GET http://other.localhost/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
    ):
        answer = await raw(port, request.encode())
        assert answer.split()[1] in (b"400", b"404")
    assert panda.requests == 0


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("page:starting", 503, b"is starting"),
        ("page:stopped", 503, b"is stopped"),
        ("page:failed", 503, b"could not be started"),
    ],
)
async def test_a_sandbox_that_does_not_serve_has_a_page(
    proxy: HAProxyProxy, port: int, target: str, status: int, words: bytes
) -> None:
    """In plain words, with no scripts, and only the starting one looks again."""
    await proxy.apply([Entry(kind=RouteKind.HOST, match=HOST, target=target)])
    answer = await ask(port, HOST)
    assert answer.status == status
    assert words in answer.body
    assert b"<script" not in answer.body
    assert (b'http-equiv="refresh"' in answer.body) == (target == "page:starting")
    assert ("retry-after" in answer.headers) == (target == "page:starting")


async def test_a_service_that_is_gone_gives_the_page_that_tries_again(proxy: HAProxyProxy, port: int) -> None:
    """503 with Retry-After."""
    await proxy.apply([Entry(kind=RouteKind.HOST, match=HOST, target=f"127.0.0.1:{free_port()}")])
    answer = await ask(port, HOST)
    assert answer.status == 503
    assert b"does not answer" in answer.body
    assert answer.headers["retry-after"] == "5"


async def test_a_probe_learns_at_once_that_nobody_listens(proxy: HAProxyProxy) -> None:
    """A deploy asks many times a second; it must not wait for the proxy's own patience."""
    began = time.monotonic()
    assert not await proxy.answers(f"127.0.0.1:{free_port()}", timeout_seconds=5)
    assert time.monotonic() - began < 0.5


async def test_a_path_is_stripped_where_asked_and_the_service_is_told(panda: Backend, port: int) -> None:
    """Whole segments only; the query stays."""
    answer = await ask(port, "localhost", "/t/panda/a/b?c=/d")
    assert answer.seen["path"] == "/a/b?c=/d"
    assert answer.header_seen("X-Forwarded-Prefix") == ["/t/panda"]
    assert (await ask(port, "127.0.0.1:8080", "/t/panda/")).seen["path"] == "/"
    assert (await ask(port, "localhost", "/t/panda//a")).seen["path"] == "//a"
    assert (await ask(port, "localhost", "/t/panda2/")).status == 404


async def test_a_path_is_kept_where_asked(panda: Backend, port: int) -> None:
    """The prefix stays, and is told all the same."""
    answer = await ask(port, "localhost", "/t/kept/a")
    assert answer.seen["path"] == "/t/kept/a"
    assert answer.header_seen("X-Forwarded-Prefix") == ["/t/kept"]
    assert (await ask(port, "localhost", "/t/kept")).seen["path"] == "/t/kept"


async def test_a_stripped_prefix_without_its_slash_is_redirected(panda: Backend, port: int) -> None:
    """Or relative links would lead out of it."""
    assert (await ask(port, "localhost", "/t/panda")).headers["location"] == "/t/panda/"
    assert (await ask(port, "localhost", "/t/panda?x=1")).headers["location"] == "/t/panda/?x=1"


async def test_a_redirect_of_a_stripped_service_stays_under_its_prefix(panda: Backend, port: int) -> None:
    """Unless the service knew its prefix, or leads elsewhere."""
    for told, expected in (
        ("/login", "/t/panda/login"),
        ("/", "/t/panda/"),
        ("/t/panda/x", "/t/panda/x"),
        ("https://example.org/", "https://example.org/"),
        ("//example.org/", "//example.org/"),
    ):
        panda.headers = {"Location": told}
        assert (await ask(port, "localhost", "/t/panda/")).headers["location"] == expected


async def test_the_longest_path_wins(panda: Backend, proxy: HAProxyProxy, port: int) -> None:
    """A service of its own under another's prefix."""
    async with serving("inner") as inner:
        await proxy.apply(
            [Entry(kind=RouteKind.PATH, match="t/panda/api", target=inner.address, strip_prefix=True)]
        )
        assert (await ask(port, "localhost", "/t/panda/api/v1")).seen["service"] == "inner"
        assert (await ask(port, "localhost", "/t/panda/api/v1")).seen["path"] == "/v1"
        assert (await ask(port, "localhost", "/t/panda/apis")).seen["service"] == "panda"


async def test_a_path_is_not_served_under_a_foreign_name(panda: Backend, port: int) -> None:
    """A name that somebody made to resolve to us reaches nothing, nor does another sandbox's name."""
    assert (await ask(port, "evil.example.org", "/t/panda/")).status == 404
    assert (await ask(port, HOST, "/t/kept/x")).seen["path"] == "/t/kept/x"


async def test_what_a_client_says_of_itself_is_dropped(panda: Backend, port: int) -> None:
    """The service hears of the client from the proxy alone."""
    forged = [
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Forwarded-Host", "evil.org"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Forwarded-Port", "1"),
        ("X-Forwarded-User", "admin"),
        ("X_Forwarded_For", "6.6.6.6"),
        ("Forwarded", "for=6.6.6.6"),
        ("X-Real-IP", "6.6.6.6"),
        ("True-Client-IP", "6.6.6.6"),
        ("CF-Connecting-IP", "6.6.6.6"),
        ("X-Original-URL", "/admin"),
        ("X-Rewrite-URL", "/admin"),
        ("X-Sandpiper-User", "admin"),
        ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"),
        ("X-Mine", "kept"),
    ]
    answer = await ask(port, HOST, headers=forged)
    assert answer.header_seen("X-Forwarded-For") == ["127.0.0.1"]
    assert answer.header_seen("X-Real-IP") == ["127.0.0.1"]
    assert answer.header_seen("X-Forwarded-Host") == [HOST]
    assert answer.header_seen("X-Forwarded-Proto") == ["http"]
    assert answer.header_seen("X-Mine") == ["kept"]
    seen = str(answer.seen["headers"])
    assert not any(
        word in seen for word in ("6.6.6.6", "evil", "admin", "X-Forwarded-Port", "HTTP2", "http2")
    )


async def test_the_listener_for_the_tls_front_believes_who_the_client_is(
    panda: Backend, proxy_settings: ProxySettings
) -> None:
    """Its last X-Forwarded-For is the client, its scheme is https, the rest is dropped as anywhere."""
    assert proxy_settings.tls_bind is not None
    tls_port = int(proxy_settings.tls_bind.rpartition(":")[2])
    answer = await ask(
        tls_port, HOST, headers=[("X-Forwarded-For", "6.6.6.6, 192.0.2.7"), ("X-Forwarded-User", "a")]
    )
    assert answer.header_seen("X-Forwarded-For") == ["192.0.2.7"]
    assert answer.header_seen("X-Forwarded-Proto") == ["https"]
    assert answer.header_seen("X-Forwarded-User") == []


async def test_a_visitor_cannot_aim_at_a_service_or_learn_its_address(panda: Backend, port: int) -> None:
    """What our probes may say counts only on their own socket."""
    async with serving("inner") as inner:
        answer = await ask(port, "nobody.localhost", headers=[("X-Sandpiper-Target", inner.address)])
        assert answer.status == 404
        panda.headers = {"X-Sandpiper-Answered": "forged"}
        assert not any(name.startswith("x-sandpiper") for name in (await ask(port, HOST)).headers)


async def test_a_smuggled_second_request_is_not_read_as_one(
    panda: Backend, proxy: HAProxyProxy, port: int
) -> None:
    """A body whose length is told twice reaches the service as one body, or not at all."""
    async with serving("other") as other:
        await proxy.apply([Entry(kind=RouteKind.HOST, match="other.localhost", target=other.address)])
        inner = "GET /smuggled HTTP/1.1\r\nHost: other.localhost\r\n\r\n"
        for framing in (
            f"Content-Length: {len(inner) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}",
            f"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{inner}",
            f"Content-Length: 5\r\nContent-Length: 6\r\n\r\n0\r\n\r\n{inner}",
            f"Content-Length: +5\r\n\r\n0\r\n\r\n{inner}",
            f"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{inner}",
        ):
            await raw(port, f"POST /a HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{framing}".encode())
        assert other.requests == 0


async def test_a_large_upload_goes_through(panda: Backend, port: int) -> None:
    """32 MB arrive whole."""
    size = 32 * 1024 * 1024
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}/up", data=io.BytesIO(bytes(size)), headers={"Host": HOST}
        ) as answer,
    ):
        assert (await answer.json())["body_bytes"] == size


async def test_a_websocket_goes_through_with_host_and_origin(panda: Backend, port: int) -> None:
    """By host name and by path."""
    async with aiohttp.ClientSession() as session:
        for host, path in ((HOST, "/ws"), ("localhost", "/t/panda/ws")):
            url = f"ws://127.0.0.1:{port}{path}"
            async with session.ws_connect(url, headers={"Host": host}, origin=f"http://{host}") as socket:
                await socket.send_str("hello")
                assert (await socket.receive_str(timeout=5)) == "hello"


async def test_requests_are_counted_for_each_name_and_only_for_services(
    panda: Backend, proxy: HAProxyProxy, port: int
) -> None:
    """Unknown names and pages are not activity; a removed name is forgotten."""
    await proxy.apply([Entry(kind=RouteKind.HOST, match="calm-otter-7.localhost", target="page:stopped")])
    for _ in range(3):
        await ask(port, HOST.upper())
        await ask(port, "calm-otter-7.localhost")
        await ask(port, "nobody.localhost")
    await ask(port, "localhost", "/t/panda/")
    counted = await proxy.activity()
    assert {key: activity.requests for key, activity in counted.items()} == {
        (RouteKind.HOST, HOST): 3,
        (RouteKind.PATH, "t/panda"): 1,
    }
    await proxy.remove([(RouteKind.HOST, HOST)])
    assert (RouteKind.HOST, HOST) not in await proxy.activity()


async def test_an_open_websocket_is_counted_as_open_and_its_bytes_move(
    panda: Backend, proxy: HAProxyProxy, port: int
) -> None:
    """One in use can be told from one that only stays open."""
    key = (RouteKind.HOST, HOST)
    url = f"ws://127.0.0.1:{port}/"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers={"Host": HOST}) as socket,
    ):
        await socket.send_str("hello")
        await socket.receive_str(timeout=5)
        before = (await proxy.activity())[key]
        assert before.open_connections == 1
        assert before.requests == 1
        await socket.send_str("x" * 5000)
        await socket.receive_str(timeout=5)

        async def moved() -> bool:
            return (await proxy.activity())[key].bytes_in >= before.bytes_in + 5000

        await eventually(moved)


async def test_a_gateway_port_leads_to_its_service(
    proxy: HAProxyProxy, proxy_settings: ProxySettings
) -> None:
    """Both ways, counted, and only where there is an entry."""
    assert proxy_settings.gateway_ports is not None
    gateway = proxy_settings.gateway_ports[0]
    async with serving_tcp(b"hello ") as address:
        entry = Entry(kind=RouteKind.PORT, match=str(gateway), target=address)
        assert await raw(gateway, b"") == b""
        await proxy.apply([entry])
        assert await proxy.wait_until_live(entry, timeout_seconds=5)
        assert (RouteKind.PORT, entry.match) not in await proxy.activity()
        reply = await parted(gateway, b"world")
        assert reply == b"hello world"
        assert (await proxy.activity())[RouteKind.PORT, entry.match].requests == 1
        await proxy.remove([(entry.kind, entry.match)])
        assert await raw(gateway, b"") == b""


async def parted(port: int, text: bytes) -> bytes:
    """Send, say that this was all, and read the rest."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


async def test_a_gateway_port_is_live_for_a_silent_service_and_not_for_a_dead_one(
    proxy: HAProxyProxy, proxy_settings: ProxySettings
) -> None:
    """HAProxy accepts in either case; only the connection behind it counts."""
    assert proxy_settings.gateway_ports is not None
    match = str(proxy_settings.gateway_ports[1])
    dead = Entry(kind=RouteKind.PORT, match=match, target=f"127.0.0.1:{free_port()}")
    await proxy.apply([dead])
    assert not await proxy.wait_until_live(dead, timeout_seconds=1)
    async with serving_tcp() as address:
        silent = Entry(kind=RouteKind.PORT, match=match, target=address)
        await proxy.apply([silent])
        assert await proxy.wait_until_live(silent, timeout_seconds=5)


async def test_metrics_are_for_prometheus(haproxy: object, proxy_settings: ProxySettings) -> None:
    """On a listener of their own."""
    assert proxy_settings.metrics_bind is not None
    metrics_port = int(proxy_settings.metrics_bind.rpartition(":")[2])
    answer = parsed(await raw(metrics_port, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    assert (
        b"haproxy_process_uptime_seconds" in answer.body
        or b"haproxy_process_start_time_seconds" in answer.body
    )
