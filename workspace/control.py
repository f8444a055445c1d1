"""The fault controls under /_control/: order misbehaviour, move the clock, look inside, start over."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any
from zoneinfo import available_timezones

from aiohttp import web

from workspace.config import GUESTS
from workspace.core import Workspace
from workspace.errors import Refused
from workspace.membership import join, leave, set_archived
from workspace.model import Channel
from workspace.page.context import WORKSPACE, read_body, refused
from workspace.present import user_object
from workspace.setup import SLACKBOT
from workspace.shapes import user_shape

CHANGEABLE = {
    "deactivated": "deleted",
    "admin": "admin",
    "owner": "owner",
    "guest": "guest",
    "external": "external",
    "tz": "tz",
    "status_text": "status_text",
    "status_emoji": "status_emoji",
}
DROPS = ("close", "abort", "warning", "refresh_requested", "link_disabled")
Body = dict[str, Any]
Control = Callable[[Workspace, web.Request, Body], Awaitable[Body]]


def controls(handler: Control) -> Callable[[web.Request], Awaitable[web.Response]]:
    """An aiohttp handler around a control, noted in the inspector."""

    async def handle(request: web.Request) -> web.Response:
        ws = request.app[WORKSPACE]
        try:
            body = await read_body(request)
            answer = await handler(ws, request, body)
        except Refused as refusal:
            return refused(refusal)
        if request.method != "GET":
            name = request.path.removeprefix("/_control/")
            ws.inspector.record(
                at=ws.clock.now(), kind="control", name=name, request=body, verdict="ok", ok=True
            )
        return web.json_response({"ok": True, **answer})

    return handle


async def list_faults(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Faults in force."""
    del request, body
    return {"faults": ws.faults.list()}


