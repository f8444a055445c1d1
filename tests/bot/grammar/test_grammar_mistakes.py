"""Malformed commands: each gets a clear answer, none a traceback."""

from datetime import UTC, datetime

import pytest

from bot.grammar import Context, GrammarError, parse
from tests.bot.malformed import MALFORMED

CONTEXT = Context(
    now=datetime(2026, 11, 20, 12, tzinfo=UTC), channel_id="C1", names={"cool-panda-123"}, apps={"echo"}
)


@pytest.mark.parametrize(("text", "says"), MALFORMED)
def test_a_malformed_command_is_answered_with_what_works(text: str, says: str) -> None:
    """The answer names what was wrong and shows usage, an example or the nearest match."""
    with pytest.raises(GrammarError) as caught:
        parse(text, CONTEXT)
    error = caught.value
    assert says in error.message
    assert error.usage or error.example or error.suggestion or len(text) > 3000


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("deplyo echo", "deploy"),
        ("lgos x", "logs"),
        ("destory x", "destroy"),
        ("echo", "deploy echo"),
        ("list al", "list all"),
        ("help stpo", "help stop"),
        ("deploy echo tll=4h", "ttl=…"),
    ],
)
def test_the_nearest_match_is_offered(text: str, suggestion: str) -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(GrammarError) as caught:
        parse(text, CONTEXT)
    assert caught.value.suggestion == suggestion


def test_there_are_at_least_fifty() -> None:
    """The table is as long as promised."""
    assert len(MALFORMED) >= 50
