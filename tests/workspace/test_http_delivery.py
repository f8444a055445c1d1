"""Signed HTTP delivery: signatures, url_verification, retries, redirects, ordered faults."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.workspace.listening import Heard, http_app
from tests.workspace.sample import GENERAL, Api, actions, button, sample_config, sample_workspace
from workspace.client import NotDone, Person
from workspace.delivery.signing import signature
from workspace.testing import Running

Scene = tuple[Running, Api, Heard, Person]


@asynccontextmanager
async def scene(**limits: object) -> AsyncIterator[Scene]:
    async with http_app() as (url, heard):

        def over_http(manifest: dict) -> None:
            settings = manifest["settings"]
            settings["socket_mode_enabled"] = False
            settings["event_subscriptions"]["request_url"] = f"{url}/events"
            settings["interactivity"]["request_url"] = f"{url}/actions"
            for command in manifest["features"]["slash_commands"]:
                command["url"] = f"{url}/commands"

        fast = {"retry_seconds": [0.0, 0.05, 0.1], **limits}
        async with sample_workspace(sample_config(limits=fast, manifest=over_http)) as (running, api):
            yield running, api, heard, await running.person("alice")


def test_a_signature_is_that_of_slacks_published_example() -> None:
    """docs.slack.dev/authentication/verifying-requests-from-slack works this example through."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body) == expected


async def test_every_delivery_is_signed_over_its_raw_body() -> None:
    async with scene() as (_, api, heard, alice):
        await alice.slash("/help-me now")
        await api.post(blocks=[actions(button())])
        await alice.click(await alice.wait_for("hello"), "Press")
        await heard.wait_for("message")
        for headers, body in zip(heard.headers, heard.bodies, strict=True):
            timestamp = int(headers["X-Slack-Request-Timestamp"])
            assert headers["X-Slack-Signature"] == signature("signing-secret", timestamp, body)
        kinds = {headers["Content-Type"] for headers in heard.headers}
        assert kinds == {"application/json", "application/x-www-form-urlencoded"}


async def test_an_events_url_is_verified_once_before_its_first_event() -> None:
    async with scene() as (_, api, heard, _):
        await api.post(text="one")
        await heard.wait_for("message")
        await api.post(text="two")
        await heard.wait_for("message", count=2)
    first = heard.payloads[0]
    assert (first["type"], set(first)) == ("url_verification", {"type", "token", "challenge"})
    assert len(heard.of("url_verification")) == 1


@pytest.mark.parametrize(
    ("form", "accepted"),
    [(lambda c: web.Response(text=c), True), (lambda c: web.Response(text=f"challenge={c}"), True),
     (lambda c: web.json_response({"challenge": c}), True), (lambda c: web.Response(text="no"), False),
     (lambda c: web.json_response({"challenge": "x"}), False), (lambda c: web.Response(status=500), False)],
)  # fmt: skip
async def test_a_challenge_is_answered_as_text_form_or_json(form: object, accepted: bool) -> None:
    async with scene() as (running, _, heard, _):

        async def challenge(request: web.Request) -> web.Response:
            return form((await request.json())["challenge"])  # type: ignore[operator]  # a case's function

        app = web.Application()
        app.router.add_post("/", challenge)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        helper = running.ws.state.apps["A0HELPER"]
        subscriptions = helper.manifest["settings"]["event_subscriptions"]
        subscriptions["request_url"] = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        assert await running.ws.events.verify_url(helper) is accepted
        await runner.cleanup()
        assert heard.payloads == []


