"""chat.*: what may be posted, changed, deleted, by whom and where."""
# ruff: noqa: D103  # each name says its behaviour

import pytest

from tests.workspace.sample import (
    GENERAL,
    OLD,
    RANDOM,
    SECRET,
    Api,
    actions,
    button,
    sample_config,
    sample_workspace,
    section,
)
from workspace.ids import is_ts


async def history(api: Api, channel: str = GENERAL, **more: object) -> list[dict]:
    answer = await api.get("conversations.history", channel=channel, **more)
    return list(answer["messages"])


async def test_a_message_is_posted_with_the_apps_name_and_a_ts_of_six_decimals() -> None:
    async with sample_workspace() as (_, api):
        answer = await api("chat.postMessage", channel=GENERAL, text="hello", blocks=[section()])
        assert is_ts(answer["ts"])
        assert answer["message"]["app_id"] == "A0HELPER"
        assert answer["message"]["blocks"][0]["block_id"]
        assert (await history(api))[0]["text"] == "hello"


async def test_ts_are_unique_and_increase() -> None:
    async with sample_workspace() as (_, api):
        stamps = [await api.post() for _ in range(20)]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("channel", "code"),
    [("C0NOWHERE", "channel_not_found"), (SECRET, "channel_not_found"), (RANDOM, "not_in_channel"),
     (OLD, "is_archived"), ("U0GONE", "channel_not_found")],
)  # fmt: skip
async def test_a_bot_posts_only_where_it_may(channel: str, code: str) -> None:
    async with sample_workspace() as (_, api):
        assert await api.error("chat.postMessage", channel=channel, text="hi") == code
        assert (await api("chat.postMessage", channel="#general", text="by name"))["channel"] == GENERAL


async def test_chat_write_public_lets_it_post_in_public_channels_it_is_not_in() -> None:
    async with sample_workspace(sample_config(app={"scopes": ["chat:write", "chat:write.public"]})) as (
        _,
        api,
    ):
        assert (await api("chat.postMessage", channel=RANDOM, text="hi"))["ok"]
        assert await api.error("chat.postMessage", channel=SECRET, text="hi") == "channel_not_found"


async def test_a_user_id_opens_the_dm() -> None:
    async with sample_workspace() as (_, api):
        answer = await api("chat.postMessage", channel="U0ALICE", text="psst")
        assert answer["channel"].startswith("D")
        assert (await api("chat.postMessage", channel="U0ALICE", text="more"))["channel"] == answer["channel"]


async def test_no_dm_with_an_app_whose_messages_tab_is_off() -> None:
    def off(manifest: dict) -> None:
        manifest["features"]["app_home"]["messages_tab_enabled"] = False

    async with sample_workspace(sample_config(manifest=off)) as (_, api):
        assert await api.error("chat.postMessage", channel="U0ALICE", text="hi") == "messages_tab_disabled"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "no_text"),
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"blocks": [section()] * 51}, "invalid_blocks"),
        ({"blocks": "{not json"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        ({"attachments": "{}"}, "invalid_attachments"),
        ({"markdown_text": "**a**", "text": "b"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": "[]"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": 1, "event_payload": {}}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"x": "y" * 40_000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "1700000000.000001"}, "thread_not_found"),
        ({"text": "x", "thread_ts": 1700000000.0}, "invalid_arguments"),
        ({"text": "x", "thread_ts": "1700000000"}, "invalid_arguments"),
        ({"text": "x", "username": "Somebody"}, "missing_scope"),
        ({"text": {"a": 1}}, "invalid_arguments"),
    ],
)
async def test_content_that_slack_refuses_is_refused(arguments: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        assert await api.error("chat.postMessage", channel=GENERAL, **arguments) == code


async def test_invalid_blocks_point_at_the_fault_as_slack_does() -> None:
    async with sample_workspace() as (_, api):
        answer = await api("chat.postMessage", channel=GENERAL, blocks=[section("x" * 3001)])
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR] must be less than")


async def test_text_over_40000_characters_is_cut() -> None:
    async with sample_workspace() as (_, api):
        answer = await api("chat.postMessage", channel=GENERAL, text="x" * 40_001)
    assert len(answer["message"]["text"]) == 40_000


