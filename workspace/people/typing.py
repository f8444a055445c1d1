"""Messages that people write, change and delete."""

from typing import Any

from workspace.core import Workspace
from workspace.errors import Refused
from workspace.model import Channel, Message
from workspace.people.compose import Composer
from workspace.people.rich import rich_text_block
from workspace.posting import change, delete, post
from workspace.sharing import mark_shared, message_files

EDITABLE_SUBTYPES = (None, "thread_broadcast", "file_share", "me_message")


def check_writable(ws: Workspace, user: str, channel: Channel, thread_ts: str) -> None:
    """Refuse where a person cannot write."""
    if channel.archived:
        raise Refused("is_archived", "This channel is archived.")
    if user not in channel.members:
        raise Refused("not_in_channel", "Join the channel to write in it.")
    bots = [ws.state.apps.get(ws.state.users[member].app_id) for member in channel.members]
    if channel.kind == "im" and any(app and (not app.messages_tab or app.messages_read_only) for app in bots):
        raise Refused("messages_tab_disabled", "Sending messages to this app has been turned off.")
    if thread_ts and ws.state.message(channel.id, thread_ts) is None:
        raise Refused("thread_not_found", "That thread is not there.")


def write(
    ws: Workspace,
    user: str,
    *,
    channel: Channel,
    text: str,
    thread_ts: str = "",
    broadcast: bool = False,
    files: list[str] | None = None,
) -> Message:
    """Post what a person typed, with files they uploaded. Raises Refused."""
    check_writable(ws, user, channel, thread_ts)
    if not text.strip() and not files:
        raise Refused("no_text", "There is nothing to send.")
    mrkdwn = Composer(ws.state).compose(text)
    fields: dict[str, Any] = {"user": user, "text": mrkdwn}
    if mrkdwn:
        fields |= {"client_msg_id": f"msg-{ws.ts.next()}", "blocks": [rich_text_block(mrkdwn)]}
    if files:
        fields |= {"files": message_files(ws, files), "upload": False, "subtype": "file_share"}
    message = post(ws, channel, fields, thread_ts=thread_ts, broadcast=broadcast)
    for file_id in files or []:
        mark_shared(ws, ws.state.files[file_id], channel, message)
    return message


def _own_message(ws: Workspace, user: str, channel: Channel, ts: str) -> Message:
    message = ws.state.message(channel.id, ts)
    if message is None:
        raise Refused("message_not_found", "That message is not there.")
    if message.user != user:
        raise Refused("cant_update_message", "Only its author can change a message.")
    return message


def edit(ws: Workspace, user: str, *, channel: Channel, ts: str, text: str) -> Message:
    """Change one's own message. Raises Refused."""
    message = _own_message(ws, user, channel, ts)
    if message.body.get("subtype") not in EDITABLE_SUBTYPES:
        raise Refused("cant_update_message", "This message cannot be changed.")
    mrkdwn = Composer(ws.state).compose(text)
    edited = {"user": user, "ts": ws.ts.next()}
    change(
        ws, message, {**message.body, "text": mrkdwn, "blocks": [rich_text_block(mrkdwn)], "edited": edited}
    )
    return message


def erase(ws: Workspace, user: str, *, channel: Channel, ts: str) -> None:
    """Delete one's own message. Raises Refused."""
    delete(ws, _own_message(ws, user, channel, ts))
