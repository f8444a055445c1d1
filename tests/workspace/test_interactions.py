"""Pressing, choosing, loading options, shortcuts, App Home: the payloads and what is refused."""
# ruff: noqa: D103  # each name says its behaviour

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.workspace.listening import SocketApp, socket_app
from tests.workspace.sample import (
    GENERAL,
    Api,
    actions,
    button,
    modal,
    plain,
    sample_config,
    sample_workspace,
    section,
    text_input,
)
from tests.workspace.test_view_methods import trigger
from workspace.client import NotDone, Person
from workspace.testing import Running

OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("Red", "Green")]


@asynccontextmanager
async def scene(**limits: float) -> AsyncIterator[tuple[Running, Api, SocketApp, Person]]:
    async with sample_workspace(sample_config(limits=limits)) as (running, api), socket_app(running) as app:
        yield running, api, app, await running.person("alice")


async def test_a_press_carries_where_it_happened_and_what_stood_there() -> None:
    async with scene() as (_, api, app, alice):
        ts = await api.post(blocks=[actions(button(value="v1", style="danger"))], metadata=None)
        await alice.click(await alice.wait_for("hello"), "Press")
        payload = await app.heard.wait_for("block_actions")
    assert payload["container"] == {
        "type": "message", "message_ts": ts, "channel_id": GENERAL, "is_ephemeral": False,
    }  # fmt: skip
    assert payload["channel"] == {"id": GENERAL, "name": "general"}
    assert payload["message"]["ts"] == ts
    assert payload["user"]["id"] == alice.id
    assert payload["team"] == {"id": "T0ACME", "domain": "acme"}
    assert payload["trigger_id"]
    assert payload["response_url"]
    assert payload["state"] == {"values": {}}
    action = payload["actions"][0]
    assert (action["type"], action["action_id"], action["block_id"]) == ("button", "press", "buttons")
    assert (action["value"], action["style"], action["text"]["text"]) == ("v1", "danger", "Press")
    assert action["action_ts"]


async def test_a_url_button_sends_a_payload_and_needs_an_acknowledgement_too() -> None:
    async with scene(ack_seconds=1.0) as (_, api, app, alice):
        await api.post(blocks=[actions(button(url="http://example.org"))])
        message = await alice.wait_for("hello")
        await alice.click(message, "Press")
        assert (await app.heard.wait_for("block_actions"))["actions"][0]["url"] == "http://example.org"
        app.acks = False
        with pytest.raises(NotDone) as refused:
            await alice.click(message, "Press")
        assert refused.value.code == "operation_timeout"
        failed = await alice.until(
            lambda: next((e for e in alice.events if e["type"] == "action_failed"), None), "a warning"
        )
        assert (failed["action_id"], failed["error"]) == ("press", "operation_timeout")


async def test_elements_inside_containers_can_be_pressed() -> None:
    inside = {"type": "actions", "elements": [{"type": "button", "text": plain("Deep")}]}
    container = {"type": "container", "title": plain("Box"), "child_blocks": [inside]}
    async with scene() as (_, api, app, alice):
        answer = await api("chat.postMessage", channel=GENERAL, text="boxed", blocks=[container])
        assert answer["ok"], answer
        await alice.click(await alice.wait_for("boxed"), "Deep")
        assert (await app.heard.wait_for("block_actions"))["actions"][0]["text"]["text"] == "Deep"


async def test_without_a_connection_a_press_fails_at_once() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        await api.post(blocks=[actions(button())])
        with pytest.raises(NotDone) as refused:
            await alice.click(await alice.wait_for("hello"), "Press")
    assert refused.value.code == "dispatch_failed"


