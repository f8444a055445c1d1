"""What waits to be sent: each message once, in lanes, the urgent first. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count

from bot.slack.pacer import Priority

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Job:
    """One message that is to be made as the rows say."""

    key: str
    lane: str
    """One job of a lane at a time: a sandbox's id."""
    channel_id: str
    priority: Priority
    order: int
    not_before: float = 0.0
    """On the caller's own clock, in seconds."""
    tries: int = 0


class Queue:
    """Jobs by key. Asking again for a key that waits changes nothing but its urgency."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._busy: dict[str, str] = {}
        self._parked: dict[str, dict[str, Job]] = {}
        self._orders = count()

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing is being sent."""
        return not self._jobs and not self._busy

    def add(
        self, key: str, *, lane: str, channel_id: str, priority: Priority, not_before: float = 0.0
    ) -> None:
        """Ask for a message to be made right, at once or later. One that is parked stays so."""
        if key in self._parked.get(channel_id, {}):
            return
        known = self._jobs.get(key)
        if known is None:
            self._jobs[key] = Job(
                key=key,
                lane=lane,
                channel_id=channel_id,
                priority=priority,
                order=next(self._orders),
                not_before=not_before,
            )
        elif priority < known.priority:
            waits = known.not_before if known.tries else min(known.not_before, not_before)
            self._jobs[key] = replace(known, priority=priority, not_before=waits)

    def take(self, now: float) -> Job | None:
        """The most urgent job that may go now and whose lane is free. It is gone from the queue.

        A fact that has to wait holds its lane: what came later must not be said before it.
        """
        held = {
            job.lane for job in self._jobs.values() if job.not_before > now and job.priority is Priority.FACT
        }
        ready = [
            job
            for job in self._jobs.values()
            if job.not_before <= now and job.lane not in self._busy and job.lane not in held
        ]
        if not ready:
            return None
        job = min(ready, key=lambda job: (job.priority, job.order))
        del self._jobs[job.key]
        self._busy[job.lane] = job.key
        return job

    def done(self, job: Job) -> None:
        """Its lane is free again."""
        self._busy.pop(job.lane, None)

    def again(self, job: Job, now: float) -> None:
        """It did not work: later, and later each time. What was asked meanwhile is the same job."""
        wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**job.tries)
        meanwhile = self._jobs.get(job.key)
        priority = min(job.priority, meanwhile.priority) if meanwhile else job.priority
        tries = min(job.tries + 1, 30)
        self._jobs[job.key] = replace(job, priority=priority, not_before=now + wait, tries=tries)

    def park(self, job: Job) -> None:
        """Its channel refuses us: it waits, with all others of the channel, until we are let in."""
        parked = self._parked.setdefault(job.channel_id, {})
        for other in [job, *(row for row in self._jobs.values() if row.channel_id == job.channel_id)]:
            parked[other.key] = other
            self._jobs.pop(other.key, None)

    def unpark(self, channel_id: str) -> Iterable[str]:
        """We are let in: everything parked may go, in its order. Which keys those are."""
        parked = sorted(self._parked.pop(channel_id, {}).values(), key=lambda job: job.order)
        self._jobs |= {job.key: replace(job, not_before=0.0, tries=0) for job in parked}
        return [job.key for job in parked]

    def next_at(self, now: float) -> float | None:
        """When the next job that has to wait may go; None where none has to."""
        return min((job.not_before for job in self._jobs.values() if job.not_before > now), default=None)
