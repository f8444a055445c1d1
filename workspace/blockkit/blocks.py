"""Every block that an app may post, with the surfaces it may stand on.

Not among them: `file`, which only Slack itself writes into the messages it returns.
"""

from workspace.blockkit.charts import CHARTS
from workspace.blockkit.checks import (
    at_least_one_of,
    at_most_one_of,
    divider_only_if_fixed,
    exactly_one_of,
    no_dispatch_of_files,
    section_says_something,
)
from workspace.blockkit.elements import (
    ELEMENTS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    URL_SOURCE,
)
from workspace.blockkit.icons import SLACK_ICON_NAMES
from workspace.blockkit.kinds import (
    HOME,
    MESSAGE,
    MODAL,
    Catalogue,
    Flag,
    Kind,
    ListOf,
    Number,
    Object,
    Shape,
    Text,
    Typed,
)
from workspace.blockkit.objects import BLOCK_ID, SLACK_FILE, TEXTS, plain, prose
from workspace.blockkit.patterns import HTTP_URL, HTTPS_URL
from workspace.blockkit.rich_text import INLINE, RICH_TEXT
from workspace.blockkit.tables import CELLS, header_is_plain, row_header_exists, rows_are_even

_BLOCK: dict[str, Kind] = {"block_id": BLOCK_ID}
_RICH = Typed(family="block", only=frozenset({"rich_text"}))
_PICTURE = Typed(family="element", only=frozenset({"image"}))
_SECURE = Text(pattern=HTTPS_URL, complaint="invalid url")
_ROW = ListOf(item=Typed(family="cell"), min_items=1, max_items=20)
_CHILDREN = frozenset(
    {
        "actions",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
        "video",
    }
)
_TASK: dict[str, Kind] = _BLOCK | {
    "task_id": Text(required=True, min_chars=1),
    "title": Text(required=True, min_chars=1),
    "details": _RICH,
    "output": _RICH,
    "sources": ListOf(item=Typed(family="source")),
}
_TASK_STATUSES = frozenset({"in_progress", "complete", "error"})
_PLANNED_TASK = Shape(
    fields=_TASK
    | {
        "type": Text(values=frozenset({"task_card"})),
        "status": Text(values=_TASK_STATUSES | {"pending"}),
    }
)

