"""Misbehaviour that a person or a test has ordered: which, how often, until when."""

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from workspace.clock import Clock
from workspace.errors import Refused

KINDS = ("api", "ack", "duplicate", "late", "signature", "trigger", "shares", "delivery")
MODES = {
    "ack": ("lost", "slow"),
    "signature": ("forged", "stale", "missing"),
    "trigger": ("expired",),
}
STATUSES = (200, 429, 500, 502, 503)


@dataclass(kw_only=True)
class Fault:
    """One order. `count`: how often it still happens; `until`: when it ends (Unix seconds); None: never."""

    id: str
    kind: str
    app_id: str = ""
    count: int | None = None
    until: float | None = None
    method: str = "*"
    payload: str = "*"
    mode: str = ""
    status: int = 200
    error: str = ""
    retry_after: int = 1
    delay_seconds: float = 0.0
    seconds_late: float = 0.0
    after: bool = False

    def matches(self, *, app_id: str, name: str) -> bool:
        """Whether it applies to this app and method or payload."""
        wanted = self.method if self.kind == "api" else self.payload
        return self.app_id in ("", app_id) and wanted in ("*", name)


class Faults:
    """The orders in force. `on_change` is called when the list changes."""

    def __init__(self, clock: Clock, on_change: Callable[[], None]) -> None:
        self._clock = clock
        self._on_change = on_change
        self._numbers = itertools.count(1)
        self._faults: dict[str, Fault] = {}

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Order a fault. Raises Refused if it makes no sense."""
        fields = {key: value for key, value in wanted.items() if key not in ("id", "seconds")}
        kind = fields.get("kind")
        if kind not in KINDS:
            raise Refused("invalid_fault", f"kind must be one of {', '.join(KINDS)}")
        if kind in MODES and fields.get("mode") not in MODES[kind]:
            raise Refused("invalid_fault", f"mode of {kind} must be one of {', '.join(MODES[kind])}")
        if fields.get("status", 200) not in STATUSES:
            raise Refused("invalid_fault", f"status must be one of {', '.join(map(str, STATUSES))}")
        try:
            fault = Fault(id=f"fault{next(self._numbers)}", **fields)
        except TypeError as error:
            raise Refused("invalid_fault", str(error)) from error
        if wanted.get("seconds") is not None:
            fault.until = self._clock.now() + float(wanted["seconds"])
        self._faults[fault.id] = fault
        self._on_change()
        return fault

    def list(self) -> list[dict[str, Any]]:
        """The orders still in force."""
        self._drop_finished()
        return [asdict(fault) for fault in self._faults.values()]

    def remove(self, fault_id: str) -> None:
        """Withdraw one order; no error if it is over."""
        self._faults.pop(fault_id, None)
        self._on_change()

    def clear(self) -> None:
        """Withdraw all orders."""
        self._faults.clear()
        self._on_change()

    def take(self, kind: str, *, app_id: str = "", name: str = "", mode: str = "") -> Fault | None:
        """The fault that happens now, if any; uses up one of its times."""
        self._drop_finished()
        for fault in self._faults.values():
            if fault.kind == kind and mode in ("", fault.mode) and fault.matches(app_id=app_id, name=name):
                if fault.count is not None:
                    fault.count -= 1
                    self._on_change()
                return fault
        return None

    def _drop_finished(self) -> None:
        now = self._clock.now()
        for fault in list(self._faults.values()):
            if (fault.count is not None and fault.count <= 0) or (
                fault.until is not None and fault.until <= now
            ):
                del self._faults[fault.id]
