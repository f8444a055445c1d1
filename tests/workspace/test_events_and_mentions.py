"""Which events an app hears: subscriptions, scopes, membership; and what a typed message says."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio

import pytest

from tests.workspace.listening import socket_app
from tests.workspace.sample import GENERAL, RANDOM, SECRET, sample_config, sample_workspace
from workspace.client import NotDone


async def test_a_mention_reaches_the_app_as_app_mention_and_as_message() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        bot = running.ws.state.apps["A0HELPER"].bot_user
        alice = await running.person("alice")
        message = await alice.mention("helper", "logs for <it> & co")
        mention = await app.heard.wait_for("app_mention")
        event = mention["event"]
        assert event["text"] == f"<@{bot}> logs for &lt;it&gt; &amp; co"
        assert (event["user"], event["channel"], event["ts"]) == (alice.id, GENERAL, message["ts"])
        assert event["blocks"][0]["elements"][0]["elements"][0] == {"type": "user", "user_id": bot}
        assert (mention["type"], mention["team_id"], mention["api_app_id"]) == (
            "event_callback",
            "T0ACME",
            "A0HELPER",
        )
        assert mention["event_id"].startswith("Ev")
        assert mention["authorizations"][0]["user_id"] == bot
        assert (await app.heard.wait_for("message"))["event"]["channel_type"] == "channel"


async def test_a_mention_in_a_thread_tells_the_thread() -> None:
    async with sample_workspace() as (running, api), socket_app(running) as app:
        alice = await running.person("alice")
        parent = await api.post()
        await alice.mention("helper", "logs", thread=parent)
        assert (await app.heard.wait_for("app_mention"))["event"]["thread_ts"] == parent


async def test_a_mention_in_a_dm_is_a_message_only() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        alice = await running.person("alice")
        await alice.mention("helper", "hi", channel=await alice.dm("helper"))
        assert (await app.heard.wait_for("message"))["event"]["channel_type"] == "im"
        await asyncio.sleep(0.1)
        assert app.heard.of("app_mention") == []


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_an_app_hears_nothing_from_channels_it_is_not_in(channel: str) -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        alice = await running.person("alice")
        await alice.mention("helper", "hello?", channel=channel)
        await alice.say("here")
        await app.heard.wait_for("message")
        assert [payload["event"]["text"] for payload in app.heard.of("message")] == ["here"]
        assert app.heard.of("app_mention") == []


async def test_an_event_needs_its_subscription_and_its_scope() -> None:
    def unsubscribed(manifest: dict) -> None:
        manifest["settings"]["event_subscriptions"]["bot_events"] = ["app_mention", "reaction_added"]

    config = sample_config(
        manifest=unsubscribed, app={"scopes": ["app_mentions:read", "chat:write", "channels:history"]}
    )
    async with sample_workspace(config) as (running, _), socket_app(running) as app:
        alice = await running.person("alice")
        await alice.react(await alice.say("no event"), "eyes")
        await alice.mention("helper", "event")
        await app.heard.wait_for("app_mention")
        await asyncio.sleep(0.1)
        assert len(app.heard.payloads) == 1


async def test_changes_and_deletions_are_told_with_what_was_there() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        alice = await running.person("alice")
        message = await alice.say("before")
        await alice.edit(message, "after")
        changed = (await app.heard.wait_for("message_changed"))["event"]
        assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("after", "before")
        assert changed["message"]["edited"]["user"] == alice.id
        await alice.delete(message)
        deleted = (await app.heard.wait_for("message_deleted"))["event"]
        assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (message["ts"], "after")


async def test_nobody_changes_or_deletes_what_someone_else_wrote() -> None:
    async with sample_workspace() as (running, _):
        alice, bob = await running.person("alice"), await running.person("bob")
        message = await alice.say("mine")
        for act in (bob.edit(message, "yours"), bob.delete(message)):
            with pytest.raises(NotDone, match="cant_update_message"):
                await act
        with pytest.raises(NotDone, match="message_not_found"):
            await alice.delete({**message, "ts": "1.000000"})


async def test_reactions_and_pins_are_told() -> None:
    async with sample_workspace() as (running, api), socket_app(running) as app:
        alice = await running.person("alice")
        message = await alice.say("react")
        await alice.react(message, "eyes")
        added = (await app.heard.wait_for("reaction_added"))["event"]
        assert (added["reaction"], added["item"]["ts"], added["item_user"]) == (
            "eyes",
            message["ts"],
            alice.id,
        )
        await alice.react(message, "eyes", on=False)
        await app.heard.wait_for("reaction_removed")
        await api("pins.add", channel=GENERAL, timestamp=message["ts"])
        await app.heard.wait_for("pin_added")


async def test_joining_and_leaving_are_told_to_those_inside() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        alice = await running.person("alice")
        bot = running.ws.state.apps["A0HELPER"].bot_user
        await alice.invite(RANDOM, "helper")
        event = (await app.heard.wait_for("member_joined_channel"))["event"]
        assert (event["user"], event["channel"], event["channel_type"], event["inviter"]) == (
            bot,
            RANDOM,
            "C",
            alice.id,
        )
        assert (await app.heard.wait_for("channel_join"))["event"][
            "text"
        ] == f"<@{bot}> has joined the channel"


async def test_a_bot_may_be_ordered_out_and_in_and_a_channel_archived() -> None:
    async with sample_workspace() as (running, api), socket_app(running) as app:
        await running.control(f"channels/{GENERAL}/remove")
        await app.heard.wait_for("member_left_channel")
        assert await api.error("chat.postMessage", channel=GENERAL, text="x") == "not_in_channel"
        bot = running.ws.state.apps["A0HELPER"].bot_user
        await running.control(f"channels/{GENERAL}/add", {"user": bot})
        assert (await api("chat.postMessage", channel=GENERAL, text="x"))["ok"]
        await running.control(f"channels/{GENERAL}/archive")
        await app.heard.wait_for("channel_archive")
        assert await api.error("chat.postMessage", channel=GENERAL, text="x") == "is_archived"
        await running.control(f"channels/{GENERAL}/unarchive")
        assert (await api("chat.postMessage", channel=GENERAL, text="x"))["ok"]
        for path in ("channels/C0NOWHERE/archive", f"channels/{GENERAL}/add"):
            with pytest.raises(NotDone, match="not_found"):
                await running.control(path, {"user": "U0NOBODY"})


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("hi @bob", "hi <@U0BOB>"),
        ("hi @Bob Roe!", "hi <@U0BOB>!"),
        ("see #general", f"see <#{GENERAL}>"),
        ("@qa please", "<!subteam^S0QA|@qa> please"),
        ("@here now", "<!here> now"),
        ("<@U0BOB> & <b>", "&lt;@U0BOB&gt; &amp; &lt;b&gt;"),
        ("go http://x.org/a?b=1&c=2.", "go <http://x.org/a?b=1&amp;c=2>."),
        ("mail a@b.org", "mail <mailto:a@b.org|a@b.org>"),
        ("`@bob` and ```#general```", "`@bob` and ```#general```"),
        ("nobody@ @nobody @bobby", "nobody@ @nobody @bobby"),
    ],
)
async def test_what_is_typed_is_escaped_and_its_names_are_marked(typed: str, text: str) -> None:
    async with sample_workspace() as (running, _):
        alice = await running.person("alice")
        assert (await alice.say(typed))["text"] == text


async def test_people_write_only_where_they_can() -> None:
    def read_only(manifest: dict) -> None:
        manifest["features"]["app_home"]["messages_tab_read_only_enabled"] = True

    async with sample_workspace(sample_config(manifest=read_only)) as (running, _):
        alice, bob = await running.person("alice"), await running.person("bob")
        dm = await alice.dm("helper")
        cases = [
            (bob, {"text": "x", "channel": RANDOM}, "not_in_channel"),
            (alice, {"text": "x", "channel": "#old"}, "is_archived"),
            (alice, {"text": "  "}, "no_text"),
            (alice, {"text": "x", "thread": "1.000000"}, "thread_not_found"),
            (alice, {"text": "x", "files": ["F0NOBODY"]}, "file_not_found"),
            (alice, {"text": "x", "channel": dm}, "messages_tab_disabled"),
        ]
        for person, message, code in cases:
            with pytest.raises(NotDone, match=code):
                await person.say(**message)


async def test_notifications_say_why() -> None:
    async with sample_workspace() as (running, api):
        alice, bob = await running.person("alice"), await running.person("bob")
        parent = await bob.say("parent")
        await api.post(text="<@U0BOB> look")
        await alice.say("reply", thread=parent)
        await alice.say("psst", channel=await alice.dm("bob"))
        await bob.until(
            lambda: [e for e in bob.events if e["type"] == "notify"][2:] or None, "three notifications"
        )
        reasons = [event["reason"] for event in bob.events if event["type"] == "notify"]
    assert reasons == ["mention", "thread", "dm"]


async def test_people_and_groups_may_change_meanwhile() -> None:
    async with sample_workspace() as (running, api), socket_app(running) as app:
        await running.control("users/U0BOB", {"guest": "single", "admin": True})
        changed = (await app.heard.wait_for("user_change"))["event"]["user"]
        assert (changed["id"], changed["is_ultra_restricted"], changed["is_admin"]) == ("U0BOB", True, True)
        await running.control("users/U0BOB", {"deactivated": True})
        assert (await api.get("users.info", user="U0BOB"))["user"]["deleted"] is True
        for path, body in (
            ("users/U0BOB", {"tz": "Mars/Base"}),
            ("users/U0BOB", {"guest": "often"}),
            ("users/U0NOBODY", {}),
            ("users/U0BOB", {"id": "x"}),
            ("users/U0BOB", {"admin": "yes"}),
        ):
            with pytest.raises(NotDone, match=r"user_not_found|malformed"):
                await running.control(path, body)
        assert (await api("usergroups.users.update", usergroup="S0QA", users="U0ALICE,U0MULTI"))["ok"]
        moved = (await app.heard.wait_for("subteam_members_changed"))["event"]
        assert (moved["added_users"], moved["removed_users"]) == (["U0MULTI"], ["U0BOB"])
        assert (
            await api.error("usergroups.users.update", usergroup="S0QA", users="U0NOBODY") == "invalid_users"
        )
