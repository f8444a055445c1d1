"""One Web API call from request to answer: token, scopes, budget, ordered faults, handler, inspector."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from workspace.api.arguments import Arguments, Sent, read_sent
from workspace.api.methods import METHODS
from workspace.api.registry import Call, Method, missing_scope
from workspace.core import Workspace
from workspace.errors import RateLimited, SlackError
from workspace.faults import Fault
from workspace.model import Token
from workspace.rates import POSTS_PER_MINUTE

POSTING = "chat.postMessage"
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back: a JSON body, the HTTP status and headers."""

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str]


def refusal(error: SlackError) -> Answer:
    """A refusal as an HTTP answer."""
    headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, RateLimited) else {}
    return Answer(body=error.body(), status=error.status, headers=headers)


async def handle(ws: Workspace, request: web.Request) -> web.Response:
    """Answer a request to `/api/{method}`."""
    started = ws.clock.monotonic()
    name = request.match_info["method"]
    sent = Sent(form={}, document={})
    token: Token | None = None
    try:
        sent = await read_sent(request)
        found = METHODS.get(name)
        if found is None:
            raise SlackError("unknown_method", fields={"req_method": name})
        token = authenticate(ws, found, _token_value(request, sent))
        answer = await _answer(ws, found, token, sent)
    except SlackError as error:
        answer = refusal(error)
    except Exception:
        # An app must see what Slack shows for its own failures; the traceback is for us.
        LOGGER.exception("%s failed", name)
        answer = refusal(SlackError("internal_error", status=500))
    _record(ws, name, token=token, sent=sent, answer=answer, started=started)
    headers = {**answer.headers, **_scope_headers(name, token)}
    return web.json_response(answer.body, status=answer.status, headers=headers)


def _token_value(request: web.Request, sent: Sent) -> str:
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        return header[len("bearer ") :].strip()
    return str(sent.form.get("token", ""))


def authenticate(ws: Workspace, found: Method, value: str) -> Token:
    """The token of a call. Raises SlackError as Slack does for a missing, unknown, dead or wrong one."""
    if "none" in found.tokens:
        return ws.state.tokens.get(value) or Token(value="", kind="none", app_id="")
    if not value:
        raise SlackError("not_authed")
    token = ws.state.tokens.get(value)
    if token is None:
        raise SlackError("invalid_auth")
    if token.revoked:
        raise SlackError("token_revoked" if token.kind == "user" else "account_inactive")
    if token.expires_at and token.expires_at <= ws.clock.now():
        raise SlackError("token_expired")
    if token.kind not in found.tokens:
        raise SlackError("not_allowed_token_type")
    if found.scopes and not set(found.scopes) & set(token.scopes):
        raise missing_scope(token, found.scopes)
    return token


async def _answer(ws: Workspace, found: Method, token: Token, sent: Sent) -> Answer:
    fault = ws.faults.take("api", app_id=token.app_id, name=found.name)
    if fault is not None and fault.delay_seconds:
        await asyncio.sleep(fault.delay_seconds)
    if fault is not None and _spoils(fault) and not fault.after:
        return _faulty(fault)
    values = sent.form | (sent.document if found.accepts_json else {})
    args = Arguments({key: value for key, value in values.items() if key != "token"})
    if ws.limits.rate_limits:
        _count(ws, found, token, args)
    args.require(*found.required)
    body = await found.handler(Call(ws=ws, method=found.name, args=args, token=token))
    if fault is not None and _spoils(fault):
        return _faulty(fault)
    return Answer(body={"ok": True, **body}, headers={})


def _count(ws: Workspace, found: Method, token: Token, args: Arguments) -> None:
    per_minute = POSTS_PER_MINUTE if found.name == POSTING else found.per_minute
    wait = ws.rates.wait_for_call(token.app_id, found.name, per_minute)
    if wait:
        raise RateLimited(wait)
    if found.name == POSTING:
        wait = ws.rates.wait_for_post(token.app_id, str(args.values.get("channel", "")))
    if wait:
        # Slack spells this one differently: its list for chat.postMessage has both.
        raise RateLimited(wait, "rate_limited")


def _spoils(fault: Fault) -> bool:
    return fault.status != 200 or bool(fault.error)


def _faulty(fault: Fault) -> Answer:
    if fault.status == 429:
        return refusal(RateLimited(fault.retry_after, fault.error or "ratelimited"))
    default = {500: "internal_error", 503: "service_unavailable"}.get(fault.status, "fatal_error")
    return Answer(body={"ok": False, "error": fault.error or default}, status=fault.status, headers={})


def _scope_headers(name: str, token: Token | None) -> dict[str, str]:
    if token is None or not token.value:
        return {}
    accepted = METHODS[name].scopes if name in METHODS else ()
    return {"X-OAuth-Scopes": ",".join(token.scopes), "X-Accepted-OAuth-Scopes": ",".join(accepted)}


def _record(
    ws: Workspace, name: str, *, token: Token | None, sent: Sent, answer: Answer, started: float
) -> None:
    app = ws.state.apps.get(token.app_id) if token else None
    ws.inspector.record(
        at=ws.clock.now(),
        kind="call",
        app=(app.id, app.name) if app else ("", ""),
        name=name,
        request=sent.form | sent.document,
        response=answer.body,
        status=answer.status,
        verdict="ok" if answer.body["ok"] else str(answer.body["error"]),
        ok=bool(answer.body["ok"]),
        duration_ms=(ws.clock.monotonic() - started) * 1000,
    )
