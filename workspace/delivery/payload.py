"""What is handed to the deliverer, and what came of it."""

from dataclasses import dataclass
from typing import Any, Literal

from workspace.model import App

Envelope = Literal["events_api", "slash_commands", "interactive"]
TIMEOUT = "operation_timeout"
FAILED = "dispatch_failed"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One payload for one app. `name` is the event or payload type; `url` where it goes over HTTP."""

    app: App
    envelope: Envelope
    name: str
    payload: dict[str, Any]
    url: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a delivery: acknowledged with an answer, or an error as the person sees it.

    `answer` is a JSON object, plain text or None. `reason` is Slack's retry reason; `final` forbids retries.
    """

    ok: bool
    answer: dict[str, Any] | str | None = None
    error: str = ""
    reason: str = ""
    status: int = 0
    final: bool = False


def timed_out() -> Outcome:
    """No acknowledgement in time."""
    return Outcome(ok=False, error=TIMEOUT, reason="http_timeout")
