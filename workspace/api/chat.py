"""chat.*: posting, updating, deleting, ephemeral messages and permalinks."""

from typing import Any

from workspace.api.access import (
    check_may_post,
    check_thread,
    find_channel,
    find_message,
    posting_channel,
)
from workspace.api.content import EPHEMERAL_TEXT_BYTES, read_content, read_metadata
from workspace.api.registry import Call, Json, method
from workspace.errors import InvalidArguments, SlackError
from workspace.model import Message
from workspace.posting import app_author, change, delete, post, post_ephemeral
from workspace.present import message_object
from workspace.shapes import permalink

FIXED_SUBTYPES = ("channel_join", "channel_leave", "tombstone", "channel_topic", "channel_purpose")


def author(call: Call) -> dict[str, Any]:
    """The author fields of a message: the app's bot, perhaps under another name, or the token's person."""
    if call.token.kind == "user":
        return {"user": call.user, "app_id": call.app.id}
    fields = app_author(call.ws, call.app)
    custom = {key: call.args.text(key) for key in ("username", "icon_emoji", "icon_url") if key in call.args}
    if not custom:
        return fields
    call.need_scope("chat:write.customize")
    fields |= {"subtype": "bot_message", "username": custom.get("username", call.app.name)}
    if "icon_emoji" in custom:
        fields["icons"] = {"emoji": custom["icon_emoji"]}
    elif "icon_url" in custom:
        fields["icons"] = {"image_url": custom["icon_url"]}
    return fields


@method("chat.postMessage", scopes=("chat:write",), tier=0, accepts_json=True, required=("channel",))
async def post_message(call: Call) -> Json:
    """Post a message to a channel, thread or person."""
    content = read_content(call.args, call.method)
    metadata = read_metadata(call.args)
    channel = posting_channel(call)
    thread_ts = call.args.ts("thread_ts")
    check_thread(call, channel, thread_ts)
    fields = {"text": "", **content, **author(call)}
    if metadata is not None:
        fields["metadata"] = metadata
    message = post(
        call.ws,
        channel,
        fields,
        thread_ts=thread_ts,
        broadcast=call.args.flag("reply_broadcast"),
        link_names=call.args.flag("link_names") or call.args.text("parse") == "full",
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_object(call.ws.state, message, with_metadata=True),
    }


@method("chat.update", scopes=("chat:write",), accepts_json=True, required=("channel", "ts"))
async def update(call: Call) -> Json:
    """Change a message of one's own."""
    channel = find_channel(call)
    message = find_message(call, channel)
    _check_own(call, message, "cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    if message.body.get("streaming_state") == "in_progress":
        raise SlackError("streaming_state_conflict")
    content = read_content(call.args, call.method)
    metadata = read_metadata(call.args)
    body = updated_body(message.body, content)
    if metadata is not None:
        body["metadata"] = metadata
    if not body.get("blocks"):
        body["edited"] = {"user": call.user, "ts": call.ws.ts.next()}
    if call.args.flag("reply_broadcast") and message.is_reply:
        body["subtype"] = "thread_broadcast"
    change(call.ws, message, body)
    shown = message_object(call.ws.state, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": shown.get("text", ""), "message": shown}


def updated_body(before: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """A message's body after an update: text without blocks removes blocks; omitted attachments stay."""
    body = {**before, **content}
    if "text" in content and "blocks" not in content:
        body.pop("blocks", None)
    for key in ("blocks", "attachments"):
        if body.get(key) == []:
            del body[key]
    return body


def _check_own(call: Call, message: Message, code: str) -> None:
    if message.user != call.user or message.body.get("subtype") in FIXED_SUBTYPES:
        raise SlackError(code)


@method("chat.delete", scopes=("chat:write",), accepts_json=True, required=("channel", "ts"))
async def delete_message(call: Call) -> Json:
    """Delete a message of one's own."""
    channel = find_channel(call)
    message = find_message(call, channel)
    _check_own(call, message, "cant_delete_message")
    delete(call.ws, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", scopes=("chat:write",), tier=4, accepts_json=True, required=("channel", "user"))
async def post_ephemeral_message(call: Call) -> Json:
    """Show a message to one member of a channel."""
    content = read_content(call.args, call.method)
    if len(content.get("text", "").encode()) > EPHEMERAL_TEXT_BYTES:
        raise SlackError("msg_too_long")
    channel = find_channel(call, by_name=True)
    check_may_post(call, channel)
    user = call.ws.state.users.get(call.args.text("user"))
    if user is None or user.deleted or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = call.args.ts("thread_ts")
    check_thread(call, channel, thread_ts)
    ephemeral = post_ephemeral(
        call.ws,
        channel=channel.id,
        user=user.id,
        app_id=call.app.id,
        fields={"text": "", **content, **author(call)},
        thread_ts=thread_ts,
    )
    return {"message_ts": ephemeral.ts}


@method("chat.getPermalink", tier=0, required=("channel", "message_ts"))
async def get_permalink(call: Call) -> Json:
    """The address of a message."""
    channel = find_channel(call)
    message = find_message(call, channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(call.ws, channel.id, message.ts, message.thread_ts)}


@method("chat.meMessage", scopes=("chat:write",), accepts_json=True, required=("channel", "text"))
async def me_message(call: Call) -> Json:
    """Post a message in the third person."""
    channel = posting_channel(call)
    message = post(
        call.ws, channel, {"subtype": "me_message", "text": call.args.text("text"), **author(call)}
    )
    return {"channel": channel.id, "ts": message.ts}


@method("chat.unfurl", scopes=("links:write",), accepts_json=True, required=("channel", "ts", "unfurls"))
async def unfurl(call: Call) -> Json:
    """Attach previews to the links of a message."""
    channel = find_channel(call)
    message = find_message(call, channel)
    unfurls = call.args.json("unfurls", "cannot_parse_attachment")
    if not isinstance(unfurls, dict):
        raise InvalidArguments("must be an object [json-pointer:/unfurls]")
    added = [{"from_url": url, **preview} for url, preview in unfurls.items() if isinstance(preview, dict)]
    change(call.ws, message, {**message.body, "attachments": [*message.body.get("attachments", []), *added]})
    return {}
