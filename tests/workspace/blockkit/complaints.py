"""Slack's complaints, and cases that expect them."""

from collections.abc import Mapping

from tests.workspace.blockkit.samples import GONE, Json, plain

Case = tuple[str, Mapping[str, object], str, str]
"""Which sample, what is changed in it, the complaint, and the pointer below the block or element."""

EMPTY = "must be more than 0 characters"
NO_ITEMS = "must provide at least 1 items"
ENUM = "must be a valid enum value"
URL = "invalid url"


def too_long(limit: int) -> str:
    """Slack's complaint about a string over its limit."""
    return f"must be less than {limit + 1} characters"


def too_many(limit: int) -> str:
    """Slack's complaint about an array over its limit."""
    return f"no more than {limit} items allowed"


def missing(name: str) -> str:
    """Slack's complaint about a field that is not there."""
    return f"missing required field: {name}"


def lacking(sample: str, *names: str) -> list[Case]:
    """That a sample is refused without each of these fields."""
    return [(sample, {name: GONE}, missing(name), "") for name in names]


BUTTON: Json = {"type": "button", "text": plain(), "action_id": "a"}
PLAIN_ONLY = "unsupported type: mrkdwn"
