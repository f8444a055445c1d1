"""Which conversations a token may find, read and post to, and Slack's errors when it may not."""

from workspace.api.registry import Call
from workspace.errors import SlackError
from workspace.events import HISTORY_SCOPES, READ_SCOPES
from workspace.membership import direct
from workspace.model import Channel, Message, User
from workspace.setup import SLACKBOT


def find_channel(call: Call, name: str = "channel", *, by_name: bool = False) -> Channel:
    """The conversation that an argument names. Private ones are found by members only."""
    wanted = call.args.text(name)
    channel = call.ws.state.channels.get(wanted)
    if channel is None and by_name:
        channel = call.ws.state.channel_named(wanted.removeprefix("#"))
    if channel is None:
        raise SlackError("channel_not_found")
    if channel.kind != "public" and call.user not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def readable_channel(call: Call, name: str = "channel", *, scopes: dict[str, str] = READ_SCOPES) -> Channel:
    """A conversation whose kind the token's scopes cover (`scopes` by kind)."""
    channel = find_channel(call, name)
    call.need_scope(scopes[channel.kind])
    return channel


def history_channel(call: Call) -> Channel:
    """A conversation whose messages the token may read: it is a member and has the history scope."""
    channel = readable_channel(call, scopes=HISTORY_SCOPES)
    if call.user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def find_user(call: Call, name: str = "user") -> User:
    """The user that an argument names."""
    user = call.ws.state.users.get(call.args.text(name))
    if user is None:
        raise SlackError("user_not_found")
    return user


def posting_channel(call: Call) -> Channel:
    """Where chat.postMessage posts: a channel, or the DM with a person named by id."""
    wanted = call.args.text("channel")
    channel = (
        _direct_with(call, wanted) if wanted in call.ws.state.users else find_channel(call, by_name=True)
    )
    check_may_post(call, channel)
    return channel


def _direct_with(call: Call, user_id: str) -> Channel:
    user = call.ws.state.users[user_id]
    if user.deleted or user_id == call.user or (user.is_bot and user.id != SLACKBOT):
        raise SlackError("channel_not_found")
    return direct(call.ws, [call.user, user_id])[0]


def check_may_post(call: Call, channel: Channel) -> None:
    """Refuse where Slack refuses a message of this token."""
    if channel.archived:
        raise SlackError("is_archived")
    outside = call.user not in channel.members
    if outside and not call.has_scope("chat:write.public"):
        raise SlackError("not_in_channel")
    if channel.kind == "im" and call.token.kind == "bot" and not call.app.messages_tab:
        raise SlackError("messages_tab_disabled")


def check_thread(call: Call, channel: Channel, thread_ts: str) -> None:
    """Refuse a thread that does not exist, and a reply taken for a parent."""
    if not thread_ts:
        return
    parent = call.ws.state.message(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")


def find_message(call: Call, channel: Channel, name: str = "ts") -> Message:
    """The message that an argument names."""
    message = call.ws.state.message(channel.id, call.args.ts(name))
    if message is None:
        raise SlackError("message_not_found")
    return message
