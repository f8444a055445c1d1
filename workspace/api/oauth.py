"""oauth.v2.access, openid.connect.token and userInfo, apps.uninstall, apps.manifest.validate."""

from typing import Any

from workspace.api.registry import Call, Json, method
from workspace.errors import InvalidArguments, SlackError
from workspace.installing import (
    client,
    grant,
    install,
    redeem_code,
    refresh,
    signing_key,
    token_fields,
    uninstall,
)
from workspace.manifest import validate_manifest
from workspace.model import App, User
from workspace.signing_key import signed_jwt

ID_TOKEN_SECONDS = 300


def _client(call: Call) -> App:
    return client(call.ws, call.args.text("client_id"), call.args.text("client_secret"))


@method("oauth.v2.access", tier=4, tokens=("none",))
async def oauth_access(call: Call) -> Json:
    """Exchange a code, or a refresh token, for tokens."""
    app = _client(call)
    kind = call.args.text("grant_type", "authorization_code")
    if kind == "refresh_token":
        token = refresh(call.ws, app, call.args.text("refresh_token"))
        return {**_install_fields(call, app), **token_fields(token)}
    if kind != "authorization_code":
        raise SlackError("invalid_grant_type")
    login = redeem_code(call.ws, app, call.args.text("code"), call.args.text("redirect_uri"))
    answer = _install_fields(call, app)
    if login.scopes:
        answer |= token_fields(install(call.ws, app, login.scopes))
    authed: Json = {"id": login.user}
    if login.user_scopes:
        authed |= token_fields(
            grant(call.ws, app, kind="user", user=login.user, scopes=list(login.user_scopes))
        )
    return {**answer, "authed_user": authed}


def _install_fields(call: Call, app: App) -> Json:
    team = call.ws.team
    return {
        "app_id": app.id,
        "bot_user_id": app.bot_user,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


@method("openid.connect.token", tier=4, tokens=("none",))
async def openid_token(call: Call) -> Json:
    """Exchange a sign-in code for a token and a signed id_token."""
    app = _client(call)
    login = redeem_code(call.ws, app, call.args.text("code"), call.args.text("redirect_uri"))
    token = grant(call.ws, app, kind="user", user=login.user, scopes=list(login.scopes))
    now = int(call.ws.clock.now())
    claims = {
        "iss": call.ws.base_url,
        "sub": login.user,
        "aud": app.client_id,
        "exp": now + ID_TOKEN_SECONDS,
        "iat": now,
        "auth_time": now,
        "nonce": login.nonce,
        **_identity(call, call.ws.state.users[login.user], login.scopes),
    }
    return {
        "access_token": token.value,
        "token_type": "Bearer",
        "id_token": signed_jwt(await signing_key(call.ws), claims),
    }


def _identity(call: Call, user: User, scopes: tuple[str, ...]) -> dict[str, Any]:
    team = call.ws.team
    claims: dict[str, Any] = {"https://slack.com/team_id": team.id, "https://slack.com/user_id": user.id}
    if "email" in scopes:
        claims |= {"email": user.email, "email_verified": True, "date_email_verified": user.updated}
    if "profile" in scopes:
        given, _, family = user.real_name.partition(" ")
        claims |= {
            "name": user.real_name,
            "given_name": given,
            "family_name": family,
            "locale": user.locale,
            "https://slack.com/team_name": team.name,
            "https://slack.com/team_domain": team.domain,
        }
    return claims


@method("openid.connect.userInfo", scopes=("openid",), tokens=("user",))
async def openid_user_info(call: Call) -> Json:
    """Who signed in."""
    user = call.ws.state.users[call.user]
    return {"sub": user.id, **_identity(call, user, tuple(call.token.scopes))}


@method("apps.uninstall", per_minute=20)
async def apps_uninstall(call: Call) -> Json:
    """Remove the calling app."""
    if _client(call).id != call.app.id:
        raise SlackError("client_id_token_mismatch")
    uninstall(call.ws, call.app)
    return {}


@method("apps.manifest.validate", tokens=("none",), accepts_json=True, required=("manifest",))
async def manifest_validate(call: Call) -> Json:
    """Check an app manifest."""
    manifest = call.args.json("manifest", "invalid_manifest")
    if not isinstance(manifest, dict):
        raise InvalidArguments("must be an object [json-pointer:/manifest]")
    problems = validate_manifest(manifest)
    if problems:
        errors = [{"message": problem.message, "pointer": problem.pointer} for problem in problems]
        raise SlackError("invalid_manifest", fields={"errors": errors})
    return {}
