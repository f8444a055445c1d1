"""What Slack's payloads say, as far as we ask. Pure; a payload that lacks something gives an empty string."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Payload = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who sent a delivery, from where."""

    person_id: str
    person_team_id: str
    """The workspace of the person."""
    channel_id: str
    thread: str
    """The root message of the thread it was sent in."""
    message: str
    """The message whose button was pressed."""
    trigger_id: str
    response_url: str
    view_id: str
    is_ephemeral: bool
    """Whether the pressed message is one that only this person sees."""
    key: str
    """Of the delivery: equal when Slack delivers the same again."""


def of_command(body: Payload) -> Source:
    """A slash command."""
    return _source(
        person_id=_text(body, "user_id"),
        person_team_id=_text(body, "team_id"),
        channel_id=_text(body, "channel_id"),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        key=f"command:{_text(body, 'trigger_id') or _digest(body)}",
    )


def of_interaction(body: Payload) -> Source:
    """A press, or a submitted form."""
    user, container = _part(body, "user"), _part(body, "container")
    team_id = _text(user, "team_id") or _text(_part(body, "team"), "id")
    message = _part(body, "message")
    return _source(
        person_id=_text(user, "id"),
        person_team_id=team_id,
        channel_id=_text(_part(body, "channel"), "id") or _text(container, "channel_id"),
        thread=_text(message, "thread_ts") or _text(container, "thread_ts"),
        message=_text(container, "message_ts"),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        view_id=_text(_part(body, "view"), "id"),
        is_ephemeral=bool(container.get("is_ephemeral")),
        key=f"interaction:{_text(body, 'trigger_id') or _digest(body)}",
    )


def of_event(body: Payload) -> Source:
    """An event: a mention, an opened Home, somebody who joined."""
    event = _part(body, "event")
    team_id = _text(event, "user_team") or _text(event, "team") or _text(body, "team_id")
    return _source(
        person_id=_text(event, "user"),
        person_team_id=team_id,
        channel_id=_text(event, "channel"),
        thread=_text(event, "thread_ts"),
        message=_text(event, "ts"),
        key=f"event:{_text(body, 'event_id') or _digest(body)}",
    )


def is_from_person(event: Payload) -> bool:
    """Whether a message event is something a person has just written: no bot's, no edit, no notice."""
    return not (event.get("bot_id") or event.get("subtype") or event.get("edited") or not event.get("user"))


def pressed_value(action: Payload) -> object:
    """The value of a button, or of the chosen entry of a menu."""
    return action.get("value") or _part(action, "selected_option").get("value")


def form_values(view: Payload) -> dict[str, str]:
    """What was filled in, by block; fields left empty are left out."""
    found: dict[str, str] = {}
    for block_id, elements in _part(_part(view, "state"), "values").items():
        for element in elements.values():
            chosen = element.get("selected_option") or {}
            value = element.get("value") or chosen.get("value") or element.get("selected_conversation")
            if isinstance(value, str) and value.strip():
                found[block_id] = value.strip()
    return found


def _source(**given: Any) -> Source:
    usual = dict.fromkeys(Source.__dataclass_fields__, "") | {"is_ephemeral": False}
    return Source(**(usual | given))


def _text(body: Payload, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _part(body: Payload, name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _digest(body: Payload) -> str:
    return sha256(repr(sorted(body.items(), key=str)).encode()).hexdigest()
