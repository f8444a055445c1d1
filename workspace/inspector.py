"""Keeps the latest calls and deliveries with their bodies and verdicts, for the page and for tests."""

import itertools
import json
from collections import deque
from collections.abc import Callable
from typing import Any

KEPT_ENTRIES = 2_000
SHOWN_BODY_CHARACTERS = 4_000
SECRET_ARGUMENTS = ("token", "client_secret", "refresh_token")


class Inspector:
    """A bounded log. `on_entry` is told of each new entry, with its bodies cut."""

    def __init__(self, on_entry: Callable[[dict[str, Any]], None]) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT_ENTRIES)
        self._numbers = itertools.count(1)
        self._on_entry = on_entry
        self.last = 0

    def record(
        self,
        *,
        at: float,
        kind: str,
        name: str,
        verdict: str,
        ok: bool,
        app: tuple[str, str] = ("", ""),
        request: Any = None,
        response: Any = None,
        status: int = 0,
        duration_ms: float = 0.0,
        attempt: int = 0,
        transport: str = "",
    ) -> dict[str, Any]:
        """Add an entry; `app` is its id and name."""
        self.last = next(self._numbers)
        entry = {
            "seq": self.last, "at": at, "kind": kind, "app_id": app[0], "app_name": app[1], "name": name,
            "request": without_secrets(request), "response": without_secrets(response), "status": status,
            "verdict": verdict, "ok": ok, "duration_ms": round(duration_ms, 1), "attempt": attempt,
            "transport": transport,
        }  # fmt: skip
        self._entries.append(entry)
        self._on_entry(cut(entry))
        return entry

    def entries(
        self, *, after: int = 0, limit: int = KEPT_ENTRIES, app_id: str = "", name: str = ""
    ) -> list[dict[str, Any]]:
        """The newest `limit` entries after number `after`, oldest first, optionally of one app or name."""
        found = [
            entry
            for entry in self._entries
            if entry["seq"] > after and app_id in ("", entry["app_id"]) and name in ("", entry["name"])
        ]
        return found[-limit:]

    def entry(self, seq: int) -> dict[str, Any] | None:
        """The entry with this number, if it is still kept."""
        return next((entry for entry in self._entries if entry["seq"] == seq), None)

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()


def without_secrets(body: Any) -> Any:
    """A body whose credentials are blotted out."""
    if not isinstance(body, dict):
        return body
    return {key: "…" if key in SECRET_ARGUMENTS and value else value for key, value in body.items()}


def cut(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry whose bodies are short enough for a list."""
    shown = dict(entry)
    for part in ("request", "response"):
        text = json.dumps(entry[part], ensure_ascii=False, default=str)
        if len(text) > SHOWN_BODY_CHARACTERS:
            shown[part] = text[:SHOWN_BODY_CHARACTERS]
            shown[f"{part}_cut"] = True
    return shown
