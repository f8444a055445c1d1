"""The addresses that Slack hands out: response URLs, upload URLs, private files, permalinks."""

import hmac
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.page.context import WORKSPACE
from workspace.page.files import web_disposition
from workspace.responses import Answer, respond
from workspace.sharing import may_read_file, receive

UPLOAD_LIMIT_BYTES = 1024 * 1024 * 1024


def _note(ws: Workspace, kind: str, app_id: str, *, request: Any, verdict: str, status: int) -> None:
    app = ws.state.apps.get(app_id)
    ws.inspector.record(
        at=ws.clock.now(),
        kind=kind,
        name=kind,
        app=(app.id, app.name) if app else ("", ""),
        request=request,
        verdict=verdict,
        ok=status == 200,
        status=status,
    )


async def response_url(request: web.Request) -> web.Response:
    """An app answers an interaction."""
    ws = request.app[WORKSPACE]
    app_id, body, error = "", {}, None
    try:
        body = await _answer_body(request)
        answer = Answer.parse(body)
        url = ws.grants.redeem_response_url(request.match_info["key"])
        app_id = url.app_id
        respond(ws, url, answer)
    except SlackError as refusal:
        error = refusal
    status = 200 if error is None else (400 if error.status == 200 else error.status)
    _note(ws, "response_url", app_id, request=body, verdict=error.code if error else "ok", status=status)
    if error is not None:
        return web.json_response(error.body(), status=status)
    return web.Response(text="ok")


async def _answer_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise SlackError("invalid_payload", status=400) from error
    if not isinstance(body, dict):
        raise SlackError("invalid_payload", status=400)
    return body


async def upload_url(request: web.Request) -> web.Response:
    """An app posts a file's bytes, raw or as multipart."""
    ws = request.app[WORKSPACE]
    ticket = ws.uploads.find(request.match_info["key"])
    if ticket is None or ticket.received:
        _note(ws, "upload", "", request={}, verdict="no such upload", status=404)
        return web.Response(status=404, text="not found")
    content = await _content(request)
    if len(content) != ticket.length:
        verdict = f"expected {ticket.length} bytes"
        _note(ws, "upload", ticket.app_id, request={"bytes": len(content)}, verdict=verdict, status=400)
        return web.Response(status=400, text="Invalid file length")
    ticket.received = True
    receive(ws, ws.state.files[ticket.file], content)
    _note(ws, "upload", ticket.app_id, request={"bytes": len(content)}, verdict="ok", status=200)
    return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""


async def private_file(request: web.Request) -> web.Response:
    """A file's bytes for an app: a bearer token with files:read, and a place where it may see the file."""
    ws = request.app[WORKSPACE]
    header = request.headers.get("Authorization", "")
    token = next(
        (t for t in ws.state.tokens.values() if hmac.compare_digest(header, f"Bearer {t.value}")), None
    )
    file = ws.state.files.get(request.match_info["file"])
    if token is None or token.revoked or "files:read" not in token.scopes:
        # Slack answers a download without a good token with its sign-in page, not with an error.
        raise web.HTTPFound(f"/?{urlencode({'redir': request.path})}")
    if file is None or file.deleted or not file.complete:
        raise web.HTTPNotFound
    if not may_read_file(ws, file, token):
        raise web.HTTPNotFound
    return web.Response(
        body=ws.state.storage.content(file.id),
        content_type=file.mimetype,
        headers={"Content-Disposition": web_disposition(file.name, inline=False)},
    )


async def permalink(request: web.Request) -> web.Response:
    """A message's address opens the page there."""
    packed = request.match_info["ts"]
    query = {"channel": request.match_info["channel"], "ts": f"{packed[:-6]}.{packed[-6:]}"}
    if "thread_ts" in request.query:
        query["thread_ts"] = request.query["thread_ts"]
    raise web.HTTPFound(f"/?{urlencode(query)}")


def hook_routes() -> list[web.RouteDef]:
    """Routes outside /api/, /_page/ and /_control/."""
    return [
        web.post("/{kind:commands|actions|app}/{team}/{number}/{key}", response_url),
        web.post("/upload/v1/{key}", upload_url),
        web.get("/files-pri/{file}/{name}", private_file),
        web.get("/files-pri/{file}/download/{name}", private_file),
        web.get("/archives/{channel}/p{ts:\\d{7,}}", permalink),
    ]
