"""Each rule about rich text refuses what it should, in Slack's words and at the right place."""

import pytest

from tests.workspace.blockkit.complaints import (
    EMPTY,
    ENUM,
    URL,
    missing,
)
from tests.workspace.blockkit.places import problems_with
from tests.workspace.blockkit.samples import (
    GONE,
    Json,
    changed,
    rich,
    run,
)

RUN_CASES: list[tuple[Json, str, str]] = [
    ({"type": "text", "text": ""}, EMPTY, "/text"),
    ({"type": "text"}, missing("text"), ""),
    (
        {"type": "text", "text": "t", "style": {"shadow": True}},
        "invalid additional property: shadow",
        "/style",
    ),
    (
        {"type": "user", "user_id": "U1", "style": {"code": True}},
        "invalid additional property: code",
        "/style",
    ),
    ({"type": "link", "url": "javascript:alert(1)"}, URL, "/url"),
    ({"type": "link", "text": "t"}, missing("url"), ""),
    ({"type": "emoji"}, missing("name"), ""),
    ({"type": "emoji", "name": "wave", "skin_tone": 0}, "must be at least 1", "/skin_tone"),
    ({"type": "emoji", "name": "wave", "skin_tone": 7}, "must be at most 6", "/skin_tone"),
    ({"type": "emoji", "name": "wave", "skin_tone": 1.5}, "must provide an integer", "/skin_tone"),
    ({"type": "broadcast", "range": "world"}, ENUM, "/range"),
    ({"type": "broadcast"}, missing("range"), ""),
    ({"type": "color", "value": "red"}, "invalid color", "/value"),
    ({"type": "color"}, missing("value"), ""),
    ({"type": "date", "format": "{date}"}, missing("timestamp"), ""),
    ({"type": "date", "timestamp": 1}, missing("format"), ""),
    ({"type": "date", "timestamp": -1, "format": "{date}"}, "must be at least 0", "/timestamp"),
    ({"type": "date", "timestamp": 1.5, "format": "{date}"}, "must provide an integer", "/timestamp"),
    ({"type": "date", "timestamp": 1, "format": "{date}", "url": "x"}, URL, "/url"),
    ({"type": "mrkdwn", "text": "t"}, "unsupported type: mrkdwn", "/type"),
]


@pytest.mark.parametrize(("inline", "complaint", "where"), RUN_CASES)
def test_a_run_of_rich_text_that_breaks_a_rule_is_refused(inline: Json, complaint: str, where: str) -> None:
    """What stands inside a section of rich text is checked like everything else."""
    problems = problems_with(rich(inline), "message")
    pointer = f"/blocks/0/elements/0/elements/0{where}"
    assert (complaint, pointer) in [(problem.message, problem.pointer) for problem in problems]


SECTION: Json = {"type": "rich_text_section", "elements": [run()]}
LIST: Json = {"type": "rich_text_list", "style": "bullet", "elements": [SECTION]}
TREE_CASES: list[tuple[Json, str, str]] = [
    ({"type": "rich_text_section"}, missing("elements"), ""),
    ({"type": "rich_text_quote"}, missing("elements"), ""),
    ({"type": "rich_text_quote", "elements": [], "border": 2}, "must be at most 1", "/border"),
    ({"type": "rich_text_quote", "elements": [], "border": -1}, "must be at least 0", "/border"),
    ({"type": "rich_text_quote", "elements": [], "border": 0.5}, "must provide an integer", "/border"),
    ({"type": "rich_text_preformatted"}, missing("elements"), ""),
    (
        {"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]},
        "unsupported type: user",
        "/elements/0/type",
    ),
    (changed(LIST, {"style": "roman"}), ENUM, "/style"),
    (changed(LIST, {"style": GONE}), missing("style"), ""),
    (changed(LIST, {"elements": GONE}), missing("elements"), ""),
    (changed(LIST, {"elements": [LIST]}), "unsupported type: rich_text_list", "/elements/0/type"),
    (changed(LIST, {"indent": 9}), "must be at most 8", "/indent"),
    (changed(LIST, {"indent": -1}), "must be at least 0", "/indent"),
    (changed(LIST, {"indent": 0.5}), "must provide an integer", "/indent"),
    (changed(LIST, {"offset": -1}), "must be at least 0", "/offset"),
    (changed(LIST, {"offset": 0.5}), "must provide an integer", "/offset"),
    (run(), "unsupported type: text", "/type"),
]


@pytest.mark.parametrize(("part", "complaint", "where"), TREE_CASES)
def test_a_part_of_rich_text_that_breaks_a_rule_is_refused(part: Json, complaint: str, where: str) -> None:
    """Sections, quotes, code and lists have each their own rules."""
    problems = problems_with({"type": "rich_text", "elements": [part]}, "message")
    assert (complaint, f"/blocks/0/elements/0{where}") in [(one.message, one.pointer) for one in problems]
