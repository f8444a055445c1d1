"""Transactions, migrations and locks, on both databases."""

import asyncio
import random
import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, exc
from sqlalchemy.exc import IntegrityError

from storage import deliveries, sandboxes
from storage.database import Database
from storage.tables import metadata
from tests.storage.records_for_tests import a_sandbox

AT = datetime(2026, 1, 1, tzinfo=UTC)


async def test_migrations(database: Database) -> None:
    """Migrations make exactly the tables that the program declares."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.read() as tx:
        assert await tx.run_sync(differences) == []


async def test_migrating_again(database: Database) -> None:
    """Migrating again changes nothing."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
    await database.migrate()
    async with database.read() as tx:
        assert await sandboxes.get(tx, "5a1d0c") == a_sandbox()


async def test_rollback(database: Database) -> None:
    """An exception undoes the whole transaction."""

    async def write_twice() -> None:
        async with database.write() as tx:
            await sandboxes.add(tx, a_sandbox())
            await sandboxes.add(tx, a_sandbox())

    with pytest.raises(IntegrityError):
        await write_twice()
    async with database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 0


async def test_read_only(database: Database) -> None:
    """Writing through the reading door fails."""
    with pytest.raises(exc.DBAPIError):
        async with database.read() as tx:
            await sandboxes.add(tx, a_sandbox())


async def test_cancelled_write(database: Database) -> None:
    """A write that is cancelled half way is undone, and the next one works."""
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.write() as tx:
            await sandboxes.add(tx, a_sandbox())
            inside.set()
            await asyncio.sleep(60)

    for _ in range(5):
        inside.clear()
        task = asyncio.create_task(write_and_wait())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
    async with database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 1


async def test_many_writers(database: Database) -> None:
    """Of a hundred writers at once each sees what the others before it wrote."""

    async def one(number: int) -> None:
        async with database.write() as tx:
            known = await sandboxes.count_in_use(tx)
            await sandboxes.add(tx, a_sandbox(id=f"id{number}", name=f"n{known}"))

    await asyncio.gather(*(one(number) for number in range(100)))
    async with database.read() as tx:
        assert await sandboxes.names_in_use(tx) == {f"n{number}" for number in range(100)}


async def test_locked_for_ten_seconds(tmp_path: Path) -> None:
    """While another process locks the file for ten seconds, writers wait and readers do not."""
    database = Database(f"sqlite:///{tmp_path / 'locked.db'}")
    await database.migrate()
    locked, lock_seconds = threading.Event(), 10.0

    def hold() -> None:
        other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        locked.set()
        time.sleep(lock_seconds)  # the lock is what is tested
        other.execute("COMMIT")
        other.close()

    holder = threading.Thread(target=hold)
    holder.start()
    await asyncio.to_thread(locked.wait)
    began = time.monotonic()
    async with database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 0
    assert time.monotonic() - began < 1
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
    assert time.monotonic() - began >= lock_seconds - 1
    await asyncio.to_thread(holder.join)
    await database.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_wrong_address(url: str) -> None:
    """An address that cannot work is refused in words."""
    with pytest.raises(ValueError, match=r"SQLite needs a file|not a database that Sandpiper knows"):
        Database(url)


CANCELLED_WRITES = 60


async def test_writes_cancelled_at_any_moment_leave_no_lock(database: Database) -> None:
    """Cancelled early or late, once or more: a transaction is whole or not at all, and the next may write."""
    chance = random.Random(7)
    ended = []

    async def write(number: int) -> None:
        async with database.write() as tx:
            for half in "ab":
                await deliveries.first_time(tx, f"{number}{half}", AT)

    for number in range(CANCELLED_WRITES):
        task = asyncio.create_task(write(number))
        for _ in range(chance.randrange(1, 4)):
            for _ in range(chance.randrange(30)):
                await asyncio.sleep(0)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        ended.append(task)  # with its traceback, which may hold on to a connection
        async with asyncio.timeout(5), database.write() as tx:
            first, second = [await deliveries.first_time(tx, f"{number}{half}", AT) for half in "ab"]
            assert first == second
