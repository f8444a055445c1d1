"""A place in a manifest: its value, the path of keys that leads there, and where its faults are collected."""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from executor.manifest.limits import PROBLEM_LIMIT_COUNT
from executor.manifest.tree import Listing, Node, Scalar, Table

T = TypeVar("T")


@dataclass
class Problems:
    """Every fault of one file, each with its line."""

    _found: dict[tuple[int, str], None] = field(default_factory=dict)

    def add(self, line: int, text: str) -> None:
        """Note one fault; the same one twice is kept once. It is one line, whatever it quotes."""
        self._found.setdefault((line, " ".join(text.split())))

    def lines(self) -> tuple[str, ...]:
        """All of them in the order of the file, as "line N: …"."""
        ordered = sorted(self._found, key=lambda fault: fault[0])
        shown = [f"line {line}: {text}" for line, text in ordered[:PROBLEM_LIMIT_COUNT]]
        if more := len(ordered) - len(shown):
            shown.append(f"line {ordered[PROBLEM_LIMIT_COUNT][0]}: … and {more} more")
        return tuple(shown)

    def __bool__(self) -> bool:
        return bool(self._found)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One value of the file. ``line`` is that of its key, where it has one."""

    node: Node
    path: str
    line: int
    problems: Problems

    def refuse(self, reason: str) -> None:
        """Note what is wrong here."""
        self.problems.add(self.line, f"{self.path}: {reason}" if self.path else reason)

    def items(self) -> Iterator["Spot"] | None:
        """The values of a list; anything else is refused, and None."""
        if not isinstance(self.node, Listing):
            self.refuse("must be a list")
            return None
        return (self._at(item, f"{self.path}[{n}]", item.line) for n, item in enumerate(self.node.items))

    def entries(self) -> dict[str, "Spot"] | None:
        """The values of a mapping by key; anything else is refused, and None."""
        if not isinstance(self.node, Table):
            self.refuse("must be a mapping (key: value)")
            return None
        return {key.text: self._at(value, self._join(key.text), key.line) for key, value in self.node.entries}

    def _join(self, key: str) -> str:
        shown = key if len(key) <= 60 else key[:57] + "…"
        return f"{self.path}.{shown}" if self.path else shown

    def _at(self, node: Node, path: str, line: int) -> "Spot":
        return Spot(node=node, path=path, line=line, problems=self.problems)

    @property
    def is_null(self) -> bool:
        """Whether nothing stands after the key."""
        return isinstance(self.node, Scalar) and self.node.is_null


Fields = Mapping[str, Spot]


def fields_of(spot: Spot, *, known: Collection[str], refused: Mapping[str, str] | None = None) -> Fields:
    """The known, non-empty keys of a mapping.

    Keys in ``refused`` are faults with the reason given there, all others faults with the nearest known key.
    """
    entries = {} if spot.is_null else spot.entries() or {}
    kept: dict[str, Spot] = {}
    for key, value in entries.items():
        if reason := (refused or {}).get(key):
            value.refuse(f"not allowed: {reason}")
        elif key not in known:
            value.refuse(f"unknown key{nearest(key, known)}")
        elif not value.is_null:
            kept[key] = value
    return kept


def nearest(word: str, known: Collection[str]) -> str:
    """``; did you mean “x”?`` where something is near, else what there is to choose from."""
    close = difflib.get_close_matches(word[:60], sorted(known), n=1)
    if close:
        return f"; did you mean “{close[0]}”?"
    return f"; known here: {', '.join(sorted(known))}" if known else ""


def take(fields: Fields, key: str, read: Callable[[Spot], T | None], default: T) -> T:
    """Read a field where it is given; the default where it is not, or where it is at fault."""
    if key not in fields:
        return default
    value = read(fields[key])
    return default if value is None else value
