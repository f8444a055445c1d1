"""What a refusal of Slack's means for us. Codes are those of the methods' reference pages. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError


class Trouble(StrEnum):
    """What to do about a refused call."""

    LIMITED = "limited"
    """Too fast: wait as long as Slack says. Nothing was done."""
    TRANSIENT = "transient"
    """Slack or the way to it is ill. It may have been done all the same."""
    INSTALLATION = "installation"
    """The token is dead: nothing will work until whoever runs us acts."""
    ADMIN = "admin"
    """A scope or a policy of the workspace forbids it."""
    CHANNEL = "channel"
    """We are not in the channel, or it is closed: its people can change that."""
    GONE = "gone"
    """The message is gone or cannot be changed any more."""
    OURS = "ours"
    """We sent something wrong."""


_CODES: Mapping[str, Trouble] = {
    code: trouble
    for trouble, codes in {
        Trouble.LIMITED: ("ratelimited", "rate_limited", "message_limit_exceeded"),
        Trouble.TRANSIENT: (
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
        ),
        Trouble.INSTALLATION: (
            "token_revoked",
            "account_inactive",
            "invalid_auth",
            "not_authed",
            "token_expired",
            "org_login_required",
        ),
        Trouble.ADMIN: (
            "missing_scope",
            "not_allowed_token_type",
            "access_denied",
            "ekm_access_denied",
            "team_access_not_granted",
            "messages_tab_disabled",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_only_channel",
            "file_uploads_disabled",
            "storage_limit_reached",
            "posting_to_channel_denied",
            "not_enabled",
        ),
        Trouble.CHANNEL: (
            "channel_not_found",
            "not_in_channel",
            "no_permission",
            "is_archived",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "user_not_in_channel",
            "user_not_found",
            "user_not_visible",
            "user_disabled",
            "cannot_dm_bot",
            "is_inactive",
        ),
        Trouble.GONE: (
            "message_not_found",
            "thread_not_found",
            "cant_update_message",
            "edit_window_closed",
            "block_mismatch",
            "streaming_state_conflict",
        ),
    }.items()
    for code in codes
}
WAIT_UNSAID_SECONDS = 30.0
"""How long to wait after a limit that names no time."""
_HTTP_LIMITED = 429
_HTTP_ILL = 500


def code_of(error: Exception) -> str:
    """Slack's word for it: 'channel_not_found', or the kind of exception."""
    if isinstance(error, SlackApiError):
        return str(_data(error).get("error") or f"http_{_status(error)}")
    return type(error).__name__


def trouble_of(error: Exception) -> Trouble | None:
    """What a failed call means; None for an exception that is not Slack's nor the network's."""
    if isinstance(error, SlackApiError):
        code = _data(error).get("error")
        if _status(error) == _HTTP_LIMITED:
            return Trouble.LIMITED
        if _status(error) >= _HTTP_ILL or not isinstance(code, str):
            return Trouble.TRANSIENT
        return _CODES.get(code, Trouble.OURS)
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError | SlackClientError):
        return Trouble.TRANSIENT
    return None


def retry_after_seconds(error: Exception) -> float:
    """How long Slack asks us to wait."""
    if not isinstance(error, SlackApiError):
        return WAIT_UNSAID_SECONDS
    headers: Mapping[str, str] = getattr(error.response, "headers", None) or {}
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(0.0, float(said))
    except ValueError:
        return WAIT_UNSAID_SECONDS


def _status(error: SlackApiError) -> int:
    response = error.response
    return cast(int, getattr(response, "status_code", None) or getattr(response, "status", None) or 200)


def _data(error: SlackApiError) -> Mapping[str, object]:
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, dict) else {}
