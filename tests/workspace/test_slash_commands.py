"""Slash commands: the form, acknowledgements, answers, threads, escaping; and response URLs."""
# ruff: noqa: D103  # each name says its behaviour

from typing import Any

import pytest

from tests.workspace.listening import SocketApp
from tests.workspace.sample import GENERAL, RANDOM, TEAM, Api, actions, button, section
from tests.workspace.test_interactions import scene
from workspace.client import NotDone, Person


async def respond(api: Api, url: str, **body: Any) -> int:
    async with api.session.post(url, json=body) as response:
        return response.status


async def run(app: SocketApp, alice: Person, typed: str = "/help-me", **where: Any) -> dict:
    count = len(app.heard.of(typed.split(maxsplit=1)[0]))
    await alice.slash(typed, **where)
    return await app.heard.wait_for(typed.split(maxsplit=1)[0], count=count + 1)


async def test_the_form_has_slacks_fields_and_no_thread() -> None:
    async with scene() as (_, _, app, alice):
        form = await run(app, alice, "/help-me  with @bob & #general ")
    assert form["text"] == "with @bob & #general"
    assert form["command"] == "/help-me"
    assert (form["team_id"], form["team_domain"], form["api_app_id"]) == ("T0ACME", "acme", "A0HELPER")
    assert (form["channel_id"], form["channel_name"]) == (GENERAL, "general")
    assert (form["user_id"], form["user_name"]) == (alice.id, "alice")
    assert form["is_enterprise_install"] == "false"
    assert form["trigger_id"]
    assert form["response_url"]
    assert "thread_ts" not in form


async def test_private_places_do_not_tell_their_names() -> None:
    async with scene() as (_, _, app, alice):
        assert (await run(app, alice, channel=TEAM))["channel_name"] == "privategroup"
        dm = await alice.dm("helper")
        assert (await run(app, alice, channel=dm))["channel_name"] == "directmessage"


async def test_escaping_marks_people_channels_and_links() -> None:
    async with scene() as (_, _, app, alice):
        form = await run(app, alice, "/escaped ask @bob in #general or #team about http://x.org/a <b>")
    assert form["text"] == (
        f"ask <@U0BOB|bob> in <#{GENERAL}|general> or <#{TEAM}|> about <http://x.org/a> &lt;b&gt;"
    )


async def test_commands_are_refused_in_threads() -> None:
    async with scene() as (_, _, app, alice):
        parent = await alice.say("parent")
        with pytest.raises(NotDone) as refused:
            await alice.slash("/help-me", thread=parent)
        assert refused.value.code == "not_in_threads"
        said = await alice.wait_for("is not supported in threads")
        assert (said["ephemeral"], said["thread_ts"]) == (True, parent["ts"])
        assert app.heard.of("/help-me") == []


async def test_an_unregistered_command_is_not_valid() -> None:
    async with scene() as (_, _, _, alice):
        with pytest.raises(NotDone) as refused:
            await alice.slash("/nonsense")
        assert refused.value.code == "invalid_command"
        assert (await alice.wait_for("/nonsense` is not a valid command"))["user"] == "USLACKBOT"


async def test_no_acknowledgement_is_an_operation_timeout_that_the_person_sees() -> None:
    async with scene(ack_seconds=0.1) as (_, _, app, alice):
        app.acks = False
        with pytest.raises(NotDone) as refused:
            await alice.slash("/help-me")
        assert refused.value.code == "operation_timeout"
        await alice.wait_for('/help-me failed with the error "operation_timeout"')


async def test_without_a_connection_the_command_cannot_be_dispatched() -> None:
    async with scene() as (running, _, app, alice):
        await running.control("sockets/drop", {"how": "close"})
        await app.closed.wait()
        with pytest.raises(NotDone) as refused:
            await alice.slash("/help-me")
    assert refused.value.code == "dispatch_failed"


async def test_an_answer_is_ephemeral_unless_it_says_in_channel() -> None:
    async with scene() as (running, _, app, alice):
        bob = await running.person("bob")
        app.heard.answer = lambda payload: {"text": "psst"}
        await run(app, alice, "/help-me quietly")
        assert (await alice.wait_for("psst"))["ephemeral"] is True
        app.heard.answer = lambda payload: {"response_type": "in_channel", "text": "aloud"}
        await run(app, alice, "/help-me now")
        answer = await bob.wait_for("aloud")
        typed = await bob.wait_for("/help-me now")
        assert (typed["user"], answer["app_id"]) == (alice.id, "A0HELPER")
        assert typed["ts"] < answer["ts"]
        assert bob.seen("psst") == bob.seen("quietly") == []


async def test_in_channel_alone_shows_only_what_was_typed() -> None:
    async with scene() as (_, _, app, alice):
        app.heard.answer = lambda payload: {"response_type": "in_channel"}
        await run(app, alice, "/help-me go")
        await alice.wait_for("/help-me go")
        assert [message["text"] for message in await alice.read()] == ["/help-me go"]


async def test_an_answer_with_invalid_blocks_is_an_error_for_the_person() -> None:
    async with scene() as (_, _, app, alice):
        app.heard.answer = lambda payload: {"blocks": [section("x" * 3001)]}
        with pytest.raises(NotDone, match="invalid_blocks"):
            await alice.slash("/help-me")
        await alice.wait_for('failed with the error "invalid_blocks"')


async def test_a_response_url_works_five_times() -> None:
    async with scene() as (_, api, app, alice):
        url = (await run(app, alice))["response_url"]
        statuses = [await respond(api, url, text=f"answer {number}") for number in range(6)]
        assert statuses == [200] * 5 + [404]
        await alice.wait_for("answer 4")
        assert alice.seen("answer 5") == []


