"""views.*: triggers, the stack, hashes, external ids, Home."""
# ruff: noqa: D103  # each name says its behaviour

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.workspace.listening import SocketApp, socket_app
from tests.workspace.sample import Api, modal, plain, sample_config, sample_workspace, section, text_input
from workspace.client import Person
from workspace.testing import Running


@asynccontextmanager
async def with_alice(**limits: float) -> AsyncIterator[tuple[Running, Api, SocketApp, Person]]:
    async with sample_workspace(sample_config(limits=limits)) as (running, api), socket_app(running) as app:
        yield running, api, app, await running.person("alice")


async def trigger(app: SocketApp, alice: Person) -> str:
    """A fresh trigger of Alice's."""
    count = len(app.heard.of("/help-me"))
    await alice.slash("/help-me")
    return str((await app.heard.wait_for("/help-me", count=count + 1))["trigger_id"])


async def test_a_trigger_opens_one_view_once() -> None:
    async with with_alice() as (_, api, app, alice):
        trigger_id = await trigger(app, alice)
        answer = await api(
            "views.open", trigger_id=trigger_id, view=modal(private_metadata="p", callback_id="c")
        )
        view = answer["view"]
        assert view["id"] == view["root_view_id"]
        assert view["previous_view_id"] is None
        assert (view["private_metadata"], view["callback_id"], view["app_id"]) == ("p", "c", "A0HELPER")
        assert view["state"] == {"values": {}}
        assert view["hash"]
        assert view["bot_id"]
        shown = await alice.wait_for_modal("Form")
        assert shown["id"] == view["id"]
        assert await api.error("views.open", trigger_id=trigger_id, view=modal()) == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds() -> None:
    async with with_alice() as (running, api, app, alice):
        trigger_id = await trigger(app, alice)
        await running.control("clock", {"offset_seconds": 2.5})
        assert (await api("views.open", trigger_id=trigger_id, view=modal()))["ok"]
        late = await trigger(app, alice)
        await running.control("clock", {"offset_seconds": 6.0})
        assert await api.error("views.open", trigger_id=late, view=modal()) == "expired_trigger_id"


async def test_triggers_may_be_ordered_to_have_expired() -> None:
    async with with_alice() as (running, api, app, alice):
        await running.fault(kind="trigger", mode="expired", count=1)
        assert await api.error("views.open", trigger_id=await trigger(app, alice), view=modal()) == (
            "expired_trigger_id"
        )
        assert (await api("views.open", trigger_id=await trigger(app, alice), view=modal()))["ok"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"trigger_id": "12345.98765.abcd"}, "invalid_trigger_id"),
        ({}, "invalid_arguments"),
        ({"view": None}, "invalid_arguments"),
        ({"view": "[]"}, "invalid_arguments"),
        ({"view": "{"}, "invalid_arguments"),
        ({"view": modal(title=plain("x" * 25))}, "invalid_arguments"),
        ({"view": modal(private_metadata="x" * 3001)}, "invalid_arguments"),
        ({"view": modal(callback_id="x" * 256)}, "invalid_arguments"),
        ({"view": modal(external_id="x" * 256)}, "invalid_arguments"),
        ({"view": modal(submit=None)}, "invalid_arguments"),
        ({"view": modal(*[section()] * 101)}, "invalid_arguments"),
        ({"view": modal(*[section("x" * 2999)] * 90)}, "view_too_large"),
        ({"view": {**modal(section()), "type": "home"}}, "invalid_arguments"),
    ],
)
async def test_a_view_that_slack_refuses_is_refused(arguments: dict, code: str) -> None:
    async with with_alice() as (_, api, _, _):
        answer = await api("views.open", **{"view": modal(), **arguments})
    assert answer["error"] == code
    if code == "invalid_arguments":
        assert answer["response_metadata"]["messages"]


async def test_a_stack_holds_three_views() -> None:
    async with with_alice() as (_, api, app, alice):
        root = (await api("views.open", trigger_id=await trigger(app, alice), view=modal()))["view"]
        second = (await api("views.push", trigger_id=await trigger(app, alice), view=modal()))["view"]
        third = (await api("views.push", trigger_id=await trigger(app, alice), view=modal()))["view"]
        assert (second["previous_view_id"], third["previous_view_id"]) == (root["id"], second["id"])
        assert third["root_view_id"] == root["id"]
        fourth = await api.error("views.push", trigger_id=await trigger(app, alice), view=modal())
        assert fourth == "push_limit_reached"
        await alice.until(lambda: alice.modals[2:] or None, "three views")


