"""What programs and people write, wherever it is shown: it pings nobody and stays where it was put."""

import pytest

from bot.render import text

HOSTILE = [
    "`" * 3000,
    "```\n<!channel>\n```",
    "``\u2060`" * 900,
    "&" * 3000,
    "<" * 3000,
    "\x1b[31m```" * 300,
    "<!here> <@U1> <#C1> <!subteam^S1> <https://evil.example|safe> @channel",
    "seen\x9b31m\x00\u202e\ud800" * 50,
]


@pytest.mark.parametrize("written", HOSTILE)
@pytest.mark.parametrize("limit", [100, 2900, 3000])
def test_a_fence_holds_and_stays_within_its_limit(written: str, limit: int) -> None:
    """Neither fences, entities nor terminal sequences get out, and what replaces them is counted."""
    shown = text.fenced(written, limit)
    assert len(shown) <= limit
    assert shown.count("```") == 2
    assert "<" not in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("written", HOSTILE)
@pytest.mark.parametrize("show", [text.escape, text.one_line, text.code])
def test_no_text_mentions_links_or_grows(written: str, show: object) -> None:
    """In lines and in code spans."""
    assert callable(show)
    shown = show(written, 200)
    assert len(shown) <= 202
    assert "<" not in shown
    assert shown.encode() or not text.printable(written)
