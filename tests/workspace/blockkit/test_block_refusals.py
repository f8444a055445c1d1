"""Each rule about a classic block refuses what it should, in Slack's words and at the right place."""

from collections.abc import Mapping

import pytest

from tests.workspace.blockkit.complaints import (
    BUTTON,
    EMPTY,
    ENUM,
    NO_ITEMS,
    PLAIN_ONLY,
    URL,
    Case,
    lacking,
    missing,
    too_long,
    too_many,
)
from tests.workspace.blockkit.places import edited_block, problems_with
from tests.workspace.blockkit.samples import (
    GONE,
    mrkdwn,
    plain,
    rich,
    run,
    url,
)

BLOCK_CASES: list[Case] = [
    ("section", {"block_id": "b" * 256}, too_long(255), "/block_id"),
    ("section", {"text": mrkdwn(3001)}, too_long(3000), "/text/text"),
    ("section", {"text": plain("")}, EMPTY, "/text/text"),
    ("section", {"text": {"type": "plain_text"}}, missing("text"), "/text"),
    ("section", {"text": {"type": "mrkdwn"}}, missing("text"), "/text"),
    ("section", {"text": {"text": "untyped"}}, missing("type"), "/text"),
    ("section", {"text": {"type": "html", "text": "<b>"}}, "unsupported type: html", "/text/type"),
    ("section", {"text": mrkdwn() | {"emoji": True}}, "invalid additional property: emoji", "/text"),
    ("section", {"text": plain() | {"verbatim": True}}, "invalid additional property: verbatim", "/text"),
    ("section", {"text": "a string"}, "must provide an object", "/text"),
    ("section", {"text": GONE, "fields": GONE}, "must define either `text` or `fields`", "/type"),
    ("section", {"fields": [mrkdwn(2001)]}, too_long(2000), "/fields/0/text"),
    ("section", {"fields": [plain()] * 11}, too_many(10), "/fields"),
    ("section", {"fields": []}, NO_ITEMS, "/fields"),
    (
        "section",
        {"accessory": {"type": "plain_text_input"}},
        "unsupported type: plain_text_input",
        "/accessory/type",
    ),
    ("header", {"text": plain(151)}, too_long(150), "/text/text"),
    ("header", {"text": mrkdwn()}, PLAIN_ONLY, "/text/type"),
    ("header", {"level": 0}, "must be at least 1", "/level"),
    ("header", {"level": 5}, "must be at most 4", "/level"),
    ("header", {"level": 1.5}, "must provide an integer", "/level"),
    *lacking("header", "text"),
    ("divider", {"text": plain()}, "invalid additional property: text", ""),
    ("actions", {"elements": []}, NO_ITEMS, "/elements"),
    ("actions", {"elements": [BUTTON] * 26}, too_many(25), "/elements"),
    (
        "actions",
        {"elements": [{"type": "plain_text_input"}]},
        "unsupported type: plain_text_input",
        "/elements/0/type",
    ),
    ("actions", {"elements": [{"type": "blink"}]}, "unsupported type: blink", "/elements/0/type"),
    ("actions", {"elements": [BUTTON, BUTTON]}, '`action_id` "a" already exists', "/elements/1/action_id"),
    *lacking("actions", "elements"),
    ("context", {"elements": []}, NO_ITEMS, "/elements"),
    ("context", {"elements": [plain()] * 11}, too_many(10), "/elements"),
    ("context", {"elements": [mrkdwn(3001)]}, too_long(3000), "/elements/0/text"),
    ("context", {"elements": [BUTTON]}, "unsupported type: button", "/elements/0/type"),
    *lacking("context", "elements"),
    ("context_actions", {"elements": []}, NO_ITEMS, "/elements"),
    ("context_actions", {"elements": [{}] * 6}, too_many(5), "/elements"),
    ("context_actions", {"elements": [BUTTON]}, "unsupported type: button", "/elements/0/type"),
    *lacking("context_actions", "elements"),
    ("image", {"alt_text": "a" * 2001}, too_long(2000), "/alt_text"),
    ("image", {"image_url": url(3001)}, too_long(3000), "/image_url"),
    ("image", {"image_url": "example.com/a.png"}, URL, "/image_url"),
    ("image", {"title": plain(2001)}, too_long(2000), "/title/text"),
    ("image", {"title": mrkdwn()}, PLAIN_ONLY, "/title/type"),
    ("image", {"image_url": GONE}, "must define either `image_url` or `slack_file`", ""),
    ("image", {"slack_file": {"id": "F1"}}, "must define only one of `image_url` or `slack_file`", ""),
    *lacking("image", "alt_text"),
    ("slack_image", {"slack_file": {}}, "must define either `id` or `url`", "/slack_file"),
    (
        "slack_image",
        {"slack_file": {"id": "F", "url": url(30)}},
        "must define only one of `id` or `url`",
        "/slack_file",
    ),
    ("slack_image", {"slack_file": {"id": ""}}, EMPTY, "/slack_file/id"),
    ("slack_image", {"slack_file": {"url": "F1"}}, URL, "/slack_file/url"),
    ("input", {"label": plain(2001)}, too_long(2000), "/label/text"),
    ("input", {"label": mrkdwn()}, PLAIN_ONLY, "/label/type"),
    ("input", {"hint": plain(2001)}, too_long(2000), "/hint/text"),
    ("input", {"element": BUTTON}, "unsupported type: button", "/element/type"),
    ("input", {"element": {"type": "file_input"}}, "unsupported type: file_input", "/element/type"),
    *lacking("input", "label", "element"),
    ("markdown", {"text": ""}, EMPTY, "/text"),
    ("markdown", {"text": "m" * 12_001}, too_long(12_000), "/text"),
    *lacking("markdown", "text"),
    ("table", {"rows": []}, NO_ITEMS, "/rows"),
    ("table", {"rows": [[{"type": "raw_text", "text": "c"}]] * 101}, too_many(100), "/rows"),
    ("table", {"rows": [[]]}, NO_ITEMS, "/rows/0"),
    ("table", {"rows": [[{"type": "raw_text", "text": "c"}] * 21]}, too_many(20), "/rows/0"),
    ("table", {"rows": [[{"type": "raw_text", "text": ""}]]}, EMPTY, "/rows/0/0/text"),
    ("table", {"rows": [[{"type": "raw_text"}]]}, missing("text"), "/rows/0/0"),
    ("table", {"rows": [[{"type": "raw_number", "text": "1"}]]}, missing("value"), "/rows/0/0"),
    ("table", {"rows": [[plain()]]}, "unsupported type: plain_text", "/rows/0/0/type"),
    (
        "table",
        {"rows": [[{"type": "raw_text", "text": "x" * 10_001}]]},
        "no more than 10000 characters allowed in a table",
        "",
    ),
    ("table", {"rows": [[rich(run("x" * 10_001))]]}, "no more than 10000 characters allowed in a table", ""),
    ("table", {"column_settings": [None] * 21}, too_many(20), "/column_settings"),
    ("table", {"column_settings": [{"align": "middle"}]}, ENUM, "/column_settings/0/align"),
    *lacking("table", "rows"),
    ("data_table", {"caption": ""}, EMPTY, "/caption"),
    ("data_table", {"rows": [[{"type": "raw_text", "text": "c"}]]}, "must provide at least 2 items", "/rows"),
    ("data_table", {"rows": [[{"type": "raw_text", "text": "c"}]] * 102}, too_many(101), "/rows"),
    (
        "data_table",
        {"rows": [[{"type": "raw_text", "text": "c"}] * 2, [{"type": "raw_text", "text": "c"}]]},
        "all rows must have the same number of cells",
        "/rows/1",
    ),
    (
        "data_table",
        {"rows": [[rich(run())] * 2, [rich(run())] * 2]},
        "unsupported type: rich_text",
        "/rows/0/0/type",
    ),
    ("data_table", {"page_size": 0}, "must be at least 1", "/page_size"),
    ("data_table", {"page_size": 101}, "must be at most 100", "/page_size"),
    ("data_table", {"page_size": 1.5}, "must provide an integer", "/page_size"),
    ("data_table", {"row_header_column_index": -1}, "must be at least 0", "/row_header_column_index"),
    ("data_table", {"row_header_column_index": 0.5}, "must provide an integer", "/row_header_column_index"),
    (
        "data_table",
        {"row_header_column_index": 2},
        "must be the index of a column",
        "/row_header_column_index",
    ),
    *lacking("data_table", "caption", "rows"),
]


