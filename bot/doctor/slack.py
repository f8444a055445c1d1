"""Checks of Slack: the token, its scopes, the clock.

Source: docs.slack.dev/reference/methods/auth.test; granted scopes come in the header ``x-oauth-scopes``.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from bot.doctor.report import Finding, fault, ok, warning

TIMEOUT_SECONDS = 10
CLOCK_WARNING_SECONDS = 60
CLOCK_FAULT_SECONDS = 300
"""Slack's signatures are refused beyond this."""


async def check_slack(api_url: str, token: str | None, *, wanted: frozenset[str]) -> list[Finding]:
    """Ask Slack who we are, what we may do and what time it is."""
    if not token:
        return [fault("slack", "no bot token is set", "Set SLACK_BOT_TOKEN (xoxb-…).")]
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)) as http,
            http.post(f"{api_url}auth.test", headers={"Authorization": f"Bearer {token}"}) as response,
        ):
            now = datetime.now(UTC)
            answer = await response.json(content_type=None)
            headers = response.headers
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        return [
            fault("slack", f"{api_url} does not answer: {reason}", "Check the network and SLACK_API_URL.")
        ]
    if not isinstance(answer, dict) or not answer.get("ok"):
        code = answer.get("error", "no reason given") if isinstance(answer, dict) else "not an API answer"
        return [fault("slack", f"the token is refused: {code}", "Install the app again and set its token.")]
    findings = [ok("slack", f"{answer.get('user')} in {answer.get('team')}")]
    findings.append(_check_scopes(headers.get("x-oauth-scopes"), wanted))
    if clock := _check_clock(headers.get("Date"), now):
        findings.append(clock)
    return findings


def _check_scopes(header: str | None, wanted: frozenset[str]) -> Finding:
    if header is None:
        return warning(
            "scopes", "Slack did not say which were granted", "Compare them with: sandpiper manifest slack"
        )
    granted = {scope.strip() for scope in header.split(",")}
    if missing := sorted(wanted - granted):
        todo = "Add them to the app (sandpiper manifest slack) and install it again."
        return fault("scopes", f"missing: {', '.join(missing)}", todo)
    return ok("scopes", f"all {len(wanted)} granted")


def _check_clock(date: str | None, now: datetime) -> Finding | None:
    """Compare Slack's clock with ours; None where Slack's says nothing."""
    try:
        theirs = parsedate_to_datetime(date) if date else None
    except ValueError:
        theirs = None
    if theirs is None:
        return None
    off = abs((now - theirs).total_seconds())
    if off > CLOCK_FAULT_SECONDS:
        return fault("clock", f"{off:.0f} s off Slack's", "Set this machine's clock: signatures are refused.")
    if off > CLOCK_WARNING_SECONDS:
        return warning("clock", f"{off:.0f} s off Slack's", "Run a time service (chrony, systemd-timesyncd).")
    return ok("clock", "agrees with Slack's")
