"""Deliveries written to do harm, all signed: wrong shapes, other people's sandboxes, the same thing many times."""

# ruff: noqa: E501 the tables read best with one case to a line

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.render import forms
from bot.slack_manifest import render_manifest
from storage import sandboxes
from storage.database import Database
from storage.records import Sandbox, SandboxStatus
from tests.bot.chat import BOT_TOKEN, MANIFEST, SECRET, Chat, ChatHouse, config
from tests.bot.test_web_entry import send, signed
from workspace.client import Person
from workspace.testing import running_workspace

PORT = 38423
ABSENT = object()
WRONG: tuple[Any, ...] = (None, 0, True, "", "x", [], [[]], {}, {"a": "b"}, 2**70, "<!channel>", ABSENT)
JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    """The bot by signed HTTP, with one running sandbox of Ada's."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    manifest = render_manifest(MANIFEST, url="https://bot.example")
    manifest = manifest.replace("https://bot.example", f"http://127.0.0.1:{PORT}")
    house = ChatHouse(Database(f"sqlite:///{folder / 'sandpiper.db'}"), folder)
    async with running_workspace(config(yaml.safe_load(manifest))) as workspace:
        chat = Chat(workspace, house)
        await house.start()
        await chat.start_bot(app_token=None, signing_secret=SECRET, http_port=PORT)
        await chat.deploy(await chat.person("ada"), "deploy echo name=adas-own")
        yield chat
        await chat.stop_bot()
        await house.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def adas(chat: Chat) -> Sandbox:
    """The one sandbox, which every test leaves as it was."""
    async with chat.house.database.read() as tx:
        (found,) = await sandboxes.find(tx)
    assert (found.name, found.status) == ("adas-own", SandboxStatus.RUNNING)
    return found


def press(
    person: Person, sandbox: Sandbox, value: str, trigger: str, action_id: str = "control.x"
) -> dict[str, Any]:
    """A pressed button."""
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": person.id, "team_id": "T1"},
        "channel": {"id": sandbox.channel_id},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": sandbox.channel_id},
        "message": {"ts": "1.1"},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def form(person: Person, callback: str, metadata: str, trigger: str, **values: str) -> dict[str, Any]:
    """A submitted form."""
    state = {field: {"x": {"type": "plain_text_input", "value": value}} for field, value in values.items()}
    view = {"id": "V1", "type": "modal", "callback_id": callback, "private_metadata": metadata, "blocks": []}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": person.id, "team_id": "T1"},
        "trigger_id": trigger,
        "view": view | {"state": {"values": state}},
    }


async def our_mention(chat: Chat) -> str:
    """How people name us."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=chat.workspace.api_url)
    return f"<@{(await client.auth_test())['user_id']}>"


