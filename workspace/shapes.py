"""Records as the page receives them (see PAGE_API.md)."""

import itertools
from typing import Any
from urllib.parse import quote

from workspace.core import Workspace
from workspace.modals import Modal
from workspace.model import Channel, File, Group, Message, User
from workspace.present import color, file_object, message_object, tz_label, tz_offset_seconds


def permalink(ws: Workspace, channel: str, ts: str, thread_ts: str = "") -> str:
    """The address of a message."""
    link = f"{ws.base_url}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else link


def user_shape(ws: Workspace, user: User) -> dict[str, Any]:
    """A User of the page."""
    now = ws.clock.now()
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "display_name": user.display_name,
        "tz": user.tz,
        "tz_label": tz_label(user.tz, now),
        "tz_offset": tz_offset_seconds(user.tz, now),
        "color": f"#{color(user)}",
        "avatar": "",
        "title": user.title,
        "status_text": user.status_text,
        "status_emoji": user.status_emoji,
        "is_bot": user.is_bot,
        "app_id": user.app_id,
        "is_admin": user.admin,
        "is_owner": user.owner,
        "is_guest": bool(user.guest),
        "is_external": user.external,
        "deleted": user.deleted,
    }


def group_shape(group: Group) -> dict[str, Any]:
    """A Group of the page."""
    return {"id": group.id, "handle": group.handle, "name": group.name, "users": group.users}


def unread_shape(ws: Workspace, channel: Channel, viewer: str) -> dict[str, Any]:
    """A reader's marks in a channel."""
    mark = channel.marks.get(viewer, "")
    top_level = list(ws.state.top_level(channel.id))
    newest_first = itertools.takewhile(lambda message: message.ts > mark, reversed(top_level))
    fresh = [message for message in newest_first if message.user != viewer and viewer in channel.members]
    mentions = len(fresh) if channel.is_direct else sum(notifies(ws, message, viewer) for message in fresh)
    latest = top_level[-1].ts if top_level else ""
    return {
        "last_read": mark or "0000000000.000000",
        "unread": len(fresh),
        "mentions": mentions,
        "latest": latest,
    }


def notifies(ws: Workspace, message: Message, user: str) -> bool:
    """Whether a message mentions a person, one of their groups, or everybody."""
    for target in message.pings:
        group = ws.state.groups.get(target)
        if target in (user, "here", "channel", "everyone") or (group is not None and user in group.users):
            return True
    return False


def channel_shape(ws: Workspace, channel: Channel, viewer: str) -> dict[str, Any]:
    """A Channel of the page, as `viewer` sees it."""
    others = [member for member in channel.members if member != viewer] or channel.members
    bot = next((ws.state.users[member].app_id for member in others if ws.state.users[member].app_id), "")
    return {
        "id": channel.id,
        "name": "" if channel.kind == "im" else channel.name,
        "kind": channel.kind,
        "topic": channel.topic.get("value", ""),
        "purpose": channel.purpose.get("value", ""),
        "is_archived": channel.archived,
        "is_member": viewer in channel.members,
        "members": len(channel.members),
        "with": others if channel.is_direct else [],
        "app_id": bot if channel.kind == "im" else "",
        "pinned": channel.pins,
        "bookmarks": [
            {key: mark.get(key, "") for key in ("id", "title", "link", "emoji")} for mark in channel.bookmarks
        ],
        **unread_shape(ws, channel, viewer),
    }


def message_shape(ws: Workspace, message: Message) -> dict[str, Any]:
    """A Message of the page."""
    shown = message_object(ws.state, message)
    if "files" in shown:
        shown["files"] = [{**file, "page_url": page_url(file)} for file in shown["files"]]
    return {
        **shown,
        "channel": message.channel,
        "permalink": permalink(ws, message.channel, message.ts, message.thread_ts),
        "pings": message.pings,
    }


def ephemeral_shape(channel: str, body: dict[str, Any]) -> dict[str, Any]:
    """A Message of the page that only its reader sees."""
    return {**body, "channel": channel, "permalink": "", "pings": [], "ephemeral": True}


def file_shape(ws: Workspace, file: File) -> dict[str, Any]:
    """A File of the page."""
    shown = file_object(file, base_url=ws.base_url)
    return {**shown, "page_url": page_url(shown)}


def page_url(file: dict[str, Any]) -> str:
    """Where the page loads a file's bytes, without who asks."""
    return f"/_page/files/{file['id']}/{quote(file['name'], safe='')}"


def view_shape(ws: Workspace, view: dict[str, Any], inputs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A View of the page."""
    app = ws.state.apps.get(view["app_id"])
    return {**view, "values": inputs, "app_name": app.name if app else ""}


def modal_shapes(ws: Workspace, user: str) -> list[dict[str, Any]]:
    """A person's open stack, root first."""
    return [_modal_shape(ws, modal) for modal in ws.modals.stack(user)]


def _modal_shape(ws: Workspace, modal: Modal) -> dict[str, Any]:
    return view_shape(ws, modal.view, modal.inputs)
