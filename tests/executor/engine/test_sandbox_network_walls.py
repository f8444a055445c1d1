"""Where packets of a sandbox go and where they do not, on the real engine and the host's own filter."""

import pytest

from executor.engine.docker import DockerEngine
from executor.engine.firewall import TO_HOST
from executor.engine.firewall_apply import run_here
from tests.executor.engine.attacks import attack_all
from tests.executor.engine.conftest import Room, make_room
from tests.executor.engine.outside import (
    METADATA,
    PORT,
    PRIVATE,
    PUBLIC,
    host_addresses,
    listening_host,
    outside,
)
from tests.executor.engine.puppet import PORT as PUPPET_PORT
from tests.executor.engine.puppet import RealPuppeteer

pytestmark = pytest.mark.engine


def connect(address: str, port: int) -> str:
    """A body that opens a TCP connection."""
    return f"socket.create_connection(({address!r}, {port}), timeout=1).close()"


def send(address: str, port: int) -> str:
    """A body that sends a datagram; the listener sees whether it arrived."""
    return f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ({address!r}, {port}))"


STOPPED = {"TIMEOUT", "ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED"}


@pytest.fixture
async def neighbour(room: Room) -> Room:
    """Another sandbox, with a service that listens."""
    other = make_room(room.engine, room.image)
    await room.engine.ensure_network(other.network())
    await other.run("web")
    return other


@pytest.fixture
async def open_room(docker_engine: DockerEngine, room: Room) -> Room:
    """A sandbox that was granted the outside."""
    granted = make_room(docker_engine, room.image)
    await docker_engine.ensure_network(granted.network(egress=True))
    return granted


async def test_the_host_is_closed_on_every_address(room: Room, open_room: Room) -> None:
    """No sandbox, closed or open, gets a TCP connection or a datagram to the host."""
    async with listening_host() as listener:
        for sandbox in (room, open_room):
            addresses = host_addresses()
            bodies = {f"tcp {one}": connect(one, listener.port) for one in addresses}
            bodies |= {f"udp {one}": send(one, listener.port) for one in addresses}
            said = await attack_all(sandbox, bodies, egress=sandbox is open_room)
            assert {name for name in said if name.startswith("tcp") and said[name] not in STOPPED} == set()
        assert listener.visitors == []


async def test_without_our_rules_the_host_answers(room: Room) -> None:
    """The same connection gets through when our rules are taken away, and not when they are back."""
    async with listening_host() as listener:
        gateway = f"{room.prefix}{room.first + 1}"
        await run_here(["iptables", "-F", TO_HOST], "")
        try:
            said = await attack_all(room, {"host": connect(gateway, listener.port)})
        finally:
            await room.engine.protect()
        assert said["host"] == "open"
        assert (await attack_all(room, {"host": connect(gateway, listener.port)}))["host"] == "TIMEOUT"


async def test_other_sandboxes_are_closed(room: Room, open_room: Room, neighbour: Room) -> None:
    """One sandbox cannot reach another, not even one that was granted the outside."""
    target = connect(neighbour.spec("web").address, PUPPET_PORT)
    for sandbox in (room, open_room):
        said = await attack_all(sandbox, {"neighbour": target}, egress=sandbox is open_room)
        assert said["neighbour"] in STOPPED


async def test_services_of_one_sandbox_find_each_other_by_name(room: Room, open_room: Room) -> None:
    """Within a sandbox a service's name is its address, closed or open."""
    for sandbox in (room, open_room):
        await sandbox.run("web", egress=sandbox is open_room)
        body = f"""
for attempt in range(50):
    try:
        return socket.create_connection(("web", {PUPPET_PORT}), timeout=2).close()
    except ConnectionRefusedError:
        time.sleep(0.1)
return "refused"
"""
        said = await attack_all(sandbox, {"name": body}, egress=sandbox is open_room)
        assert said["name"] == "open"


async def test_the_host_reaches_in(room: Room) -> None:
    """The proxy on the host opens connections to a closed sandbox."""
    spec = await room.run("web")
    puppeteer = RealPuppeteer()
    puppeteer.addresses[spec.name] = spec.address
    await puppeteer.say(spec.name, "hello")


async def test_the_outside_is_closed_unless_granted(room: Room, open_room: Room) -> None:
    """Public addresses answer only a sandbox with egress; private and metadata ones answer none."""
    with outside():
        bodies = {name: connect(name, PORT) for name in (PUBLIC, PRIVATE, METADATA)}
        closed = await attack_all(room, bodies)
        granted = await attack_all(open_room, bodies, egress=True)
    assert set(closed.values()) <= STOPPED
    assert granted.pop(PUBLIC) == "open"
    assert set(granted.values()) <= STOPPED


async def test_a_closed_sandbox_asks_nobody_for_names(room: Room) -> None:
    """A name that is not of the sandbox is unknown at once, and no resolver can be reached."""
    body = """
began = time.monotonic()
try:
    socket.getaddrinfo("secret.data.example.com", 80)
except socket.gaierror:
    return f"unknown {time.monotonic() - began < 5}"
"""
    said = await attack_all(room, {"name": body, "direct": connect(PUBLIC, 53)})
    assert said == {"name": "unknown True", "direct": said["direct"]}
    assert said["direct"] in STOPPED


async def test_ipv6_goes_nowhere(room: Room) -> None:
    """A sandbox has no IPv6 address beyond its own loopback."""
    body = """
lines = open("/proc/net/if_inet6").read().split() if os.path.exists("/proc/net/if_inet6") else []
return f"{lines.count('eth0')} addresses"
"""
    assert (await attack_all(room, {"v6": body}))["v6"] == "0 addresses"


async def test_a_bridge_is_named_for_the_rules(room: Room, open_room: Room) -> None:
    """Both kinds of bridge carry the prefix on which the rules are keyed."""
    names = await run_here(["ip", "-o", "link"], "")
    bridges = [line.split(": ")[1] for line in names.splitlines() if ": sp-" in line]
    assert any(name.startswith("sp-o") for name in bridges)
    assert any(not name.startswith("sp-o") for name in bridges)
    assert all(len(name) <= 15 for name in bridges)
