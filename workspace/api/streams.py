"""chat.startStream, appendStream and stopStream: a message that grows while it is written."""

from typing import Any

from workspace.api.access import check_thread, find_channel, find_message, posting_channel
from workspace.api.chat import author
from workspace.api.content import refuse_for, with_block_ids
from workspace.api.registry import Call, Json, method
from workspace.blockkit import validate_message
from workspace.errors import InvalidArguments, SlackError
from workspace.model import Message
from workspace.posting import change, post

MAX_MARKDOWN_CHARACTERS = 12_000
RUNNING = "in_progress"
CHUNK_TYPES = ("markdown_text", "task_update", "plan_update", "blocks")


def _chunks(call: Call) -> tuple[str, list[dict[str, Any]]]:
    """The text and the blocks that a call adds."""
    text = call.args.text("markdown_text")
    if len(text) > MAX_MARKDOWN_CHARACTERS:
        raise SlackError("msg_too_long")
    chunks = call.args.json("chunks") or []
    if not isinstance(chunks, list):
        raise InvalidArguments("must be an array [json-pointer:/chunks]")
    blocks: list[dict[str, Any]] = []
    for index, chunk in enumerate(chunks):
        kind = chunk.get("type") if isinstance(chunk, dict) else None
        if kind not in CHUNK_TYPES:
            raise InvalidArguments(f"unsupported chunk type [json-pointer:/chunks/{index}/type]")
        if kind == "markdown_text":
            text += str(chunk.get("text", ""))
        elif kind == "blocks":
            blocks += chunk.get("blocks") or []
        else:
            blocks.append(_task_block(chunk))
    return text, blocks


def _task_block(chunk: dict[str, Any]) -> dict[str, Any]:
    if chunk["type"] == "plan_update":
        return {"type": "plan", "title": str(chunk.get("title", "")), "tasks": []}
    fields: dict[str, Any] = {key: chunk[key] for key in ("title", "status") if key in chunk}
    return {"type": "task_card", "task_id": str(chunk.get("id", "")), **fields}


def _grown(body: dict[str, Any], text: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    whole = str(body.get("text", "")) + text
    shown = [{"type": "markdown", "text": whole}] if whole else []
    kept = [block for block in body.get("blocks", []) if block["type"] != "markdown"]
    tasks = {block.get("task_id"): block for block in kept if block.get("task_id")}
    for block in blocks:
        if block.get("task_id") in tasks:
            tasks[block["task_id"]].update(block)
        else:
            kept.append(block)
    return {**body, "text": whole, "blocks": with_block_ids([*shown, *kept])}


@method(
    "chat.startStream", scopes=("chat:write",), tier=2, accepts_json=True, required=("channel", "thread_ts")
)
async def start_stream(call: Call) -> Json:
    """Begin a growing message in a thread."""
    channel = posting_channel(call)
    thread_ts = call.args.ts("thread_ts")
    check_thread(call, channel, thread_ts)
    if not channel.is_direct and "recipient_team_id" not in call.args:
        raise SlackError("missing_recipient_team_id")
    if not channel.is_direct and "recipient_user_id" not in call.args:
        raise SlackError("missing_recipient_user_id")
    text, blocks = _chunks(call)
    fields = _grown({**author(call), "streaming_state": RUNNING}, text, blocks)
    message = post(call.ws, channel, fields, thread_ts=thread_ts)
    return {"channel": channel.id, "ts": message.ts}


def _running(call: Call) -> Message:
    message = find_message(call, find_channel(call))
    if message.user != call.user:
        raise SlackError("message_not_owned_by_app")
    if message.body.get("streaming_state") != RUNNING:
        raise SlackError("message_not_in_streaming_state")
    return message


@method("chat.appendStream", scopes=("chat:write",), tier=4, accepts_json=True, required=("channel", "ts"))
async def append_stream(call: Call) -> Json:
    """Add to a growing message."""
    message = _running(call)
    text, blocks = _chunks(call)
    change(call.ws, message, _grown(message.body, text, blocks))
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", scopes=("chat:write",), tier=2, accepts_json=True, required=("channel", "ts"))
async def stop_stream(call: Call) -> Json:
    """Finish a growing message, perhaps with blocks at its end."""
    message = _running(call)
    text, blocks = _chunks(call)
    final = call.args.json("blocks", "invalid_blocks_format") or []
    if final:
        refuse_for(validate_message({"blocks": final}), call.method)
    body = _grown(message.body, text, [*blocks, *final])
    body["streaming_state"] = "completed"
    change(call.ws, message, body)
    return {"channel": message.channel, "ts": message.ts, "message": body}
