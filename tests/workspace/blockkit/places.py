"""Puts a block or an element where it may stand, and asks the validators about it."""

from collections.abc import Mapping

from tests.workspace.blockkit.block_samples import BLOCKS
from tests.workspace.blockkit.samples import ELEMENTS, Json, changed, plain
from workspace.blockkit import Problem, validate_message, validate_view

SURFACES = ("message", "modal", "home")
EVERYWHERE = frozenset(SURFACES)

BLOCK_SURFACES: dict[str, frozenset[str]] = dict.fromkeys(BLOCKS, EVERYWHERE) | {
    "context_actions": frozenset({"message"}),
    "input": frozenset({"modal", "home"}),
    "markdown": frozenset({"message"}),
    "table": frozenset({"message"}),
    "data_table": frozenset({"message", "home"}),
    "pie": frozenset({"message"}),
    "bar": frozenset({"message"}),
    "line": frozenset({"message"}),
    "area": frozenset({"message"}),
    "alert": frozenset({"modal"}),
    "carousel": frozenset({"message", "home"}),
    "container": frozenset({"message"}),
    "task_card": frozenset({"message"}),
    "plan": frozenset({"message"}),
}

ELEMENT_SURFACES: dict[str, frozenset[str]] = dict.fromkeys(ELEMENTS, EVERYWHERE) | {
    "plain_text_input": frozenset({"modal", "home"}),
    "datetimepicker": frozenset({"message", "modal"}),
    "email_text_input": frozenset({"modal"}),
    "url_text_input": frozenset({"modal"}),
    "number_input": frozenset({"modal"}),
    "rich_text_input": frozenset({"modal", "home"}),
    "file_input": frozenset({"modal"}),
    "workflow_button": frozenset({"message"}),
    "feedback_buttons": frozenset({"message"}),
    "icon_button": frozenset({"message"}),
}

_TYPED_INTO = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input"}
_HOSTS = {"image": "context", "slack_image": "context", "feedback_buttons": "context_actions"} | {
    "icon_button": "context_actions"
}


def problems_with(block: object, surface: str) -> list[Problem]:
    """What is wrong with a payload of this one block."""
    if surface == "message":
        return validate_message({"blocks": [block]})
    view: Json = {"type": surface, "blocks": [block]}
    if surface == "modal":
        return validate_view(view | {"title": plain(), "submit": plain()}, surface="modal")
    return validate_view(view, surface="home")


def blocks_pointer(surface: str) -> str:
    """Where the blocks of a payload stand."""
    return "/blocks" if surface == "message" else "/view/blocks"


def home_of(surfaces: frozenset[str]) -> str:
    """The first surface on which something may stand."""
    return next(surface for surface in SURFACES if surface in surfaces)


def hosted(name: str, element: object) -> tuple[Json, str]:
    """A block around an element, and the pointer from that block to the element."""
    if name in _TYPED_INTO:
        return {"type": "input", "label": plain(), "element": element}, "/element"
    return {"type": _HOSTS.get(name, "actions"), "elements": [element]}, "/elements/0"


def edited_block(name: str, edit: Mapping[str, object]) -> tuple[list[Problem], str]:
    """The problems with an edited sample block on a surface it may stand on, and the pointer to it."""
    surface = home_of(BLOCK_SURFACES[name])
    return problems_with(changed(BLOCKS[name], edit), surface), f"{blocks_pointer(surface)}/0"


def edited_element(name: str, edit: Mapping[str, object]) -> tuple[list[Problem], str]:
    """The problems with an edited sample element where it may stand, and the pointer to it."""
    surface = home_of(ELEMENT_SURFACES[name])
    block, below = hosted(name, changed(ELEMENTS[name], edit))
    return problems_with(block, surface), f"{blocks_pointer(surface)}/0{below}"
