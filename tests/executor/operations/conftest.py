"""What tests of operations share: a house with a fake engine and a fake proxy on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.executor.operations.house import House
from tests.storage.database_fixtures import database_url, postgres_socket

__all__ = ["database_url", "postgres_socket"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house on SQLite, not started yet."""
    found = House(Database(f"sqlite:///{tmp_path / 'sandpiper.db'}"), tmp_path)
    yield found
    await found.close()


@pytest.fixture
async def any_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The same on either database."""
    found = House(Database(database_url), tmp_path)
    yield found
    await found.close()
