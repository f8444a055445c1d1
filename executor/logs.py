"""Keeps what services write: followed while they run, stored in capped segments that outlive them."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from executor.engine.protocol import LABEL_SANDBOX, LABEL_SERVICE, ContainerState, Engine
from executor.errors import EngineUnavailableError
from executor.log_lines import StoredLine, format_line, parse_lines, parse_segments, pick
from executor.redaction import Redactor
from storage import logs
from storage.database import Database, Tx

FLUSH_EVERY_SECONDS = 1.0
FLUSH_AGE_SECONDS = 5.0
"""A line waits at most this long for others to be stored with; until then it is read from memory."""
PENDING_LIMIT_BYTES = 512 * 1024
"""Of one service. Whoever writes faster than this is stored is read more slowly: the engine's file waits."""
TAIL_SEGMENTS = 20
"""Read first where only the newest lines are wanted."""
DEFAULT_TAIL = 200
CATCH_UP_SECONDS = 5.0
"""How long a removal waits until what a container wrote is read."""
LIFE_MARK = "@"
"""Between a container's id and when it was started: together they name one of its lives."""

Key = tuple[str, str]
"""Sandbox id and service."""
RedactorOf = Callable[[str], Awaitable[Redactor]]
"""The redactor that knows the secrets of the sandbox with this id."""

log = structlog.get_logger(__name__)


Line = tuple[datetime, str]
"""When, and the line as it is stored."""