async def test_choices_in_a_message_are_sent_with_the_state_of_all_its_inputs() -> None:
    select = {"type": "static_select", "action_id": "pick", "options": OPTIONS}
    boxes = {"type": "checkboxes", "action_id": "tick", "options": OPTIONS}
    more = {"type": "overflow", "action_id": "more", "options": OPTIONS}
    async with scene() as (_, api, app, alice):
        await api.post(blocks=[actions(select, boxes, more), section(accessory=button("side"))])
        message = await alice.wait_for("hello")
        await alice.choose(message, "pick", "Green")
        first = await app.heard.wait_for("block_actions")
        assert first["actions"][0]["selected_option"]["value"] == "green"
        await alice.click(message, "Red")
        second = await app.heard.wait_for("block_actions", count=2)
    assert second["actions"][0]["selected_option"]["value"] == "red"
    values = second["state"]["values"]["buttons"]
    assert values["pick"]["selected_option"]["value"] == "green"
    assert values["tick"]["selected_options"] == []
    assert "more" not in values


async def test_input_blocks_dispatch_only_if_they_say_so() -> None:
    view = modal(text_input("quiet"), text_input("loud", dispatch_action=True))
    async with scene() as (_, api, app, alice):
        await api("views.open", trigger_id=await trigger(app, alice), view=view)
        shown = await alice.wait_for_modal("Form")
        await alice.choose(shown, "quiet", "x")
        await alice.choose(shown, "loud", "y")
        payload = await app.heard.wait_for("block_actions")
    assert payload["container"] == {"type": "view", "view_id": shown["id"]}
    assert payload["actions"][0]["action_id"] == "loud"
    assert payload["view"]["hash"] == shown["hash"]
    assert payload["view"]["state"]["values"]["quiet"]["quiet"]["value"] == "x"
    assert "response_url" not in payload
    assert len(app.heard.of("block_actions")) == 1


async def test_an_ephemeral_press_has_no_message_and_is_only_its_readers() -> None:
    async with scene() as (running, api, app, alice):
        await api(
            "chat.postEphemeral", channel=GENERAL, user=alice.id, text="only", blocks=[actions(button())]
        )
        message = await alice.wait_for("only")
        await alice.click(message, "Press")
        payload = await app.heard.wait_for("block_actions")
        assert payload["container"]["is_ephemeral"] is True
        assert "message" not in payload
        bob = await running.person("bob")
        with pytest.raises(NotDone, match="message_not_found"):
            await bob.click(message, "Press")


@pytest.mark.parametrize(("block_id", "action_id"), [("buttons", "other"), ("other", "press")])
async def test_only_what_stands_there_can_be_pressed(block_id: str, action_id: str) -> None:
    async with scene() as (_, api, _, alice):
        await api.post(blocks=[actions(button())])
        message = await alice.wait_for("hello")
        with pytest.raises(NotDone, match="not_found"):
            await alice.act(message, block_id, action_id, None)


async def test_external_options_are_loaded_checked_and_may_then_be_chosen() -> None:
    select = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    async with scene() as (_, api, app, alice):
        app.heard.answer = lambda payload: (
            {"options": OPTIONS} if payload["type"] == "block_suggestion" else None
        )
        await api.post(blocks=[actions(select)])
        message = await alice.wait_for("hello")
        with pytest.raises(NotDone, match="invalid_option"):
            await alice.choose(message, "pick", "red")
        assert await alice.options(message, "pick", "re") == ["Red", "Green"]
        payload = await app.heard.wait_for("block_suggestion")
        assert (payload["value"], payload["action_id"], payload["block_id"]) == ("re", "pick", "buttons")
        await alice.choose(message, "pick", "red")
        chosen = await app.heard.wait_for("block_actions")
        assert chosen["actions"][0]["selected_option"]["text"]["text"] == "Red"
        app.heard.answer = lambda payload: {"option_groups": [{"label": plain("All"), "options": OPTIONS}]}
        assert await alice.options(message, "pick") == ["Red", "Green"]


@pytest.mark.parametrize(
    "answer", [{"options": OPTIONS * 51}, {"options": [{"text": plain("x" * 76), "value": "x"}]}, {}]
)
async def test_options_that_slack_would_not_show_are_refused(answer: dict) -> None:
    select = {"type": "external_select", "action_id": "pick"}
    async with scene() as (_, api, app, alice):
        app.heard.answer = lambda payload: answer
        await api.post(blocks=[actions(select)])
        with pytest.raises(NotDone, match="invalid_options"):
            await alice.options(await alice.wait_for("hello"), "pick")


