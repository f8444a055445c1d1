"""The body of a refusal has Slack's shape for the method that was called."""

import pytest

from workspace.blockkit import Problem, slack_error

LONG = Problem("invalid_blocks", "must be less than 3001 characters", "/blocks/0/text/text")
TITLE = Problem("invalid_arguments", "missing required field: title", "/view")
TYPE = Problem("invalid_arguments", "missing required field: type", "/view")


def test_messages_are_refused_with_errors_and_messages() -> None:
    """chat.* name each problem twice."""
    text = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert slack_error([LONG], "chat.postMessage") == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [text],
        "response_metadata": {"messages": [f"[ERROR] {text}"]},
    }


def test_views_are_refused_with_messages_alone() -> None:
    """views.* name every problem once, under response_metadata."""
    assert slack_error([TITLE, TYPE], "views.open") == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {
            "messages": [
                "[ERROR] missing required field: title [json-pointer:/view]",
                "[ERROR] missing required field: type [json-pointer:/view]",
            ]
        },
    }


def test_manifests_are_refused_with_pointers_apart() -> None:
    """apps.manifest.* give message and pointer as two fields."""
    problem = Problem("invalid_manifest", "missing required field: name", "/display_information")
    assert slack_error([problem], "apps.manifest.validate") == {
        "ok": False,
        "error": "invalid_manifest",
        "errors": [{"message": "missing required field: name", "pointer": "/display_information"}],
    }


@pytest.mark.parametrize("code", ["no_text", "msg_too_long", "view_too_large", "msg_blocks_too_long"])
def test_what_slack_does_not_explain_stands_alone(code: str) -> None:
    """These refusals carry nothing but their code."""
    assert slack_error([Problem(code, "why", "/text")], "chat.update") == {"ok": False, "error": code}


def test_only_problems_with_the_first_code_are_listed() -> None:
    """Slack has one error at a time."""
    table = Problem("invalid_attachments", "only_one_table_allowed", "")
    assert slack_error([table, LONG], "chat.postMessage") == {
        "ok": False,
        "error": "invalid_attachments",
        "response_metadata": {"messages": ["[ERROR] only_one_table_allowed"]},
    }


def test_there_is_no_refusal_without_a_problem() -> None:
    """Asking for one is a mistake of the caller."""
    with pytest.raises(ValueError, match="nothing to refuse"):
        slack_error([], "chat.postMessage")
