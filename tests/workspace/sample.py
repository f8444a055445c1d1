"""A small workspace for tests, and a way to call its Web API as an app would."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import aiohttp

from workspace.testing import Running, running_workspace

BOT_SCOPES = [
    "app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join",
    "channels:manage", "channels:read", "chat:write", "commands", "emoji:read", "files:read", "files:write",
    "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write", "links:write",
    "mpim:history", "mpim:read", "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write",
    "team:read", "usergroups:read", "usergroups:write", "users.profile:read", "users:read",
    "users:read.email",
]  # fmt: skip
BOT_EVENTS = [
    "app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_created", "file_shared",
    "member_joined_channel", "member_left_channel", "message.channels", "message.groups", "message.im",
    "message.mpim", "pin_added", "reaction_added", "reaction_removed", "subteam_members_changed",
    "tokens_revoked", "user_change",
]  # fmt: skip
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Helper", "description": "Helps."},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "helper"},
        "slash_commands": [
            {"command": "/help-me", "description": "Helps", "usage_hint": "[what]"},
            {"command": "/escaped", "description": "Names are marked", "should_escape": True},
        ],
        "shortcuts": [
            {"type": "global", "name": "New", "callback_id": "new", "description": "Make one"},
            {"type": "message", "name": "Keep", "callback_id": "keep", "description": "Keep it"},
        ],
    },
    "oauth_config": {
        "redirect_urls": ["http://127.0.0.1:9/done"],
        "scopes": {"bot": BOT_SCOPES, "user": ["chat:write"]},
    },
    "settings": {
        "socket_mode_enabled": True,
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": BOT_EVENTS},
    },
}
CONFIG: dict[str, Any] = {
    "team": {"id": "T0ACME", "name": "Acme", "domain": "acme"},
    "users": [
        {"id": "U0ALICE", "name": "alice", "real_name": "Alice Doe", "owner": True, "tz": "Europe/Berlin"},
        {"id": "U0BOB", "name": "bob", "real_name": "Bob Roe"},
        {"id": "U0GUEST", "name": "gus", "guest": "single"},
        {"id": "U0MULTI", "name": "mia", "guest": "multi"},
        {"id": "U0OUTER", "name": "otto", "external": True},
        {"id": "U0GONE", "name": "gone", "deactivated": True},
    ],
    "channels": [
        {"id": "C0GENERAL", "name": "general"},
        {"id": "C0RANDOM", "name": "random", "members": ["alice"]},
        {"id": "C0SECRET", "name": "secret", "private": True, "members": ["alice"]},
        {"id": "C0TEAM", "name": "team", "private": True, "members": ["alice", "bob"]},
        {"id": "C0OLD", "name": "old", "members": ["alice"], "archived": True},
    ],
    "groups": [{"id": "S0QA", "handle": "qa", "name": "Testers", "users": ["alice", "bob"]}],
    "apps": [
        {
            "id": "A0HELPER",
            "client_id": "111.222",
            "client_secret": "client-secret",
            "signing_secret": "signing-secret",
            "bot_token": "xoxb-helper",
            "app_token": "xapp-helper",
            "user_tokens": {"alice": "xoxp-alice"},
            "channels": ["general", "team", "old"],
            "manifest": MANIFEST,
        }
    ],
    "limits": {"rate_limits": False, "shares_seconds": 0.05},
}
GENERAL, RANDOM, SECRET, TEAM, OLD = "C0GENERAL", "C0RANDOM", "C0SECRET", "C0TEAM", "C0OLD"
BOT_TOKEN, APP_TOKEN = "xoxb-helper", "xapp-helper"


def sample_config(
    *, limits: Mapping[str, Any] | None = None, app: Mapping[str, Any] | None = None, manifest: Any = None
) -> dict[str, Any]:
    """The sample with changes: to limits, to the app's entry, and (a function) to its manifest."""
    config = deepcopy(CONFIG)
    config["limits"] |= dict(limits or {})
    config["apps"][0] |= dict(app or {})
    if manifest is not None:
        manifest(config["apps"][0]["manifest"])
    return config


class Api:
    """Calls Web API methods with a token; unwraps nothing."""

    def __init__(self, session: aiohttp.ClientSession, base: str, token: str) -> None:
        self.session = session
        self.base = base
        self.token = token

    async def raw(self, method: str, **request: Any) -> aiohttp.ClientResponse:
        """One HTTP request, as given."""
        response = await self.session.post(f"{self.base}/api/{method}", **request)
        await response.read()
        return response

    async def __call__(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call with JSON; the body of the answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        response = await self.raw(method, json=arguments, headers=headers)
        return dict(await response.json())

    async def get(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call with a query, as the Python SDK does for reading methods."""
        headers = {"Authorization": f"Bearer {self.token}"}
        response = await self.raw(method, params=arguments, headers=headers)
        return dict(await response.json())

    async def error(self, method: str, **arguments: Any) -> str:
        """The error code of a call that must be refused."""
        answer = await self(method, **arguments)
        assert not answer["ok"], answer
        return str(answer["error"])

    async def get_error(self, method: str, **arguments: Any) -> str:
        """The error code of a reading call that must be refused."""
        answer = await self.get(method, **arguments)
        assert not answer["ok"], answer
        return str(answer["error"])

    async def post(self, channel: str = GENERAL, text: str = "hello", **arguments: Any) -> str:
        """Post a message; its ts."""
        answer = await self("chat.postMessage", channel=channel, text=text, **arguments)
        assert answer["ok"], answer
        return str(answer["ts"])


@asynccontextmanager
async def sample_workspace(config: dict[str, Any] | None = None) -> AsyncIterator[tuple[Running, Api]]:
    """The sample, running, and its bot's API."""
    async with running_workspace(config or sample_config()) as running, aiohttp.ClientSession() as session:
        yield running, Api(session, running.url, BOT_TOKEN)


def section(text: str = "hi", **more: Any) -> dict[str, Any]:
    """A section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str = "press", text: str = "Press", **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: dict[str, Any], block_id: str = "buttons") -> dict[str, Any]:
    """An actions block."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def text_input(block_id: str = "name", **more: Any) -> dict[str, Any]:
    """An input block with a text field."""
    element = {"type": "plain_text_input", "action_id": block_id, **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal view."""
    shown = list(blocks) or [text_input()]
    return {"type": "modal", "title": plain("Form"), "submit": plain("Go"), "blocks": shown, **more}
