"""A whole chat for tests: a local workspace, the bot, and an executor over an engine in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.app import Bot
from bot.slack.pacer import BUDGETS, Budget, Pacer
from bot.slack_manifest import render_manifest
from executor.executor import Executor, Parts
from storage import sandboxes
from storage.database import Database
from storage.records import Sandbox
from tests.executor.operations.house import House, wait_for
from workspace.client import Message, Person
from workspace.client_view import visible_text
from workspace.testing import Running, running_workspace

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-chat", "xapp-chat", "chat-secret"
QUICK = {method: Budget(per_minute=6000, burst=100) for method in BUDGETS}
MANIFEST = Path("manifests/slack/app.yaml")


def config(manifest: dict[str, Any], **limits: Any) -> dict[str, Any]:
    """Ada, Grace and Lin; #general for all, #lonely without the bot."""
    return {
        "team": {"id": "T1"},
        "users": [
            {"name": "ada", "tz": "Europe/Berlin"},
            {"name": "grace", "tz": "America/New_York"},
            {"name": "lin"},
            {"name": "gus", "guest": "multi"},
            {"name": "eve", "external": True},
        ],
        "channels": [{"name": "general"}, {"name": "lonely", "members": ["ada", "grace"]}],
        "apps": [
            {
                "manifest": manifest,
                "bot_token": BOT_TOKEN,
                "app_token": APP_TOKEN,
                "signing_secret": SECRET,
                "channels": ["general"],
            }
        ],
        "limits": {"rate_limits": False} | limits,
    }


class ChatHouse(House):
    """The executor of the chat, in real time, telling the bot of every commit."""

    def __init__(self, database: Database, folder: Path, **given: object) -> None:
        super().__init__(database, folder, **given)
        self.now = datetime.now(UTC)
        self.bot: Bot | None = None

    def build(self) -> Executor:
        """A new executor that wakes the bot."""
        return Executor(
            Parts(
                database=self.database,
                engine=self.engine,
                proxy=self.proxy,
                images=self.images,
                config=self.config,
                vault=self.vault,
                clock=self.clock,
                on_commit=self._wake,
                checkpoint=self.checkpoint,
            )
        )

    def _wake(self) -> None:
        if self.bot is not None:
            self.bot.wake()


class Chat:
    """What a test of the chat works with."""

    def __init__(self, workspace: Running, house: ChatHouse) -> None:
        self.workspace = workspace
        self.house = house
        self.bot: Bot | None = None

    async def start_bot(self, **given: Any) -> Bot:
        """A new process of ours."""
        assert self.house.executor is not None
        usual: dict[str, Any] = {
            "database": self.house.database,
            "executor": self.house.executor,
            "bot_token": BOT_TOKEN,
            "app_token": APP_TOKEN,
            "slack_api_url": self.workspace.api_url,
            "http_port": 0,
            "clock": self.house.clock,
            "pacer": Pacer(budgets=QUICK, posts_per_second=50),
        }
        self.bot = self.house.bot = Bot(**(usual | given))
        await self.bot.start()
        await wait_for(self._ready, lambda: "the bot never got ready")
        return self.bot

    async def _ready(self) -> bool | None:
        assert self.bot is not None
        return True if not await self.bot.faults() else None

    async def stop_bot(self) -> None:
        """End it in good order."""
        if self.bot is not None:
            await self.bot.stop()
        self.bot = self.house.bot = None

    async def settled(self) -> None:
        """Wait until Slack shows everything that was committed."""

        async def told() -> bool | None:
            assert self.bot is not None
            return True if await self.bot.settled() else None

        await wait_for(told, lambda: "the outbox never came to rest")

    async def person(self, name: str) -> Person:
        """Somebody at the workspace."""
        return await self.workspace.person(name)

    async def only_sandbox(self) -> Sandbox:
        """The newest sandbox."""
        async with self.house.database.read() as tx:
            return (await sandboxes.find(tx))[0]

    async def logged(self, text: str) -> None:
        """Wait until the newest sandbox's stored output contains a text."""
        sandbox, executor = await self.only_sandbox(), self.house.executor
        assert executor is not None

        async def there() -> bool | None:
            return True if any(text in line.text for line in await executor.read_logs(sandbox)) else None

        await wait_for(there, lambda: f"{text!r} was never logged")

    async def shows(self, person: Person, message: Message, text: str) -> Message:
        """Wait until a message shows a text or has a button of that name; as it is then."""

        def there(seen: Message) -> bool:
            return seen["ts"] == message["ts"] and (
                text in visible_text(seen) or text in person.buttons(seen)
            )

        return await person.wait_for(there)

    async def deploy(
        self, person: Person, typed: str = "deploy echo", *, channel: str = "#general"
    ) -> Message:
        """Deploy and wait until it is ready; the card."""
        await person.slash(f"/sandbox {typed}", channel=channel)
        await person.wait_for("is ready")
        await self.settled()
        card = await person.wait_for("Owner", channel=channel)
        return await self.shows(person, card, "Running")


@asynccontextmanager
async def running_chat(
    folder: Path, *, bot: dict[str, Any] | None = None, house: dict[str, Any] | None = None, **limits: Any
) -> AsyncIterator[Chat]:
    """A chat that runs while the block does."""
    manifest = yaml.safe_load(render_manifest(MANIFEST, url=None))
    found = ChatHouse(Database(f"sqlite:///{folder / 'sandpiper.db'}"), folder, **(house or {}))
    async with running_workspace(config(manifest, **limits)) as workspace:
        chat = Chat(workspace, found)
        try:
            await found.start()
            await chat.start_bot(**(bot or {}))
            yield chat
        finally:
            await chat.stop_bot()
            await found.close()
