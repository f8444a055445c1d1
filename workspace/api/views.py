"""views.open, push, update and publish."""

from typing import Any

from workspace.api.access import find_user
from workspace.api.content import refuse_for, with_block_ids
from workspace.api.registry import Call, Json, method
from workspace.blockkit import validate_view
from workspace.errors import InvalidArguments, SlackError
from workspace.grants import Trigger
from workspace.modals import MAX_DEPTH, Modal
from workspace.surfaces import build_view, publish_home, show_modals, updated_view


def read_view(call: Call, surface: str) -> dict[str, Any]:
    """The `view` argument, checked for its surface."""
    view = call.args.json("view")
    refuse_for(validate_view(view, surface="home" if surface == "home" else "modal"), call.method)
    return {**view, "blocks": with_block_ids(view["blocks"])}


def check_external_id(call: Call, view: dict[str, Any], own_id: str = "") -> None:
    """Refuse an external id that another view has."""
    external_id = view.get("external_id")
    if not external_id:
        return
    other = call.ws.modals.find_external(external_id)
    if other is not None and other.id != own_id:
        raise SlackError("duplicate_external_id")
    homes = [home.view for home in call.ws.state.homes.values()]
    if any(home["external_id"] == external_id and home["id"] != own_id for home in homes):
        raise SlackError("duplicate_external_id")


def _trigger(call: Call) -> Trigger:
    call.args.require("trigger_id")
    return call.ws.grants.redeem_trigger(call.args.text("trigger_id"), call.app.id)


@method("views.open", tier=4, accepts_json=True, required=("view",))
async def views_open(call: Call) -> Json:
    """Open a modal for the person of a trigger, in place of what was open."""
    view = read_view(call, "modal")
    check_external_id(call, view)
    trigger = _trigger(call)
    stack = call.ws.modals.stack(trigger.user)
    stack.clear()
    modal = Modal(
        user=trigger.user, app_id=call.app.id, view=build_view(call.ws, call.app, view, root="", previous="")
    )
    stack.append(modal)
    show_modals(call.ws, trigger.user, "open")
    return {"view": modal.view}


@method("views.push", tier=4, accepts_json=True, required=("view",))
async def views_push(call: Call) -> Json:
    """Push a view onto the open stack of the person of a trigger."""
    view = read_view(call, "modal")
    check_external_id(call, view)
    trigger = _trigger(call)
    modal = push(call, trigger.user, view)
    return {"view": modal.view}


def push(call: Call, user: str, view: dict[str, Any]) -> Modal:
    """Put a view on top of a person's stack. Raises SlackError when the app has none open, or it is full."""
    stack = call.ws.modals.stack(user)
    if not stack or stack[-1].app_id != call.app.id:
        raise SlackError("not_found")
    if len(stack) >= MAX_DEPTH:
        raise SlackError("push_limit_reached")
    built = build_view(call.ws, call.app, view, root=stack[0].id, previous=stack[-1].id)
    modal = Modal(user=user, app_id=call.app.id, view=built)
    stack.append(modal)
    show_modals(call.ws, user, "push")
    return modal


@method("views.update", tier=4, accepts_json=True, required=("view",))
async def views_update(call: Call) -> Json:
    """Replace an open view, found by view_id or external_id."""
    view = read_view(call, "modal")
    if "view_id" not in call.args and "external_id" not in call.args:
        raise InvalidArguments("missing required field: view_id")
    if "view_id" in call.args:
        modal = call.ws.modals.find(call.args.text("view_id"))
    else:
        modal = call.ws.modals.find_external(call.args.text("external_id"))
    if modal is None or modal.app_id != call.app.id:
        raise SlackError("not_found")
    check_hash(call, modal.view)
    check_external_id(call, view, modal.id)
    updated_view(call.ws, modal, view)
    show_modals(call.ws, modal.user, "update")
    return {"view": modal.view}


def check_hash(call: Call, view: dict[str, Any]) -> None:
    """Refuse a hash that is no longer the view's."""
    if "hash" in call.args and call.args.text("hash") != view["hash"]:
        raise SlackError("hash_conflict")


@method("views.publish", tier=4, accepts_json=True, required=("view", "user_id"))
async def views_publish(call: Call) -> Json:
    """Publish the Home tab for one person."""
    view = read_view(call, "home")
    user = find_user(call, "user_id")
    if not call.app.home_tab:
        raise SlackError("not_enabled")
    known = call.ws.state.homes.get((call.app.id, user.id))
    if known is not None:
        check_hash(call, known.view)
    check_external_id(call, view, known.view["id"] if known else "")
    home = publish_home(call.ws, call.app, user.id, view)
    return {"view": home.view}
