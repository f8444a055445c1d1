"""Each message is drawn exactly as it was looked at and agreed.

After a wanted change, run with ``WRITE_GOLDEN=1`` and read the difference.
"""

import json
import os
from pathlib import Path

import pytest

from bot.render.blocks import Message
from tests.bot.render.scenes import MESSAGES, VIEWS

GOLDEN = Path(__file__).parent.parent / "golden"


def _check(name: str, drawn: object) -> None:
    path = GOLDEN / f"{name}.json"
    text = json.dumps(drawn, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_agreed(name: str) -> None:
    """Text and blocks are those of the golden file."""
    drawn: Message = MESSAGES[name]()
    _check(name, {"text": drawn.text, "blocks": list(drawn.blocks)})


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_agreed(name: str) -> None:
    """A modal or Home is that of the golden file."""
    _check(name, VIEWS[name]())


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a message or a view."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*MESSAGES, *VIEWS}
