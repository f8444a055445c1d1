"""Takes the secrets in play out of a text, in the shapes in which programs print them. Pure."""

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
SHORTEST_CHARACTERS = 6
"""Shorter values are left: taking out every ``true`` or ``8080`` would hide more than it guards."""
BASE64_PHASES = 3
"""Base64 has three spellings of a text, one for each position at which it may begin in what is encoded."""


class Redactor:
    """Knows the values that must not be shown and replaces each by ``[hidden]``."""

    def __init__(self, values: Iterable[str]) -> None:
        spellings = {
            spelling for value in values if len(value) >= SHORTEST_CHARACTERS for spelling in spell(value)
        }
        # The longest first: a secret that begins with another one is hidden whole.
        ordered = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def redact(self, text: str) -> str:
        """Return the text without them."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def spell(value: str) -> set[str]:
    """The value as it is, URL-encoded in two ways, and in base64 wherever in a text it may have stood."""
    return {value, quote(value, safe=""), quote_plus(value)} | _base64_spellings(value.encode())


def _base64_spellings(value: bytes) -> set[str]:
    """The part of the encoding that depends on the value alone, for each phase, in both alphabets."""
    found = set()
    for phase in range(BASE64_PHASES):
        encoded = b64encode(bytes(phase) + value).decode()
        # Characters that hold bits of a neighbour: those before the value, and the last, unfinished group.
        first = (phase * 8 + 5) // 6
        last = (phase + len(value)) * 8 // 6
        core = encoded[first:last]
        if len(core) >= SHORTEST_CHARACTERS:
            found |= {core, core.replace("+", "-").replace("/", "_")}
    return found
