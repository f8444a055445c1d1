"""One pace for everything we send to Slack.

Slack counts calls per method and workspace, and about one posted message a second per channel. Every call of
every task goes through one ``Pacer``: it waits for its turn, keeps a share of each method's budget for what
must not wait behind progress, and when Slack says 429 the whole method rests as long as Slack asks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from time import monotonic
from typing import TypeVar

from bot.slack.errors import Trouble, retry_after_seconds, trouble_of

POSTS_PER_CHANNEL_PER_SECOND = 1.0
LANES_LIMIT = 2000
"""Channels remembered; beyond, those that rest are forgotten."""
LONGEST_NAP_SECONDS = 1.0
"""How long a waiting call sleeps before it looks again: a rest may have begun meanwhile."""
LEEWAY_SECONDS = 0.05


class Priority(IntEnum):
    """What goes first."""

    FACT = 0
    """Ready, failed, expiring: a person waits for it, or it must not be late."""
    STATE = 1
    """A card's state."""
    PROGRESS = 2
    """The next one replaces it soon."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How fast one method may be called."""

    per_minute: float
    burst: float
    """Calls that may go at once after a rest."""
    kept: float = 0.0
    """Of the burst, what progress may not use."""


# Slack's published tiers: burst and rate together stay within what a tier allows in any minute.
TIER_2 = Budget(per_minute=14, burst=6)
TIER_3 = Budget(per_minute=36, burst=14, kept=5)
TIER_4 = Budget(per_minute=70, burst=30)
BUDGETS: Mapping[str, Budget] = {
    "chat.update": TIER_3,
    "chat.postMessage": Budget(per_minute=240, burst=30),
    "chat.postEphemeral": TIER_4,
    "views.open": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
    "users.info": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "conversations.info": TIER_3,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
}
"""What is not named here is taken for tier 2."""


_Answer = TypeVar("_Answer")


class TooLateError(Exception):
    """The call's turn comes later than its caller can wait."""


class _Bucket:
    """Tokens that come back with time. Times are the pacer's own clock's seconds."""

    def __init__(self, budget: Budget, now: float) -> None:
        self._budget = budget
        self._tokens = budget.burst
        self._at = now

    def wait_seconds(self, now: float, priority: Priority) -> float:
        """How long until a call of this priority may go; 0 for now."""
        self._refill(now)
        kept = self._budget.kept if priority is Priority.PROGRESS else 0.0
        missing = 1.0 + kept - self._tokens
        return 0.0 if missing <= 1e-9 else missing * 60 / self._budget.per_minute

    def take(self) -> None:
        """Use one."""
        self._tokens -= 1

    def is_full(self, now: float) -> bool:
        """Whether it has rested long enough to be forgotten."""
        self._refill(now)
        return self._tokens >= self._budget.burst

    def _refill(self, now: float) -> None:
        gained = (now - self._at) * self._budget.per_minute / 60
        self._tokens = min(self._budget.burst, self._tokens + gained)
        self._at = now


class Pacer:
    """Lets calls through at Slack's pace."""

    def __init__(
        self,
        *,
        budgets: Mapping[str, Budget] = BUDGETS,
        posts_per_second: float = POSTS_PER_CHANNEL_PER_SECOND,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._budgets = budgets
        self._lane_budget = Budget(per_minute=posts_per_second * 60, burst=1)
        self._clock = clock
        self._sleep = sleep
        self._methods: dict[str, _Bucket] = {}
        self._lanes: dict[str, _Bucket] = {}
        self._resting: dict[str, float] = {}
        self._turns: dict[tuple[str, str, Priority], asyncio.Lock] = {}

    async def call(
        self,
        method: str,
        send: Callable[[], Awaitable[_Answer]],
        *,
        channel: str = "",
        priority: Priority = Priority.FACT,
        patience_seconds: float | None = None,
    ) -> _Answer:
        """Send when it is this call's turn, again after each 429 (which did nothing).

        Args:
            method: Slack's name for it.
            send: makes the call.
            channel: for what posts a message: where, so that no channel gets more than one a second.
            priority: what goes first.
            patience_seconds: how long its turn may take to come.

        Raises:
            TooLateError: when it would take longer.
            Exception: whatever ``send`` raises, but for a 429.
        """
        deadline = None if patience_seconds is None else self._clock() + patience_seconds
        while True:
            await self._turn(method, channel, priority, deadline)
            try:
                return await send()
            except Exception as error:
                if trouble_of(error) is not Trouble.LIMITED:
                    raise
                self._rest(method, retry_after_seconds(error))

    async def _turn(self, method: str, channel: str, priority: Priority, deadline: float | None) -> None:
        """Wait in line behind equals; facts have lines of their own."""
        line = (method, channel, priority)
        lock = self._turns.setdefault(line, asyncio.Lock())
        async with lock:
            while wait := self._wait_seconds(method, channel, priority):
                if deadline is not None and self._clock() + wait > deadline:
                    raise TooLateError(f"{method} has to wait {wait:.0f} s")
                await self._sleep(min(wait, LONGEST_NAP_SECONDS))
            self._take(method, channel)
        self._tidy(line, lock)

    def _wait_seconds(self, method: str, channel: str, priority: Priority) -> float:
        now = self._clock()
        waits = [self._resting.get(method, now) - now, self._method(method, now).wait_seconds(now, priority)]
        if channel:
            waits.append(self._lane(channel, now).wait_seconds(now, Priority.FACT))
        return max(0.0, *waits)

    def _take(self, method: str, channel: str) -> None:
        now = self._clock()
        self._method(method, now).take()
        if channel:
            self._lane(channel, now).take()

    def _rest(self, method: str, seconds: float) -> None:
        until = self._clock() + seconds + LEEWAY_SECONDS
        self._resting[method] = max(until, self._resting.get(method, 0.0))

    def _method(self, method: str, now: float) -> _Bucket:
        if method not in self._methods:
            self._methods[method] = _Bucket(self._budgets.get(method, TIER_2), now)
        return self._methods[method]

    def _lane(self, channel: str, now: float) -> _Bucket:
        if channel not in self._lanes:
            if len(self._lanes) >= LANES_LIMIT:
                self._lanes = {name: lane for name, lane in self._lanes.items() if not lane.is_full(now)}
            self._lanes[channel] = _Bucket(self._lane_budget, now)
        return self._lanes[channel]

    def _tidy(self, line: tuple[str, str, Priority], lock: asyncio.Lock) -> None:
        """Forget a line that nobody stands in."""
        if not lock.locked() and not getattr(lock, "_waiters", None):
            self._turns.pop(line, None)
