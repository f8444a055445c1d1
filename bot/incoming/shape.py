"""Whether a delivery has the shape that Slack's have, asked once at the door. Pure.

Behind the door, Bolt and our handlers take the outer shape for granted; a payload without it is refused as a
whole, so that nothing of it is done and no fault of ours is told.
"""

from collections.abc import Callable, Mapping
from typing import Any


def is_slacks(body: Mapping[str, Any]) -> bool:
    """Whether a press, a submitted form or an event has the parts that everything else rests on."""
    kind = body.get("type")
    if kind is None:
        return all(isinstance(value, str) for value in body.values())
    check = _CHECKS.get(kind) if isinstance(kind, str) else _never
    parts = all(isinstance(body.get(part) or {}, dict) for part in _PARTS)
    return parts and (check is None or check(body))


_PARTS = ("user", "team", "channel", "container", "message", "view", "enterprise")


def _never(_body: Mapping[str, Any]) -> bool:
    return False


def _is_press(body: Mapping[str, Any]) -> bool:
    actions = body.get("actions")
    return isinstance(actions, list) and bool(actions) and all(map(_is_action, actions))


def _is_action(action: object) -> bool:
    return (
        isinstance(action, dict)
        and isinstance(action.get("action_id"), str)
        and isinstance(action.get("block_id"), str | None)
        and isinstance(action.get("selected_option") or {}, dict)
    )


def _is_form(body: Mapping[str, Any]) -> bool:
    view = body.get("view")
    if not isinstance(view, dict) or not isinstance(view.get("callback_id"), str):
        return False
    state = view.get("state") or {}
    values = state.get("values") or {} if isinstance(state, dict) else None
    blocks = view.get("blocks") or []
    return (
        isinstance(view.get("type"), str)
        and isinstance(values, dict)
        and all(map(_is_field, values.values()))
        and isinstance(blocks, list)
        and all(isinstance(block, dict) for block in blocks)
    )


def _is_field(elements: object) -> bool:
    return isinstance(elements, dict) and all(
        isinstance(element, dict) and isinstance(element.get("selected_option") or {}, dict)
        for element in elements.values()
    )


def _is_event(body: Mapping[str, Any]) -> bool:
    event = body.get("event")
    return isinstance(event, dict) and isinstance(event.get("type"), str)


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "block_actions": _is_press,
    "view_submission": _is_form,
    "view_closed": _is_form,
    "event_callback": _is_event,
}
