"""The page's API: who may call it, what it shows to whom, unread marks; and ordered API faults."""
# ruff: noqa: D103  # each name says its behaviour

import time

import pytest

from tests.workspace.sample import BOT_TOKEN, GENERAL, RANDOM, SECRET, sample_workspace
from workspace.client import NotDone
from workspace.page.guard import own_host

AS_ALICE = {"X-Act-As": "U0ALICE"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://cool-panda.localhost:8080"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
async def test_foreign_pages_reach_neither_the_page_api_nor_the_controls(headers: dict[str, str]) -> None:
    async with sample_workspace() as (_, api):
        for method, path in (
            ("GET", "_page/api/bootstrap"), ("POST", "_page/api/messages"), ("GET", "_page/ws?as=U0ALICE"),
            ("GET", "_page/files/F1/a.txt"), ("GET", "_control/state"), ("POST", "_control/reset"),
            ("DELETE", "_control/faults"),
        ):  # fmt: skip
            async with api.session.request(
                method, f"{api.base}/{path}", headers={**AS_ALICE, **headers}
            ) as response:
                assert response.status == 403, path


async def test_its_own_page_does() -> None:
    async with sample_workspace() as (_, api):
        headers = {**AS_ALICE, "Origin": api.base, "Sec-Fetch-Site": "same-origin"}
        async with api.session.get(f"{api.base}/_page/api/bootstrap", headers=headers) as response:
            assert (await response.json())["me"] == "U0ALICE"


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost:3100", True), ("127.0.0.1:1", True), ("[::1]:80", True), ("team.lan:80", True),
     ("x.localhost", False),
     ("localhost.evil.example", False), ("", False)],
)  # fmt: skip
def test_only_this_servers_names_are_its_own(host: str, own: bool) -> None:
    assert own_host(host, frozenset({"team.lan"})) is own


async def test_changing_calls_need_a_person_that_exists() -> None:
    async with sample_workspace() as (running, api):
        bot = running.ws.state.apps["A0HELPER"].bot_user
        for headers in ({}, {"X-Act-As": "U0NOBODY"}, {"X-Act-As": bot}, {"X-Act-As": "U0GONE"}):
            async with api.session.post(
                f"{api.base}/_page/api/messages?as=U0ALICE",
                json={"channel": GENERAL, "text": "x"},
                headers=headers,
            ) as response:
                assert (response.status, (await response.json())["error"]) == (400, "unknown_person")
        for body in (b"{", b"[]"):
            async with api.session.post(
                f"{api.base}/_page/api/messages", data=body,
                headers={**AS_ALICE, "Content-Type": "application/json"},
            ) as response:  # fmt: skip
                assert (response.status, (await response.json())["error"]) == (400, "malformed")


async def test_the_page_starts_with_everything_it_needs() -> None:
    async with sample_workspace() as (_, api):
        async with api.session.get(f"{api.base}/_page/api/bootstrap") as response:
            shown = await response.json()
        assert shown["me"] == "U0ALICE"
        assert {"/help-me", "/escaped", "/invite"} <= {command["command"] for command in shown["commands"]}
        assert [shortcut["name"] for shortcut in shown["shortcuts"]] == ["New", "Keep"]
        assert shown["apps"][0]["connected"] is False
        assert shown["groups"][0]["handle"] == "qa"
        assert {channel["name"] for channel in shown["channels"]} == {
            "general",
            "random",
            "secret",
            "team",
            "old",
        }


async def test_private_channels_are_seen_by_members_only() -> None:
    async with sample_workspace() as (running, _):
        alice, bob = await running.person("alice"), await running.person("bob")
        await alice.say("hidden", channel=SECRET)
        await alice.say("open")
        await bob.wait_for("open")
        assert bob.seen("hidden") == []
        assert SECRET not in bob.channels
        bob.channels[SECRET] = alice.channels[SECRET]
        with pytest.raises(NotDone, match="channel_not_found"):
            await bob.read(SECRET)


async def test_unread_marks_count_and_are_cleared_by_reading() -> None:
    async with sample_workspace() as (running, api):
        bob = await running.person("bob")
        await api.post(text="one")
        last = await api.post(text="two <@U0BOB>")
        marks = await bob.until(
            lambda: next(
                (e for e in reversed(bob.events) if e["type"] == "unread" and e["unread"] == 2), None
            )
        )
        assert (marks["mentions"], marks["latest"]) == (1, last)
        await bob.mark_read(GENERAL, last)
        await bob.until(lambda: True if bob.events[-1].get("unread") == 0 else None, "no unread")


async def test_single_channel_guests_see_only_their_channel() -> None:
    async with sample_workspace() as (running, _):
        guest = await running.person("gus")
        assert [channel["name"] for channel in guest.channels.values()] == []


