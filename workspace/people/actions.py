"""Pressing buttons and choosing in elements: block_actions, and options for external selects."""

from typing import Any

from workspace.blockkit import validate_options
from workspace.core import Workspace
from workspace.delivery.payload import Outcome
from workspace.errors import Refused
from workspace.people.payloads import channel_name, common, interactive, new_response_url, new_trigger
from workspace.people.surface import Surface, find_surface
from workspace.people.values import BUTTONS, CHOICES, action_fields

TROUBLE = {
    "operation_timeout": "The app did not answer in time (operation_timeout).",
    "dispatch_failed": "The app could not be reached, or answered with an error (dispatch_failed).",
}


def trouble(outcome: Outcome) -> Refused:
    """What a person reads when an app did not acknowledge."""
    return Refused(outcome.error, TROUBLE.get(outcome.error, outcome.error))


async def press(
    ws: Workspace,
    user: str,
    *,
    where: dict[str, Any],
    block_id: str,
    action_id: str,
    value: Any,
    state: dict[str, dict[str, Any]],
) -> None:
    """Press a button or choose in an element. Raises Refused when the app does not acknowledge."""
    surface = find_surface(ws, user, where)
    surface.fill(state)
    block, element = surface.element(block_id, action_id)
    if element["type"] not in (*BUTTONS, *CHOICES):
        surface.fill({block_id: {action_id: value}})
    if block["type"] == "input" and not block.get("dispatch_action"):
        return
    action = action_fields(
        element, value, loaded=surface.loaded(block_id, action_id), find_file=surface.find_file
    )
    action |= {"block_id": block_id, "action_ts": ws.ts.next()}
    payload = surface_payload(ws, surface, "block_actions") | {"actions": [action]}
    payload["trigger_id"] = new_trigger(ws, surface.app, user)
    outcome = await ws.deliverer.send(interactive(surface.app, payload))
    if not outcome.ok:
        refusal = trouble(outcome)
        failed = {"where": where, "block_id": block_id, "action_id": action_id, **refusal.body()}
        ws.bus.tell([user], {**failed, "type": "action_failed"})
        raise refusal


def surface_payload(ws: Workspace, surface: Surface, kind: str) -> dict[str, Any]:
    """The fields that tell an app where something happened."""
    payload = common(ws, surface.app, surface.user, kind) | {"container": surface.container()}
    if surface.view is not None:
        view = {**surface.view, "state": {"values": surface.state_values()}}
        return payload | {"view": view}
    if surface.channel is None:
        return payload
    payload["channel"] = {"id": surface.channel.id, "name": channel_name(surface.channel)}
    if not surface.ephemeral:
        payload["message"] = surface.message
    if kind != "block_actions":
        return payload
    return payload | {
        "state": {"values": surface.state_values()},
        "response_url": new_response_url(
            ws,
            app=surface.app,
            user=surface.user,
            channel=surface.channel.id,
            kind="actions",
            source_ts=surface.message_ts,
            source_ephemeral=surface.ephemeral,
            thread_ts=surface.thread_ts,
        ),
    }


async def load_options(
    ws: Workspace, user: str, *, where: dict[str, Any], block_id: str, action_id: str, query: str
) -> dict[str, Any]:
    """Ask the app for an external select's options. Raises Refused when Slack would show none."""
    surface = find_surface(ws, user, where)
    _, element = surface.element(block_id, action_id)
    if "external_select" not in element["type"]:
        raise Refused("not_external", "This list is not loaded from the app.")
    payload = surface_payload(ws, surface, "block_suggestion")
    payload |= {"block_id": block_id, "action_id": action_id, "value": query}
    outcome = await ws.deliverer.send(interactive(surface.app, payload, url=surface.app.options_url))
    if not outcome.ok:
        raise trouble(outcome)
    answer = outcome.answer if isinstance(outcome.answer, dict) else {}
    if validate_options(answer):
        raise Refused("invalid_options", "The app's options cannot be shown.")
    loaded = surface.loaded(block_id, action_id)
    for option in _flat(answer):
        loaded[option["value"]] = option
    return {key: answer[key] for key in ("options", "option_groups") if key in answer}


def _flat(answer: dict[str, Any]) -> list[dict[str, Any]]:
    options = list(answer.get("options") or [])
    for group in answer.get("option_groups") or []:
        options += group["options"]
    return options
