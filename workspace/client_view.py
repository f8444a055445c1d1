"""What a person sees in a message or view: text, buttons, inputs. Pure functions for the driver."""

from collections.abc import Iterator
from typing import Any

Place = dict[str, Any]
Found = tuple[dict[str, Any], dict[str, Any]]
TEXT_KEYS = (
    "text",
    "alt_text",
    "title",
    "label",
    "hint",
    "fallback",
    "pretext",
    "subtitle",
    "body",
    "caption",
)
HIDDEN_KEYS = ("blocks_hidden", "metadata", "confirm", "permalink", "state", "private_metadata")


def plain_text(text: Any) -> str:
    """The text of a text object, or of a string."""
    return str(text.get("text", "")) if isinstance(text, dict) else str(text or "")


def visible_text(place: Place) -> str:
    """Everything readable in a message or view, in order, one piece a line."""
    return "\n".join(_texts(place))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in HIDDEN_KEYS:
                continue
            if isinstance(value, str):
                if key in TEXT_KEYS and value:
                    yield value
            else:
                yield from _texts(value)


def elements(place: Place) -> Iterator[Found]:
    """Every interactive element with its block."""
    blocks = list(place.get("blocks") or [])
    for attachment in place.get("attachments") or []:
        blocks += attachment.get("blocks") or []
    for block in blocks:
        yield from _block_elements(block)


def _block_elements(block: dict[str, Any]) -> Iterator[Found]:
    for part in (block.get("element"), block.get("accessory"), *(block.get("elements") or [])):
        if isinstance(part, dict) and part.get("action_id"):
            yield block, part
    for child in [
        *(block.get("elements") or []),
        *(block.get("child_blocks") or []),
        *(block.get("actions") or []),
    ]:
        if isinstance(child, dict) and child.get("action_id") is None and "type" in child:
            yield from _block_elements(child)


def buttons(place: Place) -> list[str]:
    """The texts of all buttons and overflow entries."""
    found = []
    for _, element in elements(place):
        if element["type"] == "button":
            found.append(plain_text(element["text"]))
        elif element["type"] == "overflow":
            found += [plain_text(option["text"]) for option in element["options"]]
    return found


def element_named(place: Place, what: str) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """A button or overflow entry by text or action_id: its block, element and value. Raises LookupError."""
    for block, element in elements(place):
        if element["type"] == "overflow":
            for option in element["options"]:
                if what in (plain_text(option["text"]), option["value"]):
                    return block, element, option["value"]
        elif what in (element["action_id"], plain_text(element.get("text"))):
            return block, element, None
    raise LookupError(f"no button {what!r}; there are {buttons(place)}")


def input_named(place: Place, what: str) -> Found:
    """An input by action_id, block_id, label or placeholder (spaces may be _). Raises LookupError."""
    wanted = what.replace("_", " ").lower()
    for block, element in elements(place):
        names = (
            element["action_id"], block["block_id"], plain_text(block.get("label")),
            plain_text(element.get("placeholder")),
        )  # fmt: skip
        if any(name and name.replace("_", " ").lower() == wanted for name in names):
            return block, element
    known = [element["action_id"] for _, element in elements(place)]
    raise LookupError(f"no input {what!r}; there are {known}")


def option_value(element: dict[str, Any], choice: Any) -> Any:
    """The value of an option named by its text or value; lists element by element; anything else as it is."""
    if isinstance(choice, list):
        return [option_value(element, item) for item in choice]
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    for option in options:
        if choice in (plain_text(option["text"]), option.get("value")):
            return option["value"]
    return choice


def state_of(place: Place, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by the name of their input, as the page's state by block and action."""
    state: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        block, element = input_named(place, name)
        state.setdefault(block["block_id"], {})[element["action_id"]] = option_value(element, value)
    return state
