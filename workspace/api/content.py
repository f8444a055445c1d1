"""What a message argument says: text, blocks, attachments, metadata, checked as Slack checks them."""

import json
import secrets
from typing import Any

from workspace.api.arguments import Arguments
from workspace.blockkit import slack_error, validate_message
from workspace.errors import SlackError

MAX_TEXT_CHARACTERS = 40_000
MAX_METADATA_CHARACTERS = 32_768
EPHEMERAL_TEXT_BYTES = 4_000
ELEMENT_LISTS = {"actions": ("elements",), "context_actions": ("elements",), "card": ("actions",)}
BLOCK_LISTS = {"container": ("child_blocks",), "carousel": ("elements",)}


def refuse_for(problems: list[Any], method: str) -> None:
    """Raise the error that Slack gives for these problems of blocks or views; nothing if there are none."""
    if not problems:
        return
    body = slack_error(problems, method)
    raise SlackError(
        str(body["error"]), fields={key: value for key, value in body.items() if key not in ("ok", "error")}
    )


def read_content(args: Arguments, method: str) -> dict[str, Any]:
    """The content fields of a message. Raises SlackError for what Slack refuses.

    Only fields that were sent are in the answer; `markdown_text` becomes a markdown block.
    """
    content: dict[str, Any] = {}
    if "text" in args:
        content["text"] = args.text("text")
    if "markdown_text" in args:
        content["markdown_text"] = args.text("markdown_text")
    blocks = args.json("blocks", "invalid_blocks_format")
    if blocks is not None:
        content["blocks"] = blocks
    attachments = args.json("attachments", "invalid_attachments")
    if attachments is not None:
        if not isinstance(attachments, list):
            raise SlackError("invalid_attachments")
        content["attachments"] = attachments
    refuse_for(validate_message(content, method=method), method)
    return finished(content)


def finished(content: dict[str, Any]) -> dict[str, Any]:
    """Content as Slack stores it: text cut, block ids filled in, markdown_text as a block."""
    done = dict(content)
    markdown = done.pop("markdown_text", None)
    if markdown is not None:
        done["blocks"] = [{"type": "markdown", "text": markdown}]
        done["text"] = markdown
    if "text" in done:
        done["text"] = done["text"][:MAX_TEXT_CHARACTERS]
    if "blocks" in done:
        done["blocks"] = with_block_ids(done["blocks"])
    if "attachments" in done:
        done["attachments"] = [
            _finished_attachment(at, number) for number, at in enumerate(done["attachments"], 1)
        ]
    return done


def _finished_attachment(attachment: dict[str, Any], number: int) -> dict[str, Any]:
    done = {"id": number, **attachment}
    if "blocks" in done:
        done["blocks"] = with_block_ids(done["blocks"])
    else:
        done.setdefault("fallback", str(attachment.get("text", "[no preview available]")))
    return done


def with_block_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks that all have a block_id, and whose elements all have an action_id."""
    return [_with_ids(block) for block in blocks]


def _with_ids(block: dict[str, Any]) -> dict[str, Any]:
    done = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    for part in ("element", "accessory"):
        if isinstance(done.get(part), dict):
            done[part] = _with_action_id(done[part])
    for part in ELEMENT_LISTS.get(done["type"], ()):
        done[part] = [_with_action_id(element) for element in done.get(part) or []]
    for part in BLOCK_LISTS.get(done["type"], ()):
        done[part] = with_block_ids(done.get(part) or [])
    return done


def _with_action_id(element: dict[str, Any]) -> dict[str, Any]:
    if element.get("type") == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": secrets.token_urlsafe(4)}


def read_metadata(args: Arguments) -> dict[str, Any] | None:
    """Message metadata: an event type and a payload of JSON values."""
    metadata = args.json("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MAX_METADATA_CHARACTERS:
        raise SlackError("metadata_too_large")
    return metadata
