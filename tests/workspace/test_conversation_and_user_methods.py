"""conversations.*, users.*, usergroups.*, reactions, pins, bookmarks, scheduled messages."""
# ruff: noqa: D103  # each name says its behaviour

import pytest

from tests.workspace.sample import GENERAL, OLD, RANDOM, SECRET, TEAM, sample_config, sample_workspace


async def test_channels_are_listed_as_far_as_the_bot_may_know_them() -> None:
    async with sample_workspace() as (_, api):
        names = {c["name"] for c in (await api.get("conversations.list"))["channels"]}
        assert names == {"general", "random", "old"}
        both = (await api.get("conversations.list", types="public_channel,private_channel"))["channels"]
        assert {c["name"] for c in both} == {"general", "random", "old", "team"}
        active = (await api.get("conversations.list", exclude_archived="true"))["channels"]
        assert {c["name"] for c in active} == {"general", "random"}
        mine = (await api.get("users.conversations"))["channels"]
        assert {c["name"] for c in mine} == {"general", "old"}
        alices = await api.get("users.conversations", user="U0ALICE", types="public_channel,private_channel")
        assert {c["name"] for c in alices["channels"]} == {"general", "random", "old", "team"}
        assert await api.get_error("conversations.list", types="secret_channel") == "invalid_types"


async def test_lists_are_paged_by_cursor() -> None:
    async with sample_workspace() as (_, api):
        seen: list[str] = []
        cursor = ""
        while True:
            answer = await api.get("conversations.list", limit=2, cursor=cursor)
            seen += [channel["name"] for channel in answer["channels"]]
            cursor = answer["response_metadata"]["next_cursor"]
            if not cursor:
                break
        assert sorted(seen) == ["general", "old", "random"]
        for wrong in ("nonsense", "b2Zmc2V0Og==", "d29yZDox"):
            assert await api.get_error("conversations.list", cursor=wrong) == "invalid_cursor"
        assert await api.get_error("conversations.list", limit=1001) == "invalid_limit"


async def test_each_kind_needs_its_own_scope() -> None:
    async with sample_workspace(sample_config(app={"scopes": ["channels:read", "channels:history"]})) as (
        _,
        api,
    ):
        assert (await api.get("conversations.info", channel=GENERAL))["ok"]
        for name, arguments in (
            ("conversations.list", {"types": "private_channel"}),
            ("conversations.info", {"channel": TEAM}),
            ("conversations.members", {"channel": TEAM}),
            ("conversations.history", {"channel": TEAM}),
        ):
            assert await api.get_error(name, **arguments) == "missing_scope"


async def test_info_and_members() -> None:
    async with sample_workspace() as (_, api):
        info = (await api.get("conversations.info", channel=GENERAL, include_num_members="true"))["channel"]
        assert (info["name"], info["is_member"], info["is_private"]) == ("general", True, False)
        members = (await api.get("conversations.members", channel=GENERAL))["members"]
        assert len(members) == info["num_members"]
        assert "U0ALICE" in members
        assert await api.get_error("conversations.info", channel=SECRET) == "channel_not_found"


async def test_history_is_for_members_newest_first_within_bounds() -> None:
    async with sample_workspace() as (_, api):
        stamps = [await api.post(text=str(number)) for number in range(5)]
        page = await api.get("conversations.history", channel=GENERAL, limit=2)
        assert [m["text"] for m in page["messages"]] == ["4", "3"]
        assert page["has_more"]
        cursor = page["response_metadata"]["next_cursor"]
        more = await api.get("conversations.history", channel=GENERAL, limit=2, cursor=cursor)
        assert [m["text"] for m in more["messages"]] == ["2", "1"]
        between = {"oldest": stamps[1], "latest": stamps[3]}
        some = await api.get("conversations.history", channel=GENERAL, **between)
        assert [m["text"] for m in some["messages"]] == ["2"]
        inclusive = await api.get("conversations.history", channel=GENERAL, inclusive="true", **between)
        assert [m["text"] for m in inclusive["messages"]] == ["3", "2", "1"]
        assert await api.get_error("conversations.history", channel=RANDOM) == "not_in_channel"
        assert (
            await api.get_error("conversations.history", channel=GENERAL, limit=1000) == "invalid_arguments"
        )
        assert (
            await api.get_error("conversations.history", channel=GENERAL, oldest="x") == "invalid_ts_oldest"
        )


async def test_replies_need_a_thread_and_page() -> None:
    async with sample_workspace() as (_, api):
        parent = await api.post()
        replies = [await api.post(thread_ts=parent, text=str(number)) for number in range(3)]
        by_reply = await api.get("conversations.replies", channel=GENERAL, ts=replies[1], limit=2)
        assert [m["ts"] for m in by_reply["messages"]] == [parent, *replies[:2]]
        assert by_reply["has_more"]
        assert (
            await api.get_error("conversations.replies", channel=GENERAL, ts="1.000000") == "thread_not_found"
        )


