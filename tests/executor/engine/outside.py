"""A small outside for tests: a network namespace with public and private addresses, and a server on each."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

PUBLIC = "11.22.33.2"
PRIVATE = "10.99.77.2"
METADATA = "169.254.169.254"
PORT = 8099
NAMESPACE = "sp-test-outside"
LINK = "spt-outside"
SERVER = f"""
import socket
server = socket.create_server(("0.0.0.0", {PORT}))
print("ready", flush=True)
while True:
    server.accept()[0].close()
"""


def _ip(*arguments: str, check: bool = True) -> None:
    subprocess.run(["ip", *arguments], check=check, capture_output=True, timeout=20)


@contextmanager
def outside() -> Iterator[None]:
    """The world beyond the host, reached by routing, with a TCP server on every address."""
    _ip("netns", "del", NAMESPACE, check=False)
    _ip("netns", "add", NAMESPACE)
    inside = ("-n", NAMESPACE)
    try:
        _ip("link", "add", LINK, "type", "veth", "peer", "name", "eth0", "netns", NAMESPACE)
        for address in (PUBLIC, PRIVATE, METADATA):
            _ip("addr", "add", f"{address.rpartition('.')[0]}.1/30", "dev", LINK)
            _ip(*inside, "addr", "add", f"{address}/24", "dev", "eth0")
        _ip("link", "set", LINK, "up")
        _ip(*inside, "link", "set", "eth0", "up")
        _ip("route", "add", f"{METADATA}/32", "dev", LINK)
        _ip(*inside, "route", "add", "default", "via", f"{PUBLIC.rpartition('.')[0]}.1")
        with _server():
            yield
    finally:
        _ip("netns", "del", NAMESPACE, check=False)


@contextmanager
def _server() -> Iterator[None]:
    command = ["ip", "netns", "exec", NAMESPACE, "python3", "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.kill()


@dataclass
class Listener:
    """Something on the host that counts who gets through to it."""

    port: int
    visitors: list[str] = field(default_factory=list)


@asynccontextmanager
async def listening_host() -> AsyncIterator[Listener]:
    """A TCP server on every address of the host, and a UDP one on the same port."""
    listener = Listener(port=0)

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.visitors.append(str(writer.get_extra_info("peername")))
        writer.close()

    server = await asyncio.start_server(welcome, "0.0.0.0", 0)
    listener.port = server.sockets[0].getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("0.0.0.0", listener.port))
        datagrams.setblocking(False)
        loop = asyncio.get_running_loop()
        loop.add_reader(datagrams, lambda: listener.visitors.append(str(datagrams.recvfrom(100))))
        async with server:
            yield listener
        loop.remove_reader(datagrams)


def host_addresses() -> list[str]:
    """Every IPv4 address of the host that a container could name, loopback left out."""
    output = subprocess.run(["ip", "-4", "-o", "addr"], check=True, capture_output=True, text=True).stdout
    addresses = [line.split()[3].partition("/")[0] for line in output.splitlines()]
    return [address for address in addresses if not address.startswith("127.")]
