"""Reads events by a cursor and keeps Slack as they say.

Facts are written down in the transaction that moves the cursor, so a crash loses none. Cards and progress are
drawn from rows: those of the last events are looked at again at start, and equal drawings are not sent.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import structlog

from bot.outbox.courier import Courier, NotRedrawnError
from bot.outbox.home import HOME_LANE, Homes
from bot.outbox.plan import DIRECT, ENDINGS, STANDING, Kind, Want, card, of_key, wants
from bot.outbox.queue import Job, Queue
from bot.slack.errors import Trouble, code_of, trouble_of
from bot.slack.pacer import Priority
from executor.waiting import wait_until_set
from storage import events, operations, posts, sandboxes
from storage.database import Database, Tx
from storage.records import Event, Post, PostState, Sandbox

CURSOR = "notifier"
LOOKED_AT_AGAIN = 500
"""Events before the cursor whose cards and progress are drawn again at start."""
SENDERS = 8
"""Messages on their way at once, each of another sandbox."""
PROGRESS_WAIT_SECONDS = 1.2
"""How long progress waits for what comes next: steps that follow quickly are one edit, and an operation that
is over by then needs none. Posting it would cost the outcome the channel's next second."""
POLL_SECONDS = 5.0
"""How often the table is read without being woken: another process may have written."""
DATABASE_PAUSE_SECONDS = 1.0
DEAD_PAUSE_SECONDS = 60.0
"""How long nothing is sent after Slack said that our token is dead."""
TRIES_OF_OUR_FAULT = 3

_log = structlog.get_logger(__name__)


