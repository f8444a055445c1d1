"""Undo what chat clients do to typed text, and cut it into words."""

import html
import re

_WRAPPED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_SMART_DASHES = re.compile(r"(^|\s)[\u2013\u2014](?=[a-zA-Z])")
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "`": None}
)
_OPENING = "\"'"


def clean(text: str) -> str:
    """Plain text of what a person typed: wrappings, entities, smart punctuation and odd spaces undone."""
    text = _WRAPPED.sub(_unwrap, text)
    text = html.unescape(text)
    text = _SPACES.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = text.translate(_QUOTES)
    return _SMART_DASHES.sub(r"\1--", text).strip()


def _unwrap(match: re.Match[str]) -> str:
    target, label = match.group(1), match.group(2)
    if target.startswith(("@", "#")):
        return target
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return label or target.removeprefix("mailto:")


def words(text: str) -> list[str]:
    """Cut cleaned text at spaces; quotes keep what is between them together.

    A quote that is never closed, or that stands inside a word, is an ordinary character.
    """
    found: list[str] = []
    current = ""
    position = 0
    while position < len(text):
        character = text[position]
        closing = text.find(character, position + 1) if _opens(character, current) else -1
        if closing > 0:
            current += text[position + 1 : closing]
            position = closing
        elif character == " ":
            if current:
                found.append(current)
            current = ""
        else:
            current += character
        position += 1
    return [*found, current] if current else found


def _opens(character: str, before: str) -> bool:
    return character in _OPENING and (not before or before[-1] in "=:")
