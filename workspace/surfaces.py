"""Views as they are shown: Slack's view objects for modals and Home tabs, and what the person filled in."""

import secrets
from typing import Any

from workspace.blockkit.walk import all_blocks, elements_of
from workspace.core import Workspace
from workspace.ids import new_id
from workspace.modals import Modal
from workspace.model import App, Home
from workspace.shapes import modal_shapes, view_shape


def new_hash(ws: Workspace) -> str:
    """A view's hash: changes with every change."""
    return f"{int(ws.clock.now())}.{secrets.token_urlsafe(6)}"


def build_view(
    ws: Workspace, app: App, view: dict[str, Any], *, root: str, previous: str, view_id: str = ""
) -> dict[str, Any]:
    """Slack's view object out of what an app sent."""
    view_id = view_id or new_id("V")
    return {
        "id": view_id,
        "team_id": ws.team.id,
        "type": view["type"],
        "blocks": view["blocks"],
        "private_metadata": view.get("private_metadata") or "",
        "callback_id": view.get("callback_id") or "",
        "state": {"values": {}},
        "hash": new_hash(ws),
        "title": view.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(view.get("clear_on_close")),
        "notify_on_close": bool(view.get("notify_on_close")),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "previous_view_id": previous or None,
        "root_view_id": root or view_id,
        "app_id": app.id,
        "external_id": view.get("external_id") or "",
        "app_installed_team_id": ws.team.id,
        "bot_id": app.bot_id,
    }


def input_places(view: dict[str, Any]) -> set[tuple[str, str]]:
    """Where a view can be filled in: pairs of block_id and action_id."""
    return {(block["block_id"], element["action_id"]) for block, element in view_elements(view["blocks"])}


def view_elements(blocks: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every interactive element with the block it stands in, inside containers and carousels too."""
    return [
        (dict(block), dict(element))
        for block, _ in all_blocks(blocks, "")
        for element, _ in elements_of(block, "")
        if element.get("action_id")
    ]


def updated_view(ws: Workspace, modal: Modal, view: dict[str, Any]) -> None:
    """Replace what an open view shows; keep what was filled in where block_id and action_id are unchanged."""
    app = ws.state.apps[modal.app_id]
    before = modal.view
    built = build_view(
        ws,
        app,
        view,
        root=before["root_view_id"],
        previous=before["previous_view_id"] or "",
        view_id=modal.id,
    )
    built["external_id"] = view.get("external_id") or before["external_id"]
    modal.view = built
    places = input_places(built)
    kept: dict[str, dict[str, Any]] = {}
    for block_id, values in modal.inputs.items():
        for action_id, value in values.items():
            if (block_id, action_id) in places:
                kept.setdefault(block_id, {})[action_id] = value
    modal.inputs = kept


def show_modals(ws: Workspace, user: str, change: str) -> None:
    """Redraw a person's modals on open pages."""
    ws.bus.tell([user], {"type": "modals", "stack": modal_shapes(ws, user), "change": change})


def publish_home(ws: Workspace, app: App, user: str, view: dict[str, Any]) -> Home:
    """Keep and show a Home tab."""
    known = ws.state.homes.get((app.id, user))
    view_id = known.view["id"] if known else ""
    home = Home(
        app_id=app.id, user=user, view=build_view(ws, app, view, root="", previous="", view_id=view_id)
    )
    ws.state.save(home)
    inputs = ws.inputs.get((user, "view", home.view["id"]), {})
    ws.bus.tell([user], {"type": "home", "app_id": app.id, "view": view_shape(ws, home.view, inputs)})
    return home
