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

_PICTURE = ELEMENTS["image"]
_SMALL_PICTURE: Json = {"type": "image", "alt_text": "a", "image_url": url(30)}
_SMALL_BUTTON: Json = {"type": "button", "text": plain(), "action_id": "a"}
_CELL: Json = {"type": "raw_text", "text": "c"}
_PLOT: Json = {
    "series": [
        {"name": f"series {number}".ljust(20, "x"), "data": [{"label": "d" * 20, "value": -1.5}]}
        for number in range(6)
    ],
    "axis_config": {"categories": ["d" * 20], "x_label": "x" * 50, "y_label": "y" * 50},
}
CARD: Json = {
    "type": "card",
    "block_id": "card",
    "hero_image": _SMALL_PICTURE,
    "icon": _SMALL_PICTURE,
    "title": mrkdwn(150),
    "subtitle": mrkdwn(150),
    "body": mrkdwn(200),
    "subtext": mrkdwn(200),
    "actions": [changed(_SMALL_BUTTON, {"action_id": str(number)}) for number in range(3)],
}
TASK: Json = {
    "type": "task_card",
    "block_id": "task",
    "task_id": "1",
    "title": "Fetch",
    "details": rich(run()),
    "output": rich(run()),
    "sources": [{"type": "url", "url": url(30), "text": "example.com"}],
    "status": "in_progress",
}


def chart(kind: str, **edit: object) -> Json:
    """A data_visualization block of one kind of chart."""
    body: Json = {"segments": [{"label": "s" * 20, "value": 0.5}] * 6} if kind == "pie" else _PLOT
    drawn = {"type": kind} | changed(body, edit)
    return {"type": "data_visualization", "block_id": "chart", "title": "t" * 50, "chart": drawn}


