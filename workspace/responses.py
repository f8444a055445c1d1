"""What an app says through a response_url, or in the body of a command's acknowledgement.

Source: docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

from dataclasses import dataclass
from typing import Any

from workspace.api.arguments import Arguments
from workspace.api.content import read_content
from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.grants import ResponseUrl
from workspace.posting import app_author, change, delete, post, post_ephemeral
from workspace.shapes import ephemeral_shape

RESPONSE_TYPES = ("ephemeral", "in_channel")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A checked answer: its content, who sees it, and what it does to the message acted on."""

    content: dict[str, Any]
    in_channel: bool
    replace_original: bool
    delete_original: bool
    thread_ts: str

    @classmethod
    def parse(cls, body: dict[str, Any]) -> "Answer":
        """Check an answer. Raises SlackError as Slack does."""
        args = Arguments(body)
        deletes = args.flag("delete_original")
        has_content = any(
            args.values.get(part) for part in ("text", "blocks", "attachments", "markdown_text")
        )
        if args.text("response_type", "ephemeral") not in RESPONSE_TYPES:
            raise SlackError("invalid_response_type", status=400)
        return cls(
            content={} if deletes and not has_content else read_content(args, "chat.postMessage"),
            in_channel=args.text("response_type") == "in_channel",
            replace_original=args.flag("replace_original"),
            delete_original=deletes,
            thread_ts=args.ts("thread_ts"),
        )


def respond(ws: Workspace, url: ResponseUrl, answer: Answer) -> None:
    """Carry out an answer. Raises SlackError."""
    if answer.delete_original:
        _delete_source(ws, url)
    if not answer.content:
        return
    if answer.replace_original and not answer.delete_original and url.source_ts:
        _replace_source(ws, url, answer)
        return
    _say(ws, url, answer)


def _delete_source(ws: Workspace, url: ResponseUrl) -> None:
    if url.source_ephemeral:
        ws.ephemerals.remove(url.source_ts)
        ws.bus.tell([url.user], {"type": "ephemeral_deleted", "channel": url.channel, "ts": url.source_ts})
        return
    message = ws.state.message(url.channel, url.source_ts)
    if message is not None:
        delete(ws, message)


def _replace_source(ws: Workspace, url: ResponseUrl, answer: Answer) -> None:
    if not url.source_ephemeral:
        message = ws.state.message(url.channel, url.source_ts)
        if message is None:
            raise SlackError("message_not_found", status=404)
        change(ws, message, replaced(message.body, answer.content))
        return
    ephemeral = ws.ephemerals.find(url.source_ts)
    if ephemeral is None:
        raise SlackError("message_not_found", status=404)
    ephemeral.body = replaced(ephemeral.body, answer.content)
    shape = ephemeral_shape(url.channel, ephemeral.body)
    ws.bus.tell([url.user], {"type": "ephemeral_changed", "channel": url.channel, "message": shape})


def replaced(body: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """A body whose whole content is another one."""
    kept = {
        key: value for key, value in body.items() if key not in ("text", "blocks", "attachments", "edited")
    }
    return {**kept, "text": "", **content}


def _say(ws: Workspace, url: ResponseUrl, answer: Answer) -> None:
    app = ws.state.apps[url.app_id]
    channel = ws.state.channels[url.channel]
    if channel.archived:
        raise SlackError("is_archived", status=410)
    fields = {"text": "", **answer.content, **app_author(ws, app)}
    if answer.in_channel:
        message = post(ws, channel, fields, thread_ts=answer.thread_ts)
        _remember(url, message.ts, ephemeral=False)
        return
    ephemeral = post_ephemeral(
        ws, channel=channel.id, user=url.user, app_id=app.id, fields=fields, thread_ts=url.thread_ts
    )
    _remember(url, ephemeral.ts, ephemeral=True)


def _remember(url: ResponseUrl, ts: str, *, ephemeral: bool) -> None:
    """A command has no message of its own: its first answer is what later ones replace."""
    if not url.source_ts:
        url.source_ts = ts
        url.source_ephemeral = ephemeral
