"""The tree inside a rich_text block: sections, lists, quotes and code, and the runs inside them."""

from workspace.blockkit.kinds import Flag, Kind, ListOf, Number, Object, Shape, Text, Typed
from workspace.blockkit.patterns import HEX_COLOR, LINK_URL

_MENTION_STYLE: dict[str, Kind] = {
    name: Flag()
    for name in ("bold", "italic", "strike", "underline", "highlight", "client_highlight", "unlink")
}
_STYLE: dict[str, Kind] = {"style": Object(shape=Shape(fields=_MENTION_STYLE | {"code": Flag()}))}
_QUIET: dict[str, Kind] = {"style": Object(shape=Shape(fields=_MENTION_STYLE))}
_NAMED = Text(required=True, min_chars=1)
_INLINE = ListOf(required=True, item=Typed(family="inline"))
_CODE = ListOf(required=True, item=Typed(family="inline", only=frozenset({"text", "link"})))
_BORDER = Number(minimum=0, maximum=1, whole=True)

INLINE: dict[str, Shape] = {
    "text": Shape(fields=_STYLE | {"text": _NAMED}),
    "link": Shape(
        fields=_STYLE
        | {
            "url": Text(required=True, pattern=LINK_URL, complaint="invalid url"),
            "text": Text(),
            "unsafe": Flag(),
        }
    ),
    "emoji": Shape(
        fields=_QUIET
        | {"name": _NAMED, "unicode": Text(), "skin_tone": Number(minimum=1, maximum=6, whole=True)}
    ),
    "user": Shape(fields=_QUIET | {"user_id": _NAMED}),
    "usergroup": Shape(fields=_QUIET | {"usergroup_id": _NAMED}),
    "channel": Shape(fields=_QUIET | {"channel_id": _NAMED}),
    "team": Shape(fields=_QUIET | {"team_id": _NAMED}),
    "broadcast": Shape(
        fields=_QUIET | {"range": Text(required=True, values=frozenset({"here", "channel", "everyone"}))}
    ),
    "color": Shape(
        fields=_QUIET | {"value": Text(required=True, pattern=HEX_COLOR, complaint="invalid color")}
    ),
    "date": Shape(
        fields=_QUIET
        | {
            "timestamp": Number(required=True, minimum=0, whole=True),
            "format": _NAMED,
            "url": Text(pattern=LINK_URL, complaint="invalid url"),
            "fallback": Text(),
        }
    ),
}

RICH_TEXT: dict[str, Shape] = {
    "rich_text_section": Shape(fields={"elements": _INLINE}),
    "rich_text_quote": Shape(fields={"elements": _INLINE, "border": _BORDER}),
    "rich_text_preformatted": Shape(fields={"elements": _CODE, "border": _BORDER, "language": Text()}),
    "rich_text_list": Shape(
        fields={
            "style": Text(required=True, values=frozenset({"bullet", "ordered"})),
            "elements": ListOf(
                required=True, item=Typed(family="rich_text", only=frozenset({"rich_text_section"}))
            ),
            "indent": Number(minimum=0, maximum=8, whole=True),
            "offset": Number(minimum=0, whole=True),
            "border": _BORDER,
        }
    ),
}
