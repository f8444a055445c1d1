"""What the page reads: bootstrap, messages, threads, members, inspector."""

from collections.abc import Iterable
from typing import Any

from workspace.core import Workspace
from workspace.errors import Refused
from workspace.inspector import cut
from workspace.model import App, Channel, Message
from workspace.page.context import Act
from workspace.people.commands import BUILT_IN_HELP
from workspace.present import app_page_object
from workspace.setup import SLACKBOT
from workspace.shapes import channel_shape, group_shape, message_shape, modal_shapes, user_shape

PAGE_MESSAGES = 50
MAX_PAGE_MESSAGES = 200
INSPECTOR_PAGE = 200
TEXT_LIMIT_BYTES = 1024 * 1024


async def bootstrap(act: Act) -> dict[str, Any]:
    """Everything the page needs to draw itself."""
    ws = act.ws
    people = [
        user
        for user in ws.state.users.values()
        if not user.is_bot and not user.deleted and user.id != SLACKBOT
    ]
    channels = [channel for channel in ws.state.channels.values() if _listed(ws, channel, act.me)]
    apps = [app for app in ws.state.apps.values() if app.installed]
    return {
        "team": {"id": ws.team.id, "name": ws.team.name, "domain": ws.team.domain, "url": f"{ws.base_url}/"},
        "me": act.me,
        "people": [user.id for user in people],
        "users": [user_shape(ws, user) for user in ws.state.users.values()],
        "groups": [group_shape(group) for group in ws.state.groups.values()],
        "channels": [channel_shape(ws, channel, act.me) for channel in channels],
        "apps": [app_page_object(app, _connected(ws, app)) for app in apps],
        "commands": [*_commands(apps), *_built_in_commands()],
        "shortcuts": [_shortcut(app, entry) for app in apps for entry in app.shortcuts],
        "modals": modal_shapes(ws, act.me),
        "drafts": {},
        "now": ws.clock.now(),
        "clock_offset": ws.clock.offset_seconds,
    }


def _connected(ws: Workspace, app: App) -> bool:
    return ws.sockets.count(app.id) > 0 if app.socket_mode else True


def _listed(ws: Workspace, channel: Channel, user: str) -> bool:
    return user in channel.members or (channel.kind == "public" and ws.may_see(user, channel))


def _commands(apps: list[App]) -> list[dict[str, Any]]:
    return [
        {
            "command": entry["command"],
            "description": entry.get("description", ""),
            "usage_hint": entry.get("usage_hint", ""),
            "app_id": app.id,
            "app_name": app.name,
        }
        for app in apps
        for entry in app.commands
    ]


def _built_in_commands() -> list[dict[str, Any]]:
    return [
        {"command": command, "description": description, "usage_hint": hint, "app_id": "", "app_name": ""}
        for command, (description, hint) in BUILT_IN_HELP.items()
    ]


def _shortcut(app: App, entry: dict[str, Any]) -> dict[str, Any]:
    shown = {key: entry.get(key, "") for key in ("type", "name", "description", "callback_id")}
    return {**shown, "app_id": app.id, "app_name": app.name}


def _shown(ws: Workspace, messages: Iterable[Message]) -> list[dict[str, Any]]:
    return [message_shape(ws, message) for message in messages]


async def messages(act: Act) -> dict[str, Any]:
    """A channel's latest messages, or those before a ts."""
    channel = act.channel(act.request.match_info["channel"])
    before = act.request.query.get("before", "")
    limit = min(int(act.request.query.get("limit", PAGE_MESSAGES)), MAX_PAGE_MESSAGES)
    found = [m for m in act.ws.state.top_level(channel.id) if not before or m.ts < before]
    return {"messages": _shown(act.ws, found[-limit:]), "has_more": len(found) > limit}


async def thread(act: Act) -> dict[str, Any]:
    """A thread, its parent first."""
    channel, ts = act.channel(act.request.match_info["channel"]), act.request.match_info["ts"]
    parent = act.ws.state.message(channel.id, ts)
    if parent is None:
        raise Refused("thread_not_found", "That thread is not there.")
    return {"messages": _shown(act.ws, [parent, *act.ws.state.replies(channel.id, ts)])}


async def members(act: Act) -> dict[str, Any]:
    """Who is in a channel."""
    return {"members": act.channel(act.request.match_info["channel"]).members}


async def inspect(act: Act) -> dict[str, Any]:
    """The latest calls and deliveries, bodies cut."""
    query = act.request.query
    entries = act.ws.inspector.entries(
        after=int(query.get("after", 0)), limit=int(query.get("limit", INSPECTOR_PAGE))
    )
    return {"entries": [cut(entry) for entry in entries], "last": act.ws.inspector.last}


async def inspect_one(act: Act) -> dict[str, Any]:
    """One call or delivery in full."""
    entry = act.ws.inspector.entry(int(act.request.match_info["seq"]))
    if entry is None:
        raise Refused("not_found", "This entry is no longer kept.")
    return {"entry": entry}


async def clear_inspector(act: Act) -> dict[str, Any]:
    """Forget all entries."""
    act.ws.inspector.clear()
    return {}


async def file_text(act: Act) -> dict[str, Any]:
    """The text of a snippet or text file."""
    file = act.ws.state.files.get(act.request.match_info["file"])
    if file is None or file.deleted:
        raise Refused("file_not_found", "That file is not there.")
    content = act.ws.state.storage.content(file.id)
    return {
        "text": content[:TEXT_LIMIT_BYTES].decode("utf-8", "replace"),
        "truncated": len(content) > TEXT_LIMIT_BYTES,
    }