class Notifier:
    """The outbox: events in, messages out."""

    def __init__(
        self,
        database: Database,
        courier: Courier,
        homes: Homes,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._courier = courier
        self._homes = homes
        self._clock = clock
        self._queue = Queue()
        self._woken = asyncio.Event()
        self._changed = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._dead_until = 0.0
        self._reading = True

    async def start(self) -> None:
        """Begin. What an earlier process left undone is taken up."""
        self._tasks = [asyncio.create_task(self._read_on()), asyncio.create_task(self._send_on())]

    async def stop(self) -> None:
        """End; messages on their way arrive first, the others are taken up by the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._sending:
            await asyncio.wait(self._sending, timeout=10)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    async def redraw(self, sandbox_id: str) -> None:
        """Look at a sandbox's messages again: somebody pressed a button that was out of date."""
        async with self._database.read() as tx:
            sandbox = await sandboxes.get(tx, sandbox_id)
            if sandbox is not None:
                self._ask(sandbox, card(sandbox_id, Priority.STATE))
                await self._ask_standing(tx, sandbox)
        self._changed.set()

    def redraw_home(self, person_id: str) -> None:
        """Draw a person's Home again."""
        self._queue.add(f"{HOME_LANE}:{person_id}", lane=person_id, channel_id="", priority=Priority.STATE)
        self._changed.set()

    def let_in(self, channel_id: str) -> None:
        """We were invited to a channel: what waited for that is sent."""
        self._queue.unpark(channel_id)
        self._changed.set()

    async def settled(self) -> bool:
        """Whether everything that was committed is on Slack."""
        async with self._database.read() as tx:
            behind = await events.cursor(tx, CURSOR) < await events.last_seq(tx)
        return not behind and not self._reading and self._queue.is_idle

    # Reading

    async def _read_on(self) -> None:
        begun = False
        while True:
            try:
                self._reading = True
                if not begun:
                    await self._take_up()
                    begun = True
                while await self._take_in():
                    pass
                self._reading = False
            except Exception:  # noqa: BLE001  the outbox outlives whatever ails the database
                _log.exception("events_unread")
                await asyncio.sleep(DATABASE_PAUSE_SECONDS)
                continue
            await wait_until_set(self._woken, at_most_seconds=POLL_SECONDS)
            self._woken.clear()

    async def _take_in(self) -> int:
        """One batch of new events: facts written down and the cursor moved, together. How many there were."""
        async with self._database.read() as tx:
            found = await events.after(tx, await events.cursor(tx, CURSOR))
            planned = await self._plan(tx, found)
        if not found:
            return 0
        fresh: list[str] = []
        async with self._database.write() as tx:
            for sandbox, want in planned:
                if want.is_fact and await posts.get(tx, want.key) is None:
                    await posts.intend(tx, self._intention(sandbox, want))
                    fresh.append(want.key)
            await events.set_cursor(tx, CURSOR, found[-1].seq)
        for key in fresh:
            self._courier.intended_now(key)
        for sandbox, want in planned:
            self._ask(sandbox, want)
        await self._ask_standing_after(found)
        self._changed.set()
        return len(found)

    async def _plan(self, tx: Tx, found: Sequence[Event]) -> list[tuple[Sandbox, Want]]:
        planned: list[tuple[Sandbox, Want]] = []
        for event in found:
            sandbox = await sandboxes.get(tx, event.sandbox_id)
            operation = await operations.get(tx, event.operation_id) if event.operation_id else None
            if sandbox is not None:
                planned += [(sandbox, want) for want in wants(event, operation)]
        return planned

    async def _ask_standing_after(self, found: Sequence[Event]) -> None:
        ended = {event.sandbox_id for event in found if event.kind in ENDINGS}
        async with self._database.read() as tx:
            for sandbox_id in ended:
                sandbox = await sandboxes.get(tx, sandbox_id)
                if sandbox is not None:
                    await self._ask_standing(tx, sandbox)

    async def _ask_standing(self, tx: Tx, sandbox: Sandbox) -> None:
        """Redraw earlier messages whose buttons depend on the state."""
        for post in await posts.of_sandbox(tx, sandbox.id):
            halves = of_key(post.key)
            if halves and halves[0] in STANDING and post.state is PostState.POSTED:
                self._ask_key(post.key, sandbox, Priority.PROGRESS)

    async def _take_up(self) -> None:
        """At start: what was intended, what stands, and what the last events were about."""
        async with self._database.read() as tx:
            for post in await posts.intended(tx):
                await self._ask_post(tx, post)
            cursor = await events.cursor(tx, CURSOR)
            lately = await events.after(tx, max(0, cursor - LOOKED_AT_AGAIN), limit=LOOKED_AT_AGAIN)
            seen = [event for event in lately if event.seq <= cursor]
            for sandbox, want in await self._plan(tx, seen):
                if not want.is_fact:
                    self._ask_key(want.key, sandbox, Priority.PROGRESS)
            for sandbox in await sandboxes.find(tx) if cursor else ():
                self._ask_key(card(sandbox.id, Priority.PROGRESS).key, sandbox, Priority.PROGRESS)
        self._changed.set()

    async def _ask_post(self, tx: Tx, post: Post) -> None:
        sandbox = await sandboxes.get(tx, post.sandbox_id) if post.sandbox_id else None
        if sandbox is not None:
            self._ask_key(post.key, sandbox, Priority.FACT)

    def _ask(self, sandbox: Sandbox, want: Want) -> None:
        self._ask_key(want.key, sandbox, want.priority)
        if self._homes.is_open(sandbox.owner_id):
            self.redraw_home(sandbox.owner_id)

    def _ask_key(self, key: str, sandbox: Sandbox, priority: Priority) -> None:
        halves = of_key(key)
        channel_id = sandbox.owner_id if halves and halves[0] in DIRECT else sandbox.channel_id
        wait = PROGRESS_WAIT_SECONDS if priority is Priority.PROGRESS else 0.0
        self._queue.add(
            key,
            lane=sandbox.id,
            channel_id=channel_id,
            priority=priority,
            not_before=asyncio.get_running_loop().time() + wait if wait else 0.0,
        )

    def _intention(self, sandbox: Sandbox, want: Want) -> Post:
        return Post(
            key=want.key,
            channel_id=sandbox.owner_id if want.kind in DIRECT else sandbox.channel_id,
            thread=None,
            reference=None,
            digest=None,
            state=PostState.INTENDED,
            sandbox_id=sandbox.id,
            intended_at=self._clock(),
        )

    # Sending

    async def _send_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._changed.clear()
            now = loop.time()
            while len(self._sending) < SENDERS and now >= self._dead_until and (job := self._queue.take(now)):
                task = asyncio.create_task(self._send(job))
                self._sending.add(task)
                task.add_done_callback(self._sent)
            await self._pause(now)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._changed.set()

    async def _pause(self, now: float) -> None:
        """Until something changes or the next job is due."""
        moments = [at for at in (self._queue.next_at(now), self._dead_until) if at is not None and at > now]
        timeout = min(moments, default=now + POLL_SECONDS) - now
        await wait_until_set(self._changed, at_most_seconds=min(timeout, POLL_SECONDS))

    async def _send(self, job: Job) -> None:
        try:
            if job.key.startswith(f"{HOME_LANE}:"):
                await self._homes.draw(job.lane)
            else:
                await self._courier.deliver(job.key, job.priority)
        except NotRedrawnError as error:
            # It stands, only older: what comes later in its thread need not wait for it.
            self._refused(replace(job, priority=max(job.priority, Priority.STATE)), error.reason)
        except Exception as error:  # noqa: BLE001  sorted, logged and tried again below
            self._refused(job, error)
        finally:
            self._queue.done(job)

    def _refused(self, job: Job, error: Exception) -> None:
        """Later, parked, or given up with a word in the log: never swallowed."""
        loop = asyncio.get_running_loop()
        trouble = trouble_of(error)
        _log.warning("not_sent", key=job.key, code=code_of(error), trouble=trouble, tries=job.tries)
        if trouble is Trouble.INSTALLATION:
            self._dead_until = loop.time() + DEAD_PAUSE_SECONDS
            self._queue.again(job, loop.time())
        elif trouble in (Trouble.CHANNEL, Trouble.ADMIN) and not job.key.startswith(f"{Kind.LOG}:"):
            self._queue.park(job)
            self._tell_owner(job)
        elif trouble is None:
            # Not Slack's: the database, or a fault of ours. It must not be lost, nor hold up the others.
            if job.tries == TRIES_OF_OUR_FAULT:
                _log.error("cannot_draw", key=job.key, error_id=uuid4().hex[:8], exc_info=error)
            waits = job.priority if job.tries < TRIES_OF_OUR_FAULT else Priority.STATE
            self._queue.again(replace(job, priority=waits), loop.time())
        elif trouble is not Trouble.TRANSIENT and job.tries >= TRIES_OF_OUR_FAULT:
            _log.error("given_up", key=job.key, error_id=uuid4().hex[:8], exc_info=error)
        else:
            self._queue.again(job, loop.time())

    def _tell_owner(self, job: Job) -> None:
        """Their channel refuses us: say so to them directly, once for each sandbox."""
        halves = of_key(job.key)
        if halves is None or halves[0] in DIRECT:
            return
        key = f"{Kind.CANNOT}:{job.lane}"
        self._queue.add(key, lane=job.lane, channel_id=f"direct:{job.lane}", priority=Priority.FACT)
