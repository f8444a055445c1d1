"""Every element: what a person clicks, chooses from or types into."""

from workspace.blockkit.checks import (
    exactly_one_of,
    initial_among_options,
    number_input_is_consistent,
    ordered,
)
from workspace.blockkit.kinds import HOME, MESSAGE, MODAL, Flag, Kind, ListOf, Number, Shape, Text, Typed
from workspace.blockkit.objects import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_ACTION_CONFIG,
    FEEDBACK_BUTTON,
    FORMATTED_OPTION,
    MENU_OPTION,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    SLACK_FILE,
    STYLE,
    WORKFLOW,
    plain,
)
from workspace.blockkit.patterns import DATE, DECIMAL_NUMBER, HTTP_URL, LINK_URL, TIME

_ACTION: dict[str, Kind] = {"action_id": ACTION_ID}
_CONFIRMED: dict[str, Kind] = _ACTION | {"confirm": CONFIRM}
_CHOICE: dict[str, Kind] = _CONFIRMED | {"focus_on_load": Flag()}
_MENU: dict[str, Kind] = _CHOICE | {"placeholder": plain(150)}
_MULTI_MENU: dict[str, Kind] = _MENU | {"max_selected_items": Number(minimum=1, whole=True)}
_TYPED: dict[str, Kind] = _ACTION | {
    "placeholder": plain(150),
    "focus_on_load": Flag(),
    "dispatch_action_config": DISPATCH_ACTION_CONFIG,
}
_LABELLED: dict[str, Kind] = {"text": plain(75, required=True), "accessibility_label": Text(max_chars=75)}
_STATIC: dict[str, Kind] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_QUERY: dict[str, Kind] = {"min_query_length": Number(minimum=0, whole=True)}
_IDS = ListOf(item=Text(min_chars=1), min_items=1)
_CHOSEN = ListOf(item=OPTION, min_items=1)
_TEN = ListOf(required=True, item=FORMATTED_OPTION, min_items=1, max_items=10)
_VALUE_TEXT = Text(pattern=DECIMAL_NUMBER, complaint="must be a number")

IMAGE = Shape(
    fields={
        "alt_text": Text(required=True, max_chars=2000),
        "image_url": Text(max_chars=3000, pattern=HTTP_URL, complaint="invalid url"),
        "slack_file": SLACK_FILE,
    },
    checks=(exactly_one_of("image_url", "slack_file"),),
)

BUTTON = Shape(
    fields=_CONFIRMED
    | _LABELLED
    | {
        "value": Text(max_chars=2000),
        "url": Text(max_chars=3000, pattern=LINK_URL, complaint="invalid url"),
        "style": STYLE,
        "agent_prompt": Text(max_chars=4000),
        "agent_prompt_display": Text(),
        "visible_to_user_ids": ListOf(item=Text(min_chars=1)),
    }
)

