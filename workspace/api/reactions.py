"""reactions.*, pins.* and bookmarks.*."""

from workspace.api.access import find_channel, find_message
from workspace.api.registry import Call, Json, method
from workspace.errors import InvalidArguments, SlackError
from workspace.ids import new_id
from workspace.model import Channel, Message
from workspace.posting import show_channel
from workspace.present import message_object
from workspace.reacting import react, set_pinned

MAX_BOOKMARKS = 100


def _target(call: Call) -> tuple[Channel, Message]:
    call.args.require("channel", "timestamp")
    channel = find_channel(call)
    return channel, find_message(call, channel, "timestamp")


@method("reactions.add", scopes=("reactions:write",), accepts_json=True, required=("name",))
async def reactions_add(call: Call) -> Json:
    """React to a message."""
    channel, message = _target(call)
    if channel.archived:
        raise SlackError("is_archived")
    if call.user not in channel.members:
        raise SlackError("not_in_channel")
    react(call.ws, message, user=call.user, name=call.args.text("name").strip(":"), on=True)
    return {}


@method("reactions.remove", scopes=("reactions:write",), tier=2, accepts_json=True, required=("name",))
async def reactions_remove(call: Call) -> Json:
    """Take a reaction back."""
    _, message = _target(call)
    react(call.ws, message, user=call.user, name=call.args.text("name").strip(":"), on=False)
    return {}


@method("reactions.get", scopes=("reactions:read",))
async def reactions_get(call: Call) -> Json:
    """A message with its reactions."""
    channel, message = _target(call)
    return {"type": "message", "channel": channel.id, "message": message_object(call.ws.state, message)}


@method("pins.add", scopes=("pins:write",), tier=2, accepts_json=True)
async def pins_add(call: Call) -> Json:
    """Pin a message."""
    channel, message = _target(call)
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    set_pinned(call.ws, channel, message, user=call.user, on=True)
    return {}


@method("pins.remove", scopes=("pins:write",), tier=2, accepts_json=True)
async def pins_remove(call: Call) -> Json:
    """Unpin a message."""
    channel, message = _target(call)
    if message.ts not in channel.pins:
        raise SlackError("no_pin")
    set_pinned(call.ws, channel, message, user=call.user, on=False)
    return {}


@method("pins.list", scopes=("pins:read",), tier=2, required=("channel",))
async def pins_list(call: Call) -> Json:
    """What is pinned in a channel."""
    channel = find_channel(call)
    pinned = [call.ws.state.messages[channel.id][ts] for ts in channel.pins]
    items = [
        {"type": "message", "channel": channel.id, "message": message_object(call.ws.state, message)}
        for message in pinned
    ]
    return {"items": items}


def _bookmark(call: Call, channel: Channel) -> Json:
    wanted = call.args.text("bookmark_id")
    for bookmark in channel.bookmarks:
        if bookmark["id"] == wanted:
            return bookmark
    raise SlackError("not_found")


def _changed(call: Call, channel: Channel) -> None:
    call.ws.state.save(channel)
    show_channel(call.ws, channel)


@method(
    "bookmarks.add",
    scopes=("bookmarks:write",),
    tier=2,
    accepts_json=True,
    required=("channel_id", "title", "type"),
)
async def bookmarks_add(call: Call) -> Json:
    """Put a link at the top of a channel."""
    channel = find_channel(call, "channel_id")
    if call.args.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link = call.args.text("link")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    if call.user not in channel.members:
        raise SlackError("not_in_channel")
    if len(channel.bookmarks) >= MAX_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    now = int(call.ws.clock.now())
    bookmark = {
        "id": new_id("Bk"),
        "channel_id": channel.id,
        "title": call.args.text("title"),
        "link": link,
        "emoji": call.args.text("emoji"),
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": now,
        "rank": str(len(channel.bookmarks)),
        "last_updated_by_user_id": call.user,
        "app_id": call.app.id,
    }
    channel.bookmarks.append(bookmark)
    _changed(call, channel)
    return {"bookmark": bookmark}


@method(
    "bookmarks.edit",
    scopes=("bookmarks:write",),
    tier=2,
    accepts_json=True,
    required=("channel_id", "bookmark_id"),
)
async def bookmarks_edit(call: Call) -> Json:
    """Change a bookmark."""
    channel = find_channel(call, "channel_id")
    bookmark = _bookmark(call, channel)
    changes = {key: call.args.text(key) for key in ("title", "link", "emoji") if key in call.args}
    if not changes:
        raise InvalidArguments("nothing to change")
    bookmark.update(changes, date_updated=int(call.ws.clock.now()), last_updated_by_user_id=call.user)
    _changed(call, channel)
    return {"bookmark": bookmark}


@method(
    "bookmarks.remove",
    scopes=("bookmarks:write",),
    tier=2,
    accepts_json=True,
    required=("channel_id", "bookmark_id"),
)
async def bookmarks_remove(call: Call) -> Json:
    """Take a bookmark away."""
    channel = find_channel(call, "channel_id")
    channel.bookmarks.remove(_bookmark(call, channel))
    _changed(call, channel)
    return {}


@method("bookmarks.list", scopes=("bookmarks:read",), required=("channel_id",))
async def bookmarks_list(call: Call) -> Json:
    """A channel's bookmarks."""
    return {"bookmarks": find_channel(call, "channel_id").bookmarks}
