"""A sandbox that does what it can to the host, to its neighbours, to the proxy and to the chat."""

# ruff: noqa: E501 the tables read best with one case to a line

import asyncio
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from storage import services
from storage.database import Database
from storage.records import EventKind, Sandbox, SandboxStatus
from tests.end_to_end.looking import events_of, rows, spoken, until
from tests.end_to_end.stack import Stack, running_stack
from tests.executor.engine.outside import host_addresses
from workspace.client import Person
from workspace.client_view import visible_text

pytestmark = [
    pytest.mark.engine,
    pytest.mark.proxy,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

OBEYS = """
import http.server, os, signal, socket, sys, threading, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        said = dict(globals())
        try:
            exec(self.rfile.read(int(self.headers["content-length"])).decode(), said)
        except Exception as error:
            said["out"] = repr(error)
        self.answer(str(said.get("out")))
    def do_GET(self):
        self.answer(self.requestline + " " + str(self.headers))
    def answer(self, text):
        self.send_response(200)
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
"""Does whatever it is sent, and ignores being asked to end."""
DIES = OBEYS.replace("http.server.Thr", "threading.Timer(3.0, lambda: os._exit(7)).start()\nhttp.server.Thr")
MEMORY_GROWTH_LIMIT_BYTES = 100 * 1024**2
ONE_DOOR = {"routes": [], "front": {"service": "echo", "port": 8080, "path": True, "gateway": True}}


class Arena:
    """Two sandboxes, one of which is ours to send orders to."""

    def __init__(self, stack: Stack, ada: Person, addresses: dict[str, str]) -> None:
        self.stack = stack
        self.ada = ada
        self.addresses = addresses

    async def order(self, orders: str, *, sandbox: str = "evil") -> str:
        """Have something done inside; ``out`` of it comes back."""
        url = f"http://127.0.0.1:{self.stack.proxy_port}/"
        limit = aiohttp.ClientTimeout(total=60)
        async with (
            aiohttp.ClientSession(timeout=limit) as http,
            http.post(url, data=orders.encode(), headers={"Host": f"{sandbox}.localhost"}) as answer,
        ):
            return await answer.text()

    async def raw(self, request: bytes) -> bytes:
        """Everything that the proxy answers to these bytes within a moment."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.stack.proxy_port)
        writer.write(request)
        said = b""
        try:
            async with asyncio.timeout(1):
                while piece := await reader.read(65536):
                    said += piece
        except (TimeoutError, ConnectionError):
            pass
        writer.close()
        return said

    async def sandbox(self, name: str) -> Sandbox:
        """Its row."""
        found, _ = await rows(self.stack)
        return next(one for one in found if one.name == name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    """Evil, its victim, and something that dies again and again."""
    folder: Path = tmp_path_factory.mktemp("arena")
    async with running_stack(folder, name="hostile") as stack:
        for app, program in (("puppet", OBEYS), ("dying", DIES)):
            service = {"command": ["python3", "-c", program], "expose": [8080], "stop_grace_period": "2s"}
            stack.add_app(app, service, ONE_DOOR)
        ada = await stack.person()
        await stack.start_bot()
        for name, app in (("evil", "puppet"), ("victim", "puppet"), ("crashes", "dying")):
            await ada.slash(f"/sandbox deploy {app} name={name}")

        async def up() -> bool:
            found, active = await rows(stack)
            return not active and [one.status for one in found] == [SandboxStatus.RUNNING] * 3

        await until(up, within=60, message="all three run")
        database = Database(f"sqlite:///{stack.database_file}")
        async with database.read() as tx:
            found, _ = await rows(stack)
            addresses = {one.name: (await services.of_sandbox(tx, one.id))[0].address for one in found}
        await database.close()
        yield Arena(stack, ada, addresses)


async def test_nothing_of_the_host_or_the_neighbours_answers(arena: Arena) -> None:
    """Not the bot, not the proxy, not its gateway ports, not the engine, on any address of the host."""
    gateways = [
        f"{one.rsplit('.', 1)[0]}.{int(one.rsplit('.', 1)[1]) - 1}" for one in arena.addresses.values()
    ]
    hosts = [*host_addresses(), *gateways, arena.addresses["victim"], "169.254.169.254", "8.8.8.8"]
    ports = [arena.stack.bot_port, arena.stack.proxy_port, *arena.stack.gateway, 22, 53, 2375, 8080, 8405]
    orders = f"""
from concurrent.futures import ThreadPoolExecutor
def knock(at):
    try:
        socket.create_connection(at, timeout=1).close()
        return at
    except OSError:
        return None
doors = [(host, port) for host in {sorted(set(hosts) - {"127.0.0.1", "::1"})!r} for port in {ports!r}]
with ThreadPoolExecutor(24) as pool:
    out = [at for at in pool.map(lambda at: knock(at), doors) if at]
"""
    assert await arena.order(orders) == "[]"


INSIDE = {
    "hosts": "open('/etc/hosts', 'a')",
    "resolver": "open('/etc/resolv.conf', 'a')",
    "accounts": "open('/etc/passwd', 'a')",
    "kernel": "open('/proc/sys/kernel/core_pattern', 'a')",
    "another's address": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('{victim}', 1))",
    "forged packets": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 255)",
    "frames": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)",
    "names outside": "socket.getaddrinfo('leak.example.com', 80)",
    "neighbour's name": "socket.gethostbyname('sandbox-victim-echo')",
}


