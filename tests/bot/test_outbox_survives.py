"""Crashes, limits and refusals of Slack: nothing is lost, nothing is said twice."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.outbox.drawing import Drawer, Drawing
from bot.slack.pacer import Pacer
from executor.requests import Stop
from storage import posts
from storage.records import Actor, Post, PostState, SandboxStatus
from tests.bot.chat import BOT_TOKEN, Chat, running_chat
from tests.executor.operations.house import wait_for
from workspace.client import Message, Person
from workspace.client_view import visible_text


async def thread_of(person: Person, card: Message) -> list[str]:
    """The thread's messages without the card."""
    return [visible_text(message) for message in await person.read(thread=card)][1:]


async def cards(person: Person, channel: str = "#general") -> list[Message]:
    """The cards that stand in a channel."""
    return [message for message in await person.read(channel) if "Owner" in visible_text(message)]


@pytest.mark.parametrize(
    ("error", "after"),
    [
        ({"status": 503}, False),
        ({"status": 503}, True),
        ({"error": "internal_error"}, False),
        ({"error": "internal_error"}, True),
        ({"status": 429}, False),
    ],
)
async def test_a_failing_post_is_there_once_in_the_end(
    chat: Chat, after: bool, error: dict[str, Any]
) -> None:
    """Slack fails the first posts; whether or not it had carried them out, each message is there once."""
    await chat.workspace.fault(kind="api", method="chat.postMessage", count=2, after=after, **error)
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    assert len(await cards(ada)) == 1
    said = await thread_of(ada, card)
    assert [text.split()[0] for text in said] == ["✅"]


async def test_what_was_posted_just_before_a_crash_is_found_again(tmp_path: Path) -> None:
    """The bot dies after Slack took the message and before the bot wrote that down."""
    async with running_chat(tmp_path) as chat:
        ada = await chat.person("ada")
        card = await chat.deploy(ada, "deploy echo name=my-echo")
        await chat.stop_bot()
        async with chat.house.database.write() as tx:
            sandbox = await chat.only_sandbox()
            known = await posts.of_sandbox(tx, sandbox.id)
            assert len(known) >= 2
            for post in known:
                await posts.forget(tx, post.key)
                await posts.intend(tx, _intended(post))
        await chat.start_bot()
        await chat.settled()
        assert len(await cards(ada)) == 1
        assert len(await thread_of(ada, card)) == 1
        await ada.slash("/sandbox stop my-echo")
        await ada.wait_for("stopped *my-echo*", thread=card)


def _intended(post: Post) -> Post:
    return replace(post, reference=None, digest=None, state=PostState.INTENDED)


async def test_what_happens_while_the_bot_is_away_is_told_when_it_is_back(chat: Chat) -> None:
    """Events wait in the table; the card and the thread say everything later."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await chat.stop_bot()
    sandbox = await chat.only_sandbox()
    await chat.house.ask(Stop(sandbox=sandbox.id), by=Actor(person_id=ada.id, team_id="T1"))
    await chat.house.until(sandbox.id, SandboxStatus.STOPPED)
    await chat.start_bot()
    await ada.wait_for("stopped *my-echo*", thread=card)
    await chat.shows(ada, card, "Start")


async def test_a_deleted_card_is_posted_anew(chat: Chat) -> None:
    """The next change finds it gone."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await _call(chat, "chat.delete", channel=card["channel"], ts=card["ts"])
    await ada.slash("/sandbox stop my-echo")
    fresh = await ada.wait_for(lambda m: "Owner" in visible_text(m) and "Start" in ada.buttons(m), after=card)
    assert fresh["ts"] != card["ts"]


async def _call(chat: Chat, method: str, **arguments: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{chat.workspace.api_url}{method}", data=arguments, headers=headers) as answer,
    ):
        told: dict[str, Any] = await answer.json()
    assert told["ok"], told
    return told


