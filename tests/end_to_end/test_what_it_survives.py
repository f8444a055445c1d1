"""The proxy, Slack and the database fail beneath a working bot: nothing is lost, late at most."""

import asyncio
import os
import signal
import sqlite3

import pytest

from storage.records import SandboxStatus
from tests.end_to_end.looking import (
    assert_nothing_is_left_without_a_row,
    assert_said_once,
    fetch,
    rows,
    settled,
    spoken,
    until,
)
from tests.end_to_end.stack import Stack
from workspace.client_view import visible_text

pytestmark = [pytest.mark.engine, pytest.mark.proxy, pytest.mark.timeout(240)]

SLACK_AWAY_SECONDS = 60
DATABASE_LOCKED_SECONDS = 10


async def test_a_proxy_killed_and_started_empty_gets_all_its_routes_back(stack: Stack) -> None:
    """The reconciler compares the running proxy with the rows."""
    stack.overrides["SANDPIPER_RECONCILE_SECONDS"] = "1"
    ada = await stack.person()
    await stack.start_bot()
    await ada.slash("/sandbox deploy echo name=proxied")
    sandbox = await settled(stack, SandboxStatus.RUNNING)
    for path in stack.proxy_settings.maps_dir.iterdir():
        path.write_text("")
    assert stack.proxy_process.pid is not None
    os.kill(stack.proxy_process.pid, signal.SIGKILL)

    async def answers() -> bool:
        try:
            return (await fetch(stack, sandbox))[0] == 200
        except OSError:
            return False

    await until(answers, within=30, message="the sandbox answers through the new proxy")
    await assert_nothing_is_left_without_a_row(stack)


async def test_slack_failing_for_a_minute_delays_messages_and_loses_none(stack: Stack) -> None:
    """Half a minute of 429 and half a minute of 500 while two deploys run; both finish meanwhile."""
    ada = await stack.person()
    await stack.start_bot()
    half = SLACK_AWAY_SECONDS / 2
    await stack.workspace.fault(
        kind="api", method="chat.postMessage", status=429, retry_after=5, seconds=half
    )
    await stack.workspace.fault(kind="api", method="chat.update", status=500, seconds=SLACK_AWAY_SECONDS)
    await ada.slash("/sandbox deploy echo name=first-one")
    await ada.slash("/sandbox deploy echo name=second-one")

    async def both_run() -> bool:
        found, active = await rows(stack)
        return not active and [sandbox.status for sandbox in found] == [SandboxStatus.RUNNING] * 2

    await until(both_run, within=half, message="both run while Slack refuses")
    assert not any("Running" in visible_text(message) for message in spoken(ada))
    await stack.workspace.fault(kind="api", method="chat.postMessage", status=500, seconds=half)

    async def told() -> bool:
        texts = [visible_text(message) for message in spoken(ada)]
        return all(
            any(f"*{name}* is ready" in text for text in texts)
            and any("Running" in text and name in text for text in texts)
            for name in ("first-one", "second-one")
        )

    await until(told, within=SLACK_AWAY_SECONDS + 60, message="both are told of")
    await assert_said_once(ada)


async def test_a_database_locked_for_ten_seconds_delays_a_deploy_and_loses_nothing(stack: Stack) -> None:
    """Another process holds the file in the middle of a deploy."""
    ada = await stack.person()
    await stack.start_bot()
    await ada.slash("/sandbox deploy echo name=locked-out")
    other = sqlite3.connect(stack.database_file, isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        await asyncio.wait([asyncio.create_task(_forever())], timeout=DATABASE_LOCKED_SECONDS)
    finally:
        other.execute("ROLLBACK")
        other.close()
    sandbox = await settled(stack, SandboxStatus.RUNNING)
    await ada.wait_for("is ready", within=20)
    assert (await fetch(stack, sandbox))[0] == 200
    await assert_said_once(ada)


async def _forever() -> None:
    await asyncio.Event().wait()


async def test_a_crash_loop_is_told_on_the_card_and_fills_no_thread(stack: Stack) -> None:
    """The engine starts it again and again: no operation, no message, but the reason and how often."""
    dies = "import os, threading; threading.Timer(4, lambda: os._exit(3)).start()"
    serves = "exec(open('/app/echo.py').read())"
    app = stack.add_app("dying", {"command": ["python3", "-c", f"{dies}; {serves}"]})
    ada = await stack.person()
    await stack.start_bot()
    await ada.slash(f"/sandbox deploy {app} name=dying")
    await ada.wait_for("*dying* is ready", within=30)
    said = len(spoken(ada))
    await ada.wait_for("was restarted twice in 5 minutes: it ended with exit code 3", within=40)
    assert len(spoken(ada)) == said
    [sandbox], active = await rows(stack)
    assert (sandbox.status, active) == (SandboxStatus.RUNNING, [])