async def test_a_list_of_its_own_is_not_loaded() -> None:
    select = {"type": "static_select", "action_id": "pick", "options": OPTIONS}
    async with scene() as (_, api, _, alice):
        await api.post(blocks=[actions(select)])
        with pytest.raises(NotDone, match="not_external"):
            await alice.options(await alice.wait_for("hello"), "pick")


async def test_a_global_shortcut_has_a_trigger_and_neither_channel_nor_response_url() -> None:
    async with scene() as (_, api, app, alice):
        await alice.shortcut("New")
        payload = await app.heard.wait_for("shortcut")
        assert payload["callback_id"] == "new"
        assert not {"channel", "response_url"} & set(payload)
        assert (await api("views.open", trigger_id=payload["trigger_id"], view=modal()))["ok"]


async def test_a_message_shortcut_has_the_message_its_channel_and_a_response_url() -> None:
    async with scene() as (_, _, app, alice):
        message = await alice.say("keep this")
        await alice.shortcut("Keep", message)
        payload = await app.heard.wait_for("message_action")
        assert (payload["callback_id"], payload["message_ts"]) == ("keep", message["ts"])
        assert payload["message"]["text"] == "keep this"
        assert payload["channel"]["id"] == GENERAL
        assert payload["response_url"]


async def test_message_shortcuts_do_not_work_on_ephemeral_messages() -> None:
    async with scene() as (_, api, _, alice):
        await api("chat.postEphemeral", channel=GENERAL, user=alice.id, text="only")
        with pytest.raises(NotDone, match="message_not_found"):
            await alice.shortcut("Keep", await alice.wait_for("only"))


async def test_shortcuts_that_nobody_acknowledges_fail_and_unknown_ones_are_not_there() -> None:
    async with scene(ack_seconds=0.1) as (_, _, app, alice):
        app.acks = False
        for act in (alice.shortcut("New"), alice.shortcut("Keep", await alice.say("x"))):
            with pytest.raises(NotDone, match="operation_timeout"):
                await act
        alice.shortcuts[0]["callback_id"] = "unknown"
        with pytest.raises(NotDone, match="not_found"):
            await alice.shortcut("New")


async def test_an_app_without_interactivity_gets_none() -> None:
    def off(manifest: dict) -> None:
        manifest["settings"]["interactivity"] = {"is_enabled": False}

    async with sample_workspace(sample_config(manifest=off)) as (running, api), socket_app(running):
        alice = await running.person("alice")
        await api.post(blocks=[actions(button())])
        with pytest.raises(NotDone, match="interactivity_disabled"):
            await alice.click(await alice.wait_for("hello"), "Press")


async def test_opening_the_home_tells_the_app_and_shows_the_published_view() -> None:
    async with scene() as (_, api, app, alice):
        assert await alice.open_home() is None
        event = (await app.heard.wait_for("app_home_opened"))["event"]
        assert (event["user"], event["tab"], event["channel"][0]) == (alice.id, "home", "D")
        assert "view" not in event
        await api("views.publish", user_id=alice.id, view={"type": "home", "blocks": [actions(button())]})
        home = await alice.wait_for_home()
        await alice.open_home()
        again = (await app.heard.wait_for("app_home_opened", count=2))["event"]
        assert again["view"]["id"] == home["id"]
        await alice.click(home, "Press")
        assert (await app.heard.wait_for("block_actions"))["view"]["type"] == "home"
        await alice.open_home(tab="messages")
        third = (await app.heard.wait_for("app_home_opened", count=3))["event"]
        assert (third["tab"], "view" in third) == ("messages", False)


async def test_an_app_without_home_has_none_to_open() -> None:
    def off(manifest: dict) -> None:
        manifest["features"]["app_home"]["home_tab_enabled"] = False

    async with sample_workspace(sample_config(manifest=off)) as (running, _):
        alice = await running.person("alice")
        with pytest.raises(NotDone, match="not_enabled"):
            await alice.open_home()