BLOCKS: dict[str, Json] = {
    "section": {
        "type": "section",
        "block_id": "b" * 255,
        "text": mrkdwn(3000) | {"verbatim": True},
        "fields": [plain("f"), mrkdwn("f"), *(mrkdwn("f") for _ in range(7)), mrkdwn(2000)],
        "accessory": _SMALL_BUTTON,
        "expand": True,
    },
    "header": {"type": "header", "block_id": "b", "text": plain(150) | {"emoji": False}, "level": 4},
    "divider": {"type": "divider", "block_id": "b"},
    "actions": {
        "type": "actions",
        "block_id": "b",
        "elements": [changed(_SMALL_BUTTON, {"action_id": str(number)}) for number in range(25)],
    },
    "context": {
        "type": "context",
        "block_id": "b",
        "elements": [mrkdwn(3000), plain(), _PICTURE, *(plain() for _ in range(7))],
    },
    "context_actions": {
        "type": "context_actions",
        "block_id": "b",
        "elements": [
            {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": str(number)}
            for number in range(5)
        ],
    },
    "image": {
        "type": "image",
        "block_id": "b",
        "alt_text": "a" * 2000,
        "image_url": url(3000),
        "title": plain(2000),
    },
    "slack_image": {"type": "image", "alt_text": "a", "slack_file": {"url": url(30)}},
    "input": {
        "type": "input",
        "block_id": "b",
        "label": plain(2000),
        "element": {"type": "plain_text_input"},
        "hint": plain(2000),
        "optional": True,
        "dispatch_action": True,
    },
    "markdown": {"type": "markdown", "block_id": "b", "text": "m" * 12_000},
    "rich_text": {
        "type": "rich_text",
        "block_id": "b",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "t", "style": CODE_STYLES},
                    {"type": "link", "url": url(30), "text": "l", "unsafe": True, "style": CODE_STYLES},
                    {
                        "type": "emoji",
                        "name": "wave",
                        "unicode": "1f44b",
                        "skin_tone": 6,
                        "style": ALL_STYLES,
                    },
                    {"type": "user", "user_id": "U1", "style": ALL_STYLES},
                    {"type": "usergroup", "usergroup_id": "S1", "style": ALL_STYLES},
                    {"type": "channel", "channel_id": "C1", "style": ALL_STYLES},
                    {"type": "team", "team_id": "T1", "style": ALL_STYLES},
                    {"type": "broadcast", "range": "here", "style": ALL_STYLES},
                    {"type": "color", "value": "#FFaa00", "style": ALL_STYLES},
                    {
                        "type": "date",
                        "timestamp": 1_720_710_212,
                        "format": "{date} at {time}",
                        "url": url(30),
                        "fallback": "then",
                        "style": ALL_STYLES,
                    },
                ],
            },
            {"type": "rich_text_quote", "elements": [run()], "border": 1},
            {
                "type": "rich_text_preformatted",
                "elements": [run(), {"type": "link", "url": url(30)}],
                "border": 0,
                "language": "python",
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 8,
                "offset": 1,
                "border": 1,
                "elements": [{"type": "rich_text_section", "elements": [run()]}],
            },
        ],
    },
    "table": {
        "type": "table",
        "block_id": "b",
        "rows": [
            [_CELL, {"type": "raw_number", "value": 1.5, "text": "1.5"}, rich(run())],
            [_CELL] * 20,
            *([[_CELL]] * 98),
        ],
        "column_settings": [None, {"align": "right", "is_wrapped": True}, *([None] * 18)],
    },
    "data_table": {
        "type": "data_table",
        "block_id": "b",
        "caption": "caption",
        "rows": [[_CELL, _CELL], [_CELL, rich(run())], *([[_CELL, _CELL]] * 99)],
        "page_size": 100,
        "row_header_column_index": 1,
    },
    "pie": chart("pie"),
    "bar": chart("bar"),
    "line": chart("line"),
    "area": chart("area"),
    "alert": {"type": "alert", "block_id": "b", "text": mrkdwn(200), "level": "success"},
    "card": CARD,
    "icon_card": {
        "type": "card",
        "title": plain(),
        "slack_icon": {"type": "icon", "name": "rocket"},
    },
    "carousel": {
        "type": "carousel",
        "block_id": "b",
        "elements": [{"type": "card", "title": plain()} for _ in range(10)],
    },
    "container": {
        "type": "container",
        "block_id": "b",
        "title": plain(150),
        "rich_text_title": rich(run()),
        "subtitle": mrkdwn(150),
        "icon": _SMALL_PICTURE,
        "width": "full",
        "is_collapsible": True,
        "default_collapsed": True,
        "has_header_divider": False,
        "child_blocks": [
            {"type": "section", "text": plain()},
            {"type": "header", "text": plain()},
            {"type": "context", "elements": [plain()]},
            {"type": "actions", "elements": [_SMALL_BUTTON]},
            {"type": "image", "alt_text": "a", "image_url": url(30)},
            rich(run()),
            {"type": "table", "rows": [[_CELL]]},
            *({"type": "divider"} for _ in range(3)),
        ],
    },
    "task_card": TASK,
    "plan": {
        "type": "plan",
        "block_id": "b",
        "title": "Plan",
        "status": "pending",
        "tasks": [TASK | {"status": "pending"}, {"task_id": "2", "title": "Untyped"}],
    },
    "video": {
        "type": "video",
        "block_id": "b",
        "title": plain(199),
        "alt_text": "a",
        "video_url": url(30),
        "thumbnail_url": url(30),
        "title_url": url(30),
        "description": plain(199),
        "provider_icon_url": url(30),
        "provider_name": "p",
        "author_name": "a" * 49,
    },
}

MODAL: Json = {
    "type": "modal",
    "title": plain(24),
    "submit": plain(24),
    "close": plain(24),
    "private_metadata": "p" * 3000,
    "callback_id": "c" * 255,
    "external_id": "e" * 255,
    "clear_on_close": True,
    "notify_on_close": True,
    "blocks": [{"type": "divider"}] * 100,
}

HOME: Json = {
    "type": "home",
    "private_metadata": "p" * 3000,
    "callback_id": "c" * 255,
    "external_id": "e" * 255,
    "blocks": [{"type": "divider"}] * 100,
}
