"""``${NAME}`` in a manifest's texts: found, judged and filled in.

The grammar is that of the Compose format without its rarer half: ``${NAME}``, ``${NAME:-default}`` and ``$$``
for a dollar sign. A dollar sign that is none of these is a fault and not text, so that a slip of the pen is
told before anything runs.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from executor.errors import InvalidRequestError

BUILT_IN = frozenset({"NAME", "URL", "HOST", "PATH_PREFIX"})
"""What every sandbox knows of itself: name, address, the address's host, the path it is also found under."""

_PIECE = re.compile(
    r"\$(?:(?P<dollar>\$)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^${}]*))?\}"
    r"|(?P<wrong>\{[^}]*\}?|[A-Za-z_][A-Za-z0-9_]*|))"
)


@dataclass(frozen=True, kw_only=True)
class Placeholder:
    """One place to fill; ``default`` is None where it has none. ``wrong`` is what cannot be read."""

    name: str | None
    default: str | None
    wrong: str | None


def find_placeholders(text: str) -> Iterator[Placeholder]:
    """Every placeholder of a text, and every dollar sign that is neither one nor escaped."""
    for match in _PIECE.finditer(text):
        if match["dollar"] is None:
            wrong = None if match["name"] else match[0]
            yield Placeholder(name=match["name"], default=match["default"], wrong=wrong)


def fault_of(placeholder: Placeholder, names: Collection[str]) -> str | None:
    """What is wrong with a placeholder when ``names`` are all that will be known; None if nothing is."""
    if placeholder.wrong is not None:
        return (
            f"“{placeholder.wrong[:40]}” is not a placeholder: write ${{NAME}}, ${{NAME:-default}}, "
            "or $$ for a dollar sign"
        )
    if placeholder.name in names or placeholder.default is not None:
        return None
    return (
        f"unknown placeholder “${{{placeholder.name}}}”; known here: {', '.join(sorted(names))}. "
        f"One that the deploy may leave out needs a default: ${{{placeholder.name}:-…}}"
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in every placeholder; what is filled in is never looked at again.

    An empty value gives way to a default, as with ``:-`` in a shell. Raises InvalidRequestError for a name
    that is neither in ``values`` nor has a default.
    """

    def piece(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        name = match["name"]
        if name is None:
            raise InvalidRequestError(f"“{match[0][:40]}” is not a placeholder.")
        if values.get(name):
            return values[name]
        if match["default"] is not None:
            return str(match["default"])
        if name in values:
            return ""
        raise InvalidRequestError(f"Nothing is known under the name “{name}”.")

    return _PIECE.sub(piece, text)