async def test_markdown_text_becomes_a_markdown_block() -> None:
    async with sample_workspace() as (_, api):
        answer = await api("chat.postMessage", channel=GENERAL, markdown_text="**bold**")
    assert answer["message"]["blocks"][0]["type"] == "markdown"


async def test_customised_authors_need_their_scope() -> None:
    config = sample_config(app={"scopes": ["chat:write", "chat:write.customize"]})
    async with sample_workspace(config) as (_, api):
        for icon in ({"icon_emoji": ":cat:"}, {"icon_url": "http://x/y.png"}):
            answer = await api("chat.postMessage", channel=GENERAL, text="x", username="Cat", **icon)
            assert answer["message"]["username"] == "Cat"
            assert answer["message"]["subtype"] == "bot_message"
            assert answer["message"]["icons"]


async def test_replies_go_under_parents_and_never_under_replies() -> None:
    async with sample_workspace() as (_, api):
        parent = await api.post()
        reply = await api.post(thread_ts=parent, text="reply")
        assert await api.error("chat.postMessage", channel=GENERAL, text="x", thread_ts=reply) == (
            "cannot_reply_to_message"
        )
        thread = (await api.get("conversations.replies", channel=GENERAL, ts=parent))["messages"]
        assert [message["text"] for message in thread] == ["hello", "reply"]
        assert (thread[0]["reply_count"], thread[0]["latest_reply"]) == (1, reply)
        assert [message["ts"] for message in await history(api)] == [parent]


async def test_a_broadcast_reply_is_in_the_channel_too() -> None:
    async with sample_workspace() as (_, api):
        parent = await api.post()
        reply = await api.post(thread_ts=parent, reply_broadcast=True)
        assert [message["ts"] for message in await history(api)] == [reply, parent]


async def test_metadata_is_stored_and_returned_only_when_asked_for() -> None:
    metadata = {"event_type": "made", "event_payload": {"id": "x1"}}
    async with sample_workspace() as (_, api):
        ts = await api.post(metadata=metadata)
        assert "metadata" not in (await history(api))[0]
        assert (await history(api, include_all_metadata="true"))[0]["metadata"] == metadata
        changed = {"event_type": "made", "event_payload": {"id": "x2"}}
        await api("chat.update", channel=GENERAL, ts=ts, text="new", metadata=changed)
        assert (await history(api, include_all_metadata="true"))[0]["metadata"] == changed


async def test_an_update_with_text_alone_removes_blocks() -> None:
    async with sample_workspace() as (_, api):
        ts = await api.post(blocks=[section()], attachments=[{"text": "kept"}])
        answer = await api("chat.update", channel=GENERAL, ts=ts, text="plain now")
    assert "blocks" not in answer["message"]
    assert answer["message"]["edited"]["user"]
    assert answer["message"]["attachments"][0]["text"] == "kept"
    assert answer["text"] == "plain now"


async def test_an_update_with_blocks_is_not_marked_as_edited() -> None:
    async with sample_workspace() as (_, api):
        ts = await api.post(blocks=[section()])
        answer = await api("chat.update", channel=GENERAL, ts=ts, text="new", blocks=[section("new")])
        assert "edited" not in answer["message"]
        emptied = await api("chat.update", channel=GENERAL, ts=ts, text="x", blocks=[], attachments=[])
        assert "blocks" not in emptied["message"]


async def test_an_update_may_broadcast_a_reply() -> None:
    async with sample_workspace() as (_, api):
        reply = await api.post(thread_ts=await api.post())
        answer = await api("chat.update", channel=GENERAL, ts=reply, text="x", reply_broadcast=True)
    assert answer["message"]["subtype"] == "thread_broadcast"


async def test_only_ones_own_messages_may_be_changed_or_deleted() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        theirs = (await alice.say("mine"))["ts"]
        assert await api.error("chat.update", channel=GENERAL, ts=theirs, text="x") == "cant_update_message"
        assert await api.error("chat.delete", channel=GENERAL, ts=theirs) == "cant_delete_message"
        own = await api.post()
        assert (await api("chat.delete", channel=GENERAL, ts=own))["ok"]
        assert await api.error("chat.update", channel=GENERAL, ts=own, text="x") == "message_not_found"


