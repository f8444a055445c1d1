"""What the page's API refuses: things that are not there, not this person's, or not understood."""
# ruff: noqa: D103  # each name says its behaviour

from typing import Any

import aiohttp
import pytest

from tests.workspace.sample import GENERAL, SECRET, Api, actions, button, sample_workspace
from workspace.page import files

ALICE, BOB = {"X-Act-As": "U0ALICE"}, {"X-Act-As": "U0BOB"}
GONE_TS = "1.000000"


async def post(api: Api, path: str, body: Any, who: dict[str, str] = ALICE) -> tuple[int, str]:
    async with api.session.post(f"{api.base}/_page/api/{path}", json=body, headers=who) as response:
        return response.status, str((await response.json()).get("error"))


async def get(api: Api, path: str, who: dict[str, str] = ALICE) -> str:
    async with api.session.get(f"{api.base}/_page/api/{path}", headers=who) as response:
        return str((await response.json()).get("error"))


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("messages", {"text": "x"}, 400, "malformed"),
        ("messages", {"channel": 5, "text": "x"}, 400, "malformed"),
        ("messages", {"channel": "C0NOWHERE", "text": "x"}, 200, "channel_not_found"),
        ("reactions", {"channel": GENERAL, "ts": GONE_TS, "name": "x", "on": True}, 200, "message_not_found"),
        ("pins", {"channel": GENERAL, "ts": GONE_TS, "on": True}, 200, "message_not_found"),
        ("home/A0NOBODY/open", {}, 200, "app_not_found"),
        ("home/A0HELPER/close", {}, 200, "None"),
        ("views/V0NOWHERE/submit", {}, 200, "view_not_found"),
        ("actions", {"where": {"type": "view", "view_id": "V0NO"}, "block_id": "b", "action_id": "a"}, 200,
         "view_not_found"),
        ("actions", {"where": {"channel": "C0NO", "ts": GONE_TS}, "block_id": "b", "action_id": "a"}, 200,
         "channel_not_found"),
    ],
)  # fmt: skip
async def test_calls_about_what_is_not_there(path: str, body: dict, status: int, error: str) -> None:
    async with sample_workspace() as (_, api):
        assert await post(api, path, body) == (status, error)


async def test_reading_what_is_not_there() -> None:
    async with sample_workspace() as (_, api):
        assert await get(api, f"channels/{GENERAL}/threads/{GONE_TS}") == "thread_not_found"
        assert await get(api, f"channels/{SECRET}/messages", BOB) == "channel_not_found"
        assert await get(api, "inspector/999999") == "not_found"
        assert await get(api, "files/F0NOBODY/text") == "file_not_found"


async def test_members_text_and_inspector_are_read() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        file_id = (await alice.upload(("a.txt", b"abc")))[0]
        for path, key, expected in (
            (f"channels/{SECRET}/members", "members", ["U0ALICE"]),
            (f"files/{file_id}/text", "text", "abc"),
        ):
            async with api.session.get(f"{api.base}/_page/api/{path}", headers=ALICE) as response:
                assert (await response.json())[key] == expected
        await api("chat.postMessage", channel=GENERAL, text="x" * 5000)
        async with api.session.get(f"{api.base}/_page/api/inspector", headers=ALICE) as response:
            entries = (await response.json())["entries"]
        entry = next(entry for entry in entries if entry["name"] == "chat.postMessage")
        assert (len(entry["request"]), entry["request_cut"]) == (4000, True)
        async with api.session.get(
            f"{api.base}/_page/api/inspector/{entry['seq']}", headers=ALICE
        ) as response:
            assert len((await response.json())["entry"]["request"]["text"]) == 5000


async def test_a_persons_own_message_has_no_app_to_press() -> None:
    async with sample_workspace() as (running, api):
        message = await (await running.person("alice")).say("mine")
        where = {"type": "message", "channel": GENERAL, "ts": message["ts"]}
        body = {"where": where, "block_id": "b", "action_id": "a"}
        assert await post(api, "actions", body) == (200, "app_not_found")


async def test_joins_and_other_notices_cannot_be_edited() -> None:
    async with sample_workspace() as (running, api):
        bob = await running.person("bob")
        await bob.join("#random")
        notice = (await bob.read("#random"))[-1]
        body = {"channel": notice["channel"], "ts": notice["ts"], "text": "x"}
        assert await post(api, "messages/edit", body, BOB) == (200, "cant_update_message")


async def test_a_form_takes_only_ones_own_uploads() -> None:
    element = {"type": "file_input", "action_id": "file"}
    async with sample_workspace() as (running, api):
        theirs = (await (await running.person("bob")).upload(("a.txt", b"abc")))[0]
        view = {"type": "home", "blocks": [actions(button()), {"type": "divider"}]}
        home = (await api("views.publish", user_id="U0ALICE", view=view))["view"]
        block = {
            "type": "input",
            "block_id": "file",
            "label": {"type": "plain_text", "text": "F"},
            "element": element,
        }
        running.ws.state.homes[("A0HELPER", "U0ALICE")].view["blocks"].append(block)
        where = {"type": "view", "view_id": home["id"]}
        body = {"where": where, "block_id": "file", "action_id": "file", "value": [theirs]}
        block["dispatch_action"] = True
        assert await post(api, "actions", body) == (200, "file_not_found")


async def test_feedback_is_one_of_two_buttons() -> None:
    thumbs = {
        "type": "feedback_buttons", "action_id": "thumbs",
        "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
        "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
    }  # fmt: skip
    async with sample_workspace() as (_, api):
        ts = await api.post(blocks=[{"type": "context_actions", "block_id": "fb", "elements": [thumbs]}])
        where = {"type": "message", "channel": GENERAL, "ts": ts}
        body = {"where": where, "block_id": "fb", "action_id": "thumbs"}
        assert await post(api, "actions", {**body, "value": "ugly"}) == (200, "invalid_option")
        assert await post(api, "actions", {**body, "value": "good"}) == (200, "dispatch_failed")


async def test_uploads_are_capped_and_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sample_workspace() as (_, api):
        monkeypatch.setattr(files, "MAX_UPLOAD_BYTES", 10)
        form = aiohttp.FormData()
        form.add_field("file", b"x" * 11, filename="a.txt")
        async with api.session.post(f"{api.base}/_page/api/files", data=form, headers=ALICE) as response:
            assert (await response.json())["error"] == "file_too_large"
        nested = aiohttp.MultipartWriter("mixed")
        nested.append("inside")
        outer = aiohttp.MultipartWriter("form-data")
        outer.append(nested)
        async with api.session.post(f"{api.base}/_page/api/files", data=outer, headers=ALICE) as response:
            assert (await response.json())["error"] == "malformed"
