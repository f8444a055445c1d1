"""Lines of output as they are stored, and finding some of them again. Pure.

A stored line is ``2026-11-20T12:00:00.000001+00:00 o text``: when, which stream, what. What a program writes
is hostile: it is cut to a length and can neither begin a line of its own nor break the database's text.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from executor.engine.protocol import LogLine
from storage.records import LogSegment

LINE_LIMIT_CHARACTERS = 8_000
"""Longer ones are cut where they are stored."""
CUT_MARK = " […]"

_LETTER_OF_STREAM = {"stdout": "o", "stderr": "e"}
_STREAM_OF_LETTER = {letter: stream for stream, letter in _LETTER_OF_STREAM.items()}
_HARMLESS = str.maketrans({"\n": " ", "\r": "", "\0": "\ufffd", "\x0b": " ", "\x0c": " ", "\x85": " "})


@dataclass(frozen=True, kw_only=True)
class StoredLine:
    """One line of one service."""

    at: datetime
    service: str
    stream: str
    """'stdout' or 'stderr'."""
    text: str


def format_line(line: LogLine) -> str:
    """A line as it is stored, its end included."""
    letter = _LETTER_OF_STREAM.get(line.stream, "o")
    return f"{line.at.isoformat()} {letter} {harmless(line.text)}\n"


def harmless(text: str) -> str:
    """The text as one bounded line that every database can hold."""
    if len(text) > LINE_LIMIT_CHARACTERS:
        text = text[: LINE_LIMIT_CHARACTERS - len(CUT_MARK)] + CUT_MARK
    return text.translate(_HARMLESS).encode("utf-8", "replace").decode("utf-8")


def parse_lines(service: str, text: str) -> Iterator[StoredLine]:
    """Read stored lines back."""
    for line in text.split("\n"):
        moment, _, rest = line.partition(" ")
        letter, _, said = rest.partition(" ")
        if letter in _STREAM_OF_LETTER:
            yield StoredLine(
                at=datetime.fromisoformat(moment),
                service=service,
                stream=_STREAM_OF_LETTER[letter],
                text=said,
            )


def parse_segments(segments: Iterable[LogSegment]) -> Iterator[StoredLine]:
    """The lines of stored segments."""
    for segment in segments:
        yield from parse_lines(segment.service, segment.text)


def pick(
    lines: Iterable[StoredLine], *, tail: int, since: datetime | None = None, grep: str | None = None
) -> Sequence[StoredLine]:
    """The newest ``tail`` lines from ``since`` on that contain ``grep`` in any case, oldest first.

    ``grep`` is plain text: a pattern of somebody's making could take for ever.
    """
    wanted = grep.casefold() if grep else None
    found = (
        line
        for line in lines
        if (since is None or line.at >= since) and (wanted is None or wanted in line.text.casefold())
    )
    newest: deque[StoredLine] = deque(sorted(found, key=lambda line: line.at), maxlen=tail)
    return list(newest)
