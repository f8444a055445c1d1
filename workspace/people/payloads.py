"""The parts that all interaction payloads share, and the grants that go with them."""

import secrets
from typing import Any

from workspace.core import Workspace
from workspace.delivery.payload import Delivery
from workspace.errors import Refused
from workspace.grants import ResponseUrl
from workspace.model import App, Channel

HIDDEN_NAMES = {"im": "directmessage", "mpim": "mpdm", "private": "privategroup"}


def channel_name(channel: Channel) -> str:
    """A conversation's name in payloads: private ones do not tell theirs."""
    return HIDDEN_NAMES.get(channel.kind, channel.name)


def new_trigger(ws: Workspace, app: App, user: str) -> str:
    """A trigger id for an app; already expired if a fault was ordered."""
    fault = ws.faults.take("trigger", app_id=app.id)
    seconds = 0.0 if fault is not None else ws.limits.trigger_seconds
    return ws.grants.new_trigger(app_id=app.id, user=user, seconds=seconds)


def new_response_url(
    ws: Workspace,
    *,
    app: App,
    user: str,
    channel: str,
    kind: str,
    source_ts: str = "",
    source_ephemeral: bool = False,
    thread_ts: str = "",
) -> str:
    """A response URL; `kind` is "commands" or "actions" as in Slack's addresses."""
    key = ws.grants.new_response_url(
        ResponseUrl(
            app_id=app.id,
            user=user,
            channel=channel,
            uses_left=ws.limits.response_url_uses,
            expires_at=ws.clock.now() + ws.limits.response_url_seconds,
            source_ts=source_ts,
            source_ephemeral=source_ephemeral,
            thread_ts=thread_ts,
        )
    )
    return f"{ws.base_url}/{kind}/{ws.team.id}/{secrets.randbelow(10**13)}/{key}"


def key_of(response_url: str) -> str:
    """The secret part of a response URL."""
    return response_url.rsplit("/", 1)[1]


def common(ws: Workspace, app: App, user: str, kind: str) -> dict[str, Any]:
    """Type, team, user and app of an interaction."""
    person = ws.state.users[user]
    return {
        "type": kind,
        "team": {"id": ws.team.id, "domain": ws.team.domain},
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": ws.team.id},
        "api_app_id": app.id,
        "token": app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def interactive(app: App, payload: dict[str, Any], *, url: str = "") -> Delivery:
    """An interaction as a delivery. Raises Refused if the app takes none."""
    if not app.installed:
        raise Refused("app_not_found", f"{app.name} is no longer installed.")
    if not app.interactive:
        raise Refused("interactivity_disabled", f"{app.name} is not set up to take interactions.")
    return Delivery(
        app=app,
        envelope="interactive",
        name=payload["type"],
        payload=payload,
        url=url or app.interactivity_url,
    )