@pytest.mark.parametrize(("name", "edit", "complaint", "where"), BLOCK_CASES)
def test_a_block_that_breaks_a_rule_is_refused(
    name: str, edit: Mapping[str, object], complaint: str, where: str
) -> None:
    """The one change made to a legal block is named, with its place."""
    problems, pointer = edited_block(name, edit)
    assert (complaint, pointer + where) in [(problem.message, problem.pointer) for problem in problems]


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "rich_text", "elements": []}, NO_ITEMS),
        ({"type": "rich_text"}, missing("elements")),
        ({"type": "file", "external_id": "F", "source": "remote"}, "unsupported type: file"),
        ({"type": "blink"}, "unsupported type: blink"),
        ({"type": 1}, "unsupported type: 1"),
        ({}, missing("type")),
        ("a string", "must provide an object"),
    ],
)
def test_what_is_no_block_an_app_may_post_is_refused(block: object, complaint: str) -> None:
    """An unknown, untyped or read-only block does not pass."""
    assert [problem.message for problem in problems_with(block, "message")] == [complaint]


def test_a_file_input_cannot_dispatch_actions() -> None:
    """In an input block with dispatch_action, its type is not supported."""
    block = {"type": "input", "label": plain(), "element": {"type": "file_input"}, "dispatch_action": True}
    assert [problem.text for problem in problems_with(block, "modal")] == [
        "unsupported type: file_input [json-pointer:/view/blocks/0/element/type]"
    ]
