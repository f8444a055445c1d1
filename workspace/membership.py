"""Joining, leaving, opening, archiving and renaming conversations."""

from workspace.core import Workspace
from workspace.model import Channel
from workspace.posting import post, show_channel
from workspace.setup import open_direct

EVENT_CHANNEL_TYPES = {"public": "C", "private": "G", "im": "D", "mpim": "G"}


def join(ws: Workspace, channel: Channel, user: str, *, inviter: str = "") -> None:
    """Add a person or bot to a channel; nothing happens if they are in."""
    if user in channel.members:
        return
    channel.members.append(user)
    ws.state.save(channel)
    fields = {"subtype": "channel_join", "user": user, "text": f"<@{user}> has joined the channel"}
    if inviter:
        fields["inviter"] = inviter
    post(ws, channel, fields)
    show_channel(ws, channel)
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": EVENT_CHANNEL_TYPES[channel.kind],
        "team": ws.team.id,
        "event_ts": ws.ts.next(),
    }
    ws.events.tell({**event, "inviter": inviter} if inviter else event, channel=channel)


def leave(ws: Workspace, channel: Channel, user: str) -> None:
    """Take a person or bot out of a channel; nothing happens if they are not in."""
    if user not in channel.members:
        return
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": EVENT_CHANNEL_TYPES[channel.kind],
        "team": ws.team.id,
        "event_ts": ws.ts.next(),
    }
    ws.events.tell(event, channel=channel)
    post(ws, channel, {"subtype": "channel_leave", "user": user, "text": f"<@{user}> has left the channel"})
    channel.members.remove(user)
    ws.state.save(channel)
    show_channel(ws, channel)
    if channel.kind != "public":
        ws.bus.tell([user], {"type": "channel_removed", "channel_id": channel.id})


def set_archived(ws: Workspace, channel: Channel, archived: bool, user: str) -> None:
    """Archive or unarchive a channel."""
    channel.archived = archived
    ws.state.save(channel)
    show_channel(ws, channel)
    kind = "channel_archive" if archived else "channel_unarchive"
    ws.events.tell(
        {"type": kind, "channel": channel.id, "user": user, "event_ts": ws.ts.next()}, channel=channel
    )


def direct(ws: Workspace, users: list[str]) -> tuple[Channel, bool]:
    """The DM or group DM of these people, and whether it is new."""
    channel, is_new = open_direct(ws.state, users, now=int(ws.clock.now()))
    if is_new:
        show_channel(ws, channel)
    return channel, is_new


def create(ws: Workspace, *, channel: Channel) -> None:
    """Announce a new channel."""
    ws.state.save(channel)
    show_channel(ws, channel)
    ws.events.tell(
        {
            "type": "channel_created",
            "channel": {
                "id": channel.id,
                "name": channel.name,
                "created": channel.created,
                "creator": channel.creator,
            },
            "event_ts": ws.ts.next(),
        }
    )
