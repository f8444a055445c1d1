"""The main job where Slack delivers over signed HTTP, on PostgreSQL, and with a proxy that the bot starts."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from storage.records import SandboxStatus
from tests.end_to_end.looking import (
    assert_nothing_is_left_without_a_row,
    assert_said_once,
    fetch,
    settled,
)
from tests.end_to_end.stack import Stack, running_stack
from tests.storage import postgres_cluster

pytestmark = [pytest.mark.engine, pytest.mark.proxy]


@pytest.fixture
def postgres_url(postgres_socket: Path) -> Iterator[str]:
    """A database of its own, with nothing in it yet: the bot makes its tables."""
    name = f"e{uuid4().hex}"
    postgres_cluster.administer(postgres_socket, f"CREATE DATABASE {name}")
    yield postgres_cluster.url_of(postgres_socket, name)
    postgres_cluster.administer(postgres_socket, f"DROP DATABASE {name} WITH (FORCE)")


async def do_the_main_job(stack: Stack) -> None:
    """From the slash command to the receipt, by words, a button and a form."""
    ada = await stack.person()
    await ada.slash("/sandbox deploy echo name=one-of-all ttl=2h")
    sandbox = await settled(stack, SandboxStatus.RUNNING)
    card = await ada.wait_for("Running", within=20)
    await ada.wait_for("is ready", within=20)
    assert (await fetch(stack, sandbox))[0] == 200
    await ada.click(card, "Stop")
    await settled(stack, SandboxStatus.STOPPED)
    await ada.slash("/sandbox destroy one-of-all")
    await settled(stack, SandboxStatus.DESTROYED)
    await ada.wait_for("Destroyed", within=20)
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)


async def test_the_main_job_over_signed_http(tmp_path: Path) -> None:
    """Without an app token; what is not signed is refused and does nothing."""
    async with running_stack(tmp_path, name="signed-http", by_http=True) as stack:
        await stack.start_bot()
        forged = {"command": "/sandbox", "text": "deploy echo name=forged", "user_id": "U1", "team_id": "T1"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"http://127.0.0.1:{stack.bot_port}/slack/events", data=forged) as answer,
        ):
            assert answer.status == 401
        await do_the_main_job(stack)


@pytest.mark.postgres
async def test_the_main_job_on_postgresql_survives_a_kill(stack: Stack, postgres_url: str) -> None:
    """The same rows, leases and events as on SQLite: killed in the middle of a deploy, it goes on."""
    stack.overrides["SANDPIPER_DATABASE_URL"] = postgres_url
    ada = await stack.person()
    killed = await stack.start_bot(die_at="deploy.containers.done")
    await ada.slash("/sandbox deploy echo name=killed-once")
    assert await killed.wait() == -9
    await stack.start_bot()
    await settled(stack, SandboxStatus.RUNNING)
    await ada.slash("/sandbox destroy killed-once")
    await settled(stack, SandboxStatus.DESTROYED)
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)
    assert not stack.database_file.exists()


async def test_a_bot_that_starts_its_own_proxy(tmp_path: Path) -> None:
    """``SANDPIPER_PROXY_MANAGED``: HAProxy comes and goes with it."""
    async with running_stack(tmp_path, name="managed-proxy") as stack:
        await stack.proxy_process.stop()
        stack.overrides["SANDPIPER_PROXY_MANAGED"] = "true"
        bot = await stack.start_bot()
        await do_the_main_job(stack)
        await bot.stop()
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.ClientConnectionError):
                await http.get(f"http://127.0.0.1:{stack.proxy_port}/")
