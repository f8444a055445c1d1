"""The real workspace with the gallery app connected over Socket Mode, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from tests.workspace.page.gallery_app import MANIFEST, make_app
from workspace.testing import Running, running_workspace

BOT_TOKEN = "xoxb-gallery"
APP_TOKEN = "xapp-1-gallery"
CONFIG: dict[str, Any] = {
    "team": {"name": "Driftwood"},
    "users": [
        {"name": "alice", "real_name": "Alice Adler", "tz": "Europe/Berlin"},
        {"name": "bob", "real_name": "Bob Brandt", "tz": "America/New_York"},
    ],
    "channels": [{"name": "general"}, {"name": "random", "members": ["alice"]}],
    "apps": [
        {"manifest": MANIFEST, "bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "channels": ["general"]},
    ],
    "limits": {"ack_seconds": 1.5, "rate_limits": False},
}


class Live:
    """Once `start` has returned, `url` is the workspace's address and `people` the ids by name."""

    def __init__(self) -> None:
        self.url = ""
        self.people: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Serves, and waits until the app is connected."""
        self._thread.start()
        assert self._ready.wait(20), "the workspace or its app did not start"

    def stop(self) -> None:
        """Ends both and joins the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        stack = AsyncExitStack()
        self._loop.run_until_complete(self._start(stack))
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(stack.aclose())
        self._loop.close()

    async def _start(self, stack: AsyncExitStack) -> None:
        running: Running = await stack.enter_async_context(running_workspace(CONFIG))
        self.url = running.url
        self.people = (await running.visit.control("state", how="GET"))["people"]
        app = make_app(bot_token=BOT_TOKEN, base_url=self.url)
        handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=app.client)
        stack.push_async_callback(handler.close_async)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
