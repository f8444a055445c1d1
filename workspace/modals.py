"""Open modals: each person has one stack at a time, of at most three views of one app."""

from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 3


@dataclass(kw_only=True)
class Modal:
    """One open view: Slack's view object, and what the person filled in by block and action."""

    user: str
    app_id: str
    view: dict[str, Any]
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The view's id."""
        return str(self.view["id"])


class Modals:
    """The stacks of all people, root first."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[Modal]] = {}

    def stack(self, user: str) -> list[Modal]:
        """A person's open views."""
        return self._stacks.setdefault(user, [])

    def find(self, view_id: str) -> Modal | None:
        """The open view with this id."""
        return next((modal for modal in self._all() if modal.id == view_id), None)

    def find_external(self, external_id: str) -> Modal | None:
        """The open view with this external id."""
        return next((modal for modal in self._all() if modal.view["external_id"] == external_id), None)

    def _all(self) -> list[Modal]:
        return [modal for stack in self._stacks.values() for modal in stack]

    def close(self, user: str) -> list[Modal]:
        """Close a person's whole stack; what was open."""
        return self._stacks.pop(user, [])
