"""Keeps foreign web pages in the same browser away from the page API and the fault controls."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

GUARDED = ("/_page/", "/_control/")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
OWN_SITES = ("same-origin", "none")


def own_host(host: str, allowed: frozenset[str]) -> bool:
    """Whether a Host header names this server and not, say, a name rebound to its address."""
    return urlsplit(f"//{host}").hostname in {*LOCAL_HOSTS, *allowed}


def is_foreign(request: web.Request, allowed: frozenset[str]) -> bool:
    """Whether a request may come from another site's page."""
    if not own_host(request.host, allowed):
        return True
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return True
    return request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITES


def guard(allowed: frozenset[str]) -> Middleware:
    """The middleware; `allowed` are further host names of this server."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(GUARDED) and is_foreign(request, allowed):
            return web.json_response(
                {
                    "ok": False,
                    "error": "foreign_origin",
                    "message": "Only this server's own page may do that.",
                },
                status=403,
            )
        return await handler(request)

    return middleware
