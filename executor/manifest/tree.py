"""YAML as a small tree that knows its lines, read from the parser's events, never constructed into objects.

Reading the events keeps every attack on YAML loaders outside: a document that is too large, too deep or too
wide stops the reading where it becomes so, anchors and aliases (with which a few lines become gigabytes) and
tags (with which text becomes objects) are refused, and of two equal keys neither wins in silence.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from executor.manifest.limits import DEPTH_LIMIT_LEVELS, NODE_LIMIT_COUNT, TEXT_LIMIT_BYTES

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_BREAKS = frozenset("\n\t")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Of Unicode: controls, halves of characters (which no file and no message can hold), odd line breaks."""
_UNSEEN_MARKS = frozenset("\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The mark of a file's beginning, and turns of direction, with which a text reads otherwise than it is."""
_SUBSTITUTE = "\ufffd"


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """Text as it was written; ``plain`` is whether it stood without quotes."""

    line: int
    text: str
    plain: bool

    @property
    def is_null(self) -> bool:
        """Whether YAML takes it for nothing at all."""
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A sequence."""

    line: int
    items: tuple["Node", ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A mapping, in the order of the file. Keys are unique."""

    line: int
    entries: tuple[tuple[Scalar, "Node"], ...]


Node = Scalar | Listing | Table


Fault = Callable[[int, str], None]
"""Told of each fault that reading can go on after: its line, from 1, and what is wrong."""


class TreeError(Exception):
    """The text can not be read as YAML, or not further. ``line`` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def parse_tree(text: str, fault: Fault) -> Table:
    """Read one YAML document whose top is a mapping. Raises TreeError where reading cannot go on."""
    if len(text.encode("utf-8", "replace")) > TEXT_LIMIT_BYTES:
        raise TreeError(1, f"the file is larger than {TEXT_LIMIT_BYTES // 1024} KiB")
    try:
        return _TreeBuilder(text, fault).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise TreeError(line, "a character that YAML does not allow") from None
    except (ValueError, OverflowError):
        # PyYAML hands the numbers of \U escapes and of %YAML lines to chr() and int() unchecked.
        raise TreeError(1, "an escape or a number that YAML does not allow") from None


def _syntax_error(error: yaml.MarkedYAMLError) -> TreeError:
    mark = error.problem_mark or error.context_mark
    words = ", ".join(part for part in (error.context, error.problem) if part)
    return TreeError(mark.line + 1 if mark else 1, f"not valid YAML: {words[:200]}")


class _TreeBuilder:
    """Turns the parser's events into nodes, counting as it goes."""

    def __init__(self, text: str, fault: Fault) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._fault = fault
        self._nodes = 0

    def document(self) -> Table:
        """The first document, which must be the only one."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise TreeError(1, "the file is empty")
        top = self._node(next(self._events), depth=1)
        next(self._events)
        more = next(self._events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise TreeError(_line(more), "a second document begins here; a manifest is one")
        if not isinstance(top, Table):
            raise TreeError(top.line, "a manifest is a mapping that begins with “services:”")
        return top

    def _node(self, event: yaml.Event, *, depth: int) -> Node:
        self._guard(event, depth)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(line=_line(event), text="", plain=True)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._listing(event, depth)
        return self._table(event, depth)

    def _guard(self, event: yaml.Event, depth: int) -> None:
        self._nodes += 1
        if self._nodes > NODE_LIMIT_COUNT:
            raise TreeError(_line(event), f"more than {NODE_LIMIT_COUNT} values in one file")
        if depth > DEPTH_LIMIT_LEVELS:
            raise TreeError(_line(event), f"nested deeper than {DEPTH_LIMIT_LEVELS} levels")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._fault(_line(event), "anchors and aliases (&, *) are not read here; write the value out")
        if getattr(event, "tag", None):
            self._fault(_line(event), "tags (!…) are not read here; write the plain value")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text = _visible(event.value)
        if text != event.value:
            self._fault(_line(event), "a control character in a value")
        return Scalar(line=_line(event), text=text, plain=event.style is None)

    def _listing(self, start: yaml.Event, depth: int) -> Listing:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth=depth + 1))
        return Listing(line=_line(start), items=tuple(items))

    def _table(self, start: yaml.Event, depth: int) -> Table:
        entries: list[tuple[Scalar, Node]] = []
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth=depth + 1)
            value = self._node(next(self._events), depth=depth + 1)
            if not isinstance(key, Scalar):
                self._fault(key.line, "a key must be plain text")
            elif key.text in lines:
                self._fault(key.line, f"“{key.text[:60]}” is given twice (first on line {lines[key.text]})")
            else:
                lines[key.text] = key.line
                entries.append((key, value))
        return Table(line=_line(start), entries=tuple(entries))


def _visible(text: str) -> str:
    """The text with a substitute for what cannot be seen, so that no fault that quotes it carries it on."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    unseen = unicodedata.category(char) in _UNSEEN_CATEGORIES or char in _UNSEEN_MARKS
    return _SUBSTITUTE if unseen and char not in _PLAIN_BREAKS else char


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
