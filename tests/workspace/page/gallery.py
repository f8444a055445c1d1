"""One of every block and element, each within Slack's limits: what the page must be able to draw."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_DATA = json.loads(Path(__file__).with_name("gallery.json").read_text(encoding="utf-8"))

MESSAGES: dict[str, list[Json]] = _DATA["messages"]
"""Blocks of messages by what they show: card, text, media, work, chart, element."""
INPUTS: list[Json] = _DATA["inputs"]
"""One input block for each element that may stand in one; only the first must be filled in."""
ALERTS: list[Json] = _DATA["alerts"]
"""An alert of each level, for modals only."""


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def section(text: str, **more: Any) -> Json:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def modal(blocks: list[Json], **more: Any) -> Json:
    """A modal view, as an app sends it."""
    words = {"title": plain("New sandbox"), "submit": plain("Deploy"), "close": plain("Cancel")}
    return {"type": "modal", "callback_id": "gallery", **words, "blocks": deepcopy(blocks), **more}
