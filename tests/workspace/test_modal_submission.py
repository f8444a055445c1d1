"""Submitting and closing modals: state.values, the four answers, view_closed."""
# ruff: noqa: D103  # each name says its behaviour

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.workspace.listening import SocketApp, socket_app
from tests.workspace.sample import Api, actions, button, modal, plain, sample_workspace, section, text_input
from tests.workspace.test_view_methods import trigger
from workspace.client import NotDone, Person
from workspace.testing import Running

OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("Red", "Green", "Blue")]


@asynccontextmanager
async def opened(
    view: dict[str, Any], *pushed: dict[str, Any]
) -> AsyncIterator[tuple[Running, Api, SocketApp, Person]]:
    """Alice with a modal open, and more pushed on it."""
    async with sample_workspace() as (running, api), socket_app(running) as app:
        alice = await running.person("alice")
        assert (await api("views.open", trigger_id=await trigger(app, alice), view=view))["ok"]
        for more in pushed:
            assert (await api("views.push", trigger_id=await trigger(app, alice), view=more))["ok"]
        await alice.wait_for_modal()
        await alice.until(lambda: alice.modals[len(pushed) :] or None, "the whole stack")
        yield running, api, app, alice


async def closed(alice: Person) -> None:
    """Wait until no modal is open."""
    await alice.until(lambda: True if not alice.modals else None, "no modal")


def element(kind: str, block_id: str, **more: Any) -> dict[str, Any]:
    shown = {"type": kind, "action_id": block_id, **more}
    return {
        "type": "input",
        "block_id": block_id,
        "optional": True,
        "label": plain(block_id),
        "element": shown,
    }


async def test_an_empty_answer_closes_that_view_only() -> None:
    async with opened(modal(title=plain("Root")), modal(title=plain("Top"))) as (_, _, app, alice):
        await alice.submit(name="x")
        submission = await app.heard.wait_for("view_submission")
        assert submission["view"]["state"]["values"]["name"]["name"] == {
            "type": "plain_text_input",
            "value": "x",
        }
        assert submission["response_urls"] == []
        await alice.until(lambda: True if len(alice.modals) == 1 else None, "the root")
        assert alice.modal["title"]["text"] == "Root"


async def test_errors_stay_with_their_blocks_and_keep_what_was_typed() -> None:
    async with opened(modal()) as (_, _, app, alice):
        app.heard.answer = lambda payload: {"response_action": "errors", "errors": {"name": "Not that one."}}
        with pytest.raises(NotDone) as refused:
            await alice.submit(name="bad")
        assert refused.value.errors == {"name": "Not that one."}
        assert len(alice.modals) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors"},
        {"response_action": "explode"},
        {"response_action": "explode", "view": modal()},
        {"text": "thanks"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push"},
    ],
)
async def test_an_answer_that_slack_does_not_understand_is_trouble(answer: dict) -> None:
    async with opened(modal()) as (_, _, app, alice):
        app.heard.answer = lambda payload: answer
        with pytest.raises(NotDone, match="trouble connecting"):
            await alice.submit(name="x")


async def test_update_push_and_clear() -> None:
    async with opened(modal()) as (_, _, app, alice):
        answers = iter(
            [
                {"response_action": "update", "view": modal(title=plain("Updated"))},
                {"response_action": "push", "view": modal(title=plain("Pushed"))},
                {"response_action": "clear"},
            ]
        )
        app.heard.answer = lambda payload: next(answers)
        await alice.submit(name="x")
        assert (await alice.wait_for_modal("Updated"))["values"] == {"name": {"name": "x"}}
        await alice.submit(name="x")
        await alice.wait_for_modal("Pushed")
        await alice.submit(name="x")
        await closed(alice)


async def test_a_fourth_view_cannot_be_pushed_by_an_answer() -> None:
    async with opened(modal(), modal(), modal()) as (_, _, app, alice):
        app.heard.answer = lambda payload: {"response_action": "push", "view": modal()}
        with pytest.raises(NotDone) as refused:
            await alice.submit(name="x")
        assert refused.value.code == "push_limit_reached"


