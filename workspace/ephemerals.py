"""Ephemeral messages: seen by one person, kept only in memory, changed only through a response_url."""

from dataclasses import dataclass
from typing import Any

KEPT_EPHEMERALS = 2_000


@dataclass(kw_only=True)
class Ephemeral:
    """A message for `user` alone; `body` is Slack's message object."""

    ts: str
    channel: str
    user: str
    app_id: str
    body: dict[str, Any]


class Ephemerals:
    """The latest ephemeral messages, so that their buttons work."""

    def __init__(self) -> None:
        self._kept: dict[str, Ephemeral] = {}

    def add(self, ephemeral: Ephemeral) -> None:
        """Remember one."""
        self._kept[ephemeral.ts] = ephemeral
        while len(self._kept) > KEPT_EPHEMERALS:
            self._kept.pop(next(iter(self._kept)))

    def find(self, ts: str) -> Ephemeral | None:
        """The one with this ts, if it is still there."""
        return self._kept.get(ts)

    def remove(self, ts: str) -> None:
        """Forget one."""
        self._kept.pop(ts, None)
