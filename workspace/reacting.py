"""Reactions and pins, by apps and by people."""

import re

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.model import Channel, Message
from workspace.posting import show_changed, show_channel

EMOJI_NAME = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")
MAX_EMOJI = 50
MAX_REACTIONS = 23


def react(ws: Workspace, message: Message, *, user: str, name: str, on: bool) -> None:
    """Add or take back one person's reaction. Raises SlackError as reactions.* do."""
    reactions = [dict(reaction) for reaction in message.body.get("reactions", [])]
    found = next((reaction for reaction in reactions if reaction["name"] == name), None)
    if not EMOJI_NAME.fullmatch(name):
        raise SlackError("invalid_name")
    users = list(found["users"]) if found else []
    if on and user in users:
        raise SlackError("already_reacted")
    if not on and user not in users:
        raise SlackError("no_reaction")
    if on and found is None and len(reactions) >= MAX_EMOJI:
        raise SlackError("too_many_emoji")
    if on and sum(user in reaction["users"] for reaction in reactions) >= MAX_REACTIONS:
        raise SlackError("too_many_reactions")
    users = [*users, user] if on else [other for other in users if other != user]
    if found is None:
        found = {"name": name}
        reactions.append(found)
    found |= {"users": users, "count": len(users)}
    message.body.pop("reactions", None)
    if left := [reaction for reaction in reactions if reaction["users"]]:
        message.body["reactions"] = left
    ws.state.save(message)
    show_changed(ws, message)
    ws.events.tell(
        {
            "type": "reaction_added" if on else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": ws.ts.next(),
        },
        channel=ws.state.channels[message.channel],
    )


def set_pinned(ws: Workspace, channel: Channel, message: Message, *, user: str, on: bool) -> None:
    """Pin or unpin a message; nothing happens if it is so already."""
    if on == (message.ts in channel.pins):
        return
    if on:
        channel.pins.append(message.ts)
    else:
        channel.pins.remove(message.ts)
    ws.state.save(channel)
    show_channel(ws, channel)
    ws.events.tell(
        {
            "type": "pin_added" if on else "pin_removed",
            "user": user,
            "channel_id": channel.id,
            "item": {"type": "message", "channel": channel.id, "message": {"ts": message.ts}},
            "event_ts": ws.ts.next(),
        },
        channel=channel,
    )
