"""One call of the page: who acts, with which body, and how answers and refusals are sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from workspace.config import user_id
from workspace.core import Workspace
from workspace.errors import Refused, SlackError
from workspace.model import App, Channel

WORKSPACE = web.AppKey("workspace", Workspace)
MALFORMED = "malformed"


@dataclass(frozen=True, kw_only=True)
class Act:
    """A person's call: `me` is the user id, `body` the JSON that was sent."""

    ws: Workspace
    me: str
    request: web.Request
    body: dict[str, Any]

    def need(self, name: str, kind: type = str) -> Any:
        """A field of the body. Raises Refused if it is missing or of another kind."""
        value = self.body.get(name)
        if not isinstance(value, kind):
            raise Refused(MALFORMED, f"{name} is missing or not a {kind.__name__}")
        return value

    def text(self, name: str) -> str:
        """An optional string of the body."""
        return str(self.body.get(name) or "")

    def channel(self, channel_id: str) -> Channel:
        """A channel that this person may see. Raises Refused."""
        channel = self.ws.state.channels.get(channel_id)
        if channel is None or not self.ws.may_see(self.me, channel):
            raise Refused("channel_not_found", "There is no such channel.")
        return channel

    def app(self, app_id: str) -> App:
        """An app. Raises Refused."""
        app = self.ws.state.apps.get(app_id)
        if app is None:
            raise Refused("app_not_found", "There is no such app.")
        return app


Acting = Callable[[Act], Awaitable[dict[str, Any]]]


async def read_body(request: web.Request) -> dict[str, Any]:
    """A request's JSON object; empty if it has no JSON body. Raises Refused."""
    if (
        request.method in ("GET", "DELETE")
        or not request.can_read_body
        or request.content_type != "application/json"
    ):
        return {}
    try:
        body = await request.json()
    except ValueError as error:
        raise Refused(MALFORMED, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Refused(MALFORMED, "the body is not a JSON object")
    return body


def acting_user(ws: Workspace, request: web.Request) -> str:
    """Who acts; the first person if a page does not say. Raises Refused for a bot or a stranger."""
    wanted = request.headers.get("X-Act-As", request.query.get("as", "")) or first_person(ws)
    user = ws.state.users.get(wanted)
    if user is None or user.is_bot or user.deleted:
        raise Refused("unknown_person", "Say who acts with X-Act-As.")
    return user.id


def first_person(ws: Workspace) -> str:
    """The first person of the configuration; "" if there is none."""
    return user_id(ws.config.users[0]) if ws.config.users else ""


def refused(refusal: Refused) -> web.Response:
    """A refusal as an HTTP answer."""
    return web.json_response(
        refusal.body(), status=400 if refusal.code in (MALFORMED, "unknown_person") else 200
    )


def acts(handler: Acting) -> Callable[[web.Request], Awaitable[web.Response]]:
    """An aiohttp handler around a person's act."""

    async def handle(request: web.Request) -> web.Response:
        ws = request.app[WORKSPACE]
        try:
            if request.method != "GET" and "X-Act-As" not in request.headers:
                raise Refused("unknown_person", "Say who acts with X-Act-As.")
            act = Act(ws=ws, me=acting_user(ws, request), request=request, body=await read_body(request))
            return web.json_response({"ok": True, **await handler(act)})
        except Refused as refusal:
            return refused(refusal)
        except SlackError as error:
            return refused(Refused(error.code, error.code.replace("_", " ")))

    return handle
