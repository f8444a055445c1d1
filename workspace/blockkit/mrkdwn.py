"""Whom a message pings, and the small grammar of mrkdwn: mentions, dates, escapes.

Where Slack's documentation leaves it open whether a text pings (inside code, in a text beside blocks), it
counts as pinging: tests use this to prove that hostile text pings nobody.
Source: docs.slack.dev/messaging/formatting-message-text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

MentionKind = Literal["user", "usergroup", "here", "channel", "everyone"]

_ANGLED = re.compile(r"<([^<>]*)>")
_USER = re.compile(r"@([UW][A-Z0-9]+)(?:\|.*)?", re.DOTALL)
_USERGROUP = re.compile(r"!subteam\^(S[A-Z0-9]+)(?:\|.*)?", re.DOTALL)
_BROADCAST = re.compile(r"!(here|channel|everyone|group)(?:\|.*)?", re.DOTALL)
_BARE = re.compile(r"(?<![\w@./&])@(here|channel|everyone|group)\b", re.IGNORECASE)
_DATE_TOKEN = re.compile(r"\{([a-z_]+)\}")
_DATE_TOKENS = frozenset(
    {
        "date_num",
        "date_slash",
        "date",
        "date_short",
        "date_long",
        "date_pretty",
        "date_short_pretty",
        "date_long_pretty",
        "day_divider_pretty",
        "time",
        "time_secs",
        "ago",
    }
)
_BROADCASTS: Mapping[str, MentionKind] = {
    "here": "here",
    "channel": "channel",
    "everyone": "everyone",
    "group": "channel",
}
_SILENT = frozenset(
    {"confirm", "options", "option_groups", "initial_option", "initial_options", "placeholder"}
)
"""Parts of an element that are shown only to whoever opens them, and ping nobody."""


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Somebody who is pinged; `target` is the id of a user or user group, empty for a broadcast."""

    kind: MentionKind
    target: str = ""


def escape(text: str) -> str:
    """The text with Slack's three control characters made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What an escaped text shows."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mentions_in_text(text: str, *, parse_names: bool) -> list[Mention]:
    """Whom a mrkdwn text pings, in order; bare `@here` and its like only where names are parsed."""
    found = [(match.start(), mention) for match in _ANGLED.finditer(text) if (mention := _angled(match[1]))]
    if parse_names:
        bare = _ANGLED.sub(lambda match: " " * len(match[0]), text)
        found += [
            (match.start(), Mention(kind=_BROADCASTS[match[1].lower()])) for match in _BARE.finditer(bare)
        ]
    return [mention for _, mention in sorted(found, key=lambda pair: pair[0])]


def mentions_in_message(payload: Mapping[str, object], *, link_names: bool = False) -> list[Mention]:
    """Everybody a message pings, each once: through its text, markdown, blocks and attachments."""
    found = [
        *_text_mentions(payload.get("text"), parse_names=link_names),
        *_text_mentions(payload.get("markdown_text"), parse_names=True),
        *_node_mentions(payload.get("blocks")),
        *_attachment_mentions(payload.get("attachments"), link_names=link_names),
    ]
    return list(dict.fromkeys(found))


def date_faults(text: str) -> list[str]:
    """What is wrong with each `<!date^unix^format^link|fallback>` of a text, in words."""
    return [
        fault
        for match in _ANGLED.finditer(text)
        if match[1].startswith("!date")
        for fault in _date_faults(match[1])
    ]


def _date_faults(inside: str) -> Iterator[str]:
    command, bar, fallback = inside.partition("|")
    name, *rest = command.split("^")
    if name != "!date" or len(rest) not in {2, 3}:
        yield "a date is <!date^unix^format^link|fallback>"
        return
    if not rest[0].isdecimal():
        yield f"not a Unix time: {rest[0]}"
    if not bar or not fallback:
        yield "a date needs a fallback after |"
    tokens = _DATE_TOKEN.findall(rest[1])
    if not tokens:
        yield f"no token in the format: {rest[1]}"
    yield from (f"unknown token: {{{token}}}" for token in tokens if token not in _DATE_TOKENS)


def _angled(inside: str) -> Mention | None:
    if match := _USER.fullmatch(inside):
        return Mention(kind="user", target=match[1])
    if match := _USERGROUP.fullmatch(inside):
        return Mention(kind="usergroup", target=match[1])
    if match := _BROADCAST.fullmatch(inside):
        return Mention(kind=_BROADCASTS[match[1]])
    return None


def _text_mentions(text: object, *, parse_names: bool) -> list[Mention]:
    return mentions_in_text(text, parse_names=parse_names) if isinstance(text, str) else []


def _attachment_mentions(attachments: object, *, link_names: bool) -> Iterator[Mention]:
    for attachment in attachments if isinstance(attachments, list) else []:
        if not isinstance(attachment, dict):
            continue
        fields = attachment.get("fields")
        values = [field.get("value") for field in fields or [] if isinstance(field, dict)]
        for text in (attachment.get("pretext"), attachment.get("text"), *values):
            yield from _text_mentions(text, parse_names=link_names)
        yield from _node_mentions(attachment.get("blocks"))


def _node_mentions(node: object) -> Iterator[Mention]:
    """Everybody pinged by a part of a block tree."""
    if isinstance(node, list):
        for item in node:
            yield from _node_mentions(item)
    if not isinstance(node, dict):
        return
    yield from _own_mentions(node)
    for name, member in node.items():
        if name not in _SILENT:
            yield from _node_mentions(member)


def _own_mentions(node: Mapping[str, object]) -> Iterator[Mention]:
    """Whom one object of a block tree pings by itself."""
    kind = node.get("type")
    if kind == "mrkdwn":
        yield from _text_mentions(node.get("text"), parse_names=node.get("verbatim") is not True)
    elif kind == "markdown":
        yield from _text_mentions(node.get("text"), parse_names=True)
    elif kind == "user":
        yield Mention(kind="user", target=str(node.get("user_id")))
    elif kind == "usergroup":
        yield Mention(kind="usergroup", target=str(node.get("usergroup_id")))
    elif kind == "broadcast" and node.get("range") in _BROADCASTS:
        yield Mention(kind=_BROADCASTS[str(node["range"])])
