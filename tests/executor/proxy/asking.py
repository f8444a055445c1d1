"""Asking a proxy under test as a visitor would, on fresh connections, byte by byte where it matters."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ANSWER_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def seen(self) -> dict[str, object]:
        """What the service says it was asked."""
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    def header_seen(self, name: str) -> list[str]:
        """The values of one header as the service saw it."""
        headers = self.seen["headers"]
        assert isinstance(headers, list)
        return [value for key, value in headers if key.lower() == name.lower()]


async def raw(port: int, request: bytes) -> bytes:
    """Send bytes and return everything until the other side closes."""
    async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


async def ask(port: int, host: str, path: str = "/", *, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    """GET a page."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *(f"{k}: {v}" for k, v in headers)]
    return parsed(await raw(port, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")))


def parsed(answer: bytes) -> Answer:
    """Read one answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return Answer(status=int(first.split()[1]), headers=headers, body=body)
