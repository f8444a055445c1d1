"""Rules about a view as a whole, and about the options that an app answers a menu with."""

from collections.abc import Mapping

import pytest

from tests.workspace.blockkit.block_samples import HOME, MODAL
from tests.workspace.blockkit.complaints import EMPTY, ENUM, NO_ITEMS, PLAIN_ONLY, missing, too_long, too_many
from tests.workspace.blockkit.samples import GONE, Json, changed, group, mrkdwn, options, plain
from workspace.blockkit import validate_options, validate_view

INPUT: Json = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}
FOCUSED: Json = INPUT | {"element": {"type": "plain_text_input", "focus_on_load": True}}
SUBMIT = "must define `submit` to use an `input` block in modals"

MODAL_CASES: list[tuple[Mapping[str, object], str, str]] = [
    ({"title": plain(25)}, too_long(24), "/title/text"),
    ({"title": mrkdwn()}, PLAIN_ONLY, "/title/type"),
    ({"title": plain("")}, EMPTY, "/title/text"),
    ({"title": GONE}, missing("title"), ""),
    ({"title": None}, missing("title"), ""),
    ({"submit": plain(25)}, too_long(24), "/submit/text"),
    ({"close": plain(25)}, too_long(24), "/close/text"),
    ({"private_metadata": "p" * 3001}, too_long(3000), "/private_metadata"),
    ({"callback_id": "c" * 256}, too_long(255), "/callback_id"),
    ({"external_id": "e" * 256}, too_long(255), "/external_id"),
    ({"type": "home"}, ENUM, "/type"),
    ({"type": GONE}, missing("type"), ""),
    ({"blocks": GONE}, missing("blocks"), ""),
    ({"blocks": []}, NO_ITEMS, "/blocks"),
    ({"blocks": [{"type": "divider"}] * 101}, too_many(100), "/blocks"),
    ({"blocks": [INPUT], "submit": GONE}, SUBMIT, "/blocks/0/input"),
    (
        {"blocks": [FOCUSED, FOCUSED]},
        "only one element can have `focus_on_load`",
        "/blocks/1/element/focus_on_load",
    ),
    ({"submit_disabled": True}, "invalid additional property: submit_disabled", ""),
    ({"hash": "1.a"}, "invalid additional property: hash", ""),
    (
        {"blocks": [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}]},
        '`block_id` "b" already exists',
        "/blocks/1/block_id",
    ),
]


@pytest.mark.parametrize(("edit", "complaint", "where"), MODAL_CASES)
def test_a_modal_that_breaks_a_rule_is_refused(
    edit: Mapping[str, object], complaint: str, where: str
) -> None:
    """Its problems are all about arguments, and point into the view."""
    problems = validate_view(changed(MODAL, edit), surface="modal")
    assert {problem.code for problem in problems} == {"invalid_arguments"}
    assert (complaint, f"/view{where}") in [(problem.message, problem.pointer) for problem in problems]


HOME_CASES: list[tuple[Mapping[str, object], str, str]] = [
    ({"type": "modal"}, ENUM, "/type"),
    ({"type": GONE}, missing("type"), ""),
    ({"blocks": GONE}, missing("blocks"), ""),
    ({"blocks": [{"type": "divider"}] * 101}, too_many(100), "/blocks"),
    ({"title": plain()}, "invalid additional property: title", ""),
    ({"submit": plain()}, "invalid additional property: submit", ""),
    ({"close": plain()}, "invalid additional property: close", ""),
]


@pytest.mark.parametrize(("edit", "complaint", "where"), HOME_CASES)
def test_a_home_tab_that_breaks_a_rule_is_refused(
    edit: Mapping[str, object], complaint: str, where: str
) -> None:
    """A Home tab has no title and no buttons of its own."""
    problems = validate_view(changed(HOME, edit), surface="home")
    assert (complaint, f"/view{where}") in [(problem.message, problem.pointer) for problem in problems]


@pytest.mark.parametrize(
    "view",
    [
        changed(MODAL, {"blocks": [INPUT, FOCUSED]}),
        changed(MODAL, {"submit": None, "close": None, "external_id": None}),
        changed(MODAL, {"private_metadata": "", "callback_id": ""}),
    ],
)
def test_a_modal_within_the_rules_is_accepted(view: Json) -> None:
    """Inputs with submit, one focus, and null for what is not wanted."""
    assert validate_view(view, surface="modal") == []


@pytest.mark.parametrize("blocks", [[], [INPUT], [FOCUSED]])
def test_a_home_tab_within_the_rules_is_accepted(blocks: list[Json]) -> None:
    """It may be empty, and takes inputs without a submit button."""
    assert validate_view(changed(HOME, {"blocks": blocks}), surface="home") == []


def test_a_view_is_refused_when_it_is_larger_than_its_limit() -> None:
    """The size is that of the JSON in bytes, so that long scripts count for what they take."""
    texts = [{"type": "section", "text": plain("é" * 1_240)} for _ in range(100)]
    small, large = changed(MODAL, {"blocks": texts[:90]}), changed(MODAL, {"blocks": texts})
    assert validate_view(small, surface="modal") == []
    assert [problem.code for problem in validate_view(large, surface="modal")] == ["view_too_large"]


def test_what_is_no_object_is_no_view() -> None:
    """A string that was never decoded is refused, not looked into."""
    problems = validate_view("{}", surface="modal")  # type: ignore[arg-type]  # what a caller may send
    assert [problem.text for problem in problems] == ["must provide an object [json-pointer:/view]"]


@pytest.mark.parametrize(
    "reply",
    [{"options": []}, {"options": options(100)}, {"option_groups": [group()] * 100}, {"option_groups": []}],
)
def test_up_to_a_hundred_options_or_groups_answer_a_menu(reply: Json) -> None:
    """None at all is an answer too."""
    assert validate_options(reply) == []


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ({}, "must define either `options` or `option_groups`"),
        ({"options": [], "option_groups": []}, "must define only one of `options` or `option_groups`"),
        ({"options": options(101)}, "no more than 100 items allowed [json-pointer:/options]"),
        ({"option_groups": [group()] * 101}, "no more than 100 items allowed [json-pointer:/option_groups]"),
        ({"options": [{"text": plain()}]}, "missing required field: value [json-pointer:/options/0]"),
        (
            {"option_groups": [{"options": []}]},
            "missing required field: label [json-pointer:/option_groups/0]",
        ),
        ([], "must provide an object"),
    ],
)
def test_an_answer_to_a_menu_that_breaks_a_rule_is_refused(reply: Json, text: str) -> None:
    """Too many options, options of the wrong shape, or none of either kind."""
    assert [(problem.code, problem.text) for problem in validate_options(reply)] == [
        ("invalid_options", text)
    ]
