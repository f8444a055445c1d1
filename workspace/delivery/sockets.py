"""Socket Mode: each app's connections, and payloads each handed to any one of them.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import itertools
import json
import random
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from workspace.config import Limits
from workspace.delivery.payload import FAILED, Delivery, Outcome, timed_out

MAX_CONNECTIONS = 10
TICKET_SECONDS = 30.0
HEARTBEAT_SECONDS = 30.0
HOST_NAME = "applink-workspace"
ANSWERED_ENVELOPES = ("slash_commands", "interactive")


class Connection:
    """One open WebSocket of an app."""

    numbers = itertools.count(1)

    def __init__(self, app_id: str, socket: web.WebSocketResponse) -> None:
        self.number = next(self.numbers)
        self.app_id = app_id
        self.socket = socket
        self.leaving = False

    async def send(self, message: dict[str, Any]) -> None:
        """Send one JSON frame; a closed socket is no error here."""
        if not self.socket.closed:
            await self.socket.send_str(json.dumps(message))

    async def disconnect(self, reason: str) -> None:
        """Say that the connection ends, and unless it is only a warning, end it."""
        self.leaving = reason != "warning"
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST_NAME}})
        if self.leaving:
            await self.socket.close()


class Sockets:
    """All Socket Mode connections. `on_change` is told the app whose connections changed."""

    def __init__(self, limits: Limits, on_change: Callable[[str], None]) -> None:
        self._limits = limits
        self._on_change = on_change
        self._connections: dict[str, list[Connection]] = {}
        self._tickets: dict[str, tuple[str, float]] = {}
        self._waiting: dict[str, tuple[str, asyncio.Future[Any]]] = {}

    def new_ticket(self, app_id: str) -> str:
        """A single-use ticket for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (app_id, asyncio.get_running_loop().time() + TICKET_SECONDS)
        return ticket

    def count(self, app_id: str) -> int:
        """How many connections an app has."""
        return len(self._connections.get(app_id, []))

    def sessions(self, app_id: str) -> list[int]:
        """A number for each open connection of an app; another connection has another number."""
        return [connection.number for connection in self._connections.get(app_id, [])]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint that apps.connections.open points to."""
        app_id, until = self._tickets.pop(request.query.get("ticket", ""), ("", 0.0))
        if not app_id or until < asyncio.get_running_loop().time():
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=408)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        connection = Connection(app_id, socket)
        if self.count(app_id) >= MAX_CONNECTIONS:
            await connection.disconnect("too_many_websockets")
            return socket
        debug = request.query.get("debug_reconnects") == "true"
        seconds = self._limits.debug_connection_seconds if debug else self._limits.connection_seconds
        await self._serve(connection, seconds)
        return socket

    async def _serve(self, connection: Connection, seconds: float) -> None:
        self._connections.setdefault(connection.app_id, []).append(connection)
        self._on_change(connection.app_id)
        life = asyncio.create_task(self._end_of_life(connection, seconds))
        try:
            await connection.send(self._hello(connection.app_id, seconds))
            async for frame in connection.socket:
                if frame.type is WSMsgType.TEXT:
                    self._received(connection.app_id, frame.data)
        finally:
            life.cancel()
            self._connections[connection.app_id].remove(connection)
            self._on_change(connection.app_id)

    def _hello(self, app_id: str, seconds: float) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self.count(app_id),
            "debug_info": {"host": HOST_NAME, "build_number": 1, "approximate_connection_time": int(seconds)},
            "connection_info": {"app_id": app_id},
        }

    async def _end_of_life(self, connection: Connection, seconds: float) -> None:
        warning = min(self._limits.connection_warning_seconds, seconds / 2)
        await asyncio.sleep(seconds - warning)
        await connection.disconnect("warning")
        await asyncio.sleep(warning)
        await connection.disconnect("refresh_requested")

    def _received(self, app_id: str, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        envelope = message.get("envelope_id") if isinstance(message, dict) else None
        expected_app, waiting = self._waiting.get(str(envelope), ("", None))
        if waiting is not None and expected_app == app_id and not waiting.done():
            waiting.set_result(message.get("payload"))

    async def send(
        self, delivery: Delivery, *, seconds: float, retry: tuple[int, str] | None = None
    ) -> Outcome:
        """Hand a payload to one connection of its app and wait up to `seconds` for the acknowledgement."""
        open_ones = [
            c for c in self._connections.get(delivery.app.id, []) if not c.leaving and not c.socket.closed
        ]
        if not open_ones:
            return Outcome(ok=False, error=FAILED, reason="connection_failed")
        envelope_id = (
            f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}"
        )
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (delivery.app.id, acknowledged)
        try:
            async with asyncio.timeout(seconds):
                await random.choice(open_ones).send(self._envelope(delivery, envelope_id, retry))  # noqa: S311  # no secret
                payload = await acknowledged
        except TimeoutError:
            return timed_out()
        except ConnectionError:
            return Outcome(ok=False, error=FAILED, reason="connection_failed")
        finally:
            del self._waiting[envelope_id]
        return Outcome(ok=True, answer=payload if isinstance(payload, dict | str) and payload else None)

    @staticmethod
    def _envelope(delivery: Delivery, envelope_id: str, retry: tuple[int, str] | None) -> dict[str, Any]:
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": delivery.envelope,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.envelope in ANSWERED_ENVELOPES,
        }
        if delivery.envelope == "events_api":
            number, reason = retry or (0, "")
            envelope |= {
                "retry_attempt": number,
                "retry_reason": "timeout" if reason == "http_timeout" else reason,
            }
        return envelope

    async def drop(self, app_id: str, how: str) -> int:
        """End all connections, or one app's: `close`, `abort`, or a disconnect reason. How many."""
        victims = [
            connection
            for owner, connections in self._connections.items()
            for connection in connections
            if app_id in ("", owner)
        ]
        for connection in victims:
            if how == "abort":
                self._abort(connection)
            elif how == "close":
                await connection.socket.close()
            else:
                await connection.disconnect(how)
        return len(victims)

    @staticmethod
    def _abort(connection: Connection) -> None:
        connection.leaving = True
        transport = connection.socket._req.transport if connection.socket._req else None
        if transport is not None:
            transport.abort()