async def add_fault(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Order a fault."""
    del request
    return {"fault": asdict(ws.faults.add(body))}


async def remove_fault(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Withdraw one fault."""
    del body
    ws.faults.remove(request.match_info["fault"])
    return {}


async def clear_faults(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Withdraw all faults."""
    del request, body
    ws.faults.clear()
    return {}


async def drop_sockets(ws: Workspace, request: web.Request, body: Body) -> Body:
    """End Socket Mode connections."""
    del request
    how = body.get("how", "close")
    if how not in DROPS:
        raise Refused("invalid_drop", f"how must be one of {', '.join(DROPS)}")
    return {"dropped": await ws.sockets.drop(str(body.get("app_id") or ""), how)}


async def set_revoked(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Revoke or restore an app's bot and user tokens."""
    revoked = request.match_info["what"] == "revoke"
    tokens = [t for t in ws.state.tokens.values() if t.app_id == body.get("app_id") and t.kind != "app"]
    if not tokens:
        raise Refused("app_not_found", "There is no such app.")
    app = ws.state.apps[tokens[0].app_id]
    if revoked:
        bots = [token.user for token in tokens if token.kind == "bot"]
        people = [token.user for token in tokens if token.kind == "user"]
        ws.events.tell({"type": "tokens_revoked", "tokens": {"oauth": people, "bot": bots}}, only=app)
    for token in tokens:
        token.revoked = revoked
        ws.state.save(token)
    return {}


def _channel(ws: Workspace, request: web.Request) -> Channel:
    channel = ws.state.channels.get(request.match_info["channel"])
    if channel is None:
        raise Refused("channel_not_found", "There is no such channel.")
    return channel


async def archive(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Archive or unarchive a channel."""
    del body
    set_archived(ws, _channel(ws, request), request.match_info["what"] == "archive", SLACKBOT)
    return {}


async def remove_member(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Take someone, or every bot, out of a channel."""
    channel = _channel(ws, request)
    bots = [app.bot_user for app in ws.state.apps.values()]
    for user in [body["user"]] if body.get("user") else bots:
        leave(ws, channel, user)
    return {}


async def add_member(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Put someone into a channel."""
    if body.get("user") not in ws.state.users:
        raise Refused("user_not_found", "There is no such person.")
    join(ws, _channel(ws, request), body["user"])
    return {}


async def change_user(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Change what a person is: deactivated, admin, owner, guest, external, tz, status."""
    user = ws.state.users.get(request.match_info["user"])
    if user is None:
        raise Refused("user_not_found", "There is no such person.")
    unknown = set(body) - set(CHANGEABLE)
    if unknown:
        raise Refused("malformed", f"only {', '.join(CHANGEABLE)} can be changed")
    for name, value in body.items():
        if type(value) is not type(getattr(user, CHANGEABLE[name])):
            raise Refused("malformed", f"{name} has the wrong type")
    if body.get("tz", user.tz) not in available_timezones() or body.get("guest", "") not in GUESTS:
        raise Refused("malformed", "no such time zone, or kind of guest")
    for name, value in body.items():
        setattr(user, CHANGEABLE[name], value)
    user.updated = int(ws.clock.now())
    ws.state.save(user)
    ws.bus.tell_all({"type": "user", "user": user_shape(ws, user)})
    shown = user_object(user, team_id=ws.team.id, now=ws.clock.now())
    ws.events.tell({"type": "user_change", "user": shown, "event_ts": ws.ts.next()})
    return {"user": user_shape(ws, user)}


async def set_clock(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Move the workspace's clock."""
    del request
    offset = body.get("offset_seconds")
    if isinstance(offset, bool) or not isinstance(offset, int | float):
        raise Refused("malformed", "offset_seconds must be a number")
    ws.clock.offset_seconds = float(offset)
    answer = {"now": ws.clock.now(), "clock_offset": ws.clock.offset_seconds}
    ws.bus.tell_all({"type": "clock", **answer})
    return answer


async def summary(ws: Workspace, request: web.Request, body: Body) -> Body:
    """What is here, for people and tests. Tokens are shown: this is where a developer copies them."""
    del request, body
    apps = [
        {
            "id": app.id,
            "name": app.name,
            "bot_user_id": app.bot_user,
            "connections": ws.sockets.count(app.id),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "signing_secret": app.signing_secret,
            "tokens": {
                t.kind: t.value for t in ws.state.tokens.values() if t.app_id == app.id and not t.revoked
            },
        }
        for app in ws.state.apps.values()
    ]
    return {
        "team": asdict(ws.team),
        "apps": apps,
        "people": {user.name: user.id for user in ws.state.users.values() if not user.is_bot},
        "counts": {
            "users": len(ws.state.users),
            "channels": len(ws.state.channels),
            "messages": sum(len(messages) for messages in ws.state.messages.values()),
            "files": len(ws.state.files),
        },
        "now": ws.clock.now(),
        "clock_offset": ws.clock.offset_seconds,
    }


async def inspect(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Calls and deliveries with their bodies uncut."""
    del body
    query = request.query
    entries = ws.inspector.entries(
        after=int(query.get("after", 0)), app_id=query.get("app_id", ""), name=query.get("name", "")
    )
    return {"entries": entries, "last": ws.inspector.last}


async def clear_inspector(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Forget all entries."""
    del request, body
    ws.inspector.clear()
    return {}


async def reset(ws: Workspace, request: web.Request, body: Body) -> Body:
    """Back to the configuration."""
    del request, body
    ws.reset()
    return {}


def control_routes() -> list[web.RouteDef]:
    """All routes under /_control/."""
    return [
        web.get("/_control/faults", controls(list_faults)),
        web.post("/_control/faults", controls(add_fault)),
        web.delete("/_control/faults", controls(clear_faults)),
        web.delete("/_control/faults/{fault}", controls(remove_fault)),
        web.post("/_control/sockets/drop", controls(drop_sockets)),
        web.post("/_control/tokens/{what:revoke|restore}", controls(set_revoked)),
        web.post("/_control/channels/{channel}/{what:archive|unarchive}", controls(archive)),
        web.post("/_control/channels/{channel}/remove", controls(remove_member)),
        web.post("/_control/channels/{channel}/add", controls(add_member)),
        web.post("/_control/users/{user}", controls(change_user)),
        web.post("/_control/clock", controls(set_clock)),
        web.get("/_control/state", controls(summary)),
        web.get("/_control/inspector", controls(inspect)),
        web.post("/_control/inspector/clear", controls(clear_inspector)),
        web.post("/_control/reset", controls(reset)),
    ]
