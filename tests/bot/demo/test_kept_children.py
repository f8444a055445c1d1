"""Programs that the demo keeps running."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.demo.children import DEATHS_LIMIT, Child, Kept


async def test_a_program_that_is_killed_is_started_again(tmp_path: Path) -> None:
    """The person is told, and it runs as another process."""
    said: list[str] = []
    again = asyncio.Event()

    async def start() -> Child:
        child = await Child.start("sleeper", ["sleep", "60"], log=tmp_path / "log")
        if said:
            again.set()
        return child

    kept = Kept(await start(), start, said.append)
    first = kept.child.pid
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(10):
        await again.wait()
    await asyncio.sleep(0)
    assert kept.child.pid != first
    assert "sleeper ended by itself" in said[0]
    assert kept.child.running
    await kept.stop()
    assert not kept.child.running


async def test_a_program_that_dies_all_the_time_is_given_up(tmp_path: Path) -> None:
    """Its exit code is told, and it was started only so often."""
    starts = 0

    async def start() -> Child:
        nonlocal starts
        starts += 1
        return await Child.start("dying", [sys.executable, "-c", "raise SystemExit(4)"], log=tmp_path / "log")

    kept = Kept(await start(), start, lambda _: None)
    async with asyncio.timeout(20):
        assert await kept.wait() == 4
    assert starts == DEATHS_LIMIT
    await kept.stop()
