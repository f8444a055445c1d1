"""Walks over blocks that may be malformed, for the rules that span a whole payload."""

from collections.abc import Collection, Iterator, Mapping

from workspace.blockkit.engine import below
from workspace.blockkit.kinds import Fault

_NESTED = {"container": "child_blocks", "carousel": "elements"}
_ELEMENTS = ("accessory", "element", "elements", "actions")

Located = tuple[Mapping[str, object], str]
"""An object and the pointer to it."""


def type_of(value: Mapping[str, object]) -> str:
    """The type an object claims; empty if it claims none."""
    claimed = value.get("type")
    return claimed if isinstance(claimed, str) else ""


def objects(value: object, pointer: str) -> Iterator[Located]:
    """The objects of an array, or the object itself."""
    if isinstance(value, dict):
        yield value, pointer
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield item, below(pointer, index)


def all_blocks(blocks: object, pointer: str) -> Iterator[Located]:
    """Every block, also those inside containers and carousels, in document order.

    Neither may stand inside another, so there is one level below the first and no more.
    """
    for block, at in objects(blocks, pointer):
        yield block, at
        nested = _NESTED.get(type_of(block))
        if nested is not None:
            yield from objects(block.get(nested), below(at, nested))


def elements_of(block: Mapping[str, object], pointer: str) -> Iterator[Located]:
    """The elements that stand directly in one block."""
    for name in _ELEMENTS:
        yield from objects(block.get(name), below(pointer, name))


def repeated_action_ids(block: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """An action_id may stand once in a block."""
    yield from _repeated("action_id", elements_of(block, pointer))


def repeated_block_ids(blocks: object, pointer: str) -> Iterator[Fault]:
    """A block_id may stand once in a payload. Markdown blocks do not keep theirs."""
    kept = ((block, at) for block, at in all_blocks(blocks, pointer) if type_of(block) != "markdown")
    yield from _repeated("block_id", kept)


def _repeated(name: str, located: Iterator[Located]) -> Iterator[Fault]:
    seen: set[str] = set()
    for value, at in located:
        identifier = value.get(name)
        if not isinstance(identifier, str):
            continue
        if identifier in seen:
            yield Fault(message=f'`{name}` "{identifier}" already exists', pointer=below(at, name))
        seen.add(identifier)


def members(value: object, *, except_in: Collection[str] = ()) -> Iterator[tuple[str, object]]:
    """Every member of every object anywhere inside a value, by name; objects of some types left out.

    Keeps a stack of its own, as a hostile payload may be nested deeper than Python calls go.
    """
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict) and type_of(node) not in except_in:
            yield from node.items()
            waiting.extend(node.values())


def written_characters(value: object, *, except_in: Collection[str]) -> int:
    """How many characters the string members inside a value have, their types and some objects left out."""
    written = members(value, except_in=except_in)
    return sum(len(text) for name, text in written if name != "type" and isinstance(text, str))
