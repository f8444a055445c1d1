"""The rich_text block that a Slack client sends beside the text of a person's message."""

import re
from typing import Any

from workspace.blockkit.mrkdwn import unescape

PART = re.compile(
    r"```(?P<fence>.*?)```|`(?P<code>[^`\n]+)`|<@(?P<user>\w+)(?:\|[^>]*)?>|<#(?P<channel>\w+)(?:\|[^>]*)?>"
    r"|<!subteam\^(?P<group>\w+)(?:\|[^>]*)?>|<!(?P<range>here|channel|everyone)>|<(?P<url>[^|>]+)(?:\|(?P<label>[^>]*))?>",
    re.DOTALL,
)


def rich_text_block(mrkdwn: str) -> dict[str, Any]:
    """A rich_text block that shows the same as a composed mrkdwn text."""
    blocks: list[dict[str, Any]] = []
    section: list[dict[str, Any]] = []
    position = 0
    for match in PART.finditer(mrkdwn):
        _add_text(section, mrkdwn[position : match.start()])
        position = match.end()
        if match["fence"] is not None:
            _end_section(blocks, section)
            section = []
            text = {"type": "text", "text": unescape(match["fence"].strip("\n"))}
            blocks.append({"type": "rich_text_preformatted", "elements": [text]})
        else:
            section.append(_element(match))
    _add_text(section, mrkdwn[position:])
    _end_section(blocks, section)
    return {"type": "rich_text", "block_id": "text", "elements": blocks}


def _add_text(section: list[dict[str, Any]], text: str) -> None:
    if text:
        section.append({"type": "text", "text": unescape(text)})


def _end_section(blocks: list[dict[str, Any]], section: list[dict[str, Any]]) -> None:
    if section:
        blocks.append({"type": "rich_text_section", "elements": section})


def _element(match: re.Match[str]) -> dict[str, Any]:
    if match["code"] is not None:
        return {"type": "text", "text": unescape(match["code"]), "style": {"code": True}}
    if match["user"]:
        return {"type": "user", "user_id": match["user"]}
    if match["channel"]:
        return {"type": "channel", "channel_id": match["channel"]}
    if match["group"]:
        return {"type": "usergroup", "usergroup_id": match["group"]}
    if match["range"]:
        return {"type": "broadcast", "range": match["range"]}
    link = {"type": "link", "url": unescape(match["url"])}
    return {**link, "text": unescape(match["label"])} if match["label"] else link