async def test_an_update_is_refused_over_4000_characters_and_in_an_archived_channel() -> None:
    async with sample_workspace() as (running, api):
        ts = await api.post()
        assert await api.error("chat.update", channel=GENERAL, ts=ts, text="x" * 4001) == "msg_too_long"
        assert (await api("chat.update", channel=GENERAL, ts=ts, text="x" * 4000))["ok"]
        await running.control(f"channels/{GENERAL}/archive")
        assert await api.error("chat.update", channel=GENERAL, ts=ts, text="x") == "is_inactive"


async def test_an_update_needs_the_dms_own_id() -> None:
    async with sample_workspace() as (_, api):
        posted = await api("chat.postMessage", channel="U0ALICE", text="psst")
        assert (
            await api.error("chat.update", channel="U0ALICE", ts=posted["ts"], text="x")
            == "channel_not_found"
        )
        assert (await api("chat.update", channel=posted["channel"], ts=posted["ts"], text="x"))["ok"]


async def test_deleting_a_parent_leaves_a_tombstone() -> None:
    async with sample_workspace() as (_, api):
        parent = await api.post()
        reply = await api.post(thread_ts=parent)
        await api("chat.delete", channel=GENERAL, ts=parent)
        assert (await history(api))[0]["subtype"] == "tombstone"
        await api("chat.delete", channel=GENERAL, ts=reply)
        thread = (await api.get("conversations.replies", channel=GENERAL, ts=parent))["messages"]
        assert len(thread) == 1


