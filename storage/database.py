"""One database, SQLite or PostgreSQL, with two doors: ``write`` and ``read``.

Writing transactions come one after another on both: SQLite can do no other, and on PostgreSQL each takes one
advisory lock first. So events are numbered in the order in which they are committed, what is counted cannot
grow between the count and the insert, and no two writers can wait for each other.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import CursorResult, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.migrations import upgrade

Tx = AsyncConnection
"""One transaction, as every function of this floor takes it."""

BUSY_TIMEOUT_SECONDS = 15.0
"""How long a statement waits while another process holds the database."""
READ_CONNECTIONS = 4
POSTGRES_CONNECTIONS = 8
WRITER_LOCK = 0x5A4D_9173
"""PostgreSQL's advisory lock that a writer holds until it commits; any number of ours would do."""


Result = TypeVar("Result")


class Database:
    """The one way to the tables. ``url`` is SQLAlchemy's: ``sqlite:///path`` or ``postgresql://…``."""

    def __init__(self, url: str) -> None:
        address = _with_async_driver(make_url(url))
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self._writing = asyncio.Lock()
        if self.is_sqlite:
            _make_folder(address)
            self._writer = _sqlite_engine(address, connections=1, begin="BEGIN IMMEDIATE", read_only=False)
            self._reader = _sqlite_engine(
                address, connections=READ_CONNECTIONS, begin="BEGIN", read_only=True
            )
        else:
            self._writer = _postgres_engine(address)
            self._reader = self._writer.execution_options(postgresql_readonly=True)

    async def migrate(self) -> None:
        """Bring the tables to what this program expects; safe from several processes at once."""
        async with self.write() as tx:
            await tx.run_sync(upgrade)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end of the block and undone by an exception. Keep it short.

        Cancelling the caller takes effect between statements, never in the middle of one.
        """
        async with self._writing:
            tx = SteadyConnection(self._writer)
            try:
                await unhurried(tx.start())
                await unhurried(tx.begin().start())
                if not self.is_sqlite:
                    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITER_LOCK})
                yield tx
                await unhurried(tx.commit())
            finally:
                if tx.sync_connection is not None:
                    await unhurried(tx.close())  # undoes what was not committed

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A view that never waits for writers. Writing through it fails."""
        async with self._reader.begin() as tx:
            yield tx


class SteadyConnection(AsyncConnection):
    """A connection whose statements are not left in the middle when its user is cancelled.

    SQLAlchemy gives such a connection up, and on SQLite what is given up may go on holding the lock.
    """

    async def execute(self, *given: Any, **named: Any) -> CursorResult[Any]:
        """As AsyncConnection's, to its end."""
        return await unhurried(super().execute(*given, **named))

    async def run_sync(self, *given: Any, **named: Any) -> Any:
        """As AsyncConnection's, to its end."""
        return await unhurried(super().run_sync(*given, **named))


async def unhurried(work: Coroutine[Any, Any, Result]) -> Result:
    """Wait for ``work`` to its end also when cancelled meanwhile; then be cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # looked at, so that it is not complained of as never retrieved
    raise cancelled


def _with_async_driver(url: URL) -> URL:
    """The same address for the driver that does not block the event loop."""
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    backend = url.get_backend_name()
    if backend not in drivers:
        raise ValueError(f"{backend} is not a database that Sandpiper knows: use sqlite or postgresql")
    return url.set(drivername=drivers[backend])


def _make_folder(url: URL) -> None:
    """Make the folder of the database's file. In memory, each connection would have a database of its own."""
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: sqlite:///path/to/sandpiper.db")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _sqlite_engine(url: URL, *, connections: int, begin: str, read_only: bool) -> AsyncEngine:
    """An engine over a SQLite file whose transactions begin the way we say."""
    engine = create_async_engine(
        url, pool_size=connections, max_overflow=0, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, late and deferred; we say BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        pragmas = (
            ["foreign_keys=ON", "query_only=ON"] if read_only else ["foreign_keys=ON", "journal_mode=WAL"]
        )
        for pragma in [*pragmas, "synchronous=NORMAL"]:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql(begin)  # type: ignore[attr-defined]  # SQLAlchemy's Connection

    return engine


def _postgres_engine(url: URL) -> AsyncEngine:
    """An engine over PostgreSQL. A writer that hangs is ended by the server, not waited for by all others."""
    limit_milliseconds = str(int(BUSY_TIMEOUT_SECONDS * 1000))
    return create_async_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "server_settings": {
                "application_name": "sandpiper",
                "lock_timeout": limit_milliseconds,
                "idle_in_transaction_session_timeout": limit_milliseconds,
            }
        },
    )