async def test_an_event_is_tried_again_three_times_with_number_and_reason() -> None:
    async with scene() as (_, api, heard, _):
        heard.answer = lambda payload: web.Response(status=500)
        await api.post()
        await heard.wait_for("message", count=4)
        await asyncio.sleep(0.3)
        retries = [
            (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason"))
            for headers, payload in zip(heard.headers, heard.payloads, strict=True)
            if payload["type"] == "event_callback"
        ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({payload["event_id"] for payload in heard.of("message")}) == 1


async def test_slacks_schedule_is_at_once_one_minute_five_minutes() -> None:
    async with sample_workspace() as (running, _):
        assert running.ws.limits.retry_seconds == [0.0, 60.0, 300.0]
        assert running.ws.limits.ack_seconds == 3.0


async def test_a_slow_answer_is_a_timeout() -> None:
    async with scene(ack_seconds=0.5) as (_, api, heard, _):
        heard.answer = lambda payload: asyncio.sleep(1.5)
        await api.post()
        await heard.wait_for("message", count=2)
    assert heard.headers[-1]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_no_retry_stops_the_retries() -> None:
    async with scene() as (_, api, heard, _):
        heard.answer = lambda payload: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
        await api.post()
        await heard.wait_for("message")
        await asyncio.sleep(0.3)
        assert len(heard.of("message")) == 1


async def test_two_redirects_are_followed_and_no_third() -> None:
    async with scene() as (_, api, heard, _):

        def bounce(payload: dict) -> web.Response:
            return web.Response(status=307, headers={"Location": "/again"})

        heard.answer = bounce
        await api.post()
        await heard.wait_for("message", count=4)
        while not any("X-Slack-Retry-Reason" in headers for headers in heard.headers):
            await heard.changed.wait()
    reasons = {headers.get("X-Slack-Retry-Reason") for headers in heard.headers}
    assert "too_many_redirects" in reasons


async def test_a_closed_port_is_connection_failed() -> None:
    async with scene() as (running, _, _, alice):
        entry = running.ws.state.apps["A0HELPER"].manifest["features"]["slash_commands"][0]
        entry["url"] = "http://127.0.0.1:9/"
        with pytest.raises(NotDone, match="dispatch_failed"):
            await alice.slash("/help-me")
        entries = (await running.control("inspector?name=slash_commands", how="GET"))["entries"]
        assert "connection_failed" in entries[-1]["verdict"]


@pytest.mark.parametrize(("status", "shown"), [(404, "dispatch_failed"), (500, "dispatch_failed")])
async def test_a_command_answered_with_an_error_was_not_received(status: int, shown: str) -> None:
    async with scene() as (_, _, heard, alice):
        heard.answer = lambda payload: web.Response(status=status)
        with pytest.raises(NotDone, match=shown):
            await alice.slash("/help-me")


async def test_a_commands_answer_may_be_plain_text() -> None:
    async with scene() as (_, _, heard, alice):
        heard.answer = lambda payload: "just words"
        await alice.slash("/help-me")
        assert (await alice.wait_for("just words"))["ephemeral"] is True


async def test_socket_mode_off_means_no_socket() -> None:
    async with scene() as (_, api, _, _):
        api.token = "xapp-helper"
        assert await api.error("apps.connections.open") == "socket_mode_not_enabled"


@pytest.mark.parametrize("mode", ["forged", "stale", "missing"])
async def test_signatures_may_be_ordered_to_be_wrong(mode: str) -> None:
    async with scene() as (running, _, heard, alice):
        await running.fault(kind="signature", mode=mode, count=1)
        await alice.slash("/help-me")
        headers, body = heard.headers[-1], heard.bodies[-1]
        if mode == "missing":
            assert "X-Slack-Signature" not in headers
        else:
            timestamp = int(headers["X-Slack-Request-Timestamp"])
            genuine = signature("signing-secret", timestamp, body) == headers["X-Slack-Signature"]
            age = running.ws.clock.now() - timestamp
            assert (genuine, age > 300) == (mode == "stale", mode == "stale")
        await alice.slash("/help-me")
        assert abs(int(heard.headers[-1]["X-Slack-Request-Timestamp"]) - running.ws.clock.now()) < 5


async def test_deliveries_may_be_ordered_twice_late_or_not_at_all() -> None:
    async with scene() as (running, api, heard, alice):
        await running.fault(kind="duplicate", payload="slash_commands", count=1)
        await alice.slash("/help-me")
        await heard.wait_for("/help-me", count=2)
        one, two = heard.of("/help-me")
        assert one["trigger_id"] == two["trigger_id"]
        await running.fault(kind="late", payload="slash_commands", seconds_late=0.2, count=1)
        started = asyncio.get_running_loop().time()
        await alice.slash("/help-me")
        assert asyncio.get_running_loop().time() - started >= 0.2
        await running.fault(kind="delivery", payload="slash_commands", count=1)
        with pytest.raises(NotDone, match="operation_timeout"):
            await alice.slash("/help-me")
        assert len(heard.of("/help-me")) == 3
        await running.fault(kind="duplicate", payload="message", count=1)
        await api.post(text="twice")
        await heard.wait_for("message", count=2)
        assert heard.headers[-1]["X-Slack-Retry-Num"] == "1"


async def test_acknowledgements_may_be_ordered_slow_or_lost() -> None:
    async with scene(ack_seconds=1.0) as (running, _, heard, alice):
        await running.fault(kind="ack", mode="slow", seconds_late=0.1, count=1)
        await alice.slash("/help-me")
        await running.fault(kind="ack", mode="slow", seconds_late=9, count=1)
        with pytest.raises(NotDone, match="operation_timeout"):
            await alice.slash("/help-me")
        await running.fault(kind="ack", mode="lost", seconds=60)
        with pytest.raises(NotDone, match="operation_timeout"):
            await alice.slash("/help-me")
        assert len(heard.of("/help-me")) == 3
        await running.control("faults", how="DELETE")
        await alice.slash("/help-me")


async def test_the_inspector_keeps_calls_and_deliveries_with_bodies_and_verdicts() -> None:
    async with scene() as (running, api, heard, alice):
        await alice.slash("/help-me now")
        await api.error("chat.postMessage", channel=GENERAL)
        entries = (await running.control("inspector", how="GET"))["entries"]
        by_name = {entry["name"]: entry for entry in entries}
        assert by_name["slash_commands"]["request"]["text"] == "now"
        assert by_name["slash_commands"]["verdict"].startswith("acknowledged after")
        assert by_name["slash_commands"]["transport"] == "http"
        assert by_name["chat.postMessage"]["verdict"] == "no_text"
        assert "xoxb-helper" not in json.dumps(entries)
        assert heard.payloads
        await running.control("inspector/clear")
        names = [entry["name"] for entry in (await running.control("inspector", how="GET"))["entries"]]
        assert names in ([], ["inspector/clear"])
