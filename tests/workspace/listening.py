"""Two small apps for tests, over signed HTTP and over Socket Mode. Both note all that they get."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from tests.workspace.sample import APP_TOKEN
from workspace.testing import Running

Payload = dict[str, Any]
Answer = Callable[[Payload], Any]
WITHIN_SECONDS = 5.0


@dataclass
class Heard:
    """What an app got. `answer` decides what it acknowledges with: None for nothing, a value for a body."""

    answer: Answer = lambda payload: None
    payloads: list[Payload] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    envelopes: list[Payload] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, payload: Payload) -> None:
        """Note a payload."""
        self.payloads.append(payload)
        self.changed.set()

    async def wait_for(self, kind: str, *, count: int = 1) -> Payload:
        """The `count`-th payload of a type (payload, event or command), as soon as it is there."""
        async with asyncio.timeout(WITHIN_SECONDS):
            while len(found := self.of(kind)) < count:
                self.changed.clear()
                await self.changed.wait()
        return found[count - 1]

    def of(self, kind: str) -> list[Payload]:
        """All payloads of a type so far."""
        return [payload for payload in self.payloads if kind in kinds(payload)]


def kinds(payload: Payload) -> set[str]:
    """The names by which a payload can be asked for."""
    event = payload.get("event") or {}
    return {
        str(payload.get("type")),
        str(event.get("type")),
        str(event.get("subtype")),
        str(payload.get("command")),
    }


async def until(condition: Callable[[], bool], within_seconds: float = WITHIN_SECONDS) -> None:
    """Wait for something that announces itself by no event."""
    async with asyncio.timeout(within_seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for belongs to another program
            await asyncio.sleep(0.02)


@asynccontextmanager
async def http_app() -> AsyncIterator[tuple[str, Heard]]:
    """An app that takes HTTP: its address and what it heard. It answers url_verification by itself."""
    heard = Heard()

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        heard.bodies.append(body)
        heard.headers.append(dict(request.headers))
        payload = parse(request.content_type, body)
        heard.add(payload)
        if payload.get("type") == "url_verification":
            return web.json_response({"challenge": payload["challenge"]})
        answer = heard.answer(payload)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.json_response(answer) if isinstance(answer, dict) else web.Response(text=answer or "")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", heard
    finally:
        await runner.cleanup()


def parse(content_type: str, body: bytes) -> Payload:
    """A delivery's payload."""
    if content_type == "application/json":
        return dict(json.loads(body))
    form = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return dict(json.loads(form["payload"])) if "payload" in form else form


class SocketApp:
    """One Socket Mode connection. With `acks` off it acknowledges nothing."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, heard: Heard) -> None:
        self.socket = socket
        self.heard = heard
        self.acks = True
        self.hello: Payload = {}
        self.disconnects: list[str] = []
        self.closed = asyncio.Event()

    async def run(self) -> None:
        """Take frames until the socket closes."""
        async for frame in self.socket:
            message = json.loads(frame.data)
            if message["type"] == "disconnect":
                self.disconnects.append(message["reason"])
            elif self.acks:
                await self._take(message)
        self.closed.set()

    async def _take(self, message: Payload) -> None:
        payload = message["payload"]
        answer = self.heard.answer(payload)
        if asyncio.iscoroutine(answer):
            answer = await answer
        ack = {"envelope_id": message["envelope_id"]}
        await self.socket.send_json({**ack, "payload": answer} if answer is not None else ack)
        self.heard.envelopes.append(message)
        self.heard.add(payload)


@asynccontextmanager
async def socket_app(running: Running, heard: Heard | None = None, **query: str) -> AsyncIterator[SocketApp]:
    """A connected Socket Mode app; several may share one `heard`."""
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {APP_TOKEN}"}
        async with session.post(f"{running.url}/api/apps.connections.open", headers=headers) as response:
            url = (await response.json())["url"]
        for key, value in query.items():
            url += f"&{key}={value}"
        socket = await session.ws_connect(url)
        app = SocketApp(socket, heard or Heard())
        app.hello = json.loads((await socket.receive()).data)
        task = asyncio.create_task(app.run())
        try:
            yield app
        finally:
            await socket.close()
            task.cancel()
