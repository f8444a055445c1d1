"""Installing apps and signing people in: what an app asks for, its code, and the tokens for it.

Sources: docs.slack.dev/authentication/installing-with-oauth, sign-in-with-slack and using-token-rotation.
"""

import asyncio
import secrets
from typing import Any

from workspace.core import Login, Workspace
from workspace.errors import SlackError
from workspace.ids import new_token
from workspace.model import App, Token
from workspace.setup import manifest_scopes
from workspace.signing_key import SigningKey, new_key

CODE_SECONDS = 600
TOKEN_SECONDS = 43_200
IDENTITY_SCOPES = ("openid", "email", "profile")


def split_scopes(text: str) -> tuple[str, ...]:
    """Scopes joined by commas or spaces."""
    return tuple(scope for scope in text.replace(",", " ").split() if scope)


def check_request(ws: Workspace, query: dict[str, str], *, identity: bool) -> tuple[App, str]:
    """The app and redirect address of an authorisation request. Raises SlackError."""
    app = next((app for app in ws.state.apps.values() if app.client_id == query.get("client_id")), None)
    if app is None:
        raise SlackError("invalid_client_id")
    redirect = query.get("redirect_uri") or (app.redirect_urls[0] if app.redirect_urls else "")
    if not any(_below(redirect, allowed) for allowed in app.redirect_urls):
        raise SlackError("bad_redirect_uri")
    asked = split_scopes(query.get("scope", ""))
    if identity:
        if query.get("response_type") != "code":
            raise SlackError("unsupported_response_type")
        if "openid" not in asked or not set(asked) <= set(IDENTITY_SCOPES):
            raise SlackError("invalid_scope")
        return app, redirect
    if not set(asked) <= set(manifest_scopes(app.manifest)):
        raise SlackError("invalid_scope")
    if not set(split_scopes(query.get("user_scope", ""))) <= set(manifest_scopes(app.manifest, "user")):
        raise SlackError("invalid_scope")
    if not asked and not query.get("user_scope"):
        raise SlackError("no_scopes")
    return app, redirect


def _below(redirect: str, allowed: str) -> bool:
    return redirect == allowed or redirect.startswith((allowed.rstrip("/") + "/", allowed + "?"))


def new_code(ws: Workspace, app: App, user: str, query: dict[str, str], redirect: str) -> str:
    """A single-use code for what a person has allowed."""
    code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(32)}"
    ws.logins[code] = Login(
        app_id=app.id,
        user=user,
        redirect_uri=redirect if query.get("redirect_uri") else "",
        scopes=split_scopes(query.get("scope", "")),
        user_scopes=split_scopes(query.get("user_scope", "")),
        nonce=query.get("nonce", ""),
        expires_at=ws.clock.now() + CODE_SECONDS,
    )
    return code


def client(ws: Workspace, client_id: str, client_secret: str) -> App:
    """The app with these client credentials. Raises SlackError."""
    app = next((app for app in ws.state.apps.values() if app.client_id == client_id), None)
    if app is None:
        raise SlackError("invalid_client_id")
    if not secrets.compare_digest(app.client_secret.encode(), client_secret.encode()):
        raise SlackError("bad_client_secret")
    return app


def redeem_code(ws: Workspace, app: App, code: str, redirect_uri: str) -> Login:
    """What a code stands for; it is then used up. Raises SlackError."""
    login = ws.logins.get(code)
    if login is None or login.app_id != app.id:
        raise SlackError("invalid_code")
    if code in ws.used_codes:
        raise SlackError("code_already_used")
    if login.expires_at <= ws.clock.now():
        raise SlackError("code_expired")
    if login.redirect_uri and login.redirect_uri != redirect_uri:
        raise SlackError("bad_redirect_uri")
    ws.used_codes.add(code)
    return login


def install(ws: Workspace, app: App, scopes: tuple[str, ...]) -> Token:
    """Grant an app's bot these scopes beside what it has; its token."""
    app.scopes = list(dict.fromkeys([*(app.scopes if app.installed else []), *scopes]))
    app.installed = True
    ws.state.save(app)
    known = [t for t in ws.state.tokens.values() if t.app_id == app.id and t.kind == "bot" and not t.revoked]
    if known and not app.token_rotation:
        known[0].scopes = app.scopes
        ws.state.save(known[0])
        return known[0]
    return grant(ws, app, kind="bot", user=app.bot_user, scopes=app.scopes)


def grant(ws: Workspace, app: App, *, kind: str, user: str, scopes: list[str]) -> Token:
    """A new token; it expires if the app rotates its tokens."""
    prefix = "xoxb" if kind == "bot" else "xoxp"
    token = Token(value=new_token(prefix), kind=kind, app_id=app.id, user=user, scopes=scopes)
    if app.token_rotation:
        token.value = f"xoxe.{token.value}"
        token.refresh_token = new_token("xoxe-1")
        token.expires_at = ws.clock.now() + TOKEN_SECONDS
    ws.state.save(token)
    return token


def refresh(ws: Workspace, app: App, refresh_token: str) -> Token:
    """A new token for a refresh token, which is then used up. Raises SlackError."""
    for token in ws.state.tokens.values():
        if (
            refresh_token
            and token.refresh_token == refresh_token
            and token.app_id == app.id
            and not token.revoked
        ):
            token.refresh_token = ""
            ws.state.save(token)
            return grant(ws, app, kind=token.kind, user=token.user, scopes=token.scopes)
    raise SlackError("invalid_refresh_token")


def token_fields(token: Token) -> dict[str, Any]:
    """A token's fields of an OAuth answer."""
    fields: dict[str, Any] = {
        "access_token": token.value,
        "token_type": token.kind,
        "scope": ",".join(token.scopes),
    }
    if token.refresh_token:
        fields |= {"refresh_token": token.refresh_token, "expires_in": TOKEN_SECONDS}
    return fields


def uninstall(ws: Workspace, app: App) -> None:
    """Remove an app: tell it, revoke its tokens, take its bot out of every channel."""
    tokens = [t for t in ws.state.tokens.values() if t.app_id == app.id and t.kind != "app"]
    ws.events.tell({"type": "app_uninstalled", "event_ts": ws.ts.next()}, only=app)
    oauth, bot = ([t.user for t in tokens if t.kind == kind] for kind in ("user", "bot"))
    ws.events.tell({"type": "tokens_revoked", "tokens": {"oauth": oauth, "bot": bot}}, only=app)
    for token in tokens:
        token.revoked = True
        ws.state.save(token)
    app.installed = False
    ws.state.save(app)


async def signing_key(ws: Workspace) -> SigningKey:
    """The key of id_tokens; made once and kept with the data."""
    for stored in ws.state.storage.load("SigningKey"):
        return SigningKey(modulus=int(stored["modulus"]), private=int(stored["private"]))
    key = await asyncio.to_thread(new_key)
    ws.state.storage.put("SigningKey", "key", {"modulus": str(key.modulus), "private": str(key.private)})
    return key