async def test_a_response_url_works_for_thirty_minutes() -> None:
    async with scene() as (running, api, app, alice):
        url = (await run(app, alice))["response_url"]
        await running.control("clock", {"offset_seconds": 1790})
        assert await respond(api, url, text="in time") == 200
        await running.control("clock", {"offset_seconds": 1801})
        async with api.session.post(url, json={"text": "late"}) as response:
            assert (response.status, (await response.json())["error"]) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "error"),
    [({}, "no_text"), ({"text": "x", "response_type": "loud"}, "invalid_response_type"),
     ({"blocks": [section("x" * 3001)]}, "invalid_blocks"), ([], "invalid_payload")],
)  # fmt: skip
async def test_a_response_that_slack_refuses_is_refused(body: Any, error: str) -> None:
    async with scene() as (_, api, app, alice):
        url = (await run(app, alice))["response_url"]
        async with api.session.post(url, json=body) as response:
            assert (response.status, (await response.json())["error"]) == (400, error)
        async with api.session.post(url, data=b"{") as response:
            assert (await response.json())["error"] == "invalid_payload"
        assert await respond(api, url[:-3] + "abc", text="x") == 404


async def test_a_response_bypasses_membership_but_not_an_archive() -> None:
    async with scene() as (running, api, app, alice):
        url = (await run(app, alice, channel=RANDOM))["response_url"]
        assert await respond(api, url, text="said in random", response_type="in_channel") == 200
        assert (await alice.wait_for("said in random"))["channel"] == RANDOM
        await running.control(f"channels/{RANDOM}/archive")
        assert await respond(api, url, text="x", response_type="in_channel") == 410


async def test_the_first_answer_to_a_command_may_be_replaced_and_deleted() -> None:
    async with scene() as (_, api, app, alice):
        url = (await run(app, alice))["response_url"]
        await respond(api, url, text="working")
        first = await alice.wait_for("working")
        await respond(api, url, text="done", replace_original=True)
        assert (await alice.wait_for("done"))["ts"] == first["ts"]
        assert await respond(api, url, delete_original=True) == 200
        await alice.until(lambda: True if not alice.seen("done") else None, "the deletion")
        assert await respond(api, url, text="x", replace_original=True) == 404


async def test_a_buttons_response_may_replace_its_message_or_add_one() -> None:
    async with scene() as (_, api, app, alice):
        await api.post(text="card", blocks=[actions(button())])
        message = await alice.wait_for("card")
        await alice.click(message, "Press")
        url = (await app.heard.wait_for("block_actions"))["response_url"]
        await respond(api, url, text="only you")
        assert (await alice.wait_for("only you"))["ephemeral"] is True
        await respond(api, url, text="replaced", replace_original=True)
        replaced = await alice.wait_for("replaced")
        assert (replaced["ts"], "blocks" in replaced) == (message["ts"], False)
        await respond(api, url, text="anew", delete_original=True, response_type="in_channel")
        await alice.wait_for("anew")
        assert [m["text"] for m in await alice.read()] == ["anew"]
        assert await respond(api, url, text="x", replace_original=True) == 404


async def test_an_ephemeral_message_changes_through_its_response_url_and_stays_ephemeral() -> None:
    async with scene() as (_, api, app, alice):
        await api(
            "chat.postEphemeral", channel=GENERAL, user=alice.id, text="ask", blocks=[actions(button())]
        )
        asked = await alice.wait_for("ask")
        await alice.click(asked, "Press")
        url = (await app.heard.wait_for("block_actions"))["response_url"]
        await respond(api, url, text="answered", replace_original=True, response_type="in_channel")
        answered = await alice.wait_for("answered")
        assert (answered["ts"], answered["ephemeral"]) == (asked["ts"], True)
        assert await alice.read() == []


async def test_a_response_may_go_into_a_thread() -> None:
    async with scene() as (_, api, app, alice):
        parent = await alice.say("parent")
        url = (await run(app, alice))["response_url"]
        await respond(api, url, text="in thread", response_type="in_channel", thread_ts=parent["ts"])
        assert (await alice.wait_for("in thread"))["thread_ts"] == parent["ts"]


async def test_built_in_commands_invite_remove_leave_archive_and_say() -> None:
    async with scene() as (running, _, app, alice):
        await alice.slash("/invite @helper", channel=RANDOM)
        joined = (await app.heard.wait_for("member_joined_channel"))["event"]
        assert (joined["channel"], joined["inviter"]) == (RANDOM, alice.id)
        with pytest.raises(NotDone, match="user_not_found"):
            await alice.slash("/invite @nobody", channel=RANDOM)
        await alice.slash("/topic all of it", channel=RANDOM)
        await alice.slash("/me waves", channel=RANDOM)
        assert (await alice.wait_for("waves"))["subtype"] == "me_message"
        await alice.slash("/remove @helper", channel=RANDOM)
        assert (await app.heard.wait_for("member_left_channel"))["event"]["channel"] == RANDOM
        await alice.slash("/archive", channel=RANDOM)
        channel = running.ws.state.channels[RANDOM]
        assert (channel.archived, channel.topic["value"]) == (True, "all of it")
        await alice.slash("/leave", channel=RANDOM)
        assert channel.members == []


async def test_commands_work_where_one_may_write() -> None:
    async with scene() as (running, _, app, alice):
        bob = await running.person("bob")
        with pytest.raises(NotDone, match="not_in_channel"):
            await bob.slash("/help-me", channel=RANDOM)
        with pytest.raises(NotDone, match="is_archived"):
            await alice.slash("/help-me", channel="#old")
        assert app.heard.of("/help-me") == []
