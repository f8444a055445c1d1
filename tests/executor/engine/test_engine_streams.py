"""Logs of the real engine under flood, interruption and binary; and an engine that is gone or silent."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from pathlib import Path

import pytest

from executor.engine import calls
from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.log_lines import CUT_MARK, LINE_LIMIT_BYTES
from executor.engine.protocol import LogLine
from executor.errors import EngineUnavailableError
from tests.executor.engine.attacks import STAY
from tests.executor.engine.conftest import Room
from tests.executor.engine.waiting import eventually

LINES = 5000


def script(text: str) -> tuple[str, ...]:
    """A container's command that writes and stays."""
    return ("python3", "-c", f"import sys, time\n{text}\nsys.stdout.flush()\n{STAY}")


async def until(lines: AsyncIterator[LogLine], last: str, *, at_most: int | None = None) -> list[LogLine]:
    """Lines up to one that says this, or so many."""
    found: list[LogLine] = []
    async with asyncio.timeout(30), aclosing(lines):  # type: ignore[type-var]  # it is a generator
        async for line in lines:
            found.append(line)
            if line.text == last or len(found) == at_most:
                break
    return found


@pytest.mark.engine
async def test_a_flood_read_in_parts_is_whole(room: Room) -> None:
    """Thousands of lines in bursts, the follower cut off every few hundred: none lost, none twice."""
    write = "print(n, file=sys.stderr if n % 3 == 0 else sys.stdout, flush=n % 50 == 0)"
    text = f"for n in range({LINES}): {write}"
    spec = await room.run(command=script(text), cpus=2.0)
    seen: list[LogLine] = []
    since: datetime | None = None
    while len(seen) < LINES:
        wanted = min(377, LINES - len(seen))
        part = await until(room.engine.follow_logs(spec.name, since=since), "never", at_most=wanted)
        seen += part
        since = part[-1].at
    assert sorted(int(line.text) for line in seen) == list(range(LINES))
    assert [line.at for line in seen] == sorted({line.at for line in seen})


@pytest.mark.engine
async def test_binary_and_endless_lines_are_bounded(room: Room) -> None:
    """A megabyte without a newline is one cut line, and bytes that are no text do no harm."""
    text = "sys.stdout.buffer.write(b'\\xff' * 1_000_000 + b'\\nlast\\n')"
    spec = await room.run(command=script(text))
    first, last = await until(room.engine.follow_logs(spec.name, since=None), "last")
    assert LINE_LIMIT_BYTES - 3 < len(first.text.removesuffix(CUT_MARK).encode()) <= LINE_LIMIT_BYTES
    assert last.text == "last"


@pytest.mark.engine
async def test_a_hundred_followers_take_no_threads(room: Room) -> None:
    """Following many streams at once adds no thread, and letting go of them ends them."""
    spec = await room.run(command=script("print('last')"))
    await eventually(lambda: room.engine.log_tail(spec.name, lines=1))
    before = len(os.listdir("/proc/self/task"))  # noqa: PTH208  the kernel's own list
    streams = [room.engine.follow_logs(spec.name, since=None) for _ in range(100)]
    first = await asyncio.gather(*(anext(stream) for stream in streams))
    assert {line.text for line in first} == {"last"}
    assert len(os.listdir("/proc/self/task")) <= before + calls.QUICK_THREADS  # noqa: PTH208
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]  # it is a generator


def gone(tmp_path: Path) -> DockerEngine:
    """An engine whose socket is not there."""
    return DockerEngine(DockerSettings(socket=tmp_path / "none.sock", firewall="off"))


async def test_an_engine_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    """Every kind of call says so in the one way that operations wait for."""
    engine = gone(tmp_path)
    for call in (engine.info(), engine.list_containers(), engine.inspect_container("x"), engine.list_owned()):
        with pytest.raises(EngineUnavailableError):
            await call
    with pytest.raises(EngineUnavailableError):
        await anext(engine.events())
    with pytest.raises(EngineUnavailableError):
        await anext(engine.follow_logs("x", since=None))
    await engine.close()


async def test_an_engine_that_is_silent_is_unavailable_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket that takes the question and never answers does not hold a caller for ever."""
    monkeypatch.setattr("executor.engine.docker.PROBE_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(calls, "QUICK_TIMEOUT_SECONDS", 1.0)
    callers: list[asyncio.StreamWriter] = []

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer)
        await reader.read()

    silent = await asyncio.start_unix_server(say_nothing, str(tmp_path / "silent.sock"))
    engine = DockerEngine(DockerSettings(socket=tmp_path / "silent.sock", firewall="off"))
    with pytest.raises(EngineUnavailableError, match="within"):
        await engine.info()
    await engine.close()
    for caller in callers:
        caller.close()
        await caller.wait_closed()
    silent.close()
    await silent.wait_closed()
