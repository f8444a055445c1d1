"""api.test, auth.*, team.info, bots.info, apps.connections.open, blocks.validate, emoji.list."""

from workspace.api.registry import Call, Json, method
from workspace.blockkit import validate_message, validate_view
from workspace.errors import InvalidArguments, SlackError
from workspace.rates import CONNECTIONS_PER_MINUTE


@method("api.test", tier=4, tokens=("none",), accepts_json=True)
async def api_test(call: Call) -> Json:
    """Answer with what was sent; `error` makes it fail."""
    if "error" in call.args:
        raise SlackError(call.args.text("error"), fields={"args": call.args.values})
    return {"args": call.args.values}


@method("auth.test", tier=0, tokens=("bot", "user", "app"))
async def auth_test(call: Call) -> Json:
    """Whose token this is."""
    ws = call.ws
    if call.token.kind == "app":
        return {"app_name": call.app.name, "app_id": call.app.id}
    answer = {
        "url": f"{ws.base_url}/",
        "team": ws.team.name,
        "user": ws.state.users[call.user].name,
        "team_id": ws.team.id,
        "user_id": call.user,
        "is_enterprise_install": False,
    }
    if call.token.kind == "bot":
        answer["bot_id"] = call.app.bot_id
    return answer


@method("auth.revoke", tier=3)
async def auth_revoke(call: Call) -> Json:
    """Revoke the calling token (`test`: only say whether it would be)."""
    if not call.args.flag("test"):
        call.token.revoked = True
        call.ws.state.save(call.token)
    return {"revoked": not call.args.flag("test")}


@method("team.info", scopes=("team:read",), tier=3)
async def team_info(call: Call) -> Json:
    """The one team."""
    team = call.ws.team
    if call.args.text("team") not in ("", team.id):
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "url": f"{call.ws.base_url}/",
            "domain": team.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": "",
            "is_verified": False,
        }
    }


@method("bots.info", scopes=("users:read",), tier=3)
async def bots_info(call: Call) -> Json:
    """A bot's app and user."""
    wanted = call.args.text("bot")
    for app in call.ws.state.apps.values():
        if wanted in (app.bot_id, "") and (wanted or app.id == call.app.id):
            shown = {"id": app.bot_id, "app_id": app.id, "user_id": app.bot_user, "name": app.name}
            return {"bot": {**shown, "deleted": not app.installed, "updated": 0, "icons": {}}}
    raise SlackError("bot_not_found")


@method(
    "apps.connections.open", scopes=("connections:write",), per_minute=CONNECTIONS_PER_MINUTE, tokens=("app",)
)
async def connections_open(call: Call) -> Json:
    """A fresh WebSocket address for Socket Mode."""
    if not call.app.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    base = call.ws.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={call.ws.sockets.new_ticket(call.app.id)}&app_id={call.app.id}"}


@method("blocks.validate", tier=0, tokens=("none",), accepts_json=True)
async def blocks_validate(call: Call) -> Json:
    """Check blocks, a message or a view without showing them."""
    blocks, message, view = (call.args.json(name) for name in ("blocks", "message", "view"))
    if blocks is not None:
        problems = validate_message({"text": "text", "blocks": blocks})
    elif isinstance(message, dict):
        problems = validate_message(message)
    elif isinstance(view, dict):
        problems = validate_view(view, surface="home" if view.get("type") == "home" else "modal")
    else:
        raise InvalidArguments("missing required field: blocks")
    if problems:
        errors = [{"message": problem.message, "pointer": problem.pointer} for problem in problems]
        raise SlackError(problems[0].code, fields={"errors": errors})
    return {}


@method("emoji.list", scopes=("emoji:read",), tier=2)
async def emoji_list(call: Call) -> Json:
    """Custom emoji; there are none."""
    del call
    return {"emoji": {}, "cache_ts": "0"}