async def test_opening_dms() -> None:
    async with sample_workspace() as (_, api):
        first = await api("conversations.open", users="U0ALICE")
        again = await api("conversations.open", users="U0ALICE", return_im=True)
        assert first["channel"]["id"] == again["channel"]["id"]
        assert (again["already_open"], again["channel"]["user"]) == (True, "U0ALICE")
        group = await api("conversations.open", users="U0ALICE,U0BOB")
        assert group["channel"]["id"] != first["channel"]["id"]
        assert (await api("conversations.open", channel=first["channel"]["id"]))["already_open"]
        assert (await api("conversations.close", channel=first["channel"]["id"]))["ok"]
        kind = await api.error("conversations.close", channel=GENERAL)
        assert kind == "method_not_supported_for_channel_type"


@pytest.mark.parametrize(
    ("users", "code"),
    [("", "users_list_not_supplied"), ("U0NOBODY", "user_not_found"), ("U0GONE", "user_disabled"),
     (",".join(f"U{n}" for n in range(9)), "too_many_users")],
)  # fmt: skip
async def test_dms_that_cannot_be_opened(users: str, code: str) -> None:
    async with sample_workspace() as (_, api):
        assert await api.error("conversations.open", users=users) == code


async def test_joining_inviting_kicking_and_leaving() -> None:
    async with sample_workspace() as (running, api):
        assert (await api("conversations.join", channel=RANDOM))["channel"]["is_member"]
        assert (await api("conversations.join", channel=RANDOM))["warning"] == "already_in_channel"
        assert (await api("conversations.invite", channel=RANDOM, users="U0BOB"))["ok"]
        assert "U0BOB" in running.ws.state.channels[RANDOM].members
        for users, code in (
            ("U0BOB", "already_in_channel"), ("U0NOBODY", "user_not_found"), ("U0GONE", "user_not_found"),
            (running.ws.state.apps["A0HELPER"].bot_user, "cant_invite_self"),
        ):  # fmt: skip
            assert await api.error("conversations.invite", channel=RANDOM, users=users) == code
        assert (await api("conversations.kick", channel=RANDOM, user="U0BOB"))["ok"]
        assert await api.error("conversations.kick", channel=RANDOM, user="U0BOB") == "not_in_channel"
        bot = running.ws.state.apps["A0HELPER"].bot_user
        assert await api.error("conversations.kick", channel=RANDOM, user=bot) == "cant_kick_self"
        assert (
            await api.error("conversations.kick", channel=GENERAL, user="U0BOB") == "cant_kick_from_general"
        )
        assert (await api("conversations.leave", channel=RANDOM))["ok"]
        assert (await api("conversations.leave", channel=RANDOM))["not_in_channel"]
        assert await api.error("conversations.leave", channel=GENERAL) == "cant_leave_general"
        assert await api.error("conversations.join", channel=OLD) == "is_archived"
        assert await api.error("conversations.join", channel=TEAM) == "method_not_supported_for_channel_type"
        assert await api.error("conversations.invite", channel=RANDOM, users="U0BOB") == "not_in_channel"
        assert await api.error("conversations.invite", channel=OLD, users="U0BOB") == "is_archived"


async def test_making_renaming_describing_and_archiving() -> None:
    async with sample_workspace() as (_, api):
        made = (await api("conversations.create", name="fresh"))["channel"]["id"]
        private = (await api("conversations.create", name="hidden", is_private=True))["channel"]
        assert private["is_private"]
        assert await api.error("conversations.create", name="fresh") == "name_taken"
        assert await api.error("conversations.create", name="Not Good") == "invalid_name_specials"
        assert (await api("conversations.rename", channel=made, name="newer"))["channel"]["name"] == "newer"
        assert await api.error("conversations.rename", channel=made, name="general") == "name_taken"
        assert await api.error("conversations.rename", channel=made, name="A") == "invalid_name_specials"
        topic = await api("conversations.setTopic", channel=made, topic="things")
        assert topic["channel"]["topic"]["value"] == "things"
        purpose = await api("conversations.setPurpose", channel=made, purpose="x" * 250)
        assert len(purpose["channel"]["purpose"]["value"]) == 250
        assert await api.error("conversations.setTopic", channel=made, topic="x" * 251) == "too_long"
        assert (await api("conversations.archive", channel=made))["ok"]
        assert await api.error("conversations.archive", channel=made) == "already_archived"
        assert await api.error("conversations.archive", channel=GENERAL) == "cant_archive_general"
        assert await api.error("conversations.archive", channel=RANDOM) == "not_in_channel"
        assert await api.error("conversations.unarchive", channel=made) == "not_allowed_token_type"
        dm = (await api("conversations.open", users="U0ALICE"))["channel"]["id"]
        assert await api.error("conversations.setTopic", channel=dm, topic="x") == (
            "method_not_supported_for_channel_type"
        )
        assert await api.error("conversations.leave", channel=dm) == "method_not_supported_for_channel_type"
        assert (await api("conversations.mark", channel=dm, ts="1.000000"))["ok"]


