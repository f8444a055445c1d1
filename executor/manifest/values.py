"""Single values: text, numbers, sizes, times, paths. Each returns None after noting what is wrong."""

import posixpath
import re
from collections.abc import Sequence

from executor.manifest.limits import PATH_LIMIT_CHARS, VALUE_LIMIT_CHARS
from executor.manifest.spot import Spot
from executor.manifest.tree import Listing, Scalar

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
_INTEGER = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"(?:[0-9]{1,5}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?) ?([kmgt]?)(?:i?b)?", re.IGNORECASE)
_SIZE_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?(?:us|ms|s|m|h|d))+")
_DURATION_PART = re.compile(r"([0-9.]+)(us|ms|s|m|h|d)")
_DURATION_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_KERNEL_FOLDERS = ("/proc", "/sys", "/dev")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 a path inside the container, which the manifest names


def read_text(spot: Spot, *, most: int = VALUE_LIMIT_CHARS) -> str | None:
    """Any scalar, as it was written."""
    if not isinstance(spot.node, Scalar):
        spot.refuse("must be text")
        return None
    if len(spot.node.text) > most:
        spot.refuse(f"longer than {most} characters")
        return None
    return spot.node.text


def read_line(spot: Spot, *, most: int) -> str | None:
    """Text of one line, not empty."""
    text = read_text(spot, most=most)
    if text is None:
        return None
    if not text.strip() or "\n" in text.strip():
        spot.refuse("must be one line of text")
        return None
    return text.strip()


def read_matching(spot: Spot, pattern: re.Pattern[str], meaning: str) -> str | None:
    """Text that the whole pattern matches."""
    text = read_text(spot)
    if text is None:
        return None
    if not pattern.fullmatch(text):
        spot.refuse(f"“{text[:60]}” is not {meaning}")
        return None
    return text


def read_boolean(spot: Spot) -> bool | None:
    """``true`` or ``false``, unquoted."""
    if isinstance(spot.node, Scalar) and spot.node.plain:
        word = spot.node.text.lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    spot.refuse("must be true or false")
    return None


def read_integer(spot: Spot, *, least: int, most: int) -> int | None:
    """A whole number within its range."""
    text = read_text(spot)
    if text is None:
        return None
    if not _INTEGER.fullmatch(text) or not least <= int(text) <= most:
        spot.refuse(f"must be a whole number from {least} to {most}")
        return None
    return int(text)


def read_number(spot: Spot, *, least: float, most: float) -> float | None:
    """A number within its range."""
    text = read_text(spot)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not least <= float(text) <= most:
        spot.refuse(f"must be a number from {least:g} to {most:g}")
        return None
    return float(text)


def parse_size(text: str) -> int | None:
    """``64m``, ``1.5g``, ``512 MiB`` in bytes, powers of 1024 as in Compose; None if it is no size."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        return None
    return int(float(match[1]) * 1024 ** _SIZE_POWERS[match[2].lower()])


def read_size(spot: Spot, *, least: int, most: int) -> int | None:
    """A number of bytes within its range."""
    text = read_text(spot)
    if text is None:
        return None
    size = parse_size(text)
    if size is None:
        spot.refuse(f"“{text[:60]}” is not a size such as 256m or 1g")
    elif not least <= size <= most:
        spot.refuse(f"must be from {show_size(least)} to {show_size(most)}")
    else:
        return size
    return None


def show_size(size: int) -> str:
    """Bytes in the largest unit that divides them."""
    for power, unit in ((3, "g"), (2, "m"), (1, "k")):
        if size >= 1024**power and size % 1024**power == 0:
            return f"{size // 1024**power}{unit}"
    return f"{size}b"


def read_seconds(spot: Spot, *, least: float, most: float) -> float | None:
    """A length of time (``90s``, ``1m30s``, ``8h``, ``2d``) within its range, in seconds."""
    text = read_text(spot)
    if text is None:
        return None
    if not _DURATION.fullmatch(text):
        spot.refuse(f"“{text[:60]}” is not a length of time such as 30s, 1m30s or 8h")
        return None
    seconds = sum(float(number) * _DURATION_SECONDS[unit] for number, unit in _DURATION_PART.findall(text))
    if not least <= seconds <= most:
        spot.refuse(f"must be from {show_seconds(least)} to {show_seconds(most)}")
        return None
    return seconds


def read_whole_seconds(spot: Spot, *, least: float, most: float) -> int | None:
    """As ``read_seconds``, rounded to whole ones."""
    seconds = read_seconds(spot, least=least, most=most)
    return None if seconds is None else round(seconds)


def show_seconds(seconds: float) -> str:
    """A length of time in the largest unit that divides it."""
    for unit in ("d", "h", "m"):
        if seconds >= _DURATION_SECONDS[unit] and seconds % _DURATION_SECONDS[unit] == 0:
            return f"{seconds / _DURATION_SECONDS[unit]:g}{unit}"
    return f"{seconds:g}s"


def read_path(spot: Spot) -> str | None:
    """An absolute path inside the container."""
    text = read_text(spot)
    return None if text is None else checked_path(spot, text)


def checked_path(spot: Spot, path: str) -> str | None:
    """The path without a slash at its end, if something may be put there."""
    plain = posixpath.normpath(path)
    if not path.startswith("/") or path.startswith("//") or plain != (path.rstrip("/") or "/"):
        spot.refuse(f"“{path[:60]}” is not an absolute path such as /data")
    elif len(path) > PATH_LIMIT_CHARS or any(mark in path for mark in ":,\n\t"):
        spot.refuse("a path of at most 200 characters, without colons, commas and line breaks")
    elif plain == "/" or (plain != _SHARED_MEMORY and _within(plain, _KERNEL_FOLDERS)):
        spot.refuse(f"“{plain}” belongs to the system of the container; choose a folder of the app's")
    else:
        return plain
    return None


def _within(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def read_texts(spot: Spot, *, most: int) -> tuple[str, ...] | None:
    """A list of scalars."""
    if isinstance(spot.node, Listing) and len(spot.node.items) > most:
        spot.refuse(f"more than {most} values")
        return None
    items = spot.items()
    if items is None:
        return None
    texts = [read_text(item) for item in items]
    return None if None in texts else tuple(text for text in texts if text is not None)
