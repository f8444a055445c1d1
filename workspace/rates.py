"""Slack's budgets: calls a minute per method, workspace and app; about one message a second per channel.

Source: docs.slack.dev/apis/web-api/rate-limits; tiers per method from java-slack-sdk's rate_limit_tiers.json.
"""

import math
from collections import deque

from workspace.clock import Clock

MINUTE_SECONDS = 60.0
CALLS_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
SPECIAL_CALLS_PER_MINUTE = 600
POSTS_PER_MINUTE = 300
POSTS_BURST_PER_CHANNEL = 5
POSTS_PER_SECOND_PER_CHANNEL = 1.0
# Slack publishes "1+" for tier 1; opening Socket Mode connections must survive a few quick reconnects.
CONNECTIONS_PER_MINUTE = 20


class Rates:
    """Counts calls and says how long to wait when there are too many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._posts: dict[tuple[str, str], tuple[float, float]] = {}

    def wait_for_call(self, app_id: str, method: str, per_minute: int) -> int:
        """Count a call; 0 if it is within `per_minute`, else whole seconds until there is room again."""
        now = self._clock.monotonic()
        calls = self._calls.setdefault((app_id, method), deque())
        while calls and calls[0] <= now - MINUTE_SECONDS:
            calls.popleft()
        if len(calls) >= per_minute:
            return max(1, math.ceil(calls[0] + MINUTE_SECONDS - now))
        calls.append(now)
        return 0

    def wait_for_post(self, app_id: str, channel: str) -> int:
        """Count a message to a channel; 0 if it may go, else seconds to wait. A short burst is allowed."""
        now = self._clock.monotonic()
        left, at = self._posts.get((app_id, channel), (float(POSTS_BURST_PER_CHANNEL), now))
        left = min(POSTS_BURST_PER_CHANNEL, left + (now - at) * POSTS_PER_SECOND_PER_CHANNEL)
        if left < 1:
            self._posts[(app_id, channel)] = (left, now)
            return max(1, math.ceil((1 - left) / POSTS_PER_SECOND_PER_CHANNEL))
        self._posts[(app_id, channel)] = (left - 1, now)
        return 0

    def clear(self) -> None:
        """Forget all counts."""
        self._calls.clear()
        self._posts.clear()
