"""No JSON value, however strange, makes a validator raise: every payload gets an answer."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.blockkit.block_samples import BLOCKS, HOME, MODAL
from tests.workspace.blockkit.samples import ELEMENTS, Json
from workspace.blockkit import validate_message, validate_options, validate_view
from workspace.blockkit.mrkdwn import date_faults, mentions_in_message
from workspace.manifest import validate_manifest

NAMES = sorted(
    {
        "text",
        "blocks",
        "attachments",
        "markdown_text",
        "child_blocks",
        "option_groups",
        "settings",
        "features",
    }
    | {"slash_commands", "shortcuts", "unfurl_domains", "allowed_ip_address_ranges", "interactivity"}
    | {name for sample in (*BLOCKS.values(), *ELEMENTS.values(), HOME, MODAL) for name in sample}
)
TYPES = sorted({str(sample["type"]) for sample in (*BLOCKS.values(), *ELEMENTS.values())})
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(TYPES)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
BROKEN = st.builds(
    lambda sample, name, value: {**sample, name: value},
    st.sampled_from([*BLOCKS.values(), *ELEMENTS.values()]),
    st.sampled_from(NAMES),
    JSON,
)
PAYLOADS = st.dictionaries(st.sampled_from(NAMES), JSON | st.lists(BROKEN, max_size=2), max_size=5)

VALIDATORS: list[Callable[[Json], object]] = [
    validate_message,
    lambda view: validate_view(view, surface="modal"),
    lambda view: validate_view(view, surface="home"),
    validate_options,
    validate_manifest,
    mentions_in_message,
]


@pytest.mark.parametrize("validate", VALIDATORS)
def test_any_payload_gets_an_answer(validate: Callable[[Json], object]) -> None:
    """Broken blocks, strange types and values of every kind at every known name."""

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(payload=PAYLOADS)
    def answers(payload: Json) -> None:
        assert isinstance(validate(payload), list)

    answers()


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(text=st.text(alphabet="<>!@^|{}dateU1 here", max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    """Text made of the characters that mean something in mrkdwn."""
    assert isinstance(date_faults(text), list)
    assert isinstance(mentions_in_message({"text": text, "markdown_text": text}, link_names=True), list)


@pytest.mark.parametrize("opening", ['{"type":"container","child_blocks":[', '{"type":"table","rows":[', "["])
def test_a_payload_nested_as_deep_as_json_may_be_gets_an_answer(opening: str) -> None:
    """What the decoder took, the validators must not fail on."""
    closing = "".join({"{": "}", "[": "]"}[mark] for mark in reversed(opening) if mark in "{[")
    times = 800 // len(closing)
    nested = json.loads(opening * times + closing * times)
    assert validate_message({"blocks": [nested]})
    assert validate_message({"attachments": [{"blocks": [nested]}]})
    assert validate_view({"type": "home", "blocks": [nested]}, surface="home")
