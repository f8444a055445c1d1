"""What tests of the bot share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.chat import Chat, running_chat


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """A workspace, the bot by Socket Mode, and an executor over an engine in memory."""
    async with running_chat(tmp_path) as found:
        yield found
