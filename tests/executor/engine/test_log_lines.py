"""The log stream taken apart: whatever the cuts, the floods and the bytes."""

from datetime import UTC, datetime, timedelta

import pytest

from executor.engine.log_lines import CUT_MARK, LINE_LIMIT_BYTES, LogDecoder
from executor.engine.protocol import LogLine

AT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def frame(text: bytes, *, at: datetime = AT, stream: int = 1) -> bytes:
    """As the engine sends it, with nanoseconds."""
    payload = at.strftime("%Y-%m-%dT%H:%M:%S.%f").encode() + b"789Z " + text
    return bytes([stream, 0, 0, 0]) + len(payload).to_bytes(4, "big") + payload


def decode(data: bytes, *, size: int = 65536) -> list[LogLine]:
    """All lines of a stream that comes in pieces of this size."""
    decoder = LogDecoder()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return [*(line for piece in pieces for line in decoder.feed(piece)), *decoder.finish()]


@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 41, 65536])
def test_lines_are_the_same_however_they_come(size: int) -> None:
    """Pieces of any size give the same lines, in order, each with its output."""
    data = frame(b"one\n") + frame(b"oh\n", stream=2, at=AT + timedelta(seconds=1)) + frame(b"\n")
    lines = decode(data, size=size)
    assert [(line.stream, line.text) for line in lines] == [
        ("stdout", "one"),
        ("stderr", "oh"),
        ("stdout", ""),
    ]
    assert lines[0].at == AT


def test_a_line_in_several_frames_is_one() -> None:
    """The engine's own pieces of a long line are put together, the other output's lines between them."""
    data = frame(b"a" * 5) + frame(b"err\n", stream=2) + frame(b"b\n", at=AT + timedelta(seconds=9))
    assert [(line.stream, line.text) for line in decode(data)] == [("stderr", "err"), ("stdout", "aaaaab")]


def test_a_long_line_is_cut_and_held_no_longer() -> None:
    """A line without end takes no more memory than the limit, and ends with the mark."""
    decoder = LogDecoder()
    for _ in range(100):
        assert list(decoder.feed(frame(b"x" * 16384))) == []
        assert sum(map(len, decoder._open.values())) <= LINE_LIMIT_BYTES + 1
    (line,) = decoder.feed(frame(b"end\n"))
    assert line.text == "x" * LINE_LIMIT_BYTES + CUT_MARK
    (line,) = decoder.feed(frame(b"next\n"))
    assert line.text == "next"


def test_a_line_of_exactly_the_limit_is_whole() -> None:
    """The newline itself counts for nothing."""
    (line,) = decode(frame(b"y" * LINE_LIMIT_BYTES + b"\n"))
    assert line.text == "y" * LINE_LIMIT_BYTES


def test_bytes_that_are_no_text_are_replaced() -> None:
    """Invalid UTF-8 becomes the replacement character and never an error; control characters stay."""
    (line,) = decode(frame(b"a\xff\x00\x1b[31m\n"))
    assert line.text == "a\ufffd\x00\x1b[31m"


def test_the_last_words_without_a_newline_are_kept() -> None:
    """A container that ends in mid-line loses nothing."""
    assert [line.text for line in decode(frame(b"bye"))] == ["bye"]


def test_moments_grow_strictly_and_the_same_again() -> None:
    """Lines of one microsecond, and of outputs stamped out of order, get moments that name them."""
    late = AT - timedelta(microseconds=5)
    data = b"".join([frame(b"1\n"), frame(b"2\n"), frame(b"3\n", at=late, stream=2), frame(b"4\n")])
    moments = [line.at for line in decode(data)]
    assert moments == [AT + timedelta(microseconds=extra) for extra in range(4)]
    assert [line.at for line in decode(data)] == moments


def test_a_frame_that_is_no_log_is_passed_over() -> None:
    """Something without a moment is left out and what follows is read."""
    odd = b"\x01\0\0\0\0\0\0\x04huh\n"
    assert [line.text for line in decode(odd + frame(b"fine\n"))] == ["fine"]
