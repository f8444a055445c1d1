"""conversations.*: opening, joining, inviting and the rest that changes a conversation."""

import re

from workspace.api.access import find_channel
from workspace.api.registry import Call, Json, method
from workspace.errors import SlackError
from workspace.ids import new_id
from workspace.membership import create, direct, join, leave, set_archived
from workspace.model import Channel
from workspace.posting import post, show_channel
from workspace.present import channel_object
from workspace.setup import SLACKBOT

MANAGE = ("channels:manage", "groups:write", "im:write", "mpim:write")
MANAGE_SCOPES = {
    "public": "channels:manage",
    "private": "groups:write",
    "im": "im:write",
    "mpim": "mpim:write",
}
NAME = re.compile(r"[a-z0-9_\-]{1,80}")
MAX_TOPIC_CHARACTERS = 250
MAX_MPIM_PEOPLE = 8


def shown(call: Call, channel: Channel) -> Json:
    """A conversation as the caller sees it."""
    return channel_object(channel, team_id=call.ws.team.id, viewer=call.user)


def manageable(call: Call) -> Channel:
    """A channel that the caller is in and has the scope to change."""
    channel = find_channel(call)
    call.need_scope(MANAGE_SCOPES[channel.kind])
    if channel.is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if call.user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


@method("conversations.open", scopes=("im:write", "mpim:write"), accepts_json=True)
async def conversations_open(call: Call) -> Json:
    """Open a DM or group DM."""
    if "channel" in call.args:
        channel, is_new = find_channel(call), False
    else:
        channel, is_new = _open_with(call, call.args.names("users"))
    if call.args.flag("return_im"):
        return {"already_open": not is_new, "no_op": not is_new, "channel": shown(call, channel)}
    return {"channel": {"id": channel.id}, **({} if is_new else {"no_op": True, "already_open": True})}


def _open_with(call: Call, users: list[str]) -> tuple[Channel, bool]:
    if not users:
        raise SlackError("users_list_not_supplied")
    others = [user for user in users if user != call.user]
    if len(others) > MAX_MPIM_PEOPLE:
        raise SlackError("too_many_users")
    call.need_scope("im:write" if len(others) <= 1 else "mpim:write")
    for user_id in others:
        user = call.ws.state.users.get(user_id)
        if user is None or (user.is_bot and user.id != SLACKBOT):
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
    return direct(call.ws, [call.user, *others])


@method("conversations.join", scopes=("channels:join",), accepts_json=True, required=("channel",))
async def conversations_join(call: Call) -> Json:
    """Join a public channel."""
    channel = find_channel(call)
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if call.user in channel.members:
        return {
            "channel": shown(call, channel),
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    join(call.ws, channel, call.user)
    return {"channel": shown(call, channel)}


@method("conversations.leave", scopes=MANAGE, accepts_json=True, required=("channel",))
async def conversations_leave(call: Call) -> Json:
    """Leave a channel."""
    channel = find_channel(call)
    if channel.is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.name == "general":
        raise SlackError("cant_leave_general")
    if call.user not in channel.members:
        return {"not_in_channel": True}
    leave(call.ws, channel, call.user)
    return {}


@method("conversations.invite", scopes=MANAGE, accepts_json=True, required=("channel", "users"))
async def conversations_invite(call: Call) -> Json:
    """Bring people into a channel."""
    channel = manageable(call)
    users = call.args.names("users")
    for user_id in users:
        user = call.ws.state.users.get(user_id)
        if user is None or user.deleted:
            raise SlackError("user_not_found")
        if user_id == call.user:
            raise SlackError("cant_invite_self")
        if user_id in channel.members:
            raise SlackError("already_in_channel")
    for user_id in users:
        join(call.ws, channel, user_id, inviter=call.user)
    return {"channel": shown(call, channel)}


@method("conversations.kick", scopes=MANAGE, accepts_json=True, required=("channel", "user"))
async def conversations_kick(call: Call) -> Json:
    """Remove a person from a channel."""
    channel = manageable(call)
    user = call.args.text("user")
    if user == call.user:
        raise SlackError("cant_kick_self")
    if channel.name == "general":
        raise SlackError("cant_kick_from_general")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    leave(call.ws, channel, user)
    return {}


@method("conversations.create", scopes=MANAGE, tier=2, accepts_json=True, required=("name",))
async def conversations_create(call: Call) -> Json:
    """Make a channel."""
    private = call.args.flag("is_private")
    call.need_scope("groups:write" if private else "channels:manage")
    name = call.args.text("name")
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if call.ws.state.channel_named(name) is not None:
        raise SlackError("name_taken")
    channel = Channel(
        id=new_id("C"),
        name=name,
        kind="private" if private else "public",
        members=[call.user],
        creator=call.user,
        created=int(call.ws.clock.now()),
    )
    create(call.ws, channel=channel)
    return {"channel": shown(call, channel)}


@method("conversations.archive", scopes=MANAGE, tier=2, accepts_json=True, required=("channel",))
async def conversations_archive(call: Call) -> Json:
    """Archive a channel."""
    channel = find_channel(call)
    call.need_scope(MANAGE_SCOPES[channel.kind])
    if channel.archived:
        raise SlackError("already_archived")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    if call.user not in channel.members:
        raise SlackError("not_in_channel")
    set_archived(call.ws, channel, True, call.user)
    return {}


@method("conversations.unarchive", scopes=MANAGE, tier=2, accepts_json=True, required=("channel",))
async def conversations_unarchive(call: Call) -> Json:
    """Bring an archived channel back; Slack lets only people do it."""
    channel = find_channel(call)
    if call.token.kind == "bot":
        raise SlackError("not_allowed_token_type")
    if not channel.archived:
        raise SlackError("not_archived")
    set_archived(call.ws, channel, False, call.user)
    return {}


@method("conversations.rename", scopes=MANAGE, tier=2, accepts_json=True, required=("channel", "name"))
async def conversations_rename(call: Call) -> Json:
    """Give a channel another name."""
    channel = manageable(call)
    name = call.args.text("name")
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if call.ws.state.channel_named(name) is not None:
        raise SlackError("name_taken")
    channel.name = name
    call.ws.state.save(channel)
    show_channel(call.ws, channel)
    return {"channel": shown(call, channel)}


@method("conversations.setTopic", scopes=MANAGE, tier=2, accepts_json=True, required=("channel",))
async def conversations_set_topic(call: Call) -> Json:
    """Set a channel's topic."""
    return _set_text(call, "topic")


@method("conversations.setPurpose", scopes=MANAGE, tier=2, accepts_json=True, required=("channel",))
async def conversations_set_purpose(call: Call) -> Json:
    """Set a channel's purpose."""
    return _set_text(call, "purpose")


def _set_text(call: Call, part: str) -> Json:
    channel = manageable(call)
    text = call.args.text(part)
    if len(text) > MAX_TOPIC_CHARACTERS:
        raise SlackError("too_long")
    value = {"value": text, "creator": call.user, "last_set": int(call.ws.clock.now())}
    setattr(channel, part, value)
    call.ws.state.save(channel)
    fields = {"subtype": f"channel_{part}", "user": call.user, part: text}
    post(call.ws, channel, {**fields, "text": f"<@{call.user}> set the channel {part}: {text}"})
    show_channel(call.ws, channel)
    return {"channel": shown(call, channel)}


@method(
    "conversations.close", scopes=("im:write", "mpim:write"), tier=2, accepts_json=True, required=("channel",)
)
async def conversations_close(call: Call) -> Json:
    """Close a DM; its messages stay."""
    if not find_channel(call).is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    return {}