async def test_pushing_needs_an_open_view() -> None:
    async with with_alice() as (_, api, app, alice):
        assert (
            await api.error("views.push", trigger_id=await trigger(app, alice), view=modal()) == "not_found"
        )


async def test_opening_replaces_what_was_open() -> None:
    async with with_alice() as (_, api, app, alice):
        for title in ("One", "Two"):
            await api("views.open", trigger_id=await trigger(app, alice), view=modal(title=plain(title)))
        await alice.wait_for_modal("Two")
        assert len(alice.modals) == 1


async def test_an_update_finds_its_view_and_checks_the_hash() -> None:
    async with with_alice() as (_, api, app, alice):
        view = modal(external_id="mine")
        opened = (await api("views.open", trigger_id=await trigger(app, alice), view=view))["view"]
        by_id = await api(
            "views.update", view_id=opened["id"], hash=opened["hash"], view=modal(title=plain("New"))
        )
        assert by_id["view"]["id"] == opened["id"]
        assert by_id["view"]["hash"] != opened["hash"]
        stale = await api.error("views.update", view_id=opened["id"], hash=opened["hash"], view=modal())
        assert stale == "hash_conflict"
        assert (await api("views.update", external_id="mine", view=modal()))["ok"]
        assert await api.error("views.update", view_id="V0NOTHERE", view=modal()) == "not_found"
        assert await api.error("views.update", external_id="other", view=modal()) == "not_found"
        assert await api.error("views.update", view=modal()) == "invalid_arguments"


async def test_an_external_id_is_used_once_in_a_team() -> None:
    async with with_alice() as (running, api, app, alice):
        view = modal(external_id="mine")
        opened = (await api("views.open", trigger_id=await trigger(app, alice), view=view))["view"]
        again = await api.error("views.push", trigger_id=await trigger(app, alice), view=view)
        assert again == "duplicate_external_id"
        assert (await api("views.update", view_id=opened["id"], view=view))["ok"]
        home = {"type": "home", "blocks": [section()], "external_id": "home"}
        assert (await api("views.publish", user_id="U0ALICE", view=home))["ok"]
        assert (await api("views.publish", user_id="U0ALICE", view=home))["ok"]
        assert await api.error("views.publish", user_id="U0BOB", view=home) == "duplicate_external_id"
        assert running.ws.modals.find_external("mine")


async def test_input_survives_an_update_where_block_and_action_are_unchanged() -> None:
    async with with_alice() as (_, api, app, alice):
        view = modal(text_input("kept"), text_input("lost"))
        opened = (await api("views.open", trigger_id=await trigger(app, alice), view=view))["view"]
        await alice.wait_for_modal("Form")
        await alice.fill(kept="typed", lost="typed too")
        new = modal(text_input("kept"), text_input("renamed"), title=plain("New"))
        await api("views.update", view_id=opened["id"], view=new)
        shown = await alice.wait_for_modal("New")
        assert shown["values"] == {"kept": {"kept": "typed"}}


async def test_a_home_is_published_for_one_person_and_checked() -> None:
    home = {"type": "home", "blocks": [section("dashboard")]}
    async with with_alice() as (_, api, _, alice):
        first = (await api("views.publish", user_id="U0ALICE", view=home))["view"]
        assert (await alice.wait_for_home("dashboard"))["id"] == first["id"]
        second = await api("views.publish", user_id="U0ALICE", view=home, hash=first["hash"])
        assert second["view"]["id"] == first["id"]
        stale = await api.error("views.publish", user_id="U0ALICE", view=home, hash=first["hash"])
        assert stale == "hash_conflict"
        assert await api.error("views.publish", user_id="U0NOBODY", view=home) == "user_not_found"
        assert await api.error("views.publish", user_id="U0ALICE", view=modal()) == "invalid_arguments"


async def test_an_app_without_a_home_tab_publishes_none() -> None:
    def off(manifest: dict) -> None:
        manifest["features"]["app_home"]["home_tab_enabled"] = False

    async with sample_workspace(sample_config(manifest=off)) as (_, api):
        home = {"type": "home", "blocks": [section()]}
        assert await api.error("views.publish", user_id="U0ALICE", view=home) == "not_enabled"
