"""The page's event stream: one WebSocket per open page, events gathered into small batches."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from workspace.errors import Refused
from workspace.page.context import WORKSPACE, acting_user, refused

GATHER_SECONDS = 0.05
HEARTBEAT_SECONDS = 20.0


class Gatherer:
    """Collects events and sends them together a moment later."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._events: list[dict[str, Any]] = []
        self._filled = asyncio.Event()

    def add(self, event: dict[str, Any]) -> None:
        """Send this event soon."""
        self._events.append(event)
        self._filled.set()

    async def run(self) -> None:
        """Send batches until cancelled or the socket is closed."""
        while not self._socket.closed:
            await self._filled.wait()
            events, self._events = self._events, []
            self._filled.clear()
            try:
                await self._socket.send_str(json.dumps({"events": events}, ensure_ascii=False))
            except ConnectionError:
                return
            await asyncio.sleep(GATHER_SECONDS)


async def stream(request: web.Request) -> web.StreamResponse:
    """Serve one page's stream until it closes."""
    ws = request.app[WORKSPACE]
    try:
        user = acting_user(ws, request)
    except Refused as refusal:
        return refused(refusal)
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
    await socket.prepare(request)
    gatherer = Gatherer(socket)
    stop = ws.bus.listen(user, gatherer.add)
    sender = asyncio.create_task(gatherer.run())
    gatherer.add({"type": "hello", "now": ws.clock.now(), "clock_offset": ws.clock.offset_seconds})
    request.app[STREAMS].sockets.add(socket)
    try:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                gatherer.add({"type": "pong"})
    finally:
        request.app[STREAMS].sockets.discard(socket)
        stop()
        sender.cancel()
    return socket


class Streams:
    """The open streams, so that they can be closed."""

    def __init__(self) -> None:
        self.sockets: set[web.WebSocketResponse] = set()


STREAMS = web.AppKey("streams", Streams)
