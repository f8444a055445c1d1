"""The workspace's clock: real time plus an offset that tests and the fault panel may move."""

import time


class Clock:
    """Reads the time; `offset_seconds` moves it."""

    def __init__(self) -> None:
        self.offset_seconds = 0.0

    def now(self) -> float:
        """Unix seconds as the workspace sees them."""
        return time.time() + self.offset_seconds

    def monotonic(self) -> float:
        """Seconds that only grow, for rates and durations; the offset moves them forward too."""
        return time.monotonic() + self.offset_seconds
