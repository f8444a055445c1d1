"""What end-to-end tests share: one installation for a module, swept after each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.end_to_end.stack import Stack, running_stack
from tests.storage.database_fixtures import postgres_socket

__all__ = ["postgres_socket", "stack"]


@pytest.fixture
async def stack(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stack]:
    """A whole installation, its bot not started yet, that forgets a dead worker after two seconds."""
    async with running_stack(tmp_path, name=request.node.name.split("[")[0]) as stack:
        stack.overrides["SANDPIPER_LEASE_SECONDS"] = "2"
        yield stack