async def test_channels_are_made_joined_and_left_at_the_page() -> None:
    async with sample_workspace() as (running, _):
        alice, bob = await running.person("alice"), await running.person("bob")
        await alice.new_channel("plans")
        await bob.until(
            lambda: [c for c in bob.channels.values() if c["name"] == "plans"] or None, "the channel"
        )
        await bob.join("#plans")
        await bob.say("in", channel="#plans")
        for name, code in (("plans", "name_taken"), ("No Good", "invalid_name")):
            with pytest.raises(NotDone, match=code):
                await alice.new_channel(name)


async def test_pages_are_read_backwards() -> None:
    async with sample_workspace() as (_, api):
        stamps = [await api.post(text=str(number)) for number in range(5)]
        url = f"{api.base}/_page/api/channels/{GENERAL}/messages?limit=2"
        async with api.session.get(url, headers=AS_ALICE) as response:
            latest = await response.json()
        async with api.session.get(f"{url}&before={stamps[3]}", headers=AS_ALICE) as response:
            earlier = await response.json()
    assert [message["text"] for message in latest["messages"]] == ["3", "4"]
    assert [message["text"] for message in earlier["messages"]] == ["1", "2"]
    assert latest["has_more"]


async def test_downloads_never_run_in_the_page() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        file_id = (
            await alice.upload(('ev"il.html', b"<script>alert(1)</script>"), channel=GENERAL, text="x")
        )[0]
        async with api.session.get(f"{api.base}/_page/files/{file_id}/x?as=U0BOB") as response:
            assert response.headers["Content-Type"] == "application/octet-stream"
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert "sandbox" in response.headers["Content-Security-Policy"]
        hidden = (await alice.upload(("a.txt", b"x"), channel=SECRET, text="x"))[0]
        async with api.session.get(f"{api.base}/_page/files/{hidden}/x?as=U0BOB") as response:
            assert response.status == 404


async def test_the_page_itself_is_served_with_a_policy() -> None:
    async with sample_workspace() as (_, api), api.session.get(f"{api.base}/") as response:
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ({"status": 429, "retry_after": 7}, 429, "ratelimited"),
        ({"status": 500}, 500, "internal_error"),
        ({"status": 503}, 503, "service_unavailable"),
        ({"status": 502}, 502, "fatal_error"),
        ({"status": 200, "error": "is_archived"}, 200, "is_archived"),
    ],
)
async def test_calls_may_be_ordered_to_fail(fault: dict, status: int, error: str) -> None:
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with sample_workspace() as (running, api):
        await running.fault(kind="api", method="chat.postMessage", count=1, **fault)
        response = await api.raw("chat.postMessage", json={"channel": GENERAL, "text": "x"}, headers=headers)
        assert (response.status, (await response.json())["error"]) == (status, error)
        assert response.headers.get("Retry-After") == ("7" if status == 429 else None)
        assert (await api("chat.postMessage", channel=GENERAL, text="x"))["ok"]
        texts = running.ws.state.messages[GENERAL]
        assert len(texts) == 1


async def test_a_call_may_be_carried_out_and_fail_all_the_same_or_be_slow() -> None:
    async with sample_workspace() as (running, api):
        await running.fault(kind="api", method="chat.postMessage", status=500, after=True, count=1)
        assert await api.error("chat.postMessage", channel=GENERAL, text="x") == "internal_error"
        assert len(running.ws.state.messages[GENERAL]) == 1
        await running.fault(kind="api", method="*", delay_seconds=0.2, count=1)
        started = time.monotonic()
        assert (await api("auth.test"))["ok"]
        assert time.monotonic() - started >= 0.2


async def test_faults_end_by_time_are_listed_and_withdrawn() -> None:
    async with sample_workspace() as (running, api):
        await running.fault(kind="api", method="auth.test", status=500, seconds=30)
        assert await api.error("auth.test") == "internal_error"
        await running.control("clock", {"offset_seconds": 31})
        assert (await api("auth.test"))["ok"]
        fault = (await running.fault(kind="api", method="auth.test", status=500))["fault"]
        assert (await running.control("faults", how="GET"))["faults"] == [fault]
        await running.control(f"faults/{fault['id']}", how="DELETE")
        assert (await api("auth.test"))["ok"]
        await running.fault(kind="api", app_id="A0OTHER", status=500)
        assert (await api("auth.test"))["ok"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "chaos"},
        {"kind": "ack", "mode": "odd"},
        {"kind": "api", "status": 418},
        {"kind": "api", "x": 1},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(fault: dict) -> None:
    async with sample_workspace() as (running, _):
        with pytest.raises(NotDone, match="invalid_fault"):
            await running.fault(**fault)
        with pytest.raises(NotDone, match="malformed"):
            await running.control("clock", {"offset_seconds": "soon"})
        with pytest.raises(NotDone, match="app_not_found"):
            await running.control("tokens/revoke", {"app_id": "A0OTHER"})
        assert RANDOM in running.ws.state.channels
