"""Waiting for an event, but not for ever."""

import asyncio
from contextlib import suppress


async def wait_until_set(event: asyncio.Event, *, at_most_seconds: float) -> None:
    """Return when the event is set, or when the time is over.

    Not by ``asyncio.wait_for``: Python 3.11's loses a cancellation that comes together with the event.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(at_most_seconds):
            await event.wait()
