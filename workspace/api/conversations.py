"""conversations.*: finding and reading conversations."""

from collections.abc import Iterable
from typing import Any

from workspace.api.access import find_channel, find_user, history_channel, readable_channel
from workspace.api.paging import page
from workspace.api.registry import Call, Json, method
from workspace.errors import InvalidArguments, SlackError
from workspace.events import READ_SCOPES
from workspace.model import Channel, Message
from workspace.present import channel_object, message_object

KINDS_OF_TYPES = {"public_channel": "public", "private_channel": "private", "mpim": "mpim", "im": "im"}
ANY_READ = tuple(READ_SCOPES.values())
ANY_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
MAX_HISTORY = 999


def wanted_kinds(call: Call) -> set[str]:
    """The kinds of conversation that `types` names, each needing its scope."""
    types = call.args.names("types") or ["public_channel"]
    if any(name not in KINDS_OF_TYPES for name in types):
        raise SlackError("invalid_types")
    kinds = {KINDS_OF_TYPES[name] for name in types}
    for kind in kinds:
        call.need_scope(READ_SCOPES[kind])
    return kinds


def listed(call: Call, channels: Iterable[Channel]) -> Json:
    """One page of conversations as the caller sees them."""
    kinds = wanted_kinds(call)
    skip_archived = call.args.flag("exclude_archived")
    found = [
        channel for channel in channels if channel.kind in kinds and not (skip_archived and channel.archived)
    ]
    chosen, cursor = page(call.args, found)
    shown = [_with_members(call, channel) for channel in chosen]
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


def _with_members(call: Call, channel: Channel) -> Json:
    shown = channel_object(channel, team_id=call.ws.team.id, viewer=call.user)
    return shown if channel.is_direct else {**shown, "num_members": len(channel.members)}


@method("conversations.list", scopes=ANY_READ, tier=2)
async def conversations_list(call: Call) -> Json:
    """Public conversations, and the others one is in."""
    visible = [c for c in call.ws.state.channels.values() if c.kind == "public" or call.user in c.members]
    return listed(call, visible)


@method("users.conversations", scopes=ANY_READ, tier=2)
async def users_conversations(call: Call) -> Json:
    """Conversations that a user is in, as far as the caller may know them."""
    user = find_user(call).id if "user" in call.args else call.user
    visible = [
        channel
        for channel in call.ws.state.channels.values()
        if user in channel.members and (channel.kind == "public" or call.user in channel.members)
    ]
    return listed(call, visible)


@method("conversations.info", scopes=ANY_READ, required=("channel",))
async def conversations_info(call: Call) -> Json:
    """One conversation."""
    channel = readable_channel(call)
    shown = channel_object(channel, team_id=call.ws.team.id, viewer=call.user)
    if call.args.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@method("conversations.members", scopes=ANY_READ, tier=4, required=("channel",))
async def conversations_members(call: Call) -> Json:
    """Who is in a conversation."""
    chosen, cursor = page(call.args, readable_channel(call).members)
    return {"members": chosen, "response_metadata": {"next_cursor": cursor}}


def _between(call: Call, messages: Iterable[Message]) -> list[Message]:
    oldest, latest = call.args.text("oldest", "0"), call.args.text("latest")
    inclusive = call.args.flag("inclusive")
    try:
        low, high = float(oldest or 0), float(latest or "inf")
    except ValueError as error:
        raise SlackError("invalid_ts_oldest") from error
    return [m for m in messages if low < float(m.ts) < high or (inclusive and float(m.ts) in (low, high))]


def _history_limit(call: Call) -> int:
    limit = call.args.integer("limit", 100)
    if not 0 <= limit <= MAX_HISTORY:
        raise InvalidArguments(f"limit must be between 1 and {MAX_HISTORY} [json-pointer:/limit]")
    return limit or 100


def _shown(call: Call, messages: list[Message]) -> list[Json]:
    with_metadata = call.args.flag("include_all_metadata")
    return [message_object(call.ws.state, message, with_metadata=with_metadata) for message in messages]


@method("conversations.history", scopes=ANY_HISTORY, required=("channel",))
async def conversations_history(call: Call) -> Json:
    """Messages of a conversation, newest first."""
    channel = history_channel(call)
    newest_first = list(reversed(_between(call, call.ws.state.top_level(channel.id))))
    chosen, cursor = page(call.args, newest_first, limit=_history_limit(call))
    answer: dict[str, Any] = {
        "messages": _shown(call, chosen),
        "has_more": bool(cursor),
        "pin_count": len(channel.pins),
    }
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


@method("conversations.replies", scopes=ANY_HISTORY, required=("channel", "ts"))
async def conversations_replies(call: Call) -> Json:
    """A thread: its parent and the replies, oldest first."""
    channel = history_channel(call)
    start = call.ws.state.message(channel.id, call.args.ts("ts"))
    if start is None:
        raise SlackError("thread_not_found")
    parent = call.ws.state.message(channel.id, start.thread_ts) if start.is_reply else start
    replies = _between(call, call.ws.state.replies(channel.id, parent.ts if parent else start.thread_ts))
    chosen, cursor = page(call.args, replies, limit=_history_limit(call))
    messages = _shown(call, [*([parent] if parent else []), *chosen])
    answer: dict[str, Any] = {"messages": messages, "has_more": bool(cursor)}
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


@method(
    "conversations.mark",
    scopes=("channels:manage", "groups:write", "im:write", "mpim:write"),
    accepts_json=True,
)
async def conversations_mark(call: Call) -> Json:
    """Move one's read mark."""
    channel = find_channel(call)
    channel.marks[call.user] = call.args.ts("ts")
    call.ws.state.save(channel)
    return {}
