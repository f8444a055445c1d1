"""Whether Slack would take a view: a modal or a Home tab."""

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from workspace.blockkit.blocks import CATALOGUE
from workspace.blockkit.engine import Engine
from workspace.blockkit.kinds import HOME, MODAL, Anything, Fault, Flag, Kind, ListOf, Shape, Text
from workspace.blockkit.message import block_faults
from workspace.blockkit.objects import IDENTIFIER_MAX_CHARS, plain
from workspace.blockkit.problem import Problem, as_problems
from workspace.blockkit.walk import all_blocks, elements_of, type_of

VIEW_LIMIT_BYTES = 250_000
"""Of the view as compact JSON in UTF-8."""

_VIEW: dict[str, Kind] = {
    "private_metadata": Text(max_chars=3000),
    "callback_id": Text(max_chars=IDENTIFIER_MAX_CHARS),
    "external_id": Text(max_chars=IDENTIFIER_MAX_CHARS),
}

VIEWS: dict[str, Shape] = {
    MODAL: Shape(
        fields=_VIEW
        | {
            "type": Text(required=True, values=frozenset({MODAL})),
            "title": plain(24, required=True),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "blocks": ListOf(required=True, item=Anything(), min_items=1, max_items=100),
        }
    ),
    HOME: Shape(
        fields=_VIEW
        | {
            "type": Text(required=True, values=frozenset({HOME})),
            "blocks": ListOf(required=True, item=Anything(), max_items=100),
        }
    ),
}


def validate_view(view: Mapping[str, object], *, surface: Literal["modal", "home"]) -> list[Problem]:
    """Every reason for which Slack would refuse a view on a surface. Null fields count as absent."""
    if not isinstance(view, dict):
        return [Problem("invalid_arguments", "must provide an object", "/view")]
    if len(_compact(view).encode()) > VIEW_LIMIT_BYTES:
        return [Problem("view_too_large", "view is too large", "/view")]
    given = {name: value for name, value in view.items() if value is not None}
    return as_problems("invalid_arguments", _view_faults(given, surface))


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _view_faults(view: Mapping[str, object], surface: str) -> Iterator[Fault]:
    engine = Engine(catalogue=CATALOGUE, surface=surface)
    yield from engine.shape_faults(VIEWS[surface], view, "/view")
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        return
    yield from block_faults(engine, blocks, "/view/blocks")
    yield from _focus_faults(blocks)
    if surface == MODAL and "submit" not in view:
        yield from _submit_faults(blocks)


def _submit_faults(blocks: list[object]) -> Iterator[Fault]:
    for block, at in all_blocks(blocks, "/view/blocks"):
        if type_of(block) == "input":
            yield Fault(
                message="must define `submit` to use an `input` block in modals", pointer=f"{at}/input"
            )


def _focus_faults(blocks: list[object]) -> Iterator[Fault]:
    """Only one element of a view can have the focus."""
    focused = [
        at
        for block, pointer in all_blocks(blocks, "/view/blocks")
        for element, at in elements_of(block, pointer)
        if element.get("focus_on_load") is True
    ]
    for at in focused[1:]:
        yield Fault(message="only one element can have `focus_on_load`", pointer=f"{at}/focus_on_load")
