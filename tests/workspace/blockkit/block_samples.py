"""Legal blocks and views that use every field there is, at its limit where it has one."""

from tests.workspace.blockkit.samples import (
    ALL_STYLES,
    CODE_STYLES,
    ELEMENTS,
    Json,
    changed,
    mrkdwn,
    plain,
    rich,
    run,
    url,
)

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
