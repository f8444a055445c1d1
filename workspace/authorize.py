"""The pages on which a person allows an app or signs in, and the keys that id_tokens are signed with."""

import html
from urllib.parse import urlencode

from aiohttp import web

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.installing import check_request, new_code, signing_key, split_scopes
from workspace.model import App
from workspace.page.context import WORKSPACE
from workspace.page.guard import is_foreign
from workspace.setup import SLACKBOT

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;
color-scheme:light dark}}
button,select{{font:inherit;padding:.4rem .8rem;margin:.2rem .4rem .2rem 0}}</style>
<h1>{title}</h1>{body}</html>"""
FORM = """<p>It asks for:</p><ul>{scopes}</ul><form method="post">
<p><label>You are <select name="user">{people}</select></label></p>
<button name="allow" value="yes">Allow</button><button name="allow" value="no">Cancel</button></form>"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def _page(title: str, body: str, status: int = 200) -> web.Response:
    text = PAGE.format(title=html.escape(title), body=body)
    return web.Response(text=text, content_type="text/html", status=status, headers=HEADERS)


def _is_identity(request: web.Request) -> bool:
    return request.path.startswith("/openid/")


async def ask(request: web.Request) -> web.Response:
    """Show what an app asks for."""
    ws = request.app[WORKSPACE]
    try:
        app, _ = check_request(ws, dict(request.query), identity=_is_identity(request))
    except SlackError as error:
        return _page("Something went wrong", f"<p><code>{html.escape(error.code)}</code></p>", status=400)
    verb = "know who you are in" if _is_identity(request) else "be installed in"
    return _page(f"{app.name} wants to {verb} {ws.team.name}", _form(ws, request))


def _form(ws: Workspace, request: web.Request) -> str:
    asked = split_scopes(request.query.get("scope", "") + "," + request.query.get("user_scope", ""))
    people = [
        f'<option value="{html.escape(user.id)}">{html.escape(user.real_name)}</option>'
        for user in ws.state.users.values()
        if not user.is_bot and not user.deleted and user.id != SLACKBOT
    ]
    scopes = [f"<li><code>{html.escape(scope)}</code></li>" for scope in asked]
    return FORM.format(scopes="".join(scopes), people="".join(people))


async def decide(request: web.Request) -> web.Response:
    """Send the browser back with a code, or with the refusal."""
    ws = request.app[WORKSPACE]
    if is_foreign(request, frozenset()):
        raise web.HTTPForbidden
    try:
        app, redirect = check_request(ws, dict(request.query), identity=_is_identity(request))
    except SlackError as error:
        return _page("Something went wrong", f"<p><code>{html.escape(error.code)}</code></p>", status=400)
    form = await request.post()
    user = ws.state.users.get(str(form.get("user")))
    if user is None or user.deleted or user.is_bot:
        raise web.HTTPBadRequest
    raise web.HTTPFound(_back(ws, app, user.id, request, redirect, allowed=form.get("allow") == "yes"))


def _back(ws: Workspace, app: App, user: str, request: web.Request, redirect: str, *, allowed: bool) -> str:
    query = dict(request.query)
    answer = {"code": new_code(ws, app, user, query, redirect)} if allowed else {"error": "access_denied"}
    answer["state"] = query.get("state", "")
    return f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(answer)}"


async def keys(request: web.Request) -> web.Response:
    """The public keys of id_tokens."""
    key = await signing_key(request.app[WORKSPACE])
    return web.json_response({"keys": [key.public_jwk()]})


async def discovery(request: web.Request) -> web.Response:
    """OpenID Connect's description of this server."""
    base = request.app[WORKSPACE].base_url
    return web.json_response(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/openid/connect/authorize",
            "token_endpoint": f"{base}/api/openid.connect.token",
            "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
            "jwks_uri": f"{base}/openid/connect/keys",
            "scopes_supported": ["openid", "profile", "email"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["form_post"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "auth_time", "iss"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": True,
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }
    )


def authorize_routes() -> list[web.RouteDef]:
    """Routes of OAuth and OpenID Connect outside /api/."""
    return [
        web.get("/oauth/v2/authorize", ask),
        web.post("/oauth/v2/authorize", decide),
        web.get("/openid/connect/authorize", ask),
        web.post("/openid/connect/authorize", decide),
        web.get("/openid/connect/keys", keys),
        web.get("/.well-known/openid-configuration", discovery),
    ]
