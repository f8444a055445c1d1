"""Reads a schema table against a decoded JSON value and yields what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workspace.blockkit.kinds import (
    Catalogue,
    Fault,
    Flag,
    Kind,
    ListOf,
    Number,
    Object,
    Shape,
    Text,
    Typed,
)


def below(pointer: str, step: str | int) -> str:
    """The JSON pointer to a member (by name) or item (by index) of what `pointer` points to.

    Nothing is escaped: no field that a schema names has `~` or `/` in its name.
    """
    return f"{pointer}/{step}"


def length_faults(text: str, pointer: str, *, at_least: int | None, at_most: int | None) -> Iterator[Fault]:
    """Slack's two complaints about the length of a string, both counted in characters."""
    if at_least is not None and len(text) < at_least:
        yield Fault(message=f"must be more than {at_least - 1} characters", pointer=pointer)
    if at_most is not None and len(text) > at_most:
        yield Fault(message=f"must be less than {at_most + 1} characters", pointer=pointer)


def count_faults(
    items: Sequence[object], pointer: str, *, at_least: int | None, at_most: int | None
) -> Iterator[Fault]:
    """Slack's two complaints about the number of items of an array."""
    if at_least is not None and len(items) < at_least:
        yield Fault(message=f"must provide at least {at_least} items", pointer=pointer)
    if at_most is not None and len(items) > at_most:
        yield Fault(message=f"no more than {at_most} items allowed", pointer=pointer)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Checks values against kinds, with the shapes of one catalogue, for one surface (None: any)."""

    catalogue: Catalogue
    surface: str | None = None

    def faults(self, kind: Kind, value: object, pointer: str) -> Iterator[Fault]:
        """Everything wrong with `value` as a `kind`, found at `pointer`, in document order."""
        if value is None and kind.nullable:
            return
        match kind:
            case Text():
                yield from _text_faults(kind, value, pointer)
            case Typed():
                yield from self._typed_faults(kind, value, pointer)
            case Object():
                yield from self._object_faults(kind, value, pointer)
            case ListOf():
                yield from self._list_faults(kind, value, pointer)
            case Number():
                yield from _number_faults(kind, value, pointer)
            case Flag():
                yield from _flag_faults(value, pointer)

    def _list_faults(self, kind: ListOf, value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(message="must provide an array", pointer=pointer)
            return
        yield from count_faults(value, pointer, at_least=kind.min_items, at_most=kind.max_items)
        if kind.distinct and any(item in value[:index] for index, item in enumerate(value)):
            yield Fault(message="must provide unique items", pointer=pointer)
        for index, item in enumerate(value):
            yield from self.faults(kind.item, item, below(pointer, index))

    def _object_faults(self, kind: Object, value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(message="must provide an object", pointer=pointer)
            return
        yield from self.shape_faults(kind.shape, value, pointer)

    def _typed_faults(self, kind: Typed, value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(message="must provide an object", pointer=pointer)
            return
        if "type" not in value:
            yield Fault(message="missing required field: type", pointer=pointer)
            return
        shape = self._shape_of(kind, value["type"])
        if shape is None:
            yield Fault(message=f"unsupported type: {value['type']}", pointer=below(pointer, "type"))
            return
        yield from self.shape_faults(shape, value, pointer, typed=True)
        text = value.get("text")
        if isinstance(text, str):
            yield from length_faults(text, below(pointer, "text"), at_least=None, at_most=kind.max_chars)

    def _shape_of(self, kind: Typed, name: object) -> Shape | None:
        """The shape a type name stands for here; None where that type may not stand here."""
        if not isinstance(name, str) or (kind.only is not None and name not in kind.only):
            return None
        shape = self.catalogue[kind.family].get(name)
        if shape is None or shape.surfaces is None or self.surface is None:
            return shape
        return shape if self.surface in shape.surfaces else None

    def shape_faults(
        self, shape: Shape, value: Mapping[str, object], pointer: str, *, typed: bool = False
    ) -> Iterator[Fault]:
        """Everything wrong with an object's fields; the rules between fields only once each field is right.

        `typed` says that the object's `type` has been read already.
        """
        found = list(self._field_faults(shape, value, pointer, typed=typed))
        yield from found
        if not found:
            for check in shape.checks:
                yield from check(value, pointer)

    def _field_faults(
        self, shape: Shape, value: Mapping[str, object], pointer: str, *, typed: bool
    ) -> Iterator[Fault]:
        for name, kind in shape.fields.items():
            if name in value:
                yield from self.faults(kind, value[name], below(pointer, name))
            elif kind.required:
                yield Fault(message=f"missing required field: {name}", pointer=pointer)
        for name in value:
            if name not in shape.fields and not (typed and name == "type"):
                yield Fault(message=f"invalid additional property: {name}", pointer=pointer)


def _text_faults(kind: Text, value: object, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(message="must provide a string", pointer=pointer)
        return
    yield from length_faults(value, pointer, at_least=kind.min_chars, at_most=kind.max_chars)
    if kind.values is not None and value not in kind.values:
        yield Fault(message="must be a valid enum value", pointer=pointer)
    if kind.pattern is not None and not kind.pattern.fullmatch(value):
        yield Fault(message=kind.complaint, pointer=pointer)


def _number_faults(kind: Number, value: object, pointer: str) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Fault(message="must provide a number", pointer=pointer)
        return
    if kind.whole and not isinstance(value, int):
        yield Fault(message="must provide an integer", pointer=pointer)
    if kind.minimum is not None and value < kind.minimum:
        yield Fault(message=f"must be at least {kind.minimum}", pointer=pointer)
    if kind.above is not None and value <= kind.above:
        yield Fault(message=f"must be greater than {kind.above}", pointer=pointer)
    if kind.maximum is not None and value > kind.maximum:
        yield Fault(message=f"must be at most {kind.maximum}", pointer=pointer)


def _flag_faults(value: object, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(message="must provide a boolean", pointer=pointer)
