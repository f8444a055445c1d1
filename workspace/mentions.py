"""Whom a message pings: people, user groups, and @here, @channel, @everyone."""

from typing import Any

from workspace.blockkit.mrkdwn import mentions_in_message, mentions_in_text


def mentioned_users(text: str) -> list[str]:
    """User ids marked in a mrkdwn text, each once."""
    found = mentions_in_text(text, parse_names=False)
    return list(dict.fromkeys(mention.target for mention in found if mention.kind == "user"))


def pings(body: dict[str, Any], *, link_names: bool = False) -> list[str]:
    """Whom a message object notifies: user ids, group ids, "here", "channel", "everyone"."""
    return [mention.target or mention.kind for mention in mentions_in_message(body, link_names=link_names)]