@pytest.mark.parametrize("name", INSIDE)
async def test_its_own_surroundings_are_fixed(arena: Arena, name: str) -> None:
    """It can pass for nobody else and write to nothing that is not its own."""
    said = await arena.order(INSIDE[name].format(victim=arena.addresses["victim"]))
    assert "Error" in said or "gaierror" in said


FLOODS = {
    "one line of 10 MB": "b'A' * 10_000_000 + b'\\n'",
    "a million lines": "b'<!channel> ``````*x* \\x1b[31m\\n' * 1_000_000",
    "bytes of every kind": "os.urandom(3_000_000) + b'\\n'",
    "nothing but line ends": "b'\\n' * 2_000_000",
}


async def test_floods_of_output_neither_swell_the_bot_nor_speak_in_its_name(arena: Arena) -> None:
    """Its memory stays, it answers, and what is shown of the log pings nobody."""
    bot = arena.stack.bot
    assert bot is not None
    before = memory_of(bot.pid)
    for flood in FLOODS.values():
        await arena.order(f"rest = {flood}\nwhile rest: rest = rest[os.write(1, rest[:65536]):]")
    await arena.order("os.write(1, b'<!channel> <@U1> ``````*last*\\n')")

    async def shown_last() -> Any:
        await arena.ada.slash("/sandbox logs evil tail=5")
        found = [one for one in arena.ada.messages.values() if "*last*" in visible_text(one)]
        return found[0] if found else None

    shown = await until(shown_last, within=30, message="its last line is shown")
    assert "<!channel" not in str(shown["text"])
    assert shown.get("pings", []) == []
    assert memory_of(bot.pid) - before < MEMORY_GROWTH_LIMIT_BYTES


