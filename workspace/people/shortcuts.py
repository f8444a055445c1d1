"""Global and message shortcuts, and the Home and Messages tabs of an app."""

from typing import Any

from workspace.core import Workspace
from workspace.delivery.payload import Outcome
from workspace.errors import Refused
from workspace.membership import direct
from workspace.model import App, Channel
from workspace.people.actions import trouble
from workspace.people.payloads import channel_name, common, interactive, new_response_url, new_trigger
from workspace.present import message_object


def _shortcut(app: App, callback_id: str, kind: str) -> dict[str, Any]:
    for entry in app.shortcuts:
        if entry["callback_id"] == callback_id and entry["type"] == kind:
            return entry
    raise Refused("not_found", "There is no such shortcut.")


def failed(ws: Workspace, user: str, outcome: Outcome) -> Refused:
    """Tell a person's pages that a shortcut failed; the refusal to raise."""
    refusal = trouble(outcome)
    ws.bus.tell([user], {"type": "toast", "level": "error", "text": refusal.message})
    return refusal


async def global_shortcut(ws: Workspace, user: str, app: App, callback_id: str) -> None:
    """Use a global shortcut. Raises Refused when the app does not acknowledge."""
    _shortcut(app, callback_id, "global")
    payload = common(ws, app, user, "shortcut") | {
        "action_ts": ws.ts.next(),
        "callback_id": callback_id,
        "trigger_id": new_trigger(ws, app, user),
    }
    del payload["api_app_id"]
    outcome = await ws.deliverer.send(interactive(app, payload))
    if not outcome.ok:
        raise failed(ws, user, outcome)


async def message_shortcut(
    ws: Workspace, user: str, app: App, callback_id: str, *, channel: Channel, ts: str
) -> None:
    """Use a message shortcut; ephemeral messages have none. Raises Refused."""
    _shortcut(app, callback_id, "message")
    message = ws.state.message(channel.id, ts)
    if message is None:
        raise Refused("message_not_found", "Shortcuts work on messages that everyone can see.")
    url = new_response_url(ws, app=app, user=user, channel=channel.id, kind="app")
    payload = common(ws, app, user, "message_action") | {
        "action_ts": ws.ts.next(),
        "callback_id": callback_id,
        "trigger_id": new_trigger(ws, app, user),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_object(ws.state, message),
        "message_ts": ts,
        "response_url": url,
    }
    del payload["api_app_id"]
    outcome = await ws.deliverer.send(interactive(app, payload))
    if not outcome.ok:
        raise failed(ws, user, outcome)


def open_home(ws: Workspace, user: str, app: App, tab: str) -> Channel:
    """Show an app's tab to a person and tell the app; the DM with the app is opened."""
    if tab == "home" and not app.home_tab:
        raise Refused("not_enabled", f"{app.name} has no Home.")
    channel, _ = direct(ws, [user, app.bot_user])
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel.id,
        "tab": tab,
        "event_ts": ws.ts.next(),
    }
    home = ws.state.homes.get((app.id, user))
    if tab == "home" and home is not None:
        event["view"] = home.view
    ws.events.tell(event, only=app)
    return channel
