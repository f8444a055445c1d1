"""Secrets do not leave in any of the shapes in which programs print them."""

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.redaction import HIDDEN, Redactor

SECRET = "s3cr&t/pa+ss wörd?"


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        quote(SECRET, safe=""),
        b64encode(SECRET.encode()).decode().rstrip("="),
        urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_a_secret_is_hidden_in_every_common_spelling(shown: str) -> None:
    """As it is, in a URL, in base64."""
    text = Redactor([SECRET]).redact(f"connecting with <{shown}> now")
    assert HIDDEN in text
    assert shown not in text


@given(before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_a_secret_inside_a_longer_base64_text_is_hidden(before: bytes, after: bytes) -> None:
    """``user:password`` in a basic authorization header is the usual case."""
    text = Redactor([SECRET]).redact(b64encode(before + SECRET.encode() + after).decode())
    assert HIDDEN in text


def test_a_secret_that_begins_with_another_is_hidden_whole() -> None:
    """No tail of the longer one is left."""
    assert Redactor(["abcdef", "abcdef-123456"]).redact("abcdef-123456 abcdef") == f"{HIDDEN} {HIDDEN}"


def test_short_values_and_other_text_are_left() -> None:
    """A value of a few characters would hide half of every log."""
    assert Redactor(["true", ""]).redact("true is true") == "true is true"
    assert Redactor([]).redact("nothing to hide") == "nothing to hide"