async def test_an_ephemeral_message_is_seen_by_its_reader_alone_and_lost_on_reload() -> None:
    async with sample_workspace() as (running, api):
        alice, bob = await running.person("alice"), await running.person("bob")
        answer = await api("chat.postEphemeral", channel=GENERAL, user=alice.id, text="only you")
        seen = await alice.wait_for("only you")
        assert (seen["ephemeral"], seen["ts"]) == (True, answer["message_ts"])
        await api.post(text="for all")
        await bob.wait_for("for all")
        assert bob.seen("only you") == []
        await alice.reload()
        assert alice.seen("only you") == []
        assert all("only you" not in message["text"] for message in await alice.read())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"user": "U0NOBODY"}, "user_not_in_channel"),
        ({"user": "U0GONE"}, "user_not_in_channel"),
        ({"user": "U0GUEST"}, "user_not_in_channel"),
        ({"user": "U0ALICE", "text": "ä" * 2001}, "msg_too_long"),
        ({"user": "U0ALICE", "channel": RANDOM}, "not_in_channel"),
        ({"user": "U0ALICE", "channel": OLD}, "is_archived"),
        ({"user": "U0ALICE", "thread_ts": "1.000000"}, "thread_not_found"),
    ],
)
async def test_an_ephemeral_message_needs_an_active_member(arguments: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        assert await api.error("chat.postEphemeral", **{"channel": GENERAL, "text": "x", **arguments}) == code


async def test_an_ephemeral_message_cannot_be_changed_through_the_api() -> None:
    async with sample_workspace() as (_, api):
        ts = (await api("chat.postEphemeral", channel=GENERAL, user="U0ALICE", text="x"))["message_ts"]
        assert await api.error("chat.update", channel=GENERAL, ts=ts, text="y") == "message_not_found"
        assert await api.error("chat.delete", channel=GENERAL, ts=ts) == "message_not_found"


async def test_permalinks_lead_to_the_message_and_name_its_thread() -> None:
    async with sample_workspace() as (_, api):
        parent = await api.post()
        reply = await api.post(thread_ts=parent)
        link = (await api.get("chat.getPermalink", channel=GENERAL, message_ts=reply))["permalink"]
        assert link.endswith(
            f"/archives/{GENERAL}/p{reply.replace('.', '')}?thread_ts={parent}&cid={GENERAL}"
        )
        assert (
            await api.get_error("chat.getPermalink", channel=GENERAL, message_ts="1.000000")
            == "message_not_found"
        )
        async with api.session.get(link, allow_redirects=False) as response:
            assert f"ts={reply}" in response.headers["Location"]


async def test_me_messages_and_unfurls() -> None:
    async with sample_workspace() as (_, api):
        me = await api("chat.meMessage", channel=GENERAL, text="waves")
        unfurls = {"http://x/": {"blocks": [section()]}}
        assert (await api("chat.unfurl", channel=GENERAL, ts=me["ts"], unfurls=unfurls))["ok"]
        assert (await history(api))[0]["attachments"][0]["from_url"] == "http://x/"
        assert (
            await api.error("chat.unfurl", channel=GENERAL, ts=me["ts"], unfurls=[1]) == "invalid_arguments"
        )


async def test_whom_a_message_pings_is_told_to_the_page() -> None:
    """Names are parsed in mrkdwn blocks unless verbatim, in the top-level text only with link_names."""
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        await api.post(text="quiet @here")
        await api.post(text="loud <@U0ALICE> <!subteam^S0QA>")
        loud = {"type": "section", "text": {"type": "mrkdwn", "text": "block @channel"}}
        await api.post(text="block loud", blocks=[loud])
        loud["text"] |= {"verbatim": True}
        await api.post(text="block quiet", blocks=[loud])
        await api.post(text="linked @here", link_names=True)
        await alice.wait_for("linked")
        pings = {message["text"]: message["pings"] for message in alice.seen()}
    assert pings == {
        "quiet @here": [],
        "loud <@U0ALICE> <!subteam^S0QA>": ["U0ALICE", "S0QA"],
        "block loud": ["channel"],
        "block quiet": [],
        "linked @here": ["here"],
    }


async def start_stream(api: Api, parent: str, **more: object) -> str:
    answer = await api(
        "chat.startStream",
        **{
            "channel": GENERAL,
            "thread_ts": parent,
            "recipient_team_id": "T0ACME",
            "recipient_user_id": "U0ALICE",
            **more,
        },
    )
    assert answer["ok"], answer
    return str(answer["ts"])


async def test_a_message_may_be_streamed_and_not_updated_meanwhile() -> None:
    async with sample_workspace() as (_, api):
        parent = await api.post()
        ts = await start_stream(api, parent, markdown_text="one ")
        await api("chat.appendStream", channel=GENERAL, ts=ts, markdown_text="two")
        assert await api.error("chat.update", channel=GENERAL, ts=ts, text="x") == "streaming_state_conflict"
        done = await api("chat.stopStream", channel=GENERAL, ts=ts, blocks=[actions(button())])
        assert done["message"]["text"] == "one two"
        assert [block["type"] for block in done["message"]["blocks"]] == ["markdown", "actions"]
        late = await api.error("chat.appendStream", channel=GENERAL, ts=ts, markdown_text="x")
        assert late == "message_not_in_streaming_state"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "nonsense"}]}, "invalid_arguments"),
        ({"chunks": {}}, None),
        ({"chunks": {"a": 1}}, "invalid_arguments"),
    ],
)
async def test_a_stream_is_refused_like_this(arguments: dict, code: str | None) -> None:
    async with sample_workspace() as (_, api):
        whole = {
            "channel": GENERAL, "thread_ts": await api.post(), "recipient_team_id": "T0ACME",
            "recipient_user_id": "U0ALICE", **arguments,
        }  # fmt: skip
        answer = await api("chat.startStream", **whole)
    assert answer.get("error") == code


async def test_chunks_are_a_list() -> None:
    async with sample_workspace() as (_, api):
        answer = await api(
            "chat.startStream", channel=GENERAL, thread_ts=await api.post(), recipient_team_id="T0ACME",
            recipient_user_id="U0ALICE", chunks={"a": 1},
        )  # fmt: skip
    assert answer["response_metadata"]["messages"] == ["[ERROR] must be an array [json-pointer:/chunks]"]


async def test_only_its_app_grows_a_stream_and_tasks_are_updated_in_place() -> None:
    async with sample_workspace() as (running, api):
        parent = await api.post()
        task = {"type": "task_update", "id": "t1", "title": "Build", "status": "in_progress"}
        ts = await start_stream(api, parent, chunks=[{"type": "plan_update", "title": "Plan"}, task])
        await api("chat.appendStream", channel=GENERAL, ts=ts, chunks=[{**task, "status": "complete"}])
        grown = running.ws.state.message(GENERAL, ts).body["blocks"]
        assert [block.get("status") for block in grown] == [None, "complete"]
        alice = await running.person("alice")
        theirs = (await alice.say("mine"))["ts"]
        assert await api.error("chat.stopStream", channel=GENERAL, ts=theirs) == "message_not_owned_by_app"
