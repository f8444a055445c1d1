"""Socket Mode: hello, envelopes, one connection per payload, disconnects, pings, tickets."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio

import aiohttp
import pytest

from tests.workspace.listening import Heard, socket_app, until
from tests.workspace.sample import APP_TOKEN, actions, button, sample_config, sample_workspace
from workspace.client import NotDone


async def test_hello_counts_connections_and_estimates_their_life() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as one, socket_app(running) as two:
        assert (one.hello["type"], one.hello["num_connections"], two.hello["num_connections"]) == (
            "hello",
            1,
            2,
        )
        assert one.hello["connection_info"] == {"app_id": "A0HELPER"}
        assert one.hello["debug_info"]["approximate_connection_time"] == 18060
        async with socket_app(running, debug_reconnects="true") as three:
            assert three.hello["debug_info"]["approximate_connection_time"] == 360


async def test_each_payload_goes_to_one_connection_and_all_get_some() -> None:
    heard = Heard()
    async with (
        sample_workspace() as (running, api),
        socket_app(running, heard) as one,
        socket_app(running, heard) as two,
    ):
        one.heard, two.heard = Heard(), Heard()
        for number in range(30):
            await api.post(text=str(number))
        await until(lambda: len(one.heard.payloads) + len(two.heard.payloads) == 30)
        texts = [p["event"]["text"] for app in (one, two) for p in app.heard.payloads]
    assert sorted(texts, key=int) == [str(number) for number in range(30)]
    assert one.heard.payloads
    assert two.heard.payloads


async def test_envelopes_say_whether_an_answer_is_taken() -> None:
    async with sample_workspace() as (running, api), socket_app(running) as app:
        alice = await running.person("alice")
        await alice.slash("/help-me")
        await api.post(blocks=[actions(button())])
        await alice.click(await alice.wait_for("hello"), "Press")
        await app.heard.wait_for("message")
        await app.heard.wait_for("block_actions")
        kinds = {envelope["type"]: envelope for envelope in app.heard.envelopes}
    assert kinds["slash_commands"]["accepts_response_payload"] is True
    assert kinds["interactive"]["accepts_response_payload"] is True
    assert kinds["events_api"]["accepts_response_payload"] is False
    assert (kinds["events_api"]["retry_attempt"], kinds["events_api"]["retry_reason"]) == (0, "")
    assert len({envelope["envelope_id"] for envelope in app.heard.envelopes}) == len(app.heard.envelopes)


async def test_an_event_that_is_not_acknowledged_comes_again_with_its_attempt() -> None:
    config = sample_config(limits={"ack_seconds": 0.1, "retry_seconds": [0.0, 0.05, 0.05]})
    async with sample_workspace(config) as (running, api), socket_app(running) as app:
        app.acks = False
        await api.post()
        await asyncio.sleep(0.05)
        app.acks = True
        await app.heard.wait_for("message")
    assert (app.heard.envelopes[0]["retry_attempt"], app.heard.envelopes[0]["retry_reason"]) == (1, "timeout")


async def test_events_wait_for_an_app_that_comes_back() -> None:
    config = sample_config(limits={"retry_seconds": [0.0, 0.1, 0.1]})
    async with sample_workspace(config) as (running, api):
        await api.post(text="while away")
        async with socket_app(running) as app:
            assert (await app.heard.wait_for("message"))["event"]["text"] == "while away"


async def test_a_ping_is_answered_with_its_payload() -> None:
    """The SDK's aiohttp client takes a connection for dead unless pongs echo its pings."""
    async with sample_workspace() as (_, api):
        api.token = APP_TOKEN
        url = (await api("apps.connections.open"))["url"]
        socket = await api.session.ws_connect(url, autoping=False)
        await socket.receive()
        await socket.ping(b"sdk-ping-pong:123")
        pong = await socket.receive()
        assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:123")
        await socket.close()


async def test_a_ticket_opens_one_connection() -> None:
    async with sample_workspace() as (_, api):
        api.token = APP_TOKEN
        url = (await api("apps.connections.open"))["url"]
        socket = await api.session.ws_connect(url)
        for used in (url, url.replace("ticket=", "ticket=x")):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await api.session.ws_connect(used)
        await socket.close()


async def test_an_eleventh_connection_is_sent_away() -> None:
    async with sample_workspace() as (running, api):
        api.token = APP_TOKEN
        sockets = []
        for _ in range(10):
            sockets.append(await api.session.ws_connect((await api("apps.connections.open"))["url"]))
            assert (await sockets[-1].receive_json())["type"] == "hello"
        extra = await api.session.ws_connect((await api("apps.connections.open"))["url"])
        assert (await extra.receive_json())["reason"] == "too_many_websockets"
        assert running.ws.sockets.count("A0HELPER") == 10
        for socket in [*sockets, extra]:
            await socket.close()


async def test_a_connection_is_warned_and_then_refreshed_at_the_end_of_its_life() -> None:
    config = sample_config(limits={"connection_seconds": 0.2, "connection_warning_seconds": 0.1})
    async with sample_workspace(config) as (running, _), socket_app(running) as app:
        await asyncio.wait_for(app.closed.wait(), 5)
        assert app.disconnects == ["warning", "refresh_requested"]
        assert running.ws.sockets.count("A0HELPER") == 0


@pytest.mark.parametrize(
    ("how", "reasons"),
    [
        ("close", []),
        ("abort", []),
        ("link_disabled", ["link_disabled"]),
        ("refresh_requested", ["refresh_requested"]),
    ],
)
async def test_connections_may_be_ordered_to_drop(how: str, reasons: list[str]) -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        assert (await running.control("sockets/drop", {"how": how, "app_id": "A0HELPER"}))["dropped"] == 1
        await asyncio.wait_for(app.closed.wait(), 5)
        assert app.disconnects == reasons


async def test_a_warning_leaves_the_connection_open() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        await running.control("sockets/drop", {"how": "warning"})
        alice = await running.person("alice")
        await alice.slash("/help-me")
        assert app.disconnects == ["warning"]
        with pytest.raises(NotDone, match="invalid_drop"):
            await running.control("sockets/drop", {"how": "gently"})


async def test_an_acknowledgement_of_another_app_or_of_nonsense_counts_for_nothing() -> None:
    config = sample_config(limits={"ack_seconds": 0.2})
    async with sample_workspace(config) as (running, _), socket_app(running) as app:
        app.acks = False
        for nonsense in ("not json", "[]", '{"envelope_id": "other"}'):
            await app.socket.send_str(nonsense)
        alice = await running.person("alice")
        with pytest.raises(NotDone, match="operation_timeout"):
            await alice.slash("/help-me")
