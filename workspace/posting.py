"""Posting, changing and deleting messages, and telling apps and pages of it."""

from typing import Any

from workspace.core import Workspace
from workspace.ephemerals import Ephemeral
from workspace.mentions import mentioned_users, pings
from workspace.model import App, Channel, Message
from workspace.present import message_object
from workspace.setup import SLACKBOT
from workspace.shapes import channel_shape, ephemeral_shape, message_shape, notifies, unread_shape

CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
TOMBSTONE_TEXT = "This message was deleted."


def post(
    ws: Workspace,
    channel: Channel,
    fields: dict[str, Any],
    *,
    thread_ts: str = "",
    broadcast: bool = False,
    link_names: bool = False,
) -> Message:
    """Post a message (Slack's fields without ts) and tell everyone who should know."""
    ts = ws.ts.next()
    body: dict[str, Any] = {"type": "message", "ts": ts, "team": ws.team.id, **fields}
    if thread_ts:
        parent = ws.state.message(channel.id, thread_ts)
        body |= {"thread_ts": thread_ts, "parent_user_id": parent.user if parent else ""}
        if broadcast:
            body["subtype"] = "thread_broadcast"
    message = Message(channel=channel.id, ts=ts, body=body, link_names=link_names)
    message.pings = pings(body, link_names=link_names)
    ws.state.save(message)
    channel.marks[message.user] = ts
    ws.state.save(channel)
    _show(ws, channel, message)
    _tell_apps(ws, channel, message)
    return message


def _show(ws: Workspace, channel: Channel, message: Message) -> None:
    audience = ws.audience(channel)
    shape = message_shape(ws, message)
    ws.bus.tell(audience, {"type": "message", "channel": channel.id, "message": shape})
    parent = ws.state.message(channel.id, message.thread_ts) if message.is_reply else None
    if parent is not None:
        show_changed(ws, parent)
    for user in ws.bus.watching():
        if user in channel.members and user != message.user:
            _notify(ws, channel, message, user, shape)
    show_unread(ws, channel)


def _notify(ws: Workspace, channel: Channel, message: Message, user: str, shape: dict[str, Any]) -> None:
    reason = ""
    if channel.is_direct:
        reason = "dm"
    elif notifies(ws, message, user):
        reason = "mention"
    elif message.is_reply and user in _thread_people(ws, message):
        reason = "thread"
    if reason:
        ws.bus.tell([user], {"type": "notify", "channel": channel.id, "message": shape, "reason": reason})


def _thread_people(ws: Workspace, message: Message) -> set[str]:
    people = {reply.user for reply in ws.state.replies(message.channel, message.thread_ts)}
    return people | {str(message.body.get("parent_user_id", ""))}


def _tell_apps(ws: Workspace, channel: Channel, message: Message) -> None:
    event = {
        **message_object(ws.state, message, with_metadata=True),
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "event_ts": message.ts,
    }
    ws.events.tell(event, channel=channel)
    if channel.kind == "im" or message.body.get("subtype") not in (
        None,
        "thread_broadcast",
        "file_share",
        "bot_message",
    ):
        return
    for user in mentioned_users(str(message.body.get("text", ""))):
        app = ws.state.apps.get(ws.state.users[user].app_id) if user in ws.state.users else None
        if app is not None and user != message.user:
            mention = {key: value for key, value in event.items() if key not in ("channel_type", "subtype")}
            ws.events.tell({**mention, "type": "app_mention"}, channel=channel, only=app)


def show_changed(ws: Workspace, message: Message) -> None:
    """Redraw a message on open pages."""
    channel = ws.state.channels[message.channel]
    shape = message_shape(ws, message)
    ws.bus.tell(ws.audience(channel), {"type": "message_changed", "channel": channel.id, "message": shape})


def show_channel(ws: Workspace, channel: Channel) -> None:
    """Redraw a channel on open pages."""
    ws.bus.tell_each(
        ws.audience(channel), lambda user: {"type": "channel", "channel": channel_shape(ws, channel, user)}
    )


