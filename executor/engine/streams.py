"""What the engine sends for as long as we listen: logs and events.

These are read with aiohttp on the engine's socket and not with the SDK, because the SDK needs a thread for
each stream, cannot be told to stop one that is silent, and every followed container is such a stream. The
reason and the figures: docs/decisions/0006-engine-threads-and-streams.md.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import aiohttp

from executor.engine.calls import Calls
from executor.engine.failures import CONFLICT, NOT_FOUND, EngineCallError
from executor.engine.log_lines import LogDecoder
from executor.engine.protocol import LABEL_INSTALLATION, EngineEvent, LogLine
from executor.engine.states import engine_event
from executor.errors import EngineUnavailableError

CONNECT_TIMEOUT_SECONDS = 10.0
TAIL_TIMEOUT_SECONDS = 30.0
TAIL_LIMIT_LINES = 10_000
ERROR_LIMIT_CHARACTERS = 1000
READ_AGAIN = timedelta(seconds=1)
"""How far before the wanted moment logs are read, so that moments that were moved on are moved on again.
The two outputs of a container are stamped apart, so their order in the log is not strictly that of time."""
EVENT_ACTIONS = ("create", "start", "restart", "die", "oom", "kill", "stop", "destroy", "health_status")
"""Without these names every run of a health check would be three events."""


class Streams:
    """Logs and events of one installation."""

    def __init__(self, calls: Calls, socket: Path, *, installation: str) -> None:
        self._calls = calls
        self._socket = socket
        self._installation = installation
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End every stream."""
        if self._session is not None:
            await self._session.close()

    async def tail(self, name: str, *, lines: int) -> list[LogLine]:
        """The last lines of a container, oldest first; none of one that is gone."""
        wanted = max(0, min(lines, TAIL_LIMIT_LINES))
        try:
            async with asyncio.timeout(TAIL_TIMEOUT_SECONDS):
                return [line async for line in self._logs(name, {"tail": str(wanted)})]
        except TimeoutError as error:
            raise EngineUnavailableError("the engine did not give the logs in time") from error

    async def follow(self, name: str, *, since: datetime | None) -> AsyncIterator[LogLine]:
        """Lines after ``since`` as they come, until the container ends."""
        arguments = {"follow": "1", "tail": "all"}
        if since is not None:
            arguments["since"] = f"{(since - READ_AGAIN).timestamp():.6f}"
        async for line in self._logs(name, arguments):
            if since is None or line.at > since:
                yield line

    async def events(self, since: datetime) -> AsyncIterator[EngineEvent]:
        """Container events after ``since``, until the engine is gone."""
        filters = {
            "type": ["container"],
            "event": list(EVENT_ACTIONS),
            "label": [f"{LABEL_INSTALLATION}={self._installation}"],
        }
        arguments = {"since": f"{since.timestamp():.6f}", "filters": json.dumps(filters)}
        waiting = b""
        async with self._answer("/events", arguments) as content:
            async for data in _until_broken(content):
                *whole, waiting = (waiting + data).split(b"\n")
                for line in whole:
                    yield engine_event(json.loads(line))

    async def _logs(self, name: str, arguments: Mapping[str, str]) -> AsyncIterator[LogLine]:
        decoder = LogDecoder()
        wanted = {"stdout": "1", "stderr": "1", "timestamps": "1", **arguments}
        try:
            async with self._answer(f"/containers/{name}/logs", wanted) as content:
                async for data in content.iter_any():
                    for line in decoder.feed(data):
                        yield line
        except EngineCallError as error:
            if error.status not in (NOT_FOUND, CONFLICT):
                raise
        for line in decoder.finish():
            yield line

    @asynccontextmanager
    async def _answer(self, path: str, arguments: Mapping[str, str]) -> AsyncIterator[aiohttp.StreamReader]:
        url = f"http://engine/v{await self._calls.api_version()}{path}"
        try:
            async with self._connection().get(url, params=arguments) as answer:
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise EngineCallError(answer.status, (await answer.text())[:ERROR_LIMIT_CHARACTERS])
                yield answer.content
        except (aiohttp.ClientError, OSError) as error:
            raise EngineUnavailableError(f"the engine ended the stream: {error}") from error

    def _connection(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(self._socket), limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_SECONDS),
                auto_decompress=False,
            )
        return self._session


async def _until_broken(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    with suppress(aiohttp.ClientError, OSError):
        async for data in content.iter_any():
            yield data
