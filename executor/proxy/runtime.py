"""HAProxy's runtime socket: one command, one answer, one connection."""

import asyncio
from pathlib import Path

from executor.errors import ProxyUnavailableError

ANSWER_TIMEOUT_SECONDS = 10.0
ANSWER_LIMIT_BYTES = 64 * 1024 * 1024
READ_BYTES = 256 * 1024


class RuntimeSocket:
    """Sends commands. What they hold must have been checked: a line break or a semicolon is a new command."""

    def __init__(self, path: Path, *, timeout_seconds: float = ANSWER_TIMEOUT_SECONDS) -> None:
        self._path = path
        self._timeout_seconds = timeout_seconds

    async def ask(self, command: str, *, payload: str = "") -> str:
        """Send one command, with ``payload`` lines if given, and return the whole answer without blank ends.

        Raises ProxyUnavailableError if the socket does not answer in time.
        """
        text = f"{command} <<\n{payload}\n" if payload else f"{command}\n"
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return (await self._exchange(text.encode("ascii"))).decode("utf-8", "replace").strip()
        except (OSError, TimeoutError) as error:
            raise ProxyUnavailableError(
                f"the proxy's runtime socket {self._path} does not answer: {error or 'timed out'}"
            ) from error

    async def _exchange(self, command: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        try:
            writer.write(command)
            await writer.drain()
            return await _read_all(reader)
        finally:
            writer.close()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := await reader.read(READ_BYTES):
        size += len(chunk)
        if size > ANSWER_LIMIT_BYTES:
            raise OSError("its answer is too long")
        chunks.append(chunk)
    return b"".join(chunks)
