"""Sandpiper's own log lines."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logging import LINE_LIMIT_CHARACTERS, set_up_logging


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Give other tests the logging that they had."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines_of(stream: io.StringIO) -> list[dict[str, object]]:
    """The JSON objects that were logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_its_context() -> None:
    """The trace id bound for a delivery stands in every line below it, the library's own included."""
    stream = io.StringIO()
    set_up_logging(format_name="json", level="INFO", stream=stream)
    with structlog.contextvars.bound_contextvars(trace_id="t1"):
        structlog.stdlib.get_logger("here").info("deployed", sandbox="cool-panda-123")
        logging.getLogger("elsewhere").warning("careful")
    first, second = lines_of(stream)
    assert (first["event"], first["sandbox"], first["trace_id"]) == ("deployed", "cool-panda-123", "t1")
    assert (second["event"], second["trace_id"]) == ("careful", "t1")


def test_fields_named_as_secrets_are_hidden_and_long_ones_cut() -> None:
    """Neither a token nor a megabyte of somebody's text reaches the log."""
    stream = io.StringIO()
    set_up_logging(format_name="json", level="INFO", stream=stream)
    structlog.stdlib.get_logger().info("x", bot_token="xoxb-1", text="y" * 1_000_000)
    assert "xoxb-1" not in stream.getvalue()
    assert len(str(lines_of(stream)[0]["text"])) < LINE_LIMIT_CHARACTERS + 50


def test_a_traceback_is_part_of_its_line() -> None:
    """An error of ours is one line, so that it can be found by its id."""
    stream = io.StringIO()
    set_up_logging(format_name="json", level="INFO", stream=stream)
    try:
        raise ValueError("boom")
    except ValueError:
        structlog.stdlib.get_logger().exception("failed", error_id="e1")
    assert "ValueError: boom" in str(lines_of(stream)[0]["exception"])