def event(person: Person, sandbox: Sandbox, said: str, event_id: str) -> dict[str, Any]:
    """A mention."""
    told = {"type": "app_mention", "user": person.id, "team": "T1", "text": said, "ts": "1.1"}
    told |= {"channel": sandbox.channel_id}
    return {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": told}


async def deliver(chat: Chat, payload: dict[str, Any], **headers: str) -> tuple[int, str]:
    """Hand it over as Slack would."""
    if payload.get("type") == "event_callback":
        body = json.dumps(payload).encode()
        return await send(chat, body, **(signed(body) | JSON | headers))
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return await send(chat, body, **(signed(body) | headers))


def places(part: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a payload."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        yield (*above, key)
        yield from places(value, (*above, key))


def spoilt(payload: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The payload with one value replaced or left out."""
    whole = copy.deepcopy(payload)
    part: Any = whole
    for key in place[:-1]:
        part = part[key]
    if value is ABSENT:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return whole


@pytest.mark.parametrize("kind", ["press", "choice", "form", "event"])
async def test_no_value_of_a_wrong_kind_is_a_fault_of_ours(hostile: Chat, kind: str) -> None:
    """Every field in turn is made something else: never a 5xx, and nothing is done to Ada's sandbox."""
    sandbox, grace = await adas(hostile), await hostile.person("grace")
    payload = {
        "press": press(grace, sandbox, f"stop:{sandbox.id}:", "s"),
        "choice": press(grace, sandbox, "echo", "c", forms.CHOOSE_ACTION) | {"view": {"id": "V1"}},
        "form": form(grace, forms.EXTEND_FORM, sandbox.id, "f", length="2h"),
        "event": event(grace, sandbox, f"{await our_mention(hostile)} destroy adas-own", "e"),
    }[kind]
    refused = []
    for number, place in enumerate(places(payload)):
        for turn, value in enumerate(WRONG):
            bad = spoilt(payload, place, value)
            for key in {"trigger_id", "event_id"} & bad.keys() - set(place):
                bad[key] = f"{kind}.{number}.{turn}"
            status, _ = await deliver(hostile, bad)
            if status >= 500:
                refused.append((place, value))
    assert refused == []
    await adas(hostile)


@pytest.mark.parametrize("verb", ["stop", "restart", "destroy", "cancel", "extend", "start"])
async def test_a_button_of_somebody_elses_does_nothing(hostile: Chat, verb: str) -> None:
    """A value written by hand, by Grace and by people of other workspaces."""
    sandbox, grace = await adas(hostile), await hostile.person("grace")
    ada = await hostile.person("ada")
    argument = {"extend": "3600", "start": "536870912"}.get(verb, "")
    made = press(grace, sandbox, f"{verb}:{sandbox.id}:{argument}", f"t.{verb}")
    assert (await deliver(hostile, made))[0] == 200
    for team in ("T2", "", "t1"):
        foreign = press(ada, sandbox, f"{verb}:{sandbox.id}:{argument}", f"t.{verb}.{team}")
        foreign["user"]["team_id"] = team
        foreign["team"]["id"] = "T2"
        assert (await deliver(hostile, foreign))[0] == 200
    assert (await adas(hostile)).expires_at == sandbox.expires_at


@pytest.mark.parametrize("callback", [forms.DESTROY_FORM, forms.EXTEND_FORM, "deploy", "x", "../../x"])
async def test_a_form_with_tampered_metadata_does_nothing(hostile: Chat, callback: str) -> None:
    """Its hidden field names a sandbox of somebody else, by id, by name, or nothing there is."""
    sandbox, grace = await adas(hostile), await hostile.person("grace")
    for number, hidden in enumerate((sandbox.id, sandbox.name, "", "x" * 2900, "' OR 1=1 --", "%", "\u0000")):
        made = form(grace, callback, hidden, f"m.{callback}.{number}", length="2h")
        assert (await deliver(hostile, made))[0] < 500
    assert (await adas(hostile)).expires_at == sandbox.expires_at


async def test_fifty_deliveries_of_one_thing_at_once_do_it_once(hostile: Chat) -> None:
    """A command, a press and an event, each with Slack's retry headers."""
    sandbox, ada = await adas(hostile), await hostile.person("ada")
    command = urlencode(
        {
            "command": "/sandbox", "text": "extend adas-own 1h", "team_id": "T1", "user_id": ada.id,
            "channel_id": sandbox.channel_id, "trigger_id": "many.command",
        }
    ).encode()  # fmt: skip
    pressed = press(ada, sandbox, f"extend:{sandbox.id}:3600", "many.press", "control.extend.3600")
    us = await our_mention(hostile)
    told = event(ada, sandbox, f"{us} extend adas-own 1h", "many.event")
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    await asyncio.gather(
        *(send(hostile, command, **signed(command)) for _ in range(50)),
        *(deliver(hostile, pressed, **retry) for _ in range(50)),
        *(deliver(hostile, told, **retry) for _ in range(50)),
    )
    then, now = sandbox.expires_at, (await adas(hostile)).expires_at
    assert then is not None
    assert now is not None
    assert round((now - then).total_seconds()) == 3 * 3600


@pytest.mark.parametrize(
    "change", [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"edited": {}}, {"user": ""}]
)
async def test_bots_and_edits_are_not_obeyed(hostile: Chat, change: dict[str, Any]) -> None:
    """Nor people of other workspaces in shared channels."""
    sandbox, ada = await adas(hostile), await hostile.person("ada")
    us = await our_mention(hostile)
    for more in (change | {"edited": {"ts": "1.2"}} if "edited" in change else change, {"user_team": "T2"}):
        told = event(ada, sandbox, f"{us} destroy adas-own", f"b.{sorted(more)}")
        told["event"] |= more
        assert (await deliver(hostile, told))[0] < 500
    await adas(hostile)


TEXTS = [
    "logs adas-own grep=(a+)+$", f"logs adas-own grep={'(' * 2000}", "deploy echo name=<!channel>", "status <!channel>",
    "stop " + "x" * 20_000, 'destroy "', "logs adas-own tail=99999999999999999999",
    "extend adas-own 99999999999999999999d", "extend adas-own \u00b2h", "extend adas-own until 9999-99-99", "deploy echo memory=9e999g",
    "deploy echo memory=infg", "deploy echo@99999999999999999999", "deploy ../../etc/passwd", "logs adas-own service=<!here>",
    "list " + "9" * 400, "= = =", "deploy echo ttl=nan", "\x00", "status " + "@channel " * 100, "help <@U1>",
]  # fmt: skip


@pytest.mark.parametrize("said", TEXTS)
async def test_hostile_words_get_a_harmless_answer(hostile: Chat, said: str) -> None:
    """In time, without a ping and without the id of a fault of ours."""
    sandbox, ada = await adas(hostile), await hostile.person("ada")
    fields = {
        "command": "/sandbox",
        "text": said,
        "team_id": "T1",
        "user_id": ada.id,
        "trigger_id": f"w.{hash(said)}",
    }
    body = urlencode(fields | {"channel_id": sandbox.channel_id}).encode()
    status, answer = await send(hostile, body, **signed(body))
    assert status == 200
    assert answer
    assert not any(ping in answer for ping in ("<!channel", "<!here", "<@U1>", "went wrong"))
    await adas(hostile)


async def test_doubled_and_chunked_signatures_are_judged_as_one(hostile: Chat) -> None:
    """Two signatures are none; a body in pieces without a length is read and refused like any other."""
    body = b"command=%2Fsandbox&text=help"
    good, forged = signed(body), signed(body, secret="another")
    url = f"http://127.0.0.1:{PORT}/slack/events"

    async def pieces() -> AsyncIterator[bytes]:
        yield body[:5]
        yield body[5:]

    async with aiohttp.ClientSession() as session:
        for first, second in ((forged, good), (good, forged)):
            both = [*first.items(), *second.items()]
            async with session.post(url, data=body, headers=both) as answer:
                assert answer.status == 401
        async with session.post(url, data=pieces(), headers=forged) as answer:
            assert answer.status == 401


async def test_a_choice_in_a_form_that_is_gone_is_answered_in_words(hostile: Chat) -> None:
    """The wizard was closed, or was never open: the person hears of it, and it is no fault of ours."""
    sandbox, grace = await adas(hostile), await hostile.person("grace")
    made = press(grace, sandbox, "echo", "gone.1", forms.CHOOSE_ACTION)
    del made["channel"], made["container"], made["message"]
    made["view"] = {"id": "V0GONE", "hash": "1.x", "private_metadata": sandbox.channel_id}
    assert (await deliver(hostile, made))[0] == 200
    await grace.wait_for("Slack did not change the form")
