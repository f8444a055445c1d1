"""Composition objects: text, option, confirm and the other small parts that blocks and elements share."""

from workspace.blockkit.checks import (
    exactly_one_of,
    something_to_filter_by,
)
from workspace.blockkit.kinds import Anything, Flag, Kind, ListOf, Object, Shape, Text, Typed
from workspace.blockkit.patterns import HTTP_URL

IDENTIFIER_MAX_CHARS = 255

PLAIN = frozenset({"plain_text"})
ACTION_ID = Text(max_chars=IDENTIFIER_MAX_CHARS)
BLOCK_ID = Text(max_chars=IDENTIFIER_MAX_CHARS)
STYLE = Text(values=frozenset({"primary", "danger"}))


def plain(max_chars: int, *, required: bool = False) -> Typed:
    """A `plain_text` object of at most so many characters."""
    return Typed(family="text", only=PLAIN, max_chars=max_chars, required=required)


def prose(max_chars: int, *, required: bool = False) -> Typed:
    """A `plain_text` or `mrkdwn` object of at most so many characters."""
    return Typed(family="text", max_chars=max_chars, required=required)


_TEXT: dict[str, Kind] = {"text": Text(required=True, min_chars=1)}

TEXTS = {
    "plain_text": Shape(fields=_TEXT | {"emoji": Flag()}),
    "mrkdwn": Shape(fields=_TEXT | {"verbatim": Flag()}),
}

CONFIRM = Object(
    shape=Shape(
        fields={
            "title": plain(100, required=True),
            "text": prose(300, required=True),
            "confirm": plain(30, required=True),
            "deny": plain(30, required=True),
            "style": STYLE,
        }
    )
)

_OPTION: dict[str, Kind] = {
    "text": plain(75, required=True),
    "value": Text(required=True, min_chars=1, max_chars=150),
    "description": plain(75),
}

OPTION = Object(shape=Shape(fields=_OPTION))

FORMATTED_OPTION = Object(
    shape=Shape(fields=_OPTION | {"text": prose(75, required=True), "description": prose(75)})
)
"""What checkboxes and radio buttons offer: theirs may be mrkdwn."""

MENU_OPTION = Object(
    shape=Shape(fields=_OPTION | {"url": Text(max_chars=3000, pattern=HTTP_URL, complaint="invalid url")})
)
"""What an overflow menu offers: only its options may open a URL."""

OPTIONS = ListOf(item=OPTION, min_items=1, max_items=100)

OPTION_GROUP = Object(
    shape=Shape(
        fields={
            "label": plain(75, required=True),
            "options": ListOf(required=True, item=OPTION, max_items=100),
        }
    )
)

OPTION_GROUPS = ListOf(item=OPTION_GROUP, min_items=1, max_items=100)

CONVERSATION_FILTER = Object(
    shape=Shape(
        fields={
            "include": ListOf(
                item=Text(values=frozenset({"im", "mpim", "private", "public"})), min_items=1, distinct=True
            ),
            "exclude_bot_users": Flag(),
            "exclude_external_shared_channels": Flag(),
        },
        checks=(something_to_filter_by,),
    )
)

DISPATCH_ACTION_CONFIG = Object(
    shape=Shape(
        fields={
            "trigger_actions_on": ListOf(
                item=Text(values=frozenset({"on_enter_pressed", "on_character_entered"})),
                min_items=1,
                distinct=True,
            )
        }
    )
)

SLACK_FILE = Object(
    shape=Shape(
        fields={"id": Text(min_chars=1), "url": Text(pattern=HTTP_URL, complaint="invalid url")},
        checks=(exactly_one_of("id", "url"),),
    )
)

WORKFLOW = Object(
    required=True,
    shape=Shape(
        fields={
            "trigger": Object(
                required=True,
                shape=Shape(
                    fields={
                        "url": Text(required=True, pattern=HTTP_URL, complaint="invalid url"),
                        "customizable_input_parameters": ListOf(
                            item=Object(
                                shape=Shape(
                                    fields={
                                        "name": Text(required=True, min_chars=1),
                                        "value": Anything(required=True),
                                    }
                                )
                            )
                        ),
                    }
                ),
            )
        }
    ),
)

FEEDBACK_BUTTON = Object(
    required=True,
    shape=Shape(
        fields={
            "text": plain(75, required=True),
            "value": Text(required=True, max_chars=2000),
            "accessibility_label": Text(max_chars=75),
        }
    ),
)
