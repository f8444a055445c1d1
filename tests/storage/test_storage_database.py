"""Transactions, migrations and locks, on both databases."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, exc

from storage import sandboxes
from storage.database import Database
from storage.tables import metadata
from tests.storage.records_for_tests import a_sandbox


async def test_migrations_make_exactly_the_tables_that_the_program_declares(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.read() as tx:
        assert await tx.run_sync(differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
    await database.migrate()
    async with database.read() as tx:
        assert await sandboxes.get(tx, "5a1d0c") == a_sandbox()


async def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as tx:
            await sandboxes.add(tx, a_sandbox())
            raise RuntimeError
    async with database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 0


async def test_writing_through_the_reading_door_fails(database: Database) -> None:
    with pytest.raises(exc.DBAPIError):
        async with database.read() as tx:
            await sandboxes.add(tx, a_sandbox())


async def test_a_write_that_is_cancelled_half_way_is_undone_and_the_next_one_works(
    database: Database,
) -> None:
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


async def test_a_hundred_writers_at_once_all_succeed(database: Database) -> None:
    async def one(number: int) -> None:
        async with database.write() as tx:
            known = await sandboxes.count_in_use(tx)
            await sandboxes.add(tx, a_sandbox(id=f"id{number}", name=f"n{known}"))

    await asyncio.gather(*(one(number) for number in range(100)))
    async with database.read() as tx:
        assert await sandboxes.names_in_use(tx) == {f"n{number}" for number in range(100)}


async def test_writers_wait_and_readers_do_not_while_another_process_locks_the_file_for_ten_seconds(
    tmp_path: Path,
) -> None:
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
def test_an_address_that_cannot_work_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="SQLite needs a file|not a database that Sandpiper knows"):
        Database(url)
