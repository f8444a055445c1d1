"""The nearest word to one that was mistyped."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_COMPARED = 64


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that is most like ``word``, if any is near enough to have been meant."""
    if len(word) > _LONGEST_COMPARED:
        return None
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None
