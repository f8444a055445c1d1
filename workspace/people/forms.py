"""Submitting and closing modals, and what an app's answer does to the stack."""

from typing import Any

from workspace.api.content import with_block_ids
from workspace.blockkit import validate_view
from workspace.core import Workspace
from workspace.errors import Refused
from workspace.modals import MAX_DEPTH, Modal
from workspace.people.actions import trouble
from workspace.people.payloads import common, interactive, new_response_url, new_trigger
from workspace.people.surface import GONE, Surface, modal_surface
from workspace.people.values import complaint
from workspace.surfaces import build_view, show_modals, updated_view, view_elements

CONNECTING = "We had some trouble connecting. Try again?"
RESPONSE_ACTIONS = ("errors", "update", "push", "clear")


def _modal(ws: Workspace, user: str, view_id: str) -> Modal:
    modal = ws.modals.find(view_id)
    if modal is None or modal.user != user:
        raise Refused("view_not_found", GONE)
    return modal


async def submit(ws: Workspace, user: str, view_id: str, state: dict[str, dict[str, Any]]) -> None:
    """Submit a modal. Raises Refused with `errors` by block when it may not be, or when the app fails."""
    modal = _modal(ws, user, view_id)
    surface = modal_surface(ws, modal)
    surface.fill(state)
    errors = complaints(surface)
    if errors:
        raise Refused("invalid", "Some answers need another look.", fields={"errors": errors})
    payload = common(ws, surface.app, user, "view_submission") | {
        "trigger_id": new_trigger(ws, surface.app, user),
        "view": {**modal.view, "state": {"values": surface.state_values()}},
        "response_urls": _response_urls(ws, surface),
    }
    outcome = await ws.deliverer.send(interactive(surface.app, payload))
    if not outcome.ok:
        raise Refused(outcome.error, CONNECTING)
    _answered(ws, modal, outcome.answer)


def complaints(surface: Surface) -> dict[str, str]:
    """What keeps a modal from being submitted, by block."""
    found = {}
    for block, element in view_elements(surface.blocks):
        if block["type"] == "input":
            words = complaint(block, surface.fields_of(block, element))
            if words:
                found[block["block_id"]] = words
    return found


def _response_urls(ws: Workspace, surface: Surface) -> list[dict[str, str]]:
    found = []
    for block, element in view_elements(surface.blocks):
        if block["type"] == "input" and element.get("response_url_enabled"):
            fields = surface.fields_of(block, element)
            channel = fields.get("selected_conversation") or fields.get("selected_channel")
            if channel:
                url = new_response_url(ws, app=surface.app, user=surface.user, channel=channel, kind="app")
                found.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": url,
                    }
                )
    return found


def _answered(ws: Workspace, modal: Modal, answer: Any) -> None:
    if answer is None or answer == {}:
        _pop(ws, modal)
        return
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action not in RESPONSE_ACTIONS:
        raise Refused("invalid_response", CONNECTING)
    if action == "clear":
        ws.modals.close(modal.user)
        show_modals(ws, modal.user, "close")
    elif action == "errors":
        raise _errors(modal, answer.get("errors"))
    elif action == "update":
        updated_view(ws, modal, _checked_view(answer.get("view")))
        show_modals(ws, modal.user, "update")
    else:
        _push(ws, modal, _checked_view(answer.get("view")))


def _pop(ws: Workspace, modal: Modal) -> None:
    stack = ws.modals.stack(modal.user)
    if modal in stack:
        stack.remove(modal)
    show_modals(ws, modal.user, "close")


def _errors(modal: Modal, errors: Any) -> Refused:
    blocks = {block["block_id"] for block in modal.view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= blocks:
        return Refused("invalid_response", CONNECTING)
    return Refused("invalid", "Some answers need another look.", fields={"errors": errors})


def _checked_view(view: Any) -> dict[str, Any]:
    if not isinstance(view, dict) or validate_view(view, surface="modal"):
        raise Refused("invalid_response", CONNECTING)
    return {**view, "blocks": with_block_ids(view["blocks"])}


def _push(ws: Workspace, modal: Modal, view: dict[str, Any]) -> None:
    stack = ws.modals.stack(modal.user)
    if len(stack) >= MAX_DEPTH:
        raise Refused("push_limit_reached", CONNECTING)
    app = ws.state.apps[modal.app_id]
    built = build_view(ws, app, view, root=stack[0].id if stack else "", previous=modal.id)
    stack.append(Modal(user=modal.user, app_id=app.id, view=built))
    show_modals(ws, modal.user, "push")


async def close(ws: Workspace, user: str, view_id: str, *, everything: bool) -> None:
    """Cancel a view, or leave the whole stack (`everything`). Tells the app if it asked to know."""
    modal = _modal(ws, user, view_id)
    stack = ws.modals.stack(user)
    everything = everything or bool(modal.view["clear_on_close"])
    told = stack[0] if everything else modal
    surface = modal_surface(ws, told)
    payload = common(ws, surface.app, user, "view_closed") | {
        "view": {**told.view, "state": {"values": surface.state_values(with_inputs=False)}},
        "is_cleared": everything,
    }
    if everything:
        ws.modals.close(user)
    else:
        stack.remove(modal)
    show_modals(ws, user, "close")
    if told.view["notify_on_close"]:
        outcome = await ws.deliverer.send(interactive(surface.app, payload))
        if not outcome.ok:
            raise trouble(outcome)