def show_unread(ws: Workspace, channel: Channel) -> None:
    """Refresh the unread marks of a channel on open pages."""
    ws.bus.tell_each(
        channel.members,
        lambda user: {"type": "unread", "channel_id": channel.id, **unread_shape(ws, channel, user)},
    )


def change(ws: Workspace, message: Message, body: dict[str, Any]) -> None:
    """Replace a message's body and tell everyone who should know."""
    before = message_object(ws.state, message)
    message.body = body
    message.pings = pings(body, link_names=message.link_names)
    ws.state.save(message)
    show_changed(ws, message)
    channel = ws.state.channels[message.channel]
    ts = ws.ts.next()
    ws.events.tell(
        {
            "type": "message",
            "subtype": "message_changed",
            "message": message_object(ws.state, message),
            "previous_message": before,
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": CHANNEL_TYPES[channel.kind],
        },
        channel=channel,
    )


def delete(ws: Workspace, message: Message) -> None:
    """Delete a message; the parent of a thread leaves a tombstone."""
    channel = ws.state.channels[message.channel]
    if ws.state.replies(channel.id, message.ts):
        change(ws, message, _tombstone(message))
        return
    before = message_object(ws.state, message)
    ws.state.remove(message)
    if message.ts in channel.pins:
        channel.pins.remove(message.ts)
        ws.state.save(channel)
    gone = {"type": "message_deleted", "channel": channel.id, "ts": message.ts}
    if message.is_reply:
        gone["thread_ts"] = message.thread_ts
    ws.bus.tell(ws.audience(channel), gone)
    parent = ws.state.message(channel.id, message.thread_ts) if message.is_reply else None
    if parent is not None:
        show_changed(ws, parent)
    ts = ws.ts.next()
    ws.events.tell(
        {
            "type": "message",
            "subtype": "message_deleted",
            "deleted_ts": message.ts,
            "previous_message": before,
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": CHANNEL_TYPES[channel.kind],
        },
        channel=channel,
    )


def _tombstone(message: Message) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "tombstone",
        "text": TOMBSTONE_TEXT,
        "user": SLACKBOT,
        "hidden": True,
        "ts": message.ts,
        "thread_ts": message.ts,
    }


def post_ephemeral(
    ws: Workspace, *, channel: str, user: str, app_id: str, fields: dict[str, Any], thread_ts: str = ""
) -> Ephemeral:
    """Show a message to one person."""
    ts = ws.ts.next()
    body = {"type": "message", "subtype": "bot_message", "ts": ts, "is_ephemeral": True, **fields}
    if thread_ts:
        body["thread_ts"] = thread_ts
    ephemeral = Ephemeral(ts=ts, channel=channel, user=user, app_id=app_id, body=body)
    ws.ephemerals.add(ephemeral)
    ws.bus.tell([user], {"type": "ephemeral", "channel": channel, "message": ephemeral_shape(channel, body)})
    return ephemeral


def slackbot_says(ws: Workspace, *, channel: str, user: str, text: str, thread_ts: str = "") -> None:
    """An ephemeral word from Slackbot, as for a command that failed."""
    fields = {"user": SLACKBOT, "username": "slackbot", "text": text}
    post_ephemeral(ws, channel=channel, user=user, app_id="", fields=fields, thread_ts=thread_ts)


def app_author(ws: Workspace, app: App) -> dict[str, Any]:
    """The author fields of an app's message."""
    return {
        "user": app.bot_user,
        "bot_id": app.bot_id,
        "app_id": app.id,
        "bot_profile": {
            "id": app.bot_id,
            "app_id": app.id,
            "user_id": app.bot_user,
            "name": app.name,
            "icons": {},
            "deleted": False,
            "updated": 0,
            "team_id": ws.team.id,
        },
    }
