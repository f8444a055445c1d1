"""The doctor's checks, each seen well and ill."""

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor.host import check_disk, check_gateway_ports, check_keys, check_port
from bot.doctor.report import Verdict, fault, ok, render
from bot.doctor.slack import check_slack

WANTED = frozenset({"commands", "chat:write"})


def test_the_report_has_a_line_for_each_finding_and_says_what_to_do() -> None:
    """Faults are counted, and each has its remedy below it."""
    text = render([ok("disk", "plenty"), fault("key", "none is set", "Set one.")])
    assert text.splitlines() == [
        "✓ disk  plenty",
        "✗ key   none is set",
        "        → Set one.",
        "",
        "1 to mend.",
    ]


def test_a_port_that_another_program_holds_is_a_fault() -> None:
    """Bound by somebody else is said; bound by us is well."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert check_port("127.0.0.1", port, subject="web", ours=False).verdict is Verdict.FAULT
        assert check_port("127.0.0.1", port, subject="web", ours=True).verdict is Verdict.OK
        found = check_gateway_ports(port, port, host="127.0.0.1", ours=False)
        assert str(port) in found.what


def test_missing_keys_are_a_fault_and_their_values_are_never_shown() -> None:
    """The newest key is named."""
    assert check_keys(()).verdict is Verdict.FAULT
    assert check_keys((("k2", b"x" * 32), ("k1", b"y" * 32))).what == "2 set, the newest is 'k2'"


def test_disk_is_measured_where_data_will_lie(tmp_path: Path) -> None:
    """A folder that does not exist yet is judged by the disk it will be on."""
    assert str(tmp_path) in check_disk(tmp_path / "not" / "yet").what


@pytest.fixture
async def slack() -> AsyncIterator[tuple[str, dict[str, str], dict[str, object]]]:
    """A server that answers auth.test as told, with headers as told."""
    headers: dict[str, str] = {}
    answer: dict[str, object] = {"ok": True, "user": "sandpiper", "team": "Harbour"}

    async def auth_test(_: web.Request) -> web.Response:
        return web.json_response(answer, headers=headers)

    app = web.Application()
    app.router.add_post("/api/auth.test", auth_test)
    async with TestServer(app) as server:
        yield str(server.make_url("/api/")), headers, answer


async def test_missing_scopes_are_named(slack: tuple[str, dict[str, str], dict[str, object]]) -> None:
    """Slack's own header tells what was granted."""
    url, headers, _ = slack
    headers["x-oauth-scopes"] = "commands,users:read"
    found = {finding.subject: finding for finding in await check_slack(url, "xoxb-1", wanted=WANTED)}
    assert found["slack"].verdict is Verdict.OK
    assert found["scopes"].what == "missing: chat:write"


async def test_a_refused_token_and_a_silent_slack_are_faults(
    slack: tuple[str, dict[str, str], dict[str, object]],
) -> None:
    """Each with Slack's own reason."""
    url, _, answer = slack
    answer.update(ok=False, error="token_revoked")
    assert "token_revoked" in (await check_slack(url, "xoxb-1", wanted=WANTED))[0].what
    assert (await check_slack("http://127.0.0.1:9/api/", "xoxb-1", wanted=WANTED))[0].verdict is Verdict.FAULT
    assert (await check_slack(url, None, wanted=WANTED))[0].todo == "Set SLACK_BOT_TOKEN (xoxb-…)."


async def test_a_clock_beyond_slacks_window_is_a_fault(
    slack: tuple[str, dict[str, str], dict[str, object]],
) -> None:
    """Signatures older than five minutes are refused, so such a clock cannot work."""
    url, headers, _ = slack
    headers["Date"] = format_datetime(datetime.now(UTC) - timedelta(minutes=7), usegmt=True)
    found = {finding.subject: finding for finding in await check_slack(url, "xoxb-1", wanted=WANTED)}
    assert found["clock"].verdict is Verdict.FAULT
