"""``kill -9`` at each point of an operation: it is finished or undone, and nothing is said twice."""

import asyncio

import pytest

from storage.records import SandboxStatus
from tests.end_to_end.looking import (
    assert_nothing_is_left_without_a_row,
    assert_said_once,
    fetch,
    settled,
    spoken,
)
from tests.end_to_end.stack import Stack

pytestmark = [pytest.mark.engine, pytest.mark.proxy]

STEPS = ("network", "images", "containers", "healthy", "route")
DEPLOY_POINTS = [
    "deploy.claimed",
    *(f"deploy.{step}.{moment}" for step in STEPS for moment in ("before", "done")),
    "deploy.finish.before",
    "deploy.finish.done",
]
DESTROY_POINTS = [
    "destroy.claimed",
    "destroy.route.done",
    "destroy.containers.done",
    "destroy.volumes.before",
]
UNDO_POINTS = ["deploy.undo.containers.before", "deploy.undo.network.done", "deploy.settle.done"]


async def died(stack: Stack) -> None:
    """Wait until the bot has killed itself."""
    assert stack.bot is not None
    assert await asyncio.wait_for(stack.bot.wait(), 40) == -9


@pytest.mark.parametrize("point", DEPLOY_POINTS)
async def test_a_deploy_killed_anywhere_is_finished_by_the_next_start(stack: Stack, point: str) -> None:
    """One card, one progress message, one ready message; the URL answers; nothing is left over."""
    ada = await stack.person()
    await stack.start_bot(die_at=point)
    await ada.slash("/sandbox deploy echo name=killed-once")
    await died(stack)
    await stack.start_bot()
    sandbox = await settled(stack, SandboxStatus.RUNNING)
    card = await ada.wait_for("Running", within=20)
    await ada.wait_for("is ready", within=20)
    assert (await fetch(stack, sandbox))[0] == 200
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)
    assert [
        message["ts"]
        for message in spoken(ada)
        if not message.get("thread_ts") or message["thread_ts"] == message["ts"]
    ] == [card["ts"]]


@pytest.mark.parametrize("point", DESTROY_POINTS)
async def test_a_destroy_killed_anywhere_is_finished_by_the_next_start(stack: Stack, point: str) -> None:
    """Nothing of the sandbox is left, and its card says so."""
    ada = await stack.person()
    await stack.start_bot(die_at=point)
    await ada.slash("/sandbox deploy notes name=killed-twice")
    await settled(stack, SandboxStatus.RUNNING)
    await ada.slash("/sandbox destroy killed-twice")
    await died(stack)
    await stack.start_bot()
    await settled(stack, SandboxStatus.DESTROYED)
    await ada.wait_for("Destroyed", within=20)
    assert list(await stack.engine.list_owned()) == []
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)


@pytest.mark.parametrize("point", UNDO_POINTS)
async def test_an_undo_killed_anywhere_is_finished_by_the_next_start(stack: Stack, point: str) -> None:
    """A deploy that fails is undone whole, whoever has to do it."""
    app = stack.add_app("broken", service={"command": ["python3", "-c", "raise SystemExit(3)"]})
    ada = await stack.person()
    await stack.start_bot(die_at=point)
    await ada.slash(f"/sandbox deploy {app} name=killed-undone")
    await died(stack)
    await stack.start_bot()
    await settled(stack, SandboxStatus.FAILED)
    await ada.wait_for("Failed", within=20)
    assert list(await stack.engine.list_owned()) == []
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)
