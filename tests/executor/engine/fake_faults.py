"""Faults to order for a fake: down, slow, held, failing at a method or at a name."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from executor.errors import EngineUnavailableError


@dataclass
class _Fault:
    error: BaseException
    times: int
    names: frozenset[str]


class Faults:
    """What a test orders of the engine itself, and what it sees of the calls made."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        """Every call that got through, as (method, name)."""
        self.is_down = False
        self._faults: dict[str, list[_Fault]] = {}
        self._gates: dict[str, asyncio.Event] = {}
        self._delays_seconds: dict[str, float] = {}
        self._changed = asyncio.Event()

    def go_down(self) -> None:
        """From now on every call raises EngineUnavailableError and every stream ends."""
        self.is_down = True
        self.wake()

    def come_back(self) -> None:
        """Answer again."""
        self.is_down = False

    def fail(self, method: str, error: BaseException, *, times: int = 1, names: Sequence[str] = ()) -> None:
        """The next calls of a method raise ``error``; only for these names where given."""
        self._faults.setdefault(method, []).append(_Fault(error, times, frozenset(names)))

    def hold(self, method: str) -> asyncio.Event:
        """Calls of a method wait until the returned event is set."""
        return self._gates.setdefault(method, asyncio.Event())

    def slow(self, method: str, seconds: float) -> None:
        """Calls of a method take this long."""
        self._delays_seconds[method] = seconds

    async def call(self, method: str, name: str = "") -> None:
        """Record a call, or do what was ordered for it."""
        if method in self._delays_seconds:
            await asyncio.sleep(self._delays_seconds[method])
        if method in self._gates:
            await self._gates[method].wait()
        if self.is_down:
            raise EngineUnavailableError("the fake engine is down")
        for fault in self._faults.get(method, []):
            if fault.times > 0 and (not fault.names or name in fault.names):
                fault.times -= 1
                raise fault.error
        self.calls.append((method, name))

    def wake(self) -> None:
        """Let every waiting stream look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def next_change(self) -> None:
        """Wait until something is different."""
        await self._changed.wait()
