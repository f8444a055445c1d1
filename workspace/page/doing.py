"""What people do at the page: write, run commands, press, fill in, submit, react, join."""

import re
from typing import Any

from workspace.errors import Refused
from workspace.ids import new_id
from workspace.membership import create, direct, join, leave, set_archived
from workspace.model import Channel
from workspace.page.context import Act
from workspace.people import actions, commands, forms, shortcuts, typing
from workspace.people.surface import find_surface
from workspace.posting import show_channel, show_unread
from workspace.reacting import react, set_pinned
from workspace.shapes import channel_shape, message_shape, view_shape

CHANNEL_NAME = re.compile(r"[a-z0-9_\-]{1,80}")


async def write(act: Act) -> dict[str, Any]:
    """Post a message."""
    message = typing.write(
        act.ws,
        act.me,
        channel=act.channel(act.need("channel")),
        text=act.text("text"),
        thread_ts=act.text("thread_ts"),
        broadcast=bool(act.body.get("broadcast")),
        files=act.body.get("files") or [],
    )
    return {"message": message_shape(act.ws, message)}


async def edit(act: Act) -> dict[str, Any]:
    """Change one's own message."""
    channel = act.channel(act.need("channel"))
    message = typing.edit(act.ws, act.me, channel=channel, ts=act.need("ts"), text=act.need("text"))
    return {"message": message_shape(act.ws, message)}


async def delete(act: Act) -> dict[str, Any]:
    """Delete one's own message."""
    typing.erase(act.ws, act.me, channel=act.channel(act.need("channel")), ts=act.need("ts"))
    return {}


async def command(act: Act) -> dict[str, Any]:
    """Run a slash command."""
    await commands.run_command(
        act.ws,
        act.me,
        channel=act.channel(act.need("channel")),
        command=act.need("command"),
        text=act.text("text"),
        thread_ts=act.text("thread_ts"),
    )
    return {}


async def press(act: Act) -> dict[str, Any]:
    """Press a button or choose in an element."""
    await actions.press(
        act.ws,
        act.me,
        where=act.need("where", dict),
        block_id=act.need("block_id"),
        action_id=act.need("action_id"),
        value=act.body.get("value"),
        state=act.body.get("state") or {},
    )
    return {}


async def fill(act: Act) -> dict[str, Any]:
    """Remember what was typed in a form."""
    find_surface(act.ws, act.me, act.need("where", dict)).fill(act.need("state", dict))
    return {}


async def options(act: Act) -> dict[str, Any]:
    """Load the options of an external select."""
    return await actions.load_options(
        act.ws,
        act.me,
        where=act.need("where", dict),
        block_id=act.need("block_id"),
        action_id=act.need("action_id"),
        query=act.text("query"),
    )


async def submit(act: Act) -> dict[str, Any]:
    """Submit a modal."""
    await forms.submit(act.ws, act.me, act.request.match_info["view"], act.body.get("state") or {})
    return {}


async def close(act: Act) -> dict[str, Any]:
    """Cancel a modal, or close all of them."""
    await forms.close(act.ws, act.me, act.request.match_info["view"], everything=bool(act.body.get("all")))
    return {}


async def shortcut(act: Act) -> dict[str, Any]:
    """Use a global or message shortcut."""
    app, callback_id = act.app(act.need("app_id")), act.need("callback_id")
    if act.text("channel"):
        channel = act.channel(act.need("channel"))
        await shortcuts.message_shortcut(
            act.ws, act.me, app, callback_id, channel=channel, ts=act.need("message_ts")
        )
    else:
        await shortcuts.global_shortcut(act.ws, act.me, app, callback_id)
    return {}


async def open_home(act: Act) -> dict[str, Any]:
    """Show a tab of an app."""
    app = act.app(act.request.match_info["app"])
    channel = shortcuts.open_home(act.ws, act.me, app, act.text("tab") or "home")
    home = act.ws.state.homes.get((app.id, act.me))
    view = None
    if home is not None:
        inputs = act.ws.inputs.get((act.me, "view", home.view["id"]), {})
        view = view_shape(act.ws, home.view, inputs)
    return {"view": view, "channel": channel.id}


async def close_home(act: Act) -> dict[str, Any]:
    """Leave a tab of an app; nobody is told."""
    act.app(act.request.match_info["app"])
    return {}


async def reaction(act: Act) -> dict[str, Any]:
    """Add or take back a reaction."""
    channel = act.channel(act.need("channel"))
    message = act.ws.state.message(channel.id, act.need("ts"))
    if message is None:
        raise Refused("message_not_found", "That message is not there.")
    react(act.ws, message, user=act.me, name=act.need("name"), on=act.need("on", bool))
    return {}


async def pin(act: Act) -> dict[str, Any]:
    """Pin or unpin a message."""
    channel = act.channel(act.need("channel"))
    message = act.ws.state.message(channel.id, act.need("ts"))
    if message is None:
        raise Refused("message_not_found", "That message is not there.")
    set_pinned(act.ws, channel, message, user=act.me, on=act.need("on", bool))
    return {}


async def read(act: Act) -> dict[str, Any]:
    """Mark a channel as read up to a ts."""
    channel = _channel(act)
    channel.marks[act.me] = max(channel.marks.get(act.me, ""), act.need("ts"))
    act.ws.state.save(channel)
    show_unread(act.ws, channel)
    return {}


def _channel(act: Act) -> Channel:
    return act.channel(act.request.match_info["channel"])


def _shown(act: Act, channel: Channel) -> dict[str, Any]:
    return {"channel": channel_shape(act.ws, channel, act.me)}


async def new_channel(act: Act) -> dict[str, Any]:
    """Make a channel."""
    name = act.need("name").lstrip("#")
    if not CHANNEL_NAME.fullmatch(name):
        raise Refused("invalid_name", "Use lower-case letters, digits, - and _.")
    if act.ws.state.channel_named(name) is not None:
        raise Refused("name_taken", "A channel of that name exists.")
    channel = Channel(
        id=new_id("C"),
        kind="private" if act.body.get("is_private") else "public",
        name=name,
        members=[act.me],
        creator=act.me,
        created=int(act.ws.clock.now()),
    )
    create(act.ws, channel=channel)
    return _shown(act, channel)


async def new_dm(act: Act) -> dict[str, Any]:
    """Open a DM or group DM."""
    users = [user for user in act.need("users", list) if user in act.ws.state.users]
    channel, _ = direct(act.ws, [act.me, *users])
    return _shown(act, channel)


async def membership(act: Act) -> dict[str, Any]:
    """Join, leave, archive or unarchive a channel."""
    channel, what = _channel(act), act.request.match_info["what"]
    if what == "join":
        join(act.ws, channel, act.me)
    elif what == "leave":
        leave(act.ws, channel, act.me)
    else:
        set_archived(act.ws, channel, what == "archive", act.me)
    return _shown(act, channel)


async def invite(act: Act) -> dict[str, Any]:
    """Bring people into a channel."""
    channel = _channel(act)
    for user in act.need("users", list):
        if user in act.ws.state.users:
            join(act.ws, channel, user, inviter=act.me)
    show_channel(act.ws, channel)
    return _shown(act, channel)


async def kick(act: Act) -> dict[str, Any]:
    """Remove people from a channel."""
    channel = _channel(act)
    for user in act.need("users", list):
        leave(act.ws, channel, user)
    return _shown(act, channel)
