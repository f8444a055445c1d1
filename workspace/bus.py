"""Tells open pages what happened. Each stream gathers events and sends them in small batches."""

from collections.abc import Callable, Iterable
from typing import Any

Event = dict[str, Any]
Listener = Callable[[Event], None]


class Bus:
    """Hands events to the streams of the people who may see them."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}

    def listen(self, user: str, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event for `user`; the answer stops it."""
        self._listeners.setdefault(user, []).append(listener)

        def stop() -> None:
            self._listeners[user].remove(listener)

        return stop

    def watching(self) -> list[str]:
        """People with an open stream."""
        return [user for user, listeners in self._listeners.items() if listeners]

    def tell(self, users: Iterable[str], event: Event) -> None:
        """Send one event to these people."""
        for user in users:
            for listener in self._listeners.get(user, []):
                listener(event)

    def tell_all(self, event: Event) -> None:
        """Send one event to everyone."""
        self.tell(self.watching(), event)

    def tell_each(self, users: Iterable[str], build: Callable[[str], Event]) -> None:
        """Send each of these people their own view of a fact; built only for those who watch."""
        wanted = set(users)
        for user in self.watching():
            if user in wanted:
                self.tell([user], build(user))