async def test_people_bring_an_archived_channel_back() -> None:
    async with sample_workspace() as (running, api):
        api.token = "xoxp-alice"
        running.ws.state.tokens[api.token].scopes = ["channels:manage"]
        assert (await api("conversations.unarchive", channel=OLD))["ok"]
        assert await api.error("conversations.unarchive", channel=OLD) == "not_archived"


async def test_users_carry_their_flags() -> None:
    async with sample_workspace() as (_, api):
        users = {user["id"]: user for user in (await api.get("users.list"))["members"]}
        owner = users["U0ALICE"]
        assert (owner["is_owner"], owner["is_admin"], owner["is_restricted"]) == (True, True, False)
        assert owner["tz"] == "Europe/Berlin"
        assert owner["tz_offset"] in (3600, 7200)
        assert owner["profile"]["email"] == "alice@acme.example"
        assert (users["U0GUEST"]["is_restricted"], users["U0GUEST"]["is_ultra_restricted"]) == (True, True)
        assert (users["U0MULTI"]["is_restricted"], users["U0MULTI"]["is_ultra_restricted"]) == (True, False)
        assert (users["U0OUTER"]["team_id"] != "T0ACME", users["U0OUTER"]["is_stranger"]) == (True, False)
        assert users["U0GONE"]["deleted"] is True
        assert "tz" not in users["U0GONE"]
        bots = [user for user in users.values() if user["is_bot"]]
        assert bots[0]["profile"]["api_app_id"] == "A0HELPER"
        one = (await api.get("users.info", user="U0ALICE", include_locale="true"))["user"]
        assert one["locale"] == "en-US"
        assert await api.get_error("users.info", user="U0NOBODY") == "user_not_found"


async def test_users_are_found_by_email_and_have_profiles_and_presence() -> None:
    async with sample_workspace() as (running, api):
        assert (await api.get("users.lookupByEmail", email="ALICE@acme.example"))["user"]["id"] == "U0ALICE"
        assert await api.get_error("users.lookupByEmail", email="gone@acme.example") == "users_not_found"
        assert (await api.get("users.profile.get", user="U0BOB"))["profile"]["real_name"] == "Bob Roe"
        assert (await api.get("users.profile.get"))["profile"]["real_name"] == "Helper"
        assert (await api.get("users.getPresence", user="U0ALICE"))["presence"] == "away"
        await running.person("alice")
        assert (await api.get("users.getPresence", user="U0ALICE"))["presence"] == "active"


async def test_user_groups() -> None:
    async with sample_workspace() as (_, api):
        group = (await api.get("usergroups.list", include_users="true"))["usergroups"][0]
        assert (group["handle"], group["users"], group["user_count"]) == ("qa", ["U0ALICE", "U0BOB"], 2)
        assert "users" not in (await api.get("usergroups.list"))["usergroups"][0]
        assert (await api.get("usergroups.users.list", usergroup="S0QA"))["users"] == ["U0ALICE", "U0BOB"]
        assert await api.get_error("usergroups.users.list", usergroup="S0NONE") == "no_such_subteam"


async def test_reactions() -> None:
    async with sample_workspace() as (running, api):
        ts = await api.post()
        where = {"channel": GENERAL, "timestamp": ts}
        assert (await api("reactions.add", name="thumbsup", **where))["ok"]
        assert await api.error("reactions.add", name="thumbsup", **where) == "already_reacted"
        assert await api.error("reactions.add", name="Not An Emoji", **where) == "invalid_name"
        missing = await api.error("reactions.add", name="eyes", channel=GENERAL, timestamp="1.000000")
        assert missing == "message_not_found"
        shown = (await api.get("reactions.get", **where))["message"]["reactions"]
        assert shown == [
            {"name": "thumbsup", "users": [running.ws.state.apps["A0HELPER"].bot_user], "count": 1}
        ]
        assert (await api("reactions.remove", name="thumbsup", **where))["ok"]
        assert await api.error("reactions.remove", name="thumbsup", **where) == "no_reaction"
        assert "reactions" not in (await api.get("reactions.get", **where))["message"]
        for number in range(23):
            assert (await api("reactions.add", name=f"e{number}", **where))["ok"]
        assert await api.error("reactions.add", name="one-more", **where) == "too_many_reactions"
        alice = await running.person("alice")
        message = await alice.say("elsewhere", channel=RANDOM)
        outside = await api.error("reactions.add", name="eyes", channel=RANDOM, timestamp=message["ts"])
        assert outside == "not_in_channel"
        await running.control(f"channels/{GENERAL}/archive")
        assert await api.error("reactions.add", name="eyes", **where) == "is_archived"