async def test_no_acknowledgement_is_an_error_in_the_modal_and_keeps_it_open() -> None:
    async with opened(modal()) as (running, _, _, alice):
        await running.fault(kind="ack", mode="lost", payload="view_submission", count=1)
        running.ws.deliverer._limits = running.ws.limits.__class__(ack_seconds=0.1)
        with pytest.raises(NotDone) as refused:
            await alice.submit(name="x")
        assert refused.value.code == "operation_timeout"
        assert len(alice.modals) == 1


@pytest.mark.parametrize(
    ("element_fields", "value", "words"),
    [
        ({}, "", "required"),
        ({"min_length": 3}, "ab", "at least 3"),
        ({"max_length": 3}, "abcd", "at most 3"),
        ({"type": "email_text_input"}, "nobody", "email"),
        ({"type": "url_text_input"}, "nowhere", "URL"),
        ({"type": "number_input", "is_decimal_allowed": False}, "x", "number"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1.5", "at least 2"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5", "at most 2"),
    ],
)
async def test_what_the_client_checks_is_not_sent(element_fields: dict, value: str, words: str) -> None:
    async with opened(modal(text_input(element=element_fields))) as (_, _, app, alice):
        with pytest.raises(NotDone) as refused:
            await alice.submit(name=value)
        assert words in refused.value.errors["name"]
        assert app.heard.of("view_submission") == []


async def test_every_elements_choice_reaches_the_app_in_slacks_fields() -> None:
    view = modal(
        text_input("text"),
        element("static_select", "select", options=OPTIONS),
        element("multi_static_select", "several", options=OPTIONS),
        element("radio_buttons", "radio", options=OPTIONS),
        element("checkboxes", "boxes", options=OPTIONS),
        element("users_select", "person"),
        element("multi_users_select", "people"),
        element("channels_select", "channel"),
        element("conversations_select", "place"),
        element("datepicker", "date"),
        element("timepicker", "time"),
        element("datetimepicker", "moment"),
        element("number_input", "number", is_decimal_allowed=False),
        element("rich_text_input", "rich"),
        element("file_input", "file"),
    )
    async with opened(view) as (_, _, app, alice):
        file_id = (await alice.upload(("a.txt", b"abc")))[0]
        await alice.submit(
            text="words", select="Green", several=["Red", "Blue"], radio="Red", boxes=["Green"],
            person="U0BOB", people=["U0BOB"], channel="C0GENERAL", place="C0TEAM", date="2026-11-20",
            time="18:00", moment=1795197600, number="5", rich="text", file=[file_id],
        )  # fmt: skip
        values = (await app.heard.wait_for("view_submission"))["view"]["state"]["values"]
    flat = {block_id: next(iter(actions.values())) for block_id, actions in values.items()}
    assert flat["text"]["value"] == "words"
    assert flat["select"]["selected_option"] == {"text": plain("Green"), "value": "green"}
    assert [option["value"] for option in flat["several"]["selected_options"]] == ["red", "blue"]
    assert flat["radio"]["selected_option"]["value"] == "red"
    assert flat["boxes"]["selected_options"][0]["value"] == "green"
    assert flat["person"]["selected_user"] == "U0BOB"
    assert flat["people"]["selected_users"] == ["U0BOB"]
    assert flat["channel"]["selected_channel"] == "C0GENERAL"
    assert flat["place"]["selected_conversation"] == "C0TEAM"
    assert (flat["date"]["selected_date"], flat["time"]["selected_time"]) == ("2026-11-20", "18:00")
    assert flat["moment"]["selected_date_time"] == 1795197600
    assert flat["number"]["value"] == "5"
    assert flat["rich"]["rich_text_value"]["type"] == "rich_text"
    assert flat["file"]["files"][0]["id"] == file_id


