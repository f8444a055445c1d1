"""A scripted server for the page alone.

It speaks `workspace/PAGE_API.md`, says what a test tells it to, and keeps what it was asked.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

STATIC = Path(__file__).parents[3] / "workspace" / "static"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: http: https:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
NOW = 1_795_197_600.0
"""2026-11-20 18:00 UTC."""

Json = dict[str, Any]
Answer = Json | Callable[[Json], Json]

USER: Json = {"display_name": "", "tz": "Europe/Berlin", "tz_label": "Central European Time", "avatar": ""}
USER |= {"title": "", "is_bot": False, "app_id": "", "deleted": False}
CHANNEL: Json = {"kind": "public", "topic": "", "purpose": "", "is_archived": False, "is_member": True}
CHANNEL |= {"members": 3, "with": [], "app_id": "", "last_read": "", "unread": 0, "mentions": 0, "latest": ""}
CHANNEL |= {"pinned": [], "bookmarks": []}


def user(uid: str, name: str, real_name: str, **more: Any) -> Json:
    """A User as the contract has it."""
    return {"id": uid, "name": name, "real_name": real_name, **USER, **more}


def channel(cid: str, name: str, **more: Any) -> Json:
    """A Channel as the contract has it."""
    return {"id": cid, "name": name, **CHANNEL, **more}


def bootstrap() -> Json:
    """A small workspace."""
    text = Path(__file__).with_name("bootstrap.json").read_text(encoding="utf-8")
    return {**json.loads(text), "now": NOW}


class Backend:
    """Runs in a thread of its own; `url` is where, `calls` what the page asked, `answers` what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.actors: set[str] = set()
        self.answers: dict[str, Answer] = {}
        self.boot = bootstrap()
        self.messages: dict[str, list[Json]] = {}
        self.url = ""
        self._sockets: set[web.WebSocketResponse] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._clock = itertools.count(1)

    # -- life

    def start(self) -> None:
        """Starts serving on a free port of this machine."""
        self._thread.start()
        assert self._ready.wait(10), "the scripted server did not start"

    def stop(self) -> None:
        """Stops serving and joins the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._serve())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _serve(self) -> web.AppRunner:
        app = web.Application(middlewares=[_strict])
        app.add_routes(
            [
                web.get("/", _index),
                web.get("/_page/ws", self._stream),
                web.get("/_page/files/{id}/{name}", self._file),
                web.route("*", "/_page/api/{path:.*}", self._api),
                web.route("*", "/_control/{path:.*}", self._api),
                web.static("/", STATIC),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        return runner

    # -- what a test says

    def say(self, cid: str, text: Any = "", **more: Any) -> Json:
        """Puts a message where the page will find it when it loads."""
        message = self.message(text, **more)
        self.messages.setdefault(cid, []).append(message)
        return message

    def message(self, text: Any = "", **more: Any) -> Json:
        """A message a second later than the one before."""
        ts = f"{NOW - 3600 + next(self._clock):.6f}"
        base = {"type": "message", "ts": ts, "user": "U2", "text": text, "pings": []}
        return base | {"permalink": f"{self.url}p{ts}"} | more

    def tell(self, *events: Json) -> None:
        """Sends events to every open stream, in one frame."""
        frame = json.dumps({"events": events})
        asyncio.run_coroutine_threadsafe(self._send(frame), self._loop).result(10)

    async def _send(self, frame: str) -> None:
        for socket in list(self._sockets):
            await socket.send_str(frame)

    def drop_streams(self) -> None:
        """Closes every stream as a lost connection would."""
        asyncio.run_coroutine_threadsafe(self._close_streams(), self._loop).result(10)

    async def _close_streams(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    def asked(self, path: str) -> list[Json]:
        """Bodies of the calls to one path, in order."""
        return [body for called, body in self.calls if called == path]

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return len(self._sockets)

    # -- what the page gets

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        await socket.send_json({"events": [{"type": "hello", "now": NOW, "clock_offset": 0}]})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
        self._sockets.discard(socket)
        return socket

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["name"].endswith(".png"):
            return web.Response(body=PICTURE, content_type="image/svg+xml")
        return web.Response(text="bytes of a file")

    async def _api(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        body: Json = {}
        if request.content_type == "multipart/form-data":
            form = await request.post()
            body = {k: getattr(v, "filename", v) for k, v in form.items()}
        elif request.can_read_body:
            body = await request.json()
        self.actors.add(request.headers.get("X-Act-As", ""))
        self.calls.append((path, body))
        return web.json_response(self._answer(request.method, path, body))

    def _answer(self, method: str, path: str, body: Json) -> Json:
        scripted = self.answers.get(path)
        if scripted is not None:
            return scripted(body) if callable(scripted) else scripted
        if path == "bootstrap":
            return self.boot
        if path.startswith("channels/") and method == "GET":
            return self._channel(*path.split("/")[1:])
        if path == "faults" and method == "GET":
            return {"ok": True, "faults": []}
        return {"ok": True, "entries": [], "files": [{"id": "F9", "name": "notes.txt"}]}

    def _channel(self, cid: str, what: str, ts: str = "") -> Json:
        if what == "members":
            return {"ok": True, "members": ["U1", "U2", "UB"]}
        said = self.messages.get(cid, [])
        if what == "threads":
            said = [m for m in said if ts in (m["ts"], m.get("thread_ts"))]
        return {"ok": True, "messages": said, "has_more": False}


PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" viewBox="0 0 640 360">'
    b'<rect width="640" height="360" fill="#d8e7e4"/><circle cx="500" cy="90" r="46" fill="#ecc98b"/>'
    b'<path d="M0 250Q160 190 320 250T640 240V360H0Z" fill="#3a8f88"/>'
    b'<path d="M0 300Q200 250 400 300T640 290V360H0Z" fill="#17535a"/></svg>'
)


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


@web.middleware
async def _strict(request: web.Request, handler: Any) -> web.StreamResponse:
    response: web.StreamResponse = await handler(request)
    if not response.prepared:
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        response.headers["Cache-Control"] = "no-store"
    return response
