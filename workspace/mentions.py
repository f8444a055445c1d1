"""Whom a message pings: people, user groups, and @here, @channel, @everyone."""

import re
from typing import Any

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
SUBTEAM = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")
BROADCAST = re.compile(r"<!(here|channel|everyone)(?:\|[^>]*)?>")


def marks(text: str) -> list[str]:
    """User ids, group ids and broadcasts marked in a mrkdwn text."""
    return [*MENTION.findall(text), *SUBTEAM.findall(text), *BROADCAST.findall(text)]


def mentioned_users(text: str) -> list[str]:
    """User ids marked in a mrkdwn text."""
    return list(dict.fromkeys(MENTION.findall(text)))


def pings(body: dict[str, Any]) -> list[str]:
    """Whom a message object notifies."""
    return list(dict.fromkeys(marks(str(body.get("text") or ""))))
