"""Waiting for a condition with a deadline, never for luck."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

DEADLINE_SECONDS = 20.0
POLL_SECONDS = 0.05


async def eventually(
    condition: Callable[[], Awaitable[object] | object], *, seconds: float = DEADLINE_SECONDS
) -> object:
    """Return the condition's first true answer; fail when there is none in time."""
    until = time.monotonic() + seconds
    while True:
        answer = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < until, (
            f"did not come true within {seconds} s: {inspect.getsource(condition)}"
        )
        await asyncio.sleep(POLL_SECONDS)