BLOCKS: dict[str, Shape] = {
    "section": Shape(
        fields=_BLOCK
        | {
            "text": prose(3000),
            "fields": ListOf(item=prose(2000), min_items=1, max_items=10),
            "accessory": Typed(family="element", only=IN_SECTION),
            "expand": Flag(),
        },
        checks=(section_says_something,),
    ),
    "header": Shape(
        fields=_BLOCK | {"text": plain(150, required=True), "level": Number(minimum=1, maximum=4, whole=True)}
    ),
    "divider": Shape(fields=_BLOCK),
    "actions": Shape(
        fields=_BLOCK
        | {
            "elements": ListOf(
                required=True, item=Typed(family="element", only=IN_ACTIONS), min_items=1, max_items=25
            )
        }
    ),
    "context": Shape(
        fields=_BLOCK
        | {
            "elements": ListOf(
                required=True, item=Typed(family="context", max_chars=3000), min_items=1, max_items=10
            )
        }
    ),
    "context_actions": Shape(
        fields=_BLOCK
        | {
            "elements": ListOf(
                required=True,
                item=Typed(family="element", only=frozenset({"feedback_buttons", "icon_button"})),
                min_items=1,
                max_items=5,
            )
        },
        surfaces=frozenset({MESSAGE}),
    ),
    "image": Shape(
        fields=_BLOCK
        | {
            "alt_text": Text(required=True, max_chars=2000),
            "image_url": Text(max_chars=3000, pattern=HTTP_URL, complaint="invalid url"),
            "slack_file": SLACK_FILE,
            "title": plain(2000),
        },
        checks=(exactly_one_of("image_url", "slack_file"),),
    ),
    "input": Shape(
        fields=_BLOCK
        | {
            "label": plain(2000, required=True),
            "element": Typed(required=True, family="element", only=IN_INPUT),
            "hint": plain(2000),
            "optional": Flag(),
            "dispatch_action": Flag(),
        },
        checks=(no_dispatch_of_files,),
        surfaces=frozenset({MODAL, HOME}),
    ),
    "markdown": Shape(
        fields=_BLOCK | {"text": Text(required=True, min_chars=1)}, surfaces=frozenset({MESSAGE})
    ),
    "rich_text": Shape(
        fields=_BLOCK | {"elements": ListOf(required=True, item=Typed(family="rich_text"), min_items=1)}
    ),
    "table": Shape(
        fields=_BLOCK
        | {
            "rows": ListOf(required=True, item=_ROW, min_items=1, max_items=100),
            "column_settings": ListOf(
                item=Object(
                    nullable=True,
                    shape=Shape(
                        fields={
                            "align": Text(values=frozenset({"left", "center", "right"})),
                            "is_wrapped": Flag(),
                        }
                    ),
                ),
                max_items=20,
            ),
        },
        surfaces=frozenset({MESSAGE}),
    ),
    "data_table": Shape(
        fields=_BLOCK
        | {
            "caption": Text(required=True, min_chars=1),
            "rows": ListOf(required=True, item=_ROW, min_items=2, max_items=101),
            "page_size": Number(minimum=1, maximum=100, whole=True),
            "row_header_column_index": Number(minimum=0, whole=True),
        },
        checks=(rows_are_even, header_is_plain, row_header_exists),
        surfaces=frozenset({MESSAGE, HOME}),
    ),
    "data_visualization": Shape(
        fields=_BLOCK
        | {
            "title": Text(required=True, min_chars=1, max_chars=50),
            "chart": Typed(required=True, family="chart"),
        },
        surfaces=frozenset({MESSAGE}),
    ),
    "alert": Shape(
        fields=_BLOCK
        | {
            "text": prose(200, required=True),
            "level": Text(values=frozenset({"default", "info", "warning", "error", "success"})),
        },
        surfaces=frozenset({MODAL}),
    ),
    "card": Shape(
        fields=_BLOCK
        | {
            "hero_image": _PICTURE,
            "icon": _PICTURE,
            "slack_icon": Object(
                shape=Shape(
                    fields={
                        "type": Text(required=True, values=frozenset({"icon"})),
                        "name": Text(required=True, values=SLACK_ICON_NAMES),
                    }
                )
            ),
            "title": prose(150),
            "subtitle": prose(150),
            "body": prose(200),
            "subtext": prose(200),
            "actions": ListOf(
                item=Typed(family="element", only=frozenset({"button"})), min_items=1, max_items=3
            ),
        },
        checks=(
            at_least_one_of("hero_image", "title", "actions", "body"),
            at_most_one_of("icon", "slack_icon"),
        ),
    ),
    "carousel": Shape(
        fields=_BLOCK
        | {
            "elements": ListOf(
                required=True,
                item=Typed(family="block", only=frozenset({"card"})),
                min_items=1,
                max_items=10,
            )
        },
        surfaces=frozenset({MESSAGE, HOME}),
    ),
    "container": Shape(
        fields=_BLOCK
        | {
            "title": plain(150),
            "rich_text_title": _RICH,
            "subtitle": prose(150),
            "icon": _PICTURE,
            "width": Text(values=frozenset({"narrow", "standard", "wide", "full"})),
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
            "child_blocks": ListOf(
                required=True, item=Typed(family="block", only=_CHILDREN), min_items=1, max_items=10
            ),
        },
        checks=(at_least_one_of("title", "rich_text_title"), divider_only_if_fixed),
        surfaces=frozenset({MESSAGE}),
    ),
    "task_card": Shape(
        fields=_TASK | {"status": Text(required=True, values=_TASK_STATUSES)}, surfaces=frozenset({MESSAGE})
    ),
    "plan": Shape(
        fields=_BLOCK
        | {
            "title": Text(required=True, min_chars=1),
            "tasks": ListOf(item=Object(shape=_PLANNED_TASK)),
            "status": Text(values=_TASK_STATUSES | {"pending"}),
        },
        surfaces=frozenset({MESSAGE}),
    ),
    "video": Shape(
        fields=_BLOCK
        | {
            "title": plain(199, required=True),
            "alt_text": Text(required=True, min_chars=1),
            "video_url": Text(required=True, pattern=HTTPS_URL, complaint="invalid url"),
            "thumbnail_url": Text(required=True, pattern=HTTP_URL, complaint="invalid url"),
            "title_url": _SECURE,
            "description": plain(199),
            "provider_icon_url": Text(pattern=HTTP_URL, complaint="invalid url"),
            "provider_name": Text(),
            "author_name": Text(max_chars=49),
        }
    ),
}

CATALOGUE: Catalogue = {
    "block": BLOCKS,
    "element": ELEMENTS,
    "context": TEXTS | {"image": IMAGE},
    "text": TEXTS,
    "rich_text": RICH_TEXT,
    "inline": INLINE,
    "cell": CELLS | {"rich_text": BLOCKS["rich_text"]},
    "chart": CHARTS,
    "source": {"url": URL_SOURCE},
}
