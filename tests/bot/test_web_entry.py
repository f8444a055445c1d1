"""The bot's own server: only Slack's signed words are heard, and junk is refused without a fault."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import yaml

from bot.slack_manifest import render_manifest
from executor.errors import SandboxError
from storage import routes
from storage.database import Database
from storage.records import Route, RouteKind
from tests.bot.chat import MANIFEST, SECRET, Chat, ChatHouse, config
from workspace.testing import running_workspace


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
async def chat_by_http(tmp_path: Path) -> AsyncIterator[Chat]:
    """The bot hears by signed HTTP."""
    port = _free_port()
    text = render_manifest(MANIFEST, url="https://bot.example").replace(
        "https://bot.example", f"http://127.0.0.1:{port}"
    )
    house = ChatHouse(Database(f"sqlite:///{tmp_path / 'sandpiper.db'}"), tmp_path)
    async with running_workspace(config(yaml.safe_load(text))) as workspace:
        chat = Chat(workspace, house)
        await house.start()
        await chat.start_bot(app_token=None, signing_secret=SECRET, http_port=port)
        yield chat
        await chat.stop_bot()
        await house.close()


async def send(chat: Chat, body: bytes, **headers: str) -> tuple[int, str]:
    """Post to Slack's address; status and body."""
    assert chat.bot is not None
    url = f"http://127.0.0.1:{chat.bot.http_port}/slack/events"
    usual = {"Content-Type": "application/x-www-form-urlencoded"}
    session = aiohttp.ClientSession()
    async with session, session.post(url, data=BytesIO(body), headers=usual | headers) as answer:
        return answer.status, await answer.text()


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Headers as Slack signs."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


async def test_the_main_job_works_by_http_too(chat_by_http: Chat) -> None:
    """Commands, presses, forms and mentions."""
    ada = await chat_by_http.person("ada")
    card = await chat_by_http.deploy(ada, "deploy echo name=my-echo ttl=1h")
    await ada.mention("sandpiper", "extend 2h", thread=card)
    await ada.wait_for("extended *my-echo*", thread=card)
    await ada.slash("/sandbox deploy")
    await ada.submit(await ada.wait_for_modal("New sandbox"), app="Echo", name="second")
    await ada.wait_for("*second* is ready")
    await ada.click(await chat_by_http.shows(ada, card, "Stop"), "Stop")
    await ada.wait_for("stopped *my-echo*")


COMMAND = urlencode(
    {"command": "/sandbox", "text": "help", "team_id": "T1", "user_id": "U1", "trigger_id": "1.1"}
).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=00"},
        signed(COMMAND, secret="another"),
        signed(COMMAND, at=1_000_000_000),
        signed(COMMAND, at=time.time() + 3600),
        signed(b"another body"),
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "now"},
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "١٢٣٤٥٦٧٨٩٠"},
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "-1"},
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "9" * 400},
        signed(COMMAND) | {"X-Slack-Signature": "v0=ÿþ"},
        signed(COMMAND) | {"X-Slack-Signature": ""},
    ],
)
async def test_what_slack_did_not_sign_gets_401(chat_by_http: Chat, headers: dict[str, str]) -> None:
    """Forged, stale, early, malformed: 401, never 500."""
    assert (await send(chat_by_http, COMMAND, **headers))[0] == 401


async def test_signed_junk_is_no_fault_of_ours(chat_by_http: Chat) -> None:
    """Bytes that are no text, no JSON and no form are refused or ignored, never a 500."""
    for body in (b"\xff\xfe", b"payload=%7B", b"{", b"[]", b"payload=null", b"", b"payload=" + b"%5B" * 2000):
        status, _ = await send(chat_by_http, body, **signed(body))
        assert status < 500, body


async def test_a_body_beyond_the_limit_is_cut_off(chat_by_http: Chat) -> None:
    """413 before anything looks into it."""
    body = b"x" * (2 * 1024 * 1024)
    assert (await send(chat_by_http, body, **signed(body)))[0] == 413


async def test_slacks_own_checks_are_answered(chat_by_http: Chat) -> None:
    """ssl_check without a signature, url_verification with one only."""
    assert (await send(chat_by_http, b"ssl_check=1&token=x"))[0] == 200
    challenge = json.dumps({"type": "url_verification", "challenge": "c0ffee", "token": "x"}).encode()
    json_type = {"Content-Type": "application/json"}
    status, text = await send(chat_by_http, challenge, **(signed(challenge) | json_type))
    assert (status, "c0ffee" in text) == (200, True)
    assert (await send(chat_by_http, challenge, **json_type))[0] == 401
    smuggled = b"ssl_check=1&" + COMMAND
    assert (await send(chat_by_http, smuggled))[0] == 401


async def _get(chat: Chat, path: str) -> int:
    assert chat.bot is not None
    url = f"http://127.0.0.1:{chat.bot.http_port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


async def test_certificates_only_for_host_names_of_ours(chat: Chat) -> None:
    """Whoever points a name at us gets none."""
    ada = await chat.person("ada")
    await chat.deploy(ada, "deploy echo name=my-echo")
    assert await _get(chat, "/tls/ask?domain=my-echo.localhost") == 200
    assert await _get(chat, "/tls/ask?domain=MY-ECHO.localhost") == 200
    assert await _get(chat, "/tls/ask?domain=evil.example") == 404
    assert await _get(chat, "/tls/ask?domain=my-echo.localhost.evil.example") == 404
    assert await _get(chat, f"/tls/ask?domain={'a' * 300}") == 400
    assert await _get(chat, "/tls/ask") == 400
    async with chat.house.database.write() as tx:
        sandbox = await chat.only_sandbox()
        extra = Route(
            sandbox_id=sandbox.id, kind=RouteKind.PATH, match="t/path", service="web", port=1, front=False
        )
        await routes.add_all(tx, [extra])
    assert await _get(chat, "/tls/ask?domain=t/path") == 404


async def test_health_and_readiness(chat: Chat) -> None:
    """Ready while connected to Slack and the database; by Socket Mode nothing is heard by HTTP."""
    assert await _get(chat, "/healthz") == 200
    assert await _get(chat, "/readyz") == 200
    assert (await send(chat, COMMAND, **signed(COMMAND)))[0] == 404


@pytest.mark.parametrize("url", [None, "https://bot.example", "https://bot.example/"])
def test_the_app_manifest_is_filled_in(url: str | None) -> None:
    """Valid YAML without placeholders, for either way of delivery."""
    text = render_manifest(MANIFEST, url=url)
    manifest: dict[str, Any] = yaml.safe_load(text)
    assert "{" not in text.split("_metadata")[1]
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is (url is None)
    addresses = {
        settings["interactivity"].get("request_url"),
        manifest["features"]["slash_commands"][0].get("url"),
    }
    assert addresses == {None if url is None else "https://bot.example/slack/events"}


@pytest.mark.parametrize(
    "url", ["http://bot.example", "bot.example", "https://", "https://x y", 'https://"x']
)
def test_an_address_that_slack_cannot_call_is_refused(url: str) -> None:
    """In words."""
    with pytest.raises(SandboxError):
        render_manifest(MANIFEST, url=url)


def test_every_scope_and_event_has_its_reason() -> None:
    """Each stands in the file with a comment that says what it is for."""
    lines = MANIFEST.read_text().splitlines()
    asked = [line for line in lines if line.startswith(("      - ", "    - ")) and "command:" not in line]
    assert len(asked) >= 15
    assert all("#" in line for line in asked)
