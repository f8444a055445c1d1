"""A container that does as it is told, on either engine: says a line, ends with an exit code."""

import asyncio
from typing import Protocol

from tests.executor.engine.fake_engine import FakeEngine
from tests.executor.engine.waiting import eventually

PORT = 7000
PROGRAM = f"""
import os, socket, sys
server = socket.create_server(("0.0.0.0", {PORT}))
while True:
    with server.accept()[0] as client, client.makefile("rw") as talk:
        for line in talk:
            word, _, rest = line.rstrip("\\n").partition(" ")
            if word == "exit":
                os._exit(int(rest))
            print(rest, file=sys.stderr if word == "err" else sys.stdout, flush=True)
            print("done", file=talk, flush=True)
"""
COMMAND = ("python3", "-u", "-c", PROGRAM)


class Puppeteer(Protocol):
    """Pulls the strings."""

    async def say(self, name: str, text: str, *, stream: str = "stdout") -> None:
        """Make a container write a line."""

    async def die(self, name: str, exit_code: int) -> None:
        """Make it end."""


class FakePuppeteer:
    """On the engine in memory."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    async def say(self, name: str, text: str, *, stream: str = "stdout") -> None:
        """Make a container write a line."""
        self._engine.say(name, text, stream=stream)

    async def die(self, name: str, exit_code: int) -> None:
        """Make it end."""
        self._engine.die(name, exit_code=exit_code)


class RealPuppeteer:
    """Through the network, as the proxy on the host does."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}

    async def say(self, name: str, text: str, *, stream: str = "stdout") -> None:
        """Make a container write a line."""
        word = "err" if stream == "stderr" else "out"
        answer = await eventually(lambda: self._order(name, f"{word} {text}"))
        assert answer == b"done\n"

    async def die(self, name: str, exit_code: int) -> None:
        """Make it end."""
        await eventually(lambda: self._order(name, f"exit {exit_code}"))

    async def _order(self, name: str, line: str) -> bytes | None:
        """The container's answer; None while it does not listen yet."""
        try:
            reader, writer = await asyncio.open_connection(self.addresses[name], PORT)
        except OSError:
            return None
        try:
            writer.write(f"{line}\n".encode())
            await writer.drain()
            return await reader.readline() or b"ended"
        except ConnectionError:
            return b"ended"
        finally:
            writer.close()
