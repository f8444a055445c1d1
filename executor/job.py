"""One operation while a worker carries it, and why it is interrupted if it is."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from storage.records import Operation


class Interruption(StrEnum):
    """Why a job's task is cancelled."""

    CANCELLED = "cancelled"
    """Somebody asked for it: undo what was made."""
    LOST = "lost"
    """Another worker holds the operation now: touch nothing any more."""
    DRAINED = "drained"
    """The program ends: leave it as it is for the next start."""


@dataclass(kw_only=True)
class Job:
    """Belongs to one worker; not stored."""

    operation: Operation
    owner: str
    """The token under which the operation is held."""
    task: asyncio.Task[None] | None = None
    interruption: Interruption | None = None
    undoing: bool = False
    """While it undoes, cancelling it again would help nobody."""

    def interrupt(self, why: Interruption) -> None:
        """Cancel its task, once, and remember why."""
        if self.task is None or self.task.done() or self.interruption in (why, Interruption.LOST):
            return
        if why is Interruption.CANCELLED and self.undoing:
            return
        self.interruption = why
        self.task.cancel()