async def test_a_message_holds_fifty_emoji() -> None:
    async with sample_workspace() as (running, api):
        ts = await api.post()
        body = running.ws.state.message(GENERAL, ts).body
        body["reactions"] = [{"name": f"x{number}", "users": ["U0BOB"], "count": 1} for number in range(50)]
        where = {"channel": GENERAL, "timestamp": ts}
        assert await api.error("reactions.add", name="eyes", **where) == "too_many_emoji"
        assert (await api("reactions.add", name="x1", **where))["ok"]


async def test_pins_and_bookmarks() -> None:
    async with sample_workspace() as (_, api):
        where = {"channel": GENERAL, "timestamp": await api.post()}
        assert (await api("pins.add", **where))["ok"]
        assert await api.error("pins.add", **where) == "already_pinned"
        assert len((await api.get("pins.list", channel=GENERAL))["items"]) == 1
        assert (await api("pins.remove", **where))["ok"]
        assert await api.error("pins.remove", **where) == "no_pin"
        link = {"channel_id": GENERAL, "title": "Site", "type": "link", "link": "https://x.org"}
        made = (await api("bookmarks.add", **link))["bookmark"]
        assert await api.error("bookmarks.add", **{**link, "link": "ftp://x"}) == "invalid_link"
        assert await api.error("bookmarks.add", **{**link, "type": "folder"}) == "invalid_bookmark_type"
        assert await api.error("bookmarks.add", **{**link, "channel_id": RANDOM}) == "not_in_channel"
        one = {"channel_id": GENERAL, "bookmark_id": made["id"]}
        assert (await api("bookmarks.edit", title="Place", **one))["bookmark"]["title"] == "Place"
        assert await api.error("bookmarks.edit", **one) == "invalid_arguments"
        assert len((await api.get("bookmarks.list", channel_id=GENERAL))["bookmarks"]) == 1
        assert (await api("bookmarks.remove", **one))["ok"]
        assert await api.error("bookmarks.remove", **one) == "not_found"
        for _ in range(100):
            await api("bookmarks.add", **link)
        assert await api.error("bookmarks.add", **link) == "too_many_bookmarks"


async def test_scheduled_messages_are_posted_when_due() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        now = int(running.ws.clock.now())
        made = await api("chat.scheduleMessage", channel=GENERAL, text="later", post_at=now + 600)
        silent = {"event_type": "x", "event_payload": {}}
        await api("chat.scheduleMessage", channel=GENERAL, text="never", post_at=now + 600, metadata=silent)
        listed = (await api.get("chat.scheduledMessages.list", channel=GENERAL))["scheduled_messages"]
        assert made["scheduled_message_id"] in [entry["id"] for entry in listed]
        gone = await api("chat.scheduleMessage", channel=GENERAL, text="withdrawn", post_at=now + 600)
        one = {"channel": GENERAL, "scheduled_message_id": gone["scheduled_message_id"]}
        assert (await api("chat.deleteScheduledMessage", **one))["ok"]
        assert await api.error("chat.deleteScheduledMessage", **one) == "invalid_scheduled_message_id"
        await running.control("clock", {"offset_seconds": 601})
        await alice.wait_for("later")
        assert [message["text"] for message in await alice.read()] == ["later"]


async def test_schedules_that_slack_refuses() -> None:
    async with sample_workspace() as (running, api):
        now = int(running.ws.clock.now())
        day = 24 * 3600
        for post_at, code in (
            (now - 1, "time_in_past"), (now + 121 * day, "time_too_far"), ("soon", "invalid_arguments"),
        ):  # fmt: skip
            assert await api.error("chat.scheduleMessage", channel=GENERAL, text="x", post_at=post_at) == code
        last_minute = await api("chat.scheduleMessage", channel=GENERAL, text="x", post_at=now + 30)
        one = {"channel": GENERAL, "scheduled_message_id": last_minute["scheduled_message_id"]}
        assert await api.error("chat.deleteScheduledMessage", **one) == "invalid_scheduled_message_id"
        for _ in range(30):
            await api("chat.scheduleMessage", channel=GENERAL, text="x", post_at=now + 5000)
        many = await api.error("chat.scheduleMessage", channel=GENERAL, text="x", post_at=now + 5010)
        assert many == "restricted_too_many"
        assert (await api("chat.scheduleMessage", channel=GENERAL, text="x", post_at=now + 6000))["ok"]
