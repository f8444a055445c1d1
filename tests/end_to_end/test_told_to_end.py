"""SIGTERM in the middle of something: the bot is gone soon, and the next one goes on with it."""

import asyncio
import os
import signal
from pathlib import Path
from time import monotonic

import pytest

from bot.demo.children import Child
from storage.records import SandboxStatus
from tests.end_to_end.looking import (
    assert_nothing_is_left_without_a_row,
    assert_said_once,
    events_of,
    settled,
    until,
)
from tests.end_to_end.stack import ROOT, Stack

pytestmark = [pytest.mark.engine, pytest.mark.proxy, pytest.mark.timeout(180)]

ENDS_WITHIN_SECONDS = 15.0
SLOW_IMAGE = "FROM sandpiper/base\nRUN sleep {seconds}\nCOPY echo.py /app/\n"
SLOW_START = "import time, os; time.sleep(6); os.execvp('python3', ['python3', '-I', '-S', '/app/echo.py'])"


def add_image(stack: Stack, name: str, *, seconds: int) -> None:
    """An image of the stack's own that takes this long to build."""
    images = stack.folder / "manifests" / "images"
    images.unlink()
    images.mkdir()
    for folder in (ROOT / "manifests" / "images").iterdir():
        (images / folder.name).symlink_to(folder)
    (images / name).mkdir()
    (images / name / "Dockerfile").write_text(SLOW_IMAGE.format(seconds=seconds))
    (images / name / "echo.py").symlink_to(Path("../echo/echo.py"))


async def in_step(stack: Stack, name: str) -> None:
    """Wait until a step with this name has begun."""

    async def begun() -> bool:
        return any(event.data.get("step") == name for event in await events_of(stack))

    await until(begun, within=30, message=f"the step {name} has begun")


async def end(bot: Child) -> float:
    """Send SIGTERM; how long it took to end, in seconds."""
    began = monotonic()
    os.kill(bot.pid, signal.SIGTERM)
    async with asyncio.timeout(100):
        assert await bot.wait() == 0
    return monotonic() - began


@pytest.mark.parametrize("step", ["images", "healthy"])
async def test_a_bot_told_to_end_ends_soon_and_the_next_one_goes_on(stack: Stack, step: str) -> None:
    """While an image is built for minutes, and while a service takes its time."""
    command = {"command": ["python3", "-c", SLOW_START]}
    stack.add_app("slow", command)
    if step == "images":
        stack.add_app("slow", {**command, "build": f"slow-{stack.installation}"})
        add_image(stack, f"slow-{stack.installation}", seconds=30)
    ada = await stack.person()
    bot = await stack.start_bot()
    await ada.slash("/sandbox deploy slow name=put-down")
    await in_step(stack, step)
    await asyncio.sleep(1)
    assert await end(bot) < ENDS_WITHIN_SECONDS
    await stack.start_bot()
    await settled(stack, SandboxStatus.RUNNING, within=90)
    await ada.wait_for("is ready", within=20)
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)