ELEMENTS: dict[str, Shape] = {
    "button": BUTTON,
    "image": IMAGE,
    "checkboxes": Shape(
        fields=_CHOICE | {"options": _TEN, "initial_options": ListOf(item=FORMATTED_OPTION, min_items=1)},
        checks=(initial_among_options,),
    ),
    "radio_buttons": Shape(
        fields=_CHOICE | {"options": _TEN, "initial_option": FORMATTED_OPTION},
        checks=(initial_among_options,),
    ),
    "overflow": Shape(
        fields=_CONFIRMED | {"options": ListOf(required=True, item=MENU_OPTION, min_items=1, max_items=5)}
    ),
    "static_select": Shape(
        fields=_MENU | _STATIC | {"initial_option": OPTION},
        checks=(exactly_one_of("options", "option_groups"), initial_among_options),
    ),
    "multi_static_select": Shape(
        fields=_MULTI_MENU | _STATIC | {"initial_options": _CHOSEN},
        checks=(exactly_one_of("options", "option_groups"), initial_among_options),
    ),
    "external_select": Shape(fields=_MENU | _QUERY | {"initial_option": OPTION}),
    "multi_external_select": Shape(fields=_MULTI_MENU | _QUERY | {"initial_options": _CHOSEN}),
    "users_select": Shape(fields=_MENU | {"initial_user": Text(min_chars=1)}),
    "multi_users_select": Shape(fields=_MULTI_MENU | {"initial_users": _IDS}),
    "conversations_select": Shape(
        fields=_MENU
        | {
            "initial_conversation": Text(min_chars=1),
            "default_to_current_conversation": Flag(),
            "response_url_enabled": Flag(),
            "filter": CONVERSATION_FILTER,
        }
    ),
    "multi_conversations_select": Shape(
        fields=_MULTI_MENU
        | {
            "initial_conversations": _IDS,
            "default_to_current_conversation": Flag(),
            "filter": CONVERSATION_FILTER,
        }
    ),
    "channels_select": Shape(
        fields=_MENU | {"initial_channel": Text(min_chars=1), "response_url_enabled": Flag()}
    ),
    "multi_channels_select": Shape(fields=_MULTI_MENU | {"initial_channels": _IDS}),
    "datepicker": Shape(fields=_MENU | {"initial_date": Text(pattern=DATE, complaint="invalid date")}),
    "timepicker": Shape(
        fields=_MENU
        | {"initial_time": Text(pattern=TIME, complaint="invalid time"), "timezone": Text(min_chars=1)}
    ),
    "datetimepicker": Shape(
        fields=_CHOICE
        | {"initial_date_time": Number(minimum=1_000_000_000, maximum=9_999_999_999, whole=True)},
        surfaces=frozenset({MESSAGE, MODAL}),
    ),
    "plain_text_input": Shape(
        fields=_TYPED
        | {
            "initial_value": Text(max_chars=3000),
            "multiline": Flag(),
            "min_length": Number(minimum=0, maximum=3000, whole=True),
            "max_length": Number(minimum=1, maximum=3000, whole=True),
        },
        checks=(ordered("min_length", "max_length"),),
    ),
    "email_text_input": Shape(
        fields=_TYPED | {"initial_value": Text(max_chars=3000)}, surfaces=frozenset({MODAL})
    ),
    "url_text_input": Shape(
        fields=_TYPED | {"initial_value": Text(max_chars=3000)}, surfaces=frozenset({MODAL})
    ),
    "number_input": Shape(
        fields=_TYPED
        | {
            "is_decimal_allowed": Flag(required=True),
            "initial_value": _VALUE_TEXT,
            "min_value": _VALUE_TEXT,
            "max_value": _VALUE_TEXT,
        },
        checks=(number_input_is_consistent,),
        surfaces=frozenset({MODAL}),
    ),
    "rich_text_input": Shape(
        fields=_TYPED
        | {
            "initial_value": Typed(family="block", only=frozenset({"rich_text"})),
            "min_lines": Number(minimum=1, maximum=100, whole=True),
            "max_lines": Number(minimum=1, maximum=100, whole=True),
        },
        checks=(ordered("min_lines", "max_lines"),),
        surfaces=frozenset({MODAL, HOME}),
    ),
    "file_input": Shape(
        fields=_ACTION
        | {
            "filetypes": ListOf(item=Text(min_chars=1), min_items=1),
            "max_files": Number(minimum=1, maximum=10, whole=True),
        },
        surfaces=frozenset({MODAL}),
    ),
    "workflow_button": Shape(
        fields=_ACTION | _LABELLED | {"workflow": WORKFLOW, "style": STYLE},
        surfaces=frozenset({MESSAGE}),
    ),
    "feedback_buttons": Shape(
        fields=_ACTION | {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON}
    ),
    "icon_button": Shape(
        fields=_CONFIRMED
        | _LABELLED
        | {
            "icon": Text(required=True, values=frozenset({"trash"})),
            "value": Text(max_chars=2000),
            "visible_to_user_ids": ListOf(item=Text(min_chars=1), max_items=10),
        }
    ),
}

_MENUS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
_PICKS = _MENUS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}

IN_SECTION = _PICKS | {"button", "image", "overflow", "workflow_button"}
"""What may be the accessory of a section."""

IN_ACTIONS = _PICKS | {"button", "overflow", "workflow_button", "datetimepicker", "rich_text_input"}
"""What may be among the elements of an actions block."""

IN_INPUT = _PICKS | {
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
}
"""What may be the element of an input block."""

URL_SOURCE = Shape(
    fields={
        "url": Text(required=True, pattern=HTTP_URL, complaint="invalid url"),
        "text": Text(required=True, min_chars=1),
    }
)
