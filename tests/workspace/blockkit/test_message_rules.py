"""Rules about a message as a whole: its text, how much its blocks hold together, and its attachments."""

from collections.abc import Mapping

import pytest

from tests.workspace.blockkit.block_samples import chart
from tests.workspace.blockkit.samples import Json, mrkdwn, plain, rich, run
from workspace.blockkit import Problem, truncated, validate_message

DIVIDER: Json = {"type": "divider"}
TABLE: Json = {"type": "table", "rows": [[{"type": "raw_text", "text": "c"}]]}
DATA_TABLE: Json = {
    "type": "data_table",
    "caption": "c",
    "rows": [[{"type": "raw_text", "text": "c"}], [{"type": "raw_text", "text": "c"}]],
}
BOX: Json = {"type": "container", "title": plain(), "child_blocks": [TABLE]}
LEGACY: Json = {
    "author_icon": "i",
    "author_link": "l",
    "author_name": "n",
    "author_subname": "s",
    "callback_id": "c",
    "color": "good",
    "fallback": "f",
    "fields": [{"title": "t", "value": "v", "short": True}],
    "footer": "f" * 300,
    "footer_icon": "i",
    "image_url": "i",
    "mrkdwn_in": ["fields", "pretext", "text"],
    "pretext": "p",
    "text": "t",
    "thumb_url": "u",
    "title": "t",
    "title_link": "l",
    "ts": 1,
    "attachment_type": "default",
    "actions": [{}] * 5,
}

ACCEPTED: list[Mapping[str, object]] = [
    {"text": "hello"},
    {"text": "x" * 100_000},
    {"text": None, "blocks": [DIVIDER]},
    {"markdown_text": "**bold**"},
    {"markdown_text": "m" * 12_000, "text": None, "blocks": None},
    {"text": "fallback", "blocks": [DIVIDER] * 50},
    {"attachments": [LEGACY] * 100},
    {"attachments": [{"blocks": [TABLE], "color": "#ff0000", "fallback": "f"}]},
    {"blocks": [{"type": "markdown", "text": "m" * 6_000}] * 2},
    {"blocks": [{"type": "section", "text": mrkdwn(3_000)}] * 4},
    {"blocks": [chart("pie") | {"block_id": str(number)} for number in range(2)]},
    {"blocks": [{"type": "markdown", "text": "m", "block_id": "b"}, DIVIDER | {"block_id": "b"}]},
    {"blocks": [TABLE | {"rows": [[{"type": "raw_text", "text": "x" * 10_000}]]}]},
    {"blocks": [TABLE | {"rows": [[{"type": "raw_text", "text": "12345"}] * 20] * 100}]},
    {"blocks": [DATA_TABLE | {"rows": [[{"type": "raw_text", "text": "x" * 10_000}]] * 2}]},
]


@pytest.mark.parametrize("payload", ACCEPTED)
def test_a_message_within_the_rules_is_accepted(payload: Mapping[str, object]) -> None:
    """Text, markdown, blocks and attachments at their limits, alone or together."""
    assert validate_message(payload) == []


