"""From what a person chose in an element to the fields of Slack's payloads, and what may be submitted.

Source: docs.slack.dev/reference/interaction-payloads and /reference/block-kit/block-elements.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from workspace.errors import Refused

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://\S+|[\w-]+(\.[\w-]+)+\S*")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
ANY_TEXT = re.compile(r".*", re.DOTALL)
MAX_FILES = 10

Kind = Literal["text", "option", "options", "id", "ids", "stamp", "rich_text", "files"]


@dataclass(frozen=True)
class Field:
    """Where an element keeps its choice: the payload's field and the element's initial field."""

    name: str
    initial: str
    kind: Kind


FIELDS = {
    "plain_text_input": Field("value", "initial_value", "text"),
    "email_text_input": Field("value", "initial_value", "text"),
    "url_text_input": Field("value", "initial_value", "text"),
    "number_input": Field("value", "initial_value", "text"),
    "rich_text_input": Field("rich_text_value", "initial_value", "rich_text"),
    "static_select": Field("selected_option", "initial_option", "option"),
    "external_select": Field("selected_option", "initial_option", "option"),
    "radio_buttons": Field("selected_option", "initial_option", "option"),
    "checkboxes": Field("selected_options", "initial_options", "options"),
    "multi_static_select": Field("selected_options", "initial_options", "options"),
    "multi_external_select": Field("selected_options", "initial_options", "options"),
    "users_select": Field("selected_user", "initial_user", "id"),
    "channels_select": Field("selected_channel", "initial_channel", "id"),
    "conversations_select": Field("selected_conversation", "initial_conversation", "id"),
    "multi_users_select": Field("selected_users", "initial_users", "ids"),
    "multi_channels_select": Field("selected_channels", "initial_channels", "ids"),
    "multi_conversations_select": Field("selected_conversations", "initial_conversations", "ids"),
    "datepicker": Field("selected_date", "initial_date", "text"),
    "timepicker": Field("selected_time", "initial_time", "text"),
    "datetimepicker": Field("selected_date_time", "initial_date_time", "stamp"),
    "file_input": Field("files", "", "files"),
}
BUTTONS = ("button", "workflow_button", "icon_button")
CHOICES = ("overflow", "feedback_buttons")
PATTERNS = {
    "email_text_input": (EMAIL, "Enter an email address."),
    "url_text_input": (URL, "Enter a URL."),
    "number_input": (NUMBER, "Enter a number."),
    "datepicker": (DATE, "Enter a date."),
    "timepicker": (TIME, "Enter a time."),
}

Element = dict[str, Any]
FindFile = Callable[[str], dict[str, Any]]


def element_options(element: Element) -> dict[str, dict[str, Any]]:
    """An element's own options by value."""
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    return {option["value"]: option for option in options if "value" in option}


def chosen(element: Element, value: Any, *, loaded: dict[str, Any], find_file: FindFile) -> dict[str, Any]:
    """The payload fields of a choice. `loaded` are options that an external select has loaded, by value.

    Raises Refused when the choice cannot be made in this element.
    """
    field = FIELDS[element["type"]]
    options = {**_initial_options(element), **element_options(element), **loaded}
    if value is None or value == "":
        return {field.name: [] if field.kind in ("options", "ids", "files") else None}
    if field.kind == "option":
        return {field.name: _option(options, value)}
    if field.kind == "options":
        return {field.name: [_option(options, item) for item in value]}
    if field.kind == "files":
        return {field.name: [find_file(item) for item in value]}
    if field.kind == "rich_text" and isinstance(value, str):
        return {field.name: rich_text(value)}
    return {field.name: value}


def _initial_options(element: Element) -> dict[str, Any]:
    options = list(element.get("initial_options") or [])
    if element.get("initial_option"):
        options.append(element["initial_option"])
    return {option["value"]: option for option in options}


def _option(options: dict[str, Any], value: Any) -> dict[str, Any]:
    if value not in options:
        raise Refused("invalid_option", f"There is no option {value!r}.")
    found: dict[str, Any] = options[value]
    return {key: found[key] for key in ("text", "value", "description") if key in found}


def rich_text(text: str) -> dict[str, Any]:
    """Plain text as a rich_text block."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def initial(element: Element, channel: str = "") -> dict[str, Any]:
    """The payload fields of an element that nobody touched: its initial choice, else null or empty."""
    field = FIELDS[element["type"]]
    value = element.get(field.initial) if field.initial else None
    if value is None and element.get("default_to_current_conversation") and channel:
        value = channel if field.kind == "id" else [channel]
    if value is None:
        value = [] if field.kind in ("options", "ids", "files") else None
    return {field.name: value}


def action_fields(
    element: Element, value: Any, *, loaded: dict[str, Any], find_file: FindFile
) -> dict[str, Any]:
    """The fields of an `actions[]` entry for a press or choice."""
    kind = element["type"]
    shown: dict[str, Any] = {"type": kind, "action_id": element["action_id"]}
    if kind in BUTTONS:
        return shown | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if kind == "overflow":
        return shown | {"selected_option": _option(element_options(element), value)}
    if kind == "feedback_buttons":
        buttons = [element.get("positive_button") or {}, element.get("negative_button") or {}]
        pressed = next((button for button in buttons if button.get("value") == value), None)
        if pressed is None:
            raise Refused("invalid_option", f"There is no button {value!r}.")
        return shown | {"text": pressed.get("text"), "value": value}
    for key in ("placeholder", FIELDS[kind].initial):
        if key in element:
            shown[key] = element[key]
    return shown | chosen(element, value, loaded=loaded, find_file=find_file)


def complaint(block: dict[str, Any], fields: dict[str, Any]) -> str:
    """Why an input block may not be submitted like this; "" if it may."""
    element = block["element"]
    field = FIELDS[element["type"]]
    value = fields[field.name]
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if field.kind == "text":
        return _text_complaint(element, str(value))
    if isinstance(value, list):
        return _count_complaint(element, value)
    return ""


def _text_complaint(element: Element, value: str) -> str:
    least, most = element.get("min_length"), element.get("max_length")
    if least and len(value) < least:
        return f"Please use at least {least} characters."
    if most and len(value) > most:
        return f"Please use at most {most} characters."
    pattern, words = PATTERNS.get(element["type"], (ANY_TEXT, ""))
    if not pattern.fullmatch(value):
        return words
    return _number_complaint(element, value) if element["type"] == "number_input" else ""


def _number_complaint(element: Element, value: str) -> str:
    if "." in value and not element.get("is_decimal_allowed"):
        return "Enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least not in (None, "") and float(value) < float(str(least)):
        return f"Enter a number of at least {least}."
    if most not in (None, "") and float(value) > float(str(most)):
        return f"Enter a number of at most {most}."
    return ""


def _count_complaint(element: Element, value: list[Any]) -> str:
    most = element.get("max_selected_items")
    if element["type"] == "file_input":
        most = element.get("max_files", MAX_FILES)
    if most and len(value) > most:
        return f"Choose at most {most}."
    return ""