async def test_what_nobody_touched_is_null_or_its_initial_choice() -> None:
    view = modal(
        text_input("text", optional=True),
        element("static_select", "select", options=OPTIONS),
        element("multi_static_select", "several", options=OPTIONS),
        element("static_select", "chosen", options=OPTIONS, initial_option=OPTIONS[1]),
        text_input("filled", element={"initial_value": "there"}),
    )
    async with opened(view) as (_, _, app, alice):
        await alice.submit(several=[])
        values = (await app.heard.wait_for("view_submission"))["view"]["state"]["values"]
    assert values["text"]["text"]["value"] is None
    assert values["select"]["select"]["selected_option"] is None
    assert values["several"]["several"]["selected_options"] == []
    assert values["chosen"]["chosen"]["selected_option"]["value"] == "green"
    assert values["filled"]["filled"]["value"] == "there"


async def test_an_option_that_is_not_there_and_too_many_choices_are_refused() -> None:
    view = modal(
        element("static_select", "select", options=OPTIONS),
        element("multi_static_select", "several", options=OPTIONS, max_selected_items=1),
    )
    async with opened(view) as (_, _, _, alice):
        with pytest.raises(NotDone, match="invalid_option"):
            await alice.submit(select="purple")
        with pytest.raises(NotDone) as refused:
            await alice.submit(select="Red", several=["Red", "Blue"])
        assert refused.value.errors == {"several": "Choose at most 1."}


async def test_response_urls_come_with_an_input_that_enables_them() -> None:
    view = modal(element("conversations_select", "place", response_url_enabled=True))
    async with opened(view) as (_, api, app, alice):
        await alice.submit(place="C0GENERAL")
        urls = (await app.heard.wait_for("view_submission"))["response_urls"]
        assert urls[0]["channel_id"] == "C0GENERAL"
        async with api.session.post(urls[0]["response_url"], json={"text": "from the form"}) as response:
            assert response.status == 200
        await alice.wait_for("from the form")


async def test_cancel_tells_of_that_view_and_the_cross_of_the_root() -> None:
    async with opened(modal(notify_on_close=True), modal(notify_on_close=True)) as (_, _, app, alice):
        root, top = [view["id"] for view in alice.modals]
        await alice.cancel()
        first = await app.heard.wait_for("view_closed")
        assert (first["view"]["id"], first["is_cleared"]) == (top, False)
        await alice.until(lambda: True if len(alice.modals) == 1 else None, "the root")
        await alice.cancel(everything=True)
        second = await app.heard.wait_for("view_closed", count=2)
        assert (second["view"]["id"], second["is_cleared"]) == (root, True)
        await closed(alice)


async def test_nobody_is_told_of_a_close_without_notify_on_close() -> None:
    async with opened(modal()) as (_, _, app, alice):
        await alice.cancel()
        await closed(alice)
        assert app.heard.of("view_closed") == []


async def test_clear_on_close_closes_the_whole_stack() -> None:
    async with opened(modal(), modal(clear_on_close=True)) as (_, _, _, alice):
        await alice.cancel()
        await closed(alice)


async def test_view_closed_leaves_input_blocks_out() -> None:
    select = {"type": "static_select", "action_id": "pick", "options": OPTIONS}
    view = modal(text_input(), actions(button(), select), section("x"), notify_on_close=True)
    async with opened(view) as (_, _, app, alice):
        await alice.fill(name="typed", pick="Red")
        await alice.cancel()
        values = (await app.heard.wait_for("view_closed"))["view"]["state"]["values"]
    assert list(values) == ["buttons"]
    assert values["buttons"]["pick"]["selected_option"]["value"] == "red"


async def test_nobody_submits_or_closes_a_view_of_someone_else() -> None:
    async with opened(modal()) as (running, _, _, alice):
        bob = await running.person("bob")
        for act in (bob.submit(alice.modal, name="x"), bob.cancel(alice.modal)):
            with pytest.raises(NotDone) as refused:
                await act
            assert refused.value.code == "view_not_found"