def memory_of(pid: int) -> int:
    """Resident, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


async def test_whoever_dies_again_and_again_is_not_told_of_again_and_again(arena: Arena) -> None:
    """The card says so; the channel hears of its start and of nothing more."""

    async def told() -> bool:
        return "restart" in ((await arena.sandbox("crashes")).health_reason or "")

    await until(told, within=30, message="the row says that it restarts")
    about = [one for one in spoken(arena.ada) if "crashes" in visible_text(one)]
    assert len(about) <= 4
    events = [one for one in await events_of(arena.stack) if one.kind is EventKind.SANDBOX_HEALTH]
    assert len(events) < 20


GET = b"GET / HTTP/1.1\r\nHost: "
POST = b"POST / HTTP/1.1\r\nHost: evil.localhost\r\n"
REQUESTS: dict[str, tuple[bytes, int]] = {
    "unknown host": (GET + b"nobody.localhost\r\n\r\n", 404),
    "markup as host": (GET + b"<script>alert(1)</script>\r\n\r\n", 400),
    "two hosts": (GET + b"evil.localhost\r\nHost: victim.localhost\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "user at host": (GET + b"victim.localhost@evil.localhost\r\n\r\n", 400),
    "blank before colon": (b"GET / HTTP/1.1\r\nHost : evil.localhost\r\n\r\n", 400),
    "absolute address of another": (
        b"GET http://victim.localhost/ HTTP/1.1\r\nHost: evil.localhost\r\n\r\n",
        400,
    ),
    "large letters": (GET + b"EVIL.LocalHost\r\n\r\n", 200),
    "dot at the end": (GET + b"evil.localhost.\r\n\r\n", 200),
    "two lengths": (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "signed length": (POST + b"Content-Length: +3\r\n\r\nabc", 400),
    "odd encoding": (POST + b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc", 400),
    "two encodings": (
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        400,
    ),
    "blank in encoding": (POST + b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    "huge header": (GET + b"evil.localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 400),
    "thousands of headers": (GET + b"evil.localhost\r\n" + b"A: b\r\n" * 3_000 + b"\r\n", 400),
    "path to another": (b"GET /t/evil%2f..%2fvictim/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    "encoded t": (b"GET /%74/victim/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    "foreign host for a path": (b"GET /t/victim/ HTTP/1.1\r\nHost: rebound.example\r\n\r\n", 404),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_the_proxy_reads_a_request_in_one_way_only(arena: Arena, name: str) -> None:
    """Ambiguous requests are refused, and nothing of a request comes back in a page of ours."""
    request, status = REQUESTS[name]
    said = await arena.raw(request)
    assert int(said.split()[1]) == status
    if status != 200:
        assert b"<script>" not in said
        assert b"nobody" not in said


@pytest.mark.parametrize(
    "path", ["/t/evil/../victim/", "/t/evil/%2e%2e/victim/", "/t/evil/..;/victim/", "/t/evil//victim/"]
)
async def test_a_path_stays_with_its_sandbox(arena: Arena, path: str) -> None:
    """Whatever follows the prefix is for the sandbox to read."""
    said = await arena.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b"GET " + path.removeprefix("/t/evil").encode() in said


async def test_nobody_says_who_they_are(arena: Arena) -> None:
    """What claims to come from a proxy before ours does not go through, and no route can be named."""
    claims = "X-Forwarded-For: 1.2.3.4\r\nX_Forwarded_For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n"
    claims += f"X-Forwarded-Host: bank\r\nX-Original-URL: /x\r\nX-Sandpiper-Target: {arena.addresses['victim']}:8080\r\n"
    said = await arena.raw(f"GET / HTTP/1.1\r\nHost: evil.localhost\r\n{claims}\r\n".encode())
    assert not any(
        claim in said for claim in (b"1.2.3.4", b"bank", b"/x", arena.addresses["victim"].encode())
    )


async def test_slow_visitors_keep_nobody_out(arena: Arena) -> None:
    """Hundreds of requests that never end."""
    slow: list[Any] = []
    for _ in range(300):
        _, writer = await asyncio.open_connection("127.0.0.1", arena.stack.proxy_port)
        writer.write(b"GET / HTTP/1.1\r\nHost: evil")
        slow.append(writer)
    began = monotonic()
    assert await arena.order("out = 'alive'", sandbox="victim") == "alive"
    assert monotonic() - began < 2
    for writer in slow:
        writer.close()


async def test_what_ignores_being_stopped_is_stopped(arena: Arena) -> None:
    """After the grace that its manifest gives."""
    began = monotonic()
    await arena.ada.slash("/sandbox stop victim")

    async def stopped() -> bool:
        return (await arena.sandbox("victim")).status is SandboxStatus.STOPPED

    await until(stopped, within=20, message="the victim is stopped")
    assert monotonic() - began < 12
