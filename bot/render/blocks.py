"""Small builders of Block Kit. Each part carries what it says twice: as a block and as words.

Screen readers and notifications read a message's top-level text and not its blocks, so a message's text is
put together from the same parts as its blocks and can never say less.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.controls import LINK_ACTION, Control
from bot.render.text import cut, fenced

Block = dict[str, Any]

SECTION_CHARACTERS_LIMIT = 2900
FIELD_CHARACTERS_LIMIT = 1900
TEXT_CHARACTERS_LIMIT = 3800
PREFORMATTED_CHARACTERS_LIMIT = 2800
BUTTON_CHARACTERS_LIMIT = 75
OVERFLOW_OPTIONS_LIMIT = 5
MESSAGE_BLOCKS_LIMIT = 50
BLOCKS_CHARACTERS_LIMIT = 12_500
"""Slack refuses somewhat more in one message (``msg_blocks_too_long``); it does not say how much."""
HOME_BLOCKS_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class Part:
    """One block and what it says."""

    block: Block
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it is sent."""

    text: str
    blocks: tuple[Block, ...]

    @property
    def digest(self) -> str:
        """Equal for equal drawings."""
        drawn = json.dumps([self.text, self.blocks], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(drawn.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """Text too long for a message, as a file."""

    filename: str
    title: str
    text: str


def message(parts: Iterable[Part]) -> Message:
    """Put parts together, within Slack's counts."""
    kept = _fitting(list(parts))
    text = "\n".join(part.words for part in kept if part.words)
    return Message(text=cut(text, TEXT_CHARACTERS_LIMIT), blocks=tuple(part.block for part in kept))


def _fitting(parts: list[Part]) -> list[Part]:
    """What fits: the longest paragraphs' tail goes first, controls stay."""
    kept = parts[:MESSAGE_BLOCKS_LIMIT]
    while sum(map(_weight, kept)) > BLOCKS_CHARACTERS_LIMIT:
        last = max(index for index, part in enumerate(kept) if part.block["type"] != "actions")
        del kept[last]
    return kept


def _weight(part: Part) -> int:
    return len(json.dumps(part.block, ensure_ascii=False))


def mrkdwn(text: str, limit: int = SECTION_CHARACTERS_LIMIT) -> Block:
    """A text object. ``verbatim``: Slack must not look for names and addresses in it by itself."""
    return {"type": "mrkdwn", "text": cut(text, limit) or " ", "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """A text object without any markup."""
    return {"type": "plain_text", "text": cut(text, limit) or " ", "emoji": True}


def section(text: str, *, accessory: Block | None = None) -> Part:
    """A paragraph."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return Part(block=block | ({"accessory": accessory} if accessory else {}), words=text)


def fields(pairs: Sequence[tuple[str, str]]) -> Part:
    """Up to ten labelled values in two columns."""
    shown = [mrkdwn(f"*{label}*\n{value}", FIELD_CHARACTERS_LIMIT) for label, value in pairs[:10]]
    words = "\n".join(f"{label}: {value}" for label, value in pairs[:10])
    return Part(block={"type": "section", "fields": shown}, words=words)


def context(text: str) -> Part:
    """A small grey line."""
    return Part(block={"type": "context", "elements": [mrkdwn(text)]}, words=text)


def header(text: str) -> Part:
    """A large line of plain text."""
    return Part(block={"type": "header", "text": plain(text, 150)}, words=text)


def divider() -> Part:
    """A thin line."""
    return Part(block={"type": "divider"})


def output(text: str) -> Part:
    """What a program wrote. Nothing in rich text is read as markup: it can neither ping nor break out."""
    shown = cut(text, PREFORMATTED_CHARACTERS_LIMIT) or " "
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown}]}
    return Part(
        block={"type": "rich_text", "elements": [element]}, words=fenced(shown, PREFORMATTED_CHARACTERS_LIMIT)
    )


def actions(elements: Sequence[Block | None]) -> list[Part]:
    """A row of controls; no row where there is none."""
    kept = [element for element in elements if element]
    return [Part(block={"type": "actions", "elements": kept})] if kept else []


def button(label: str, control: Control, *, style: str | None = None, confirm: Block | None = None) -> Block:
    """A button that does something."""
    made: Block = {
        "type": "button",
        "text": plain(label, BUTTON_CHARACTERS_LIMIT),
        "action_id": control.action_id,
        "value": control.encode(),
    }
    return made | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def link_button(label: str, url: str, *, style: str | None = None) -> Block:
    """A button that opens an address."""
    made: Block = {
        "type": "button",
        "text": plain(label, BUTTON_CHARACTERS_LIMIT),
        "action_id": LINK_ACTION,
        "url": url[:3000],
    }
    return made | ({"style": style} if style else {})


def overflow(options: Sequence[tuple[str, Control]]) -> Block | None:
    """The menu for what is used less."""
    if not options:
        return None
    shown = [
        {"text": plain(label, BUTTON_CHARACTERS_LIMIT), "value": control.encode()}
        for label, control in options[:OVERFLOW_OPTIONS_LIMIT]
    ]
    return {"type": "overflow", "action_id": "control.more", "options": shown}


def confirm(title: str, text: str, yes: str) -> Block:
    """The question that a button asks before it acts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Keep it", 30),
        "style": "danger",
    }
