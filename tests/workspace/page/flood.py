"""Five hundred messages in a channel and fifty updates a second, for the test and the benchmark."""

from __future__ import annotations

import threading
import time

from tests.workspace.page import gallery
from tests.workspace.page.backend import Backend, Json

MESSAGES = 500
UPDATES_PER_S = 50
FRAME_S = 0.05
"""The server gathers events for as long before it sends them."""


def fill(backend: Backend, cid: str = "C1") -> list[Json]:
    """Every fifth message is a card with buttons, the rest is text."""
    said = []
    for number in range(MESSAGES):
        if number % 5 == 0:
            blocks = gallery.MESSAGES["card"]
            said.append(backend.say(cid, f"card {number}", user="UB", bot_id="B1", blocks=blocks))
        else:
            said.append(
                backend.say(cid, f"message {number} with `code`, *bold* and <@U1>", user=f"U{1 + number % 2}")
            )
    return said


def changed(message: Json, round_number: int) -> Json:
    """The message after one more update."""
    text = f"update {round_number} of {message['ts']}"
    blocks = (
        [gallery.section(text, block_id="told"), *gallery.MESSAGES["card"]] if message.get("blocks") else None
    )
    return {**message, "text": text, "edited": {"user": "UB", "ts": "1.0"}} | (
        {"blocks": blocks} if blocks else {}
    )


class Flood(threading.Thread):
    """Sends events at the full rate for some seconds; `last` is what each message should show then."""

    def __init__(self, backend: Backend, *, seconds: float) -> None:
        super().__init__(daemon=True)
        self._backend, self._seconds = backend, seconds
        self.last: dict[str, str] = {}
        self.sent = 0

    def run(self) -> None:
        """Keeps to the clock: what a slow frame missed is sent with the next."""
        started = time.monotonic()
        while (passed := time.monotonic() - started) < self._seconds:
            due = int(passed * UPDATES_PER_S) - self.sent
            if due > 0:
                self._backend.tell(*[event for _ in range(due) for event in self._next()])
            time.sleep(FRAME_S)

    def _next(self) -> list[Json]:
        events = self.events()
        self.sent += 1
        return events

    def events(self) -> list[Json]:
        """The events of one step."""
        raise NotImplementedError


class Updates(Flood):
    """Changes messages that are there."""

    def __init__(self, backend: Backend, messages: list[Json], *, seconds: float) -> None:
        super().__init__(backend, seconds=seconds)
        self._messages = messages

    def events(self) -> list[Json]:
        """One message changed."""
        message = changed(self._messages[-1 - self.sent * 7 % len(self._messages)], self.sent)
        self.last[message["ts"]] = message["text"]
        return [{"type": "message_changed", "channel": "C1", "message": message}]


class Arrivals(Flood):
    """Adds messages, each with its marks, as a server does."""

    def events(self) -> list[Json]:
        """One message more."""
        message = self._backend.message(f"arrival {self.sent}")
        self.last[message["ts"]] = message["text"]
        marks = {"unread": self.sent, "mentions": 0, "last_read": "", "latest": message["ts"]}
        return [
            {"type": "message", "channel": "C1", "message": message},
            {"type": "unread", "channel_id": "C1", **marks},
        ]
