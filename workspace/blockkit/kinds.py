"""The language the schema tables are written in: what a field may hold.

Each kind is permissive by default; every limit is one keyword, so that a table entry reads as the list of
its rules and dropping a keyword drops exactly one rule (which is how the tests are proved, by mutation).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

MESSAGE = "message"
MODAL = "modal"
HOME = "home"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong, and where: `pointer` is an RFC 6901 JSON pointer into the checked value."""

    message: str
    pointer: str


Check = Callable[[Mapping[str, object], str], Iterator[Fault]]
"""A rule between fields: given an object of the right shape and its pointer, yields its faults."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What every kind shares: whether the field must be there, and whether it may be null."""

    required: bool = False
    nullable: bool = False


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """A string. `pattern` must match it whole; `complaint` is what Slack says when it does not."""

    min_chars: int | None = None
    max_chars: int | None = None
    values: frozenset[str] | None = None
    pattern: re.Pattern[str] | None = None
    complaint: str = "failed to match schema"


@dataclass(frozen=True, kw_only=True)
class Flag(Kind):
    """A boolean."""


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A number; a whole one if `whole`."""

    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class ListOf(Kind):
    """An array whose items are all of one kind."""

    item: Kind
    min_items: int | None = None
    max_items: int | None = None
    distinct: bool = False


@dataclass(frozen=True, kw_only=True)
class Shape:
    """An object: its fields, the rules between them, and the surfaces it may stand on (None: all).

    A field that is not named is refused.
    """

    fields: Mapping[str, Kind]
    checks: tuple[Check, ...] = ()
    surfaces: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Object(Kind):
    """An object of one fixed shape."""

    shape: Shape


@dataclass(frozen=True, kw_only=True)
class Typed(Kind):
    """An object whose `type` picks its shape from a family of the catalogue, among `only` if given.

    `max_chars` bounds the `text` of a text object, whose limit depends on where it stands.
    """

    family: str
    only: frozenset[str] | None = None
    max_chars: int | None = None


@dataclass(frozen=True, kw_only=True)
class Anything(Kind):
    """A value that is not looked into."""


Catalogue = Mapping[str, Mapping[str, Shape]]
"""Family name to type name to shape."""
