"""From the engine's log stream to lines: taken apart, put together, capped. Pure.

The stream is a run of frames: one byte that says which output, three of nothing, four of length, then that
many bytes. With ``timestamps`` every frame begins with the moment it was written, in nanoseconds. A line
longer than the engine's own buffer comes as several frames, of which only the last ends with a newline.
"""

import codecs
from collections.abc import Iterator
from datetime import datetime, timedelta

from executor.engine.protocol import LogLine
from executor.engine.states import moment

LINE_LIMIT_BYTES = 8192
"""A longer line is cut here, and ends with CUT_MARK."""
CUT_MARK = " […]"
HEADER_BYTES = 8
STREAMS = {1: "stdout", 2: "stderr"}
ONE_TICK = timedelta(microseconds=1)


class LogDecoder:
    """Takes bytes as they come and gives whole lines.

    ``LogLine.at`` is the engine's moment, moved on by a microsecond where that is needed to grow: then a
    moment names one line, and reading again from a second before gives every line the same moment again.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._open: dict[str, bytearray] = {}
        self._started: dict[str, datetime] = {}
        self._last: datetime | None = None

    def feed(self, data: bytes) -> Iterator[LogLine]:
        """The lines that are whole now."""
        self._buffer += data
        while (frame := self._next_frame()) is not None:
            stream, payload = frame
            line = self._take(stream, payload)
            if line is not None:
                yield line

    def finish(self) -> Iterator[LogLine]:
        """What a container wrote last without ending the line."""
        for stream in list(self._open):
            yield self._close(stream)

    def _next_frame(self) -> tuple[str, bytes] | None:
        if len(self._buffer) < HEADER_BYTES:
            return None
        end = HEADER_BYTES + int.from_bytes(self._buffer[4:HEADER_BYTES], "big")
        if len(self._buffer) < end:
            return None
        stream = STREAMS.get(self._buffer[0], "stdout")
        payload = bytes(self._buffer[HEADER_BYTES:end])
        del self._buffer[:end]
        return stream, payload

    def _take(self, stream: str, payload: bytes) -> LogLine | None:
        stamp, _, text = payload.partition(b" ")
        if stream not in self._open:
            at = _moment(stamp)
            if at is None:
                return None
            self._open[stream], self._started[stream] = bytearray(), at
        held = self._open[stream]
        held += text[: LINE_LIMIT_BYTES + 1 - len(held)] if len(held) <= LINE_LIMIT_BYTES else b""
        return self._close(stream) if text.endswith(b"\n") else None

    def _close(self, stream: str) -> LogLine:
        held, at = bytes(self._open.pop(stream)), self._started.pop(stream)
        if self._last is not None and at <= self._last:
            at = self._last + ONE_TICK
        self._last = at
        return LogLine(at=at, stream=stream, text=_text(held))


def _moment(stamp: bytes) -> datetime | None:
    try:
        return moment(stamp.decode("ascii", errors="replace"))
    except ValueError:
        return None


def _text(held: bytes) -> str:
    line = held.removesuffix(b"\n")
    if len(line) <= LINE_LIMIT_BYTES:
        return line.decode("utf-8", errors="replace")
    whole_characters = codecs.getincrementaldecoder("utf-8")(errors="replace")
    return whole_characters.decode(line[:LINE_LIMIT_BYTES], final=False) + CUT_MARK
