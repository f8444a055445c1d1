"""The official slack_sdk and slack_bolt for Python run against the workspace unmodified, sync and async."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from threading import Thread
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.app import SlackAppDevelopmentServer
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.bolt_apps import async_app, sync_app
from tests.workspace.conversation import talk
from tests.workspace.listening import until
from tests.workspace.sample import APP_TOKEN, BOT_TOKEN, GENERAL, sample_config, sample_workspace, section
from workspace.delivery.signing import signature_headers
from workspace.testing import Running

SECRET = "signing-secret"


def over_http(port: int) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        url = f"http://127.0.0.1:{port}/slack/events"
        manifest["settings"]["socket_mode_enabled"] = False
        manifest["settings"]["event_subscriptions"]["request_url"] = url
        manifest["settings"]["interactivity"]["request_url"] = url
        for command in manifest["features"]["slash_commands"]:
            command["url"] = url

    return change


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def connected(running: Running) -> None:
    """Wait until the app has a Socket Mode connection."""
    await until(lambda: running.ws.sockets.count("A0HELPER") > 0, 10)


async def test_async_bolt_over_socket_mode() -> None:
    async with sample_workspace() as (running, _):
        handler = AsyncSocketModeHandler(async_app(running.api_url, BOT_TOKEN, SECRET), APP_TOKEN)
        await handler.connect_async()
        await connected(running)
        await talk(await running.person("alice"))
        await handler.close_async()


async def test_async_bolt_over_socket_mode_reconnects_after_a_disconnect() -> None:
    async with sample_workspace() as (running, _):
        handler = AsyncSocketModeHandler(async_app(running.api_url, BOT_TOKEN, SECRET), APP_TOKEN)
        await handler.connect_async()
        await connected(running)
        first = running.ws.sockets.sessions("A0HELPER")
        await running.control("sockets/drop", {"how": "refresh_requested"})
        await until(lambda: running.ws.sockets.sessions("A0HELPER") not in (first, []), 10)
        await talk(await running.person("alice"))
        await handler.close_async()


async def test_async_bolt_over_signed_http() -> None:
    port = free_port()
    async with sample_workspace(sample_config(manifest=over_http(port))) as (running, _):
        bolt = async_app(running.api_url, BOT_TOKEN, SECRET)

        async def handle(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

        app = web.Application()
        app.router.add_post("/slack/events", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await talk(await running.person("alice"))
        await runner.cleanup()


async def test_sync_bolt_over_socket_mode() -> None:
    async with sample_workspace() as (running, _):
        app = await asyncio.to_thread(sync_app, running.api_url, BOT_TOKEN, SECRET)
        handler = SocketModeHandler(app, APP_TOKEN)
        await asyncio.to_thread(handler.connect)
        await connected(running)
        await talk(await running.person("alice"))
        await asyncio.to_thread(handler.close)


async def test_sync_bolt_over_signed_http() -> None:
    port = free_port()
    async with sample_workspace(sample_config(manifest=over_http(port))) as (running, _):
        app = await asyncio.to_thread(sync_app, running.api_url, BOT_TOKEN, SECRET)
        server = SlackAppDevelopmentServer(port=port, path="/slack/events", app=app)._server
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        await talk(await running.person("alice"))
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        thread.join()


def check_client(url: str, parent: str) -> str:
    """The synchronous client through posting, reading, updating, uploading and failing."""
    client = WebClient(token=BOT_TOKEN, base_url=url)
    assert client.auth_test()["user"] == "helper"
    ts = str(client.chat_postMessage(channel=GENERAL, text="from sync", blocks=[section("from sync")])["ts"])
    client.chat_update(channel=GENERAL, ts=ts, text="updated")
    client.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    assert client.conversations_replies(channel=GENERAL, ts=parent)["messages"]
    assert client.users_info(user="U0ALICE")["user"]["name"] == "alice"
    upload = client.files_upload_v2(channel=GENERAL, content="a\nb", filename="a.txt", snippet_type="text")
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C0NOWHERE", text="x")
    assert error.value.response["error"] == "channel_not_found"
    return str(upload["file"]["id"])


async def test_the_sync_client() -> None:
    async with sample_workspace() as (running, api):
        file_id = await asyncio.to_thread(check_client, running.api_url, await api.post())
        assert running.ws.state.files[file_id].mode == "snippet"


async def test_the_async_client() -> None:
    async with sample_workspace() as (running, _):
        client = AsyncWebClient(token=BOT_TOKEN, base_url=running.api_url)
        ts = str((await client.chat_postMessage(channel=GENERAL, text="from async"))["ts"])
        link = await client.chat_getPermalink(channel=GENERAL, message_ts=ts)
        assert ts.replace(".", "") in link["permalink"]
        assert (await client.conversations_info(channel=GENERAL))["channel"]["name"] == "general"
        pages = [page["channels"] async for page in await client.conversations_list(limit=1)]
        assert len(pages) == 3
        await client.files_upload_v2(
            channel=GENERAL, content=b"bytes", filename="a.bin", initial_comment="look"
        )
        assert (await (await running.person("alice")).read())[0]["text"] == "from async"


async def test_the_sync_clients_retry_handler_obeys_retry_after() -> None:
    async with sample_workspace() as (running, _):
        await running.fault(kind="api", method="chat.postMessage", status=429, retry_after=1, count=1)
        client = WebClient(
            token=BOT_TOKEN,
            base_url=running.api_url,
            retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)],
        )
        answer = await asyncio.to_thread(client.chat_postMessage, channel=GENERAL, text="at last")
        assert answer["ok"]


def test_the_sdks_verifier_takes_our_signatures_and_refuses_spoilt_ones() -> None:
    verifier, body, now = SignatureVerifier(SECRET), b"payload=x", 1_795_000_000.0
    verifier.clock.now = lambda: now  # type: ignore[method-assign]  # the SDK's own way to test
    assert verifier.is_valid_request(body, signature_headers(SECRET, now, body))
    for fault in ("forged", "stale", "missing"):
        assert not verifier.is_valid_request(body, signature_headers(SECRET, now, body, fault))