REFUSED: list[tuple[Mapping[str, object], str, str]] = [
    ({}, "no_text", "no message text provided"),
    ({"text": "", "blocks": [], "attachments": []}, "no_text", "no message text provided"),
    ({"text": " \n"}, "no_text", "no message text provided"),
    ({"text": 1}, "invalid_arguments", "must provide a string [json-pointer:/text]"),
    ({"markdown_text": ["m"]}, "invalid_arguments", "must provide a string [json-pointer:/markdown_text]"),
    (
        {"markdown_text": "m" * 12_001},
        "invalid_arguments",
        "must be less than 12001 characters [json-pointer:/markdown_text]",
    ),
    (
        {"markdown_text": "m", "text": "t"},
        "markdown_text_conflict",
        "markdown_text stands alone [json-pointer:/markdown_text]",
    ),
    (
        {"markdown_text": "m", "blocks": [DIVIDER]},
        "markdown_text_conflict",
        "markdown_text stands alone [json-pointer:/markdown_text]",
    ),
    ({"blocks": DIVIDER}, "invalid_blocks_format", "blocks must be an array [json-pointer:/blocks]"),
    ({"blocks": [DIVIDER] * 51}, "invalid_blocks", "no more than 50 items allowed [json-pointer:/blocks]"),
    (
        {"blocks": [{"type": "section", "text": mrkdwn(3_000)}] * 5},
        "msg_blocks_too_long",
        "blocks are too long [json-pointer:/blocks]",
    ),
    (
        {"blocks": [{"type": "markdown", "text": "m" * 6_001}] * 2},
        "invalid_blocks",
        "must be less than 12001 characters [json-pointer:/blocks/1/text]",
    ),
    (
        {"blocks": [chart("pie") | {"block_id": str(number)} for number in range(3)]},
        "invalid_blocks",
        "too many data_visualization blocks",
    ),
    (
        {"blocks": [DIVIDER | {"block_id": "b"}, DIVIDER | {"block_id": "b"}]},
        "invalid_blocks",
        '`block_id` "b" already exists [json-pointer:/blocks/1/block_id]',
    ),
    (
        {"blocks": [DIVIDER | {"block_id": "b"}, BOX | {"child_blocks": [DIVIDER | {"block_id": "b"}]}]},
        "invalid_blocks",
        '`block_id` "b" already exists [json-pointer:/blocks/1/child_blocks/0/block_id]',
    ),
    ({"blocks": [TABLE, TABLE]}, "invalid_attachments", "only_one_table_allowed"),
    ({"blocks": [TABLE, DATA_TABLE]}, "invalid_attachments", "only_one_table_allowed"),
    ({"blocks": [TABLE, BOX]}, "invalid_attachments", "only_one_table_allowed"),
    (
        {"blocks": [TABLE], "attachments": [{"blocks": [TABLE]}]},
        "invalid_attachments",
        "only_one_table_allowed",
    ),
    (
        {"blocks": [DATA_TABLE | {"rows": [*DATA_TABLE["rows"], [rich(run("x" * 20_000))]]}]},  # type: ignore[misc]  # JSON
        "invalid_blocks",
        "no more than 20000 characters allowed in a table [json-pointer:/blocks/0]",
    ),
    ({"attachments": LEGACY}, "invalid_attachments", "must provide an array [json-pointer:/attachments]"),
    ({"attachments": [LEGACY] * 101}, "too_many_attachments", "no more than 100 items allowed"),
    ({"attachments": ["a"]}, "invalid_attachments", "must provide an object [json-pointer:/attachments/0]"),
    (
        {"attachments": [{"indent": False}]},
        "invalid_attachments",
        "invalid additional property: indent [json-pointer:/attachments/0]",
    ),
    ({"attachments": [{"blocks": [DIVIDER], "title": "t"}]}, "invalid_attachments", "invalid_keys"),
    (
        {"attachments": [{"blocks": [{"type": "blink"}]}]},
        "invalid_attachments",
        "unsupported type: blink [json-pointer:/attachments/0/blocks/0/type]",
    ),
    (
        {"attachments": [{"footer": "f" * 301}]},
        "invalid_attachments",
        "must be less than 301 characters [json-pointer:/attachments/0/footer]",
    ),
    (
        {"attachments": [{"mrkdwn_in": ["footer"]}]},
        "invalid_attachments",
        "must be a valid enum value [json-pointer:/attachments/0/mrkdwn_in/0]",
    ),
    (
        {"attachments": [{"actions": [{}] * 6}]},
        "invalid_attachments",
        "no more than 5 items allowed [json-pointer:/attachments/0/actions]",
    ),
    (
        {"attachments": [{"fields": [{"long": True}]}]},
        "invalid_attachments",
        "invalid additional property: long [json-pointer:/attachments/0/fields/0]",
    ),
]


@pytest.mark.parametrize(("payload", "code", "text"), REFUSED)
def test_a_message_that_breaks_a_rule_is_refused(payload: Mapping[str, object], code: str, text: str) -> None:
    """The problem has Slack's code and, where Slack gives one, the place."""
    assert (code, text) in [(problem.code, problem.text) for problem in validate_message(payload)]


@pytest.mark.parametrize("name", [name for name in LEGACY if name != "ts"])
def test_no_legacy_field_takes_a_value_of_another_type(name: str) -> None:
    """Every field of an attachment has its type, but for ts, which comes as number or string."""
    assert validate_message({"attachments": [LEGACY | {name: 1.5}]})


@pytest.mark.parametrize("name", ["title", "value", "short"])
def test_no_part_of_a_legacy_field_takes_a_value_of_another_type(name: str) -> None:
    """Title and value are text, short is a flag."""
    assert validate_message({"attachments": [{"fields": [{name: 1.5}]}]})


@pytest.mark.parametrize(("chars", "codes"), [(4_000, []), (4_001, ["msg_too_long"])])
def test_an_update_is_stricter_about_text_than_a_post(chars: int, codes: list[str]) -> None:
    """chat.update refuses what chat.postMessage would still take whole."""
    payload = {"text": "x" * chars}
    assert [problem.code for problem in validate_message(payload, method="chat.update")] == codes
    assert validate_message(payload) == []


def test_a_posted_text_is_cut_off_at_forty_thousand_characters() -> None:
    """What is longer loses its end; what is not keeps it."""
    assert truncated("x" * 40_001) == "x" * 40_000
    assert truncated("short") == "short"


def test_every_problem_is_reported_at_once() -> None:
    """A second wrong block does not hide behind the first."""
    problems = validate_message({"blocks": [{"type": "blink"}, DIVIDER, {"type": "header"}]})
    assert problems == [
        Problem("invalid_blocks", "unsupported type: blink", "/blocks/0/type"),
        Problem("invalid_blocks", "missing required field: text", "/blocks/2"),
    ]
