"""The HTTP server: Slack's API, Socket Mode, the page and the fault controls on one port."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from workspace.api import dispatch
from workspace.api.arguments import MAX_BODY_BYTES
from workspace.authorize import authorize_routes
from workspace.config import Config
from workspace.control import control_routes
from workspace.core import Workspace
from workspace.hooks import UPLOAD_LIMIT_BYTES, hook_routes
from workspace.later import post_scheduled, start
from workspace.page.context import WORKSPACE
from workspace.page.guard import guard
from workspace.page.routes import page_routes
from workspace.page.stream import STREAMS, Streams

STATIC = Path(__file__).parent / "static"
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: http: https:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
}


async def api(request: web.Request) -> web.Response:
    """A Web API call."""
    return await dispatch.handle(request.app[WORKSPACE], request)


async def link(request: web.Request) -> web.StreamResponse:
    """A Socket Mode connection."""
    return await request.app[WORKSPACE].sockets.handle(request)


async def index(request: web.Request) -> web.StreamResponse:
    """The page."""
    del request
    return web.FileResponse(STATIC / "index.html")


@web.middleware
async def page_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the page's files headers that keep other content out."""
    response = await handler(request)
    if not request.path.startswith(("/api/", "/_page/", "/_control/", "/files-pri/")):
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def build(ws: Workspace, hosts: frozenset[str] = frozenset()) -> web.Application:
    """The application around a workspace; `hosts` are further names it is reached by."""
    app = web.Application(
        middlewares=[guard(hosts), page_headers], client_max_size=max(MAX_BODY_BYTES, UPLOAD_LIMIT_BYTES)
    )
    app[WORKSPACE] = ws
    app[STREAMS] = Streams()
    app.add_routes(
        [
            web.route("*", "/api/{method}", api),
            web.get("/link/", link),
            web.get("/", index),
            *hook_routes(),
            *authorize_routes(),
            *page_routes(),
            *control_routes(),
        ]
    )
    app.router.add_static("/", STATIC)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_close_streams)
    return app


async def _running(app: web.Application) -> AsyncIterator[None]:
    ws = app[WORKSPACE]
    ws.start()
    start(ws, post_scheduled(ws))
    yield
    await ws.close()


async def _close_streams(app: web.Application) -> None:
    await app[WORKSPACE].sockets.drop("", "close")
    for socket in list(app[STREAMS].sockets):
        await socket.close()


class Server:
    """A running workspace server."""

    def __init__(self, ws: Workspace, runner: web.AppRunner) -> None:
        self.ws = ws
        self._runner = runner

    @property
    def url(self) -> str:
        """Its address."""
        return self.ws.base_url

    async def stop(self) -> None:
        """Stop serving and close everything."""
        await self._runner.cleanup()


async def serve(
    config: Config, *, host: str = "127.0.0.1", port: int = 0, data: Path | None = None, url: str = ""
) -> Server:
    """Start a server; port 0 takes a free one. `url` is the address that apps are told, if another."""
    ws = Workspace(config, data)
    runner = web.AppRunner(build(ws, frozenset({host})), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    real_port = runner.addresses[0][1]
    shown_host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    ws.base_url = url.rstrip("/") or f"http://{shown_host}:{real_port}"
    return Server(ws, runner)
