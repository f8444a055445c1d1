"""The bot's own small server: Slack's deliveries, Caddy's question, and whether we are well."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from time import time
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.incoming.shape import is_slacks
from storage import routes
from storage.database import Database
from storage.records import RouteKind

BODY_LIMIT_BYTES = 1024 * 1024
"""More than Slack's largest payload: views have at most 250 KB."""
SIGNATURE_AGE_LIMIT_SECONDS = 300
HOST_NAME_CHARACTERS_LIMIT = 253

_log = structlog.get_logger(__name__)

Ready = Callable[[], Awaitable[list[str]]]


class Web:
    """The pages of the bot's own address."""

    def __init__(
        self,
        *,
        database: Database,
        slack: AsyncApp | None,
        signing_secret: str | None,
        faults: Ready,
        clock: Callable[[], float] = time,
    ) -> None:
        self._database = database
        self._slack = slack
        self._secret = (signing_secret or "").encode()
        self._faults = faults
        self._clock = clock
        self.app = web.Application(client_max_size=BODY_LIMIT_BYTES)
        self.app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/tls/ask", self._tls_ask),
            ]
        )
        if slack is not None and signing_secret:
            self.app.add_routes([web.post("/slack/events", self._slack_events)])

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The process runs."""
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        """It can do its work; if not, why."""
        faults = await self._faults()
        return web.Response(status=503 if faults else 200, text="\n".join(faults or ["ok"]) + "\n")

    async def _tls_ask(self, request: web.Request) -> web.Response:
        """Caddy asks before it gets a certificate: only for host names that are a sandbox's now."""
        domain = request.query.get("domain", "").lower()
        if not 0 < len(domain) <= HOST_NAME_CHARACTERS_LIMIT:
            return web.Response(status=400, text="which domain?\n")
        async with self._database.read() as tx:
            known = await routes.get(tx, RouteKind.HOST, domain)
        return web.Response(status=200 if known else 404, text="ours\n" if known else "not ours\n")

    async def _slack_events(self, request: web.Request) -> web.Response:
        """A delivery of Slack's. Whatever is not signed by Slack gets 401, never a fault of ours."""
        raw = await request.read()
        if is_ssl_check(raw, request.content_type):
            return web.Response(text="")
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._is_signed(raw, timestamp, signature):
            _log.warning("signature_refused", remote=request.remote)
            return web.Response(status=401, text="not signed by Slack\n")
        delivery = _delivery(raw, request)
        if delivery is None:
            return web.Response(status=400, text="not a delivery of Slack's\n")
        assert self._slack is not None  # noqa: S101  the route exists only with it
        return await to_aiohttp_response(await self._slack.async_dispatch(delivery))

    def _is_signed(self, raw: bytes, timestamp: str, signature: str) -> bool:
        """Slack's signature over the raw body, not older than five minutes."""
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        if abs(self._clock() - int(timestamp)) > SIGNATURE_AGE_LIMIT_SECONDS:
            return False
        base = b"v0:" + timestamp.encode() + b":" + raw
        expected = "v0=" + hmac.new(self._secret, base, sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))


def _delivery(raw: bytes, request: web.Request) -> AsyncBoltRequest | None:
    """The body as Bolt takes it; None where it is no object of Slack's."""
    headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
    try:
        delivery = AsyncBoltRequest(body=raw.decode(), query=request.query_string, headers=headers)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    body = delivery.body
    return delivery if isinstance(body, dict) and body and is_slacks(body) else None


def is_ssl_check(raw: bytes, content_type: str) -> bool:
    """Slack's periodic look at the certificate. It carries no order and needs no signature."""
    if content_type != "application/x-www-form-urlencoded" or len(raw) > 2000:
        return False
    fields = parse_qs(raw.decode(errors="replace"))
    return fields.get("ssl_check") == ["1"] and "command" not in fields and "payload" not in fields
