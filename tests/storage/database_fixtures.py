"""Fixtures for tests that need a database: an empty one for each, on SQLite and then on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage.database import Database
from tests.storage import postgres_cluster

TEMPLATE = "template_of_tests"


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[Path]:
    """The socket of a PostgreSQL that holds a migrated template."""
    programs = postgres_cluster.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres_cluster.cluster(programs) as socket:
        postgres_cluster.administer(socket, f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(_migrate(postgres_cluster.url_of(socket, TEMPLATE)))
        yield socket


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of its own: both kinds, one after the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sandpiper.db'}"
    socket: Path = request.getfixturevalue("postgres_socket")
    name = f"t{uuid4().hex}"
    postgres_cluster.administer(socket, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return postgres_cluster.url_of(socket, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database, migrated."""
    found = Database(database_url)
    await found.migrate()
    yield found
    await found.close()
