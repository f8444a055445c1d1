"""Starts a workspace inside a test, on a free port."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from workspace.client import Person, Visit
from workspace.config import Config, parse_config
from workspace.server import Server, serve


class Running:
    """A running workspace as tests use it."""

    def __init__(self, server: Server, visit: Visit) -> None:
        self.server = server
        self.visit = visit

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url

    @property
    def api_url(self) -> str:
        """The `base_url` for Slack's SDKs."""
        return f"{self.server.url}/api/"

    @property
    def ws(self) -> Any:
        """The workspace itself, for looking inside."""
        return self.server.ws

    async def person(self, name: str) -> Person:
        """A person by name, with an open page."""
        return await self.visit.person(name)

    async def control(
        self, path: str, body: Mapping[str, Any] | None = None, *, how: str = "POST"
    ) -> dict[str, Any]:
        """Use a fault control, such as `faults` or `tokens/revoke`."""
        return await self.visit.control(path, body, how=how)

    async def fault(self, **fault: Any) -> dict[str, Any]:
        """Order a fault (see PAGE_API.md)."""
        return await self.control("faults", fault)


@asynccontextmanager
async def running_workspace(
    config: Config | Mapping[str, Any], *, data: Path | None = None
) -> AsyncIterator[Running]:
    """A workspace that runs while the block does."""
    parsed = config if isinstance(config, Config) else parse_config(dict(config))
    server = await serve(parsed, data=data)
    async with aiohttp.ClientSession() as session:
        visit = Visit(session, server.url)
        try:
            yield Running(server, visit)
        finally:
            await visit.close()
            await server.stop()