@dataclass
class Pending:
    """Lines of one service that are not stored yet. Sizes in characters, which is near enough to bytes."""

    lines: list[Line] = field(default_factory=list)
    size: int = 0
    waiting_since: float = 0.0
    """The loop's time at which the first of them came."""
    room: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while there is room for more."""
    stored_since_trim: int = 0

    def add(self, line: Line, *, now: float) -> None:
        """Take in one line."""
        if not self.lines:
            self.waiting_since = now
        self.lines.append(line)
        self.size += len(line[1])
        if self.size >= PENDING_LIMIT_BYTES:
            self.room.clear()

    def drop(self, count: int, *, now: float) -> None:
        """The first lines are stored. Those that came meanwhile stay."""
        self.size -= sum(len(text) for _at, text in self.lines[:count])
        del self.lines[:count]
        self.waiting_since = now
        self.room.set()


class LogKeeper:
    """Follows containers that it is shown, writes what they say, and reads it back.

    Whoever watches the engine calls :meth:`observe` with what there is, as often as it likes.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        database: Database,
        redactor_of: RedactorOf,
        segment_bytes: int,
        keep_bytes: int,
    ) -> None:
        """``segment_bytes``: of one stored piece. ``keep_bytes``: of one service, oldest dropped first."""
        self._engine = engine
        self._database = database
        self._redactor_of = redactor_of
        self._segment_bytes = segment_bytes
        self._keep_bytes = keep_bytes
        self._pending: dict[Key, Pending] = {}
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._followed_to_the_end: set[str] = set()
        self._flushing = asyncio.Lock()
        self._ending = False

    async def run(self) -> None:
        """Store what comes until cancelled; then store the rest."""
        try:
            while True:
                await asyncio.sleep(FLUSH_EVERY_SECONDS)
                await self._flush_safely(self._due())
        finally:
            self._ending = True
            await self._stop_following()
            await asyncio.shield(self._flush_safely(list(self._pending)))

    def observe(self, containers: Iterable[ContainerState]) -> None:
        """Follow each of these that is not followed yet, until it ends.

        They are all that there are, and each is of a sandbox that has a row.
        """
        if self._ending:
            return
        lives, keys = set[str](), set[Key]()
        for container in containers:
            life = _life_of(container)
            lives.add(life)
            keys.add(_key_of(container))
            self._follow_life(container, life)
        self._followed_to_the_end &= lives
        self._pending = {key: one for key, one in self._pending.items() if one.lines or key in keys}

    def _follow_life(self, container: ContainerState, life: str) -> None:
        """Follow it, unless it never started, or is or was followed already."""
        if not container.started_at or life in self._followers or life in self._followed_to_the_end:
            return
        # Docker starts a container again that ended: two that read one file would store lines twice.
        earlier = [task for other, task in self._followers.items() if _id_of(other) == container.id]
        task = asyncio.create_task(
            self._follow(container, life, after=earlier), name=f"logs of {container.name}"
        )
        self._followers[life] = task
        task.add_done_callback(partial(self._forget_follower, life))

    async def catch_up(self, containers: Iterable[ContainerState]) -> None:
        """Read containers that have ended, and are about to be removed, to their end.

        One that lived only for a moment may never have been observed. The wait is bounded: nothing is kept
        from being removed by its output.
        """
        if self._ending:
            return
        ids = set[str]()
        for container in containers:
            ids.add(container.id)
            self._follow_life(container, _life_of(container))
        following = [task for life, task in self._followers.items() if _id_of(life) in ids]
        if following:
            await asyncio.wait(following, timeout=CATCH_UP_SECONDS)

    async def flush(self, sandbox_id: str) -> None:
        """Store at once what this sandbox's services wrote."""
        await self._flush([key for key in self._pending if key[0] == sandbox_id])

    async def read(
        self,
        sandbox_id: str,
        *,
        service: str | None = None,
        tail: int = DEFAULT_TAIL,
        since: datetime | None = None,
        grep: str | None = None,
    ) -> Sequence[StoredLine]:
        """The newest lines that match everything given, oldest first, as stored: without known secrets."""
        async with self._flushing:
            waiting = [
                line
                for (sandbox, name), pending in self._pending.items()
                if sandbox == sandbox_id and service in (None, name)
                for line in parse_lines(name, "".join(text for _at, text in pending.lines))
            ]
            limit = TAIL_SEGMENTS if since is None and grep is None else None
            async with self._database.read() as tx:
                stored = await logs.read(tx, sandbox_id, service=service, since=since, limit=limit)
                if limit is not None and sum(segment.lines for segment in stored) + len(waiting) < tail:
                    stored = await logs.read(tx, sandbox_id, service=service)
        return pick([*parse_segments(stored), *waiting], tail=tail, since=since, grep=grep)

    async def _follow(
        self, container: ContainerState, life: str, *, after: Collection[asyncio.Task[None]]
    ) -> None:
        """Take in one container's lines from the last one that we have, until it ends.

        ``after``: those that follow its earlier lives, and have to end first.
        """
        key = _key_of(container)
        if after:
            await asyncio.wait(after)
        try:
            redactor = await self._redactor_of(key[0])
            async for line in self._engine.follow_logs(container.name, since=await self._last_at(key)):
                await self._take(key, (line.at, redactor.redact(format_line(line))))
        except EngineUnavailableError:
            return
        except Exception:
            log.exception("the output of a container is not followed any more", container=container.name)
            return
        self._followed_to_the_end.add(life)
        await self._flush_safely([key])

    async def _last_at(self, key: Key) -> datetime | None:
        if key in self._pending and self._pending[key].lines:
            return self._pending[key].lines[-1][0]
        async with self._database.read() as tx:
            return await logs.last_at(tx, *key)

    async def _take(self, key: Key, line: Line) -> None:
        pending = self._pending.setdefault(key, Pending())
        pending.add(line, now=_loop_time())
        if pending.size >= PENDING_LIMIT_BYTES:
            await pending.room.wait()

    def _due(self) -> list[Key]:
        """Whose lines have waited long enough, or are enough for a segment."""
        now = _loop_time()
        return [
            key
            for key, pending in self._pending.items()
            if pending.lines
            and (pending.size >= self._segment_bytes or now - pending.waiting_since >= FLUSH_AGE_SECONDS)
        ]

    async def _flush_safely(self, keys: Sequence[Key]) -> None:
        """Store, or keep for the next time if the database does not take it."""
        try:
            await self._flush(keys)
        except Exception:
            log.exception("output could not be stored; it is kept for the next time", services=len(keys))

    async def _flush(self, keys: Sequence[Key]) -> None:
        """Write the lines of these services in one transaction; forget them once they are written."""
        async with self._flushing:
            batches = {key: list(pending.lines) for key in keys if (pending := self._pending.get(key))}
            batches = {key: batch for key, batch in batches.items() if batch}
            if not batches:
                return
            async with self._database.write() as tx:
                for key, batch in batches.items():
                    await self._store(tx, key, batch)
            for key, batch in batches.items():
                self._pending[key].drop(len(batch), now=_loop_time())

    async def _store(self, tx: Tx, key: Key, batch: Sequence[Line]) -> None:
        """Write one segment; now and then drop what is beyond the service's size."""
        text = "".join(line for _at, line in batch)
        await logs.append(
            tx,
            sandbox_id=key[0],
            service=key[1],
            first_at=batch[0][0],
            last_at=batch[-1][0],
            lines=len(batch),
            text=text,
        )
        pending = self._pending[key]
        pending.stored_since_trim += len(text)
        if pending.stored_since_trim >= self._segment_bytes:
            await logs.keep_newest(tx, *key, keep_bytes=self._keep_bytes)
            pending.stored_since_trim = 0

    def _forget_follower(self, life: str, _task: asyncio.Task[None]) -> None:
        self._followers.pop(life, None)

    async def _stop_following(self) -> None:
        followers = list(self._followers.values())
        for follower in followers:
            follower.cancel()
        for follower in followers:
            with contextlib.suppress(asyncio.CancelledError):
                await follower


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _life_of(container: ContainerState) -> str:
    """One name for a container since it was last started."""
    return f"{container.id}{LIFE_MARK}{container.started_at}"


def _id_of(life: str) -> str:
    """The container whose life this is."""
    return life.partition(LIFE_MARK)[0]


def _key_of(container: ContainerState) -> Key:
    return container.labels[LABEL_SANDBOX], container.labels[LABEL_SERVICE]
