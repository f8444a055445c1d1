"""Small services that a proxy under test leads to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024


@dataclass
class Backend:
    """One service: says its name, what it was asked, and echoes WebSocket messages."""

    name: str
    address: str
    requests: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(name: str, *, port: int | None = None) -> AsyncIterator[Backend]:
    """Serve until the block ends."""
    backend = Backend(name=name, address="")

    async def answer(request: web.Request) -> web.StreamResponse:
        backend.requests += 1
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await _echo(request)
        body = await request.read()
        seen = {
            "service": backend.name,
            "path": request.raw_path,
            "headers": [[key, value] for key, value in request.headers.items()],
            "body_bytes": len(body),
        }
        return web.json_response(seen, status=backend.status, headers=backend.headers)

    app = web.Application(client_max_size=UPLOAD_LIMIT_BYTES)
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port or free_port())
    await site.start()
    backend.address = site.name.removeprefix("http://")
    try:
        yield backend
    finally:
        await runner.cleanup()


async def _echo(request: web.Request) -> web.WebSocketResponse:
    answer = web.WebSocketResponse()
    await answer.prepare(request)
    async for message in answer:
        if message.type is WSMsgType.TEXT:
            await answer.send_str(message.data)
    return answer


@asynccontextmanager
async def serving_tcp(greeting: bytes = b"") -> AsyncIterator[str]:
    """A TCP service that greets if it is told to, then echoes; yields its ``address:port``."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while chunk := await reader.read(1024):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.close()
        await server.wait_closed()
