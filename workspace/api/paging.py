"""Cursor paging, the same for every list."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from workspace.api.arguments import Arguments
from workspace.errors import SlackError

Item = TypeVar("Item")


def page(args: Arguments, items: Sequence[Item], *, limit: int = 0) -> tuple[list[Item], str]:
    """One page of `items` and the cursor of the next, "" at the end. Raises SlackError(invalid_cursor)."""
    size = limit or args.limit()
    start = _offset(args.text("cursor"))
    end = start + size
    cursor = base64.b64encode(f"offset:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), cursor


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, number = base64.b64decode(cursor, validate=True).decode().split(":")
        offset = int(number)
    except (binascii.Error, ValueError) as error:
        raise SlackError("invalid_cursor") from error
    if word != "offset":
        raise SlackError("invalid_cursor")
    return offset
