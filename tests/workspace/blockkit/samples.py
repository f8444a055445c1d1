"""Legal blocks, elements and views that use every field there is, at its limit where it has one."""

from collections.abc import Mapping
from copy import deepcopy

GONE = object()
"""In an edit: take the field away."""

Json = dict[str, object]


def changed(sample: Mapping[str, object], edit: Mapping[str, object]) -> Json:
    """A copy of a sample with some fields replaced, added or (GONE) taken away."""
    copy = deepcopy(dict(sample)) | dict(edit)
    return {name: value for name, value in copy.items() if value is not GONE}


def plain(text: str | int = "text") -> Json:
    """A plain_text object; a number asks for that many characters."""
    return {"type": "plain_text", "text": "x" * text if isinstance(text, int) else text}


def mrkdwn(text: str | int = "text") -> Json:
    """A mrkdwn object; a number asks for that many characters."""
    return {"type": "mrkdwn", "text": "x" * text if isinstance(text, int) else text}


def url(chars: int) -> str:
    """An HTTPS URL of so many characters."""
    return "https://example.com/".ljust(chars, "x")


def option(text: str = "One", value: str = "1", **more: object) -> Json:
    """An option of a menu."""
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    """So many options."""
    return [option(f"Option {number}", str(number)) for number in range(count)]


def group(count: int = 1) -> Json:
    """An option group of so many options."""
    return {"label": plain(75), "options": options(count)}


def rich(*inline: Json) -> Json:
    """A rich_text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline)}]}


def run(text: str = "text") -> Json:
    """A run of rich text."""
    return {"type": "text", "text": text}


ALL_STYLES: Json = dict.fromkeys(
    ("bold", "italic", "strike", "underline", "highlight", "client_highlight", "unlink"), True
)
CODE_STYLES: Json = ALL_STYLES | {"code": True}

CONFIRM: Json = {
    "title": plain(100),
    "text": mrkdwn(300),
    "confirm": plain(30),
    "deny": plain(30),
    "style": "danger",
}
FILTER: Json = {
    "include": ["im", "mpim", "private", "public"],
    "exclude_bot_users": True,
    "exclude_external_shared_channels": True,
}
DISPATCH: Json = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
FEEDBACK: Json = {"text": plain(75), "value": "v" * 2000, "accessibility_label": "a" * 75}

_MENU: Json = {"action_id": "a", "confirm": CONFIRM, "focus_on_load": True, "placeholder": plain(150)}
_MULTI: Json = _MENU | {"max_selected_items": 1}
_TYPED: Json = {
    "action_id": "a",
    "placeholder": plain(150),
    "focus_on_load": True,
    "dispatch_action_config": DISPATCH,
}

ELEMENTS: dict[str, Json] = {
    "button": {
        "type": "button",
        "text": plain(75) | {"emoji": True},
        "action_id": "a" * 255,
        "value": "v" * 2000,
        "url": url(3000),
        "style": "primary",
        "confirm": CONFIRM,
        "accessibility_label": "a" * 75,
        "agent_prompt": "p" * 4000,
        "agent_prompt_display": "p",
        "visible_to_user_ids": ["U1"],
    },
    "checkboxes": {
        "type": "checkboxes",
        "action_id": "a",
        "confirm": CONFIRM,
        "focus_on_load": True,
        "options": [{"text": mrkdwn(75), "value": "v" * 150, "description": mrkdwn(75)}, *options(9)],
        "initial_options": [option("Option 0", "0")],
    },
    "radio_buttons": {
        "type": "radio_buttons",
        "action_id": "a",
        "confirm": CONFIRM,
        "focus_on_load": True,
        "options": options(10),
        "initial_option": option("Option 0", "0"),
    },
    "overflow": {
        "type": "overflow",
        "action_id": "a",
        "confirm": CONFIRM,
        "options": [*options(4), option(url=url(3000), description=plain(75))],
    },
    "static_select": _MENU
    | {
        "type": "static_select",
        "options": [*options(99), {"text": plain(75), "value": "v" * 150, "description": plain(75)}],
        "initial_option": option("Option 0", "0"),
    },
    "grouped_select": _MENU
    | {
        "type": "static_select",
        "option_groups": [group(100), *(group() for _ in range(99))],
        "initial_option": option("Option 0", "0"),
    },
    "multi_static_select": _MULTI
    | {
        "type": "multi_static_select",
        "options": options(100),
        "initial_options": [option("Option 0", "0")],
    },
    "external_select": _MENU | {"type": "external_select", "min_query_length": 0, "initial_option": option()},
    "multi_external_select": _MULTI
    | {"type": "multi_external_select", "min_query_length": 0, "initial_options": [option()]},
    "users_select": _MENU | {"type": "users_select", "initial_user": "U1"},
    "multi_users_select": _MULTI | {"type": "multi_users_select", "initial_users": ["U1"]},
    "conversations_select": _MENU
    | {
        "type": "conversations_select",
        "initial_conversation": "C1",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "filter": FILTER,
    },
    "multi_conversations_select": _MULTI
    | {
        "type": "multi_conversations_select",
        "initial_conversations": ["C1"],
        "default_to_current_conversation": True,
        "filter": FILTER,
    },
    "channels_select": _MENU
    | {"type": "channels_select", "initial_channel": "C1", "response_url_enabled": True},
    "multi_channels_select": _MULTI | {"type": "multi_channels_select", "initial_channels": ["C1"]},
    "datepicker": _MENU | {"type": "datepicker", "initial_date": "2026-11-20"},
    "timepicker": _MENU | {"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"},
    "datetimepicker": {
        "type": "datetimepicker",
        "action_id": "a",
        "confirm": CONFIRM,
        "focus_on_load": True,
        "initial_date_time": 1_628_633_820,
    },
    "plain_text_input": _TYPED
    | {
        "type": "plain_text_input",
        "initial_value": "v" * 3000,
        "multiline": True,
        "min_length": 3000,
        "max_length": 3000,
    },
    "email_text_input": _TYPED | {"type": "email_text_input", "initial_value": "v" * 3000},
    "url_text_input": _TYPED | {"type": "url_text_input", "initial_value": "v" * 3000},
    "number_input": _TYPED
    | {
        "type": "number_input",
        "is_decimal_allowed": True,
        "initial_value": "0.5",
        "min_value": "-1",
        "max_value": "1.5",
    },
    "rich_text_input": _TYPED
    | {"type": "rich_text_input", "initial_value": rich(run()), "min_lines": 1, "max_lines": 100},
    "file_input": {"type": "file_input", "action_id": "a", "filetypes": ["png"], "max_files": 10},
    "workflow_button": {
        "type": "workflow_button",
        "action_id": "a",
        "text": plain(75),
        "accessibility_label": "a" * 75,
        "style": "danger",
        "workflow": {
            "trigger": {
                "url": "https://slack.com/shortcuts/Ft1/abc",
                "customizable_input_parameters": [{"name": "city", "value": "Bern"}],
            }
        },
    },
    "feedback_buttons": {
        "type": "feedback_buttons",
        "action_id": "a",
        "positive_button": FEEDBACK,
        "negative_button": FEEDBACK,
    },
    "icon_button": {
        "type": "icon_button",
        "action_id": "a",
        "icon": "trash",
        "text": plain(75),
        "accessibility_label": "a" * 75,
        "value": "v" * 2000,
        "visible_to_user_ids": [f"U{number}" for number in range(10)],
        "confirm": CONFIRM,
    },
    "image": {"type": "image", "alt_text": "a" * 2000, "image_url": url(3000)},
    "slack_image": {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}},
}