async def test_a_closed_channel_is_told_to_the_owner_and_catches_up_when_opened(chat: Chat) -> None:
    """The bot is removed: the owner hears of it directly, once; invited again, what waited is posted."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await chat.workspace.control(f"channels/{ada.channel('#general')}/remove", {})
    sandbox = await chat.only_sandbox()
    await chat.house.ask(Stop(sandbox=sandbox.id), by=Actor(person_id=ada.id, team_id="T1"))
    await ada.wait_for("I cannot post about *my-echo*")
    await ada.invite("#general", "sandpiper")
    await ada.wait_for("stopped *my-echo*", thread=card)
    await chat.shows(ada, card, "Start")
    assert len(ada.seen("I cannot post about")) == 1


async def test_a_minute_of_refusals_delays_and_loses_nothing(chat: Chat) -> None:
    """Every method answers 500 for a while, and then 429; the deploy goes on meanwhile."""
    ada = await chat.person("ada")
    await chat.workspace.fault(kind="api", method="chat.postMessage", status=500, seconds=1.5)
    await chat.workspace.fault(kind="api", method="chat.update", status=429, retry_after=1, seconds=2)
    await ada.slash("/sandbox deploy echo name=my-echo")

    async def running() -> bool | None:
        found = await chat.house.view((await chat.only_sandbox()).id)
        return True if found.sandbox.status is SandboxStatus.RUNNING else None

    await wait_for(running, lambda: "the deploy waited for Slack")
    await ada.wait_for("is ready", within=15)
    card = (await cards(ada))[0]
    await chat.shows(ada, card, "Running")
    assert len(await cards(ada)) == 1


async def test_without_the_scope_to_read_facts_are_rather_said_twice_than_never(tmp_path: Path) -> None:
    """History cannot be read: the card and the facts are posted again, progress is not."""
    async with running_chat(tmp_path) as chat:
        ada = await chat.person("ada")
        await chat.workspace.fault(kind="api", method="conversations.history", error="missing_scope")
        await chat.workspace.fault(kind="api", method="conversations.replies", error="missing_scope")
        await chat.workspace.fault(kind="api", method="chat.postMessage", status=503, count=1)
        await ada.slash("/sandbox deploy echo name=my-echo")
        await ada.wait_for("is ready")
        await chat.settled()
        assert len(await cards(ada)) == 1


async def test_a_duplicated_delivery_does_nothing_twice(chat: Chat) -> None:
    """Slack delivers commands, presses and mentions twice."""
    ada = await chat.person("ada")
    await chat.workspace.fault(kind="duplicate")
    await ada.slash("/sandbox deploy echo")
    await ada.wait_for("is ready")
    await chat.settled()
    found = await cards(ada)
    assert len(found) == 1
    await ada.mention("sandpiper", "extend 2h", thread=found[0])
    await ada.wait_for("extended")
    await ada.click(await chat.shows(ada, found[0], "Extend"), "Extend")
    await ada.submit(await ada.wait_for_modal("Extend"), length="1 h")
    await asyncio.sleep(0.3)
    await chat.settled()
    await wait_for(lambda: _two(ada), lambda: f"{len(ada.seen('extended'))} extensions, not 2")


async def _two(person: Person) -> bool | None:
    return True if len(person.seen("extended *")) == 2 else None


async def test_at_our_own_pace_slack_never_has_to_say_no(tmp_path: Path) -> None:
    """Five deploys at once with Slack's real limits: not one call is refused as too fast."""
    async with running_chat(tmp_path, bot={"pacer": Pacer()}, rate_limits=True) as chat:
        ada = await chat.person("ada")
        for number in range(5):
            await ada.slash(f"/sandbox deploy echo name=echo-{number}")
        for number in range(5):
            await ada.wait_for(f"*echo-{number}* is ready", within=60)
        assert not [entry for entry in chat.workspace.ws.inspector.entries() if "ratelimited" in str(entry)]


async def test_a_dead_token_stops_the_sending_until_it_works_again(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is tried for a while, and nothing is lost."""
    monkeypatch.setattr("bot.outbox.notifier.DEAD_PAUSE_SECONDS", 0.5)
    ada = await chat.person("ada")
    await chat.workspace.fault(kind="api", method="chat.postMessage", error="token_revoked", count=2)
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    assert len(await cards(ada)) == 1
    assert len(await thread_of(ada, card)) == 1


async def test_a_drawing_that_fails_is_tried_again_and_not_given_up(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away under the outbox for longer than a few tries."""
    monkeypatch.setattr("bot.outbox.queue.FIRST_WAIT_SECONDS", 0.01)
    ada = await chat.person("ada")
    draw, failures = Drawer.draw, iter(range(8))

    async def fails(self: Drawer, key: str) -> Drawing | None:
        if next(failures, None) is not None:
            raise RuntimeError("the database is away")
        return await draw(self, key)

    monkeypatch.setattr(Drawer, "draw", fails)
    await chat.deploy(ada, "deploy echo name=my-echo")
    assert len(await cards(ada)) == 1


async def test_the_bot_starts_while_slack_is_away(chat: Chat) -> None:
    """It connects when Slack answers; until then it is not ready, and says why."""
    await chat.stop_bot()
    await chat.workspace.fault(kind="api", method="auth.test", status=503, count=1)
    await chat.start_bot()
    ada = await chat.person("ada")
    await chat.deploy(ada, "deploy echo name=my-echo")
