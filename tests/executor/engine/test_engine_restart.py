"""The engine restarted beneath running sandboxes, and names that it would have leaked."""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from executor.engine.protocol import LogLine
from executor.errors import EngineUnavailableError
from tests.executor.engine.attacks import STAY
from tests.executor.engine.conftest import Room, closed_room
from tests.executor.engine.own_engine import OwnEngine, own_engine
from tests.executor.engine.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

COUNTER = """
import time, uuid
life = uuid.uuid4()
for number in range(10**6):
    print(life, number, flush=True)
    time.sleep(0.01)
"""
ASKS = f"""
import socket, time
try:
    socket.getaddrinfo("secret.example.com", 80)
except OSError:
    pass
print("asked", flush=True)
{STAY}
"""
RESOLVER = """
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    print(server.recv(500), flush=True)
"""


@pytest.fixture
async def own() -> AsyncIterator[OwnEngine]:
    """An engine that may be killed. Its socket's path must be short, so not under tmp_path."""
    with tempfile.TemporaryDirectory(prefix="spt-", ignore_cleanup_errors=True) as folder:
        async with own_engine(Path(folder)) as own:
            yield own


class Follower:
    """Follows a container through whatever happens, as the log keeper does."""

    def __init__(self, room: Room, name: str) -> None:
        self.lines: list[LogLine] = []
        self._room = room
        self._name = name

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(EngineUnavailableError):
                await self._once()
            await asyncio.sleep(0.1)

    async def _once(self) -> None:
        since: datetime | None = self.lines[-1].at if self.lines else None
        stream = self._room.engine.follow_logs(self._name, since=since)
        async with aclosing(stream):  # type: ignore[type-var]  # it is a generator
            async for line in stream:
                self.lines.append(line)

    def has_seen(self, lives: int, lines: int) -> bool:
        """Whether it has come so far."""
        return len(self.lives()) == lives and len(self.lines) > lines

    def lives(self) -> dict[str, list[int]]:
        """The numbers seen of each life of the container."""
        found: dict[str, list[int]] = {}
        for line in self.lines:
            life, _, number = line.text.partition(" ")
            found.setdefault(life, []).append(int(number))
        return found


async def test_sandboxes_come_back_with_the_engine(own: OwnEngine) -> None:
    """Twice restarted: containers run again, rules are back, and no log line is lost or doubled."""
    room = await closed_room(own.engine)
    await own.firewall.ensure()
    spec = await room.run("web", command=("python3", "-c", COUNTER))
    follower = Follower(room, spec.name)
    following = asyncio.create_task(follower.run())
    for life in (1, 2):
        ended = await _watch_until_end(room)
        await eventually(partial(follower.has_seen, life, 50 * life))
        await own.stop()
        async with asyncio.timeout(20):
            await ended
        with pytest.raises(EngineUnavailableError):
            await own.engine.inspect_container(spec.name)
        await own.start()
        await eventually(lambda: _is_running(room, spec.name), seconds=40)
        await own.firewall.ensure()
        assert not await own.firewall.ensure()
    await eventually(partial(follower.has_seen, 3, 150), seconds=40)
    following.cancel()
    await asyncio.wait([following])
    assert await own.engine.ensure_container(spec)
    for numbers in follower.lives().values():
        assert numbers == list(range(len(numbers)))


async def _watch_until_end(room: Room) -> asyncio.Task[None]:
    """Watches events; is under way when this returns, because it has seen one."""
    events, seen = room.engine.events(), asyncio.Event()

    async def watch() -> None:
        async for _ in events:
            seen.set()

    task = asyncio.create_task(watch())
    bell = room.spec("bell", position=5)
    await room.engine.ensure_container(bell)
    await room.engine.remove_container(bell.name)
    async with asyncio.timeout(20):
        await seen.wait()
    return task


async def _is_running(room: Room, name: str) -> bool:
    state = await room.engine.inspect_container(name)
    return state is not None and state.state == "running"


async def test_no_name_asked_in_a_closed_sandbox_reaches_a_resolver(own: OwnEngine) -> None:
    """The engine itself would pass questions on to a resolver on the host's loopback; ours ask nobody."""
    room = await closed_room(own.engine)
    command = own.inside("python3", "-u", "-c", RESOLVER)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        assert await process.stdout.readline() == b"ready\n"
        spec = await room.run("quiet", command=("python3", "-c", ASKS))
        await eventually(lambda: room.engine.log_tail(spec.name, lines=1), seconds=60)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.stdout.readline(), 1)
        await asyncio.to_thread(_ask_without_our_setting, own, room)
        async with asyncio.timeout(20):
            assert b"secret" in await process.stdout.readline()
    finally:
        process.kill()
        await process.wait()


def _ask_without_our_setting(own: OwnEngine, room: Room) -> None:
    docker = ["docker", f"--host=unix://{own.folder}/engine.sock"]
    network = f"--network={room.network().name}"
    run = [*docker, "run", "--detach", network, room.image, "python3", "-c", ASKS]
    subprocess.run(run, check=True, capture_output=True, timeout=60)
