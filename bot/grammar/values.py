"""Readers of single values: lengths of time, instants, sizes, names. Each raises ``ValueProblem``."""

import re
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.grammar.commands import Scope
from bot.grammar.spec import Context, ValueProblem

NAME_CHARACTERS_LIMIT = 40
LOG_LINES_LIMIT = 2000
LONGEST_SECONDS = 366 * 24 * 3600
LARGEST_MEMORY_BYTES = 1024**4

_UNIT_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_LENGTH_PART = re.compile(
    r"(\d{1,9}(?:[.,]\d{1,3})?)\s*"
    r"(weeks?|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|m|seconds?|secs?|sec|s)(?![a-z])",
)
_LENGTH = re.compile(r"(?:\d{1,9}(?:[.,]\d{1,3})?\s*[a-z]+\s*)+")
_MEMORY = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)\s*(t|g|m|k)(?:i?b)?")
_MEMORY_BYTES = {"k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_NAME = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_APP = re.compile(r"([a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)(?:@v?(\d{1,6}))?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})[ t]?(.*)")


def read_length(text: str, _context: Context) -> timedelta:
    """``4h``, ``90m``, ``2d``, ``1h30m``, ``1.5h``, ``3 hours``."""
    lowered = text.strip().lower()
    if re.fullmatch(r"\d+(?:[.,]\d+)?", lowered):
        raise ValueProblem(f"“{text}” needs a unit, such as {lowered[:4]}h or {lowered[:4]}m")
    spaced = re.sub(r"(?<=[a-z])(?=\d)", " ", lowered)
    parts = _LENGTH_PART.findall(spaced) if _LENGTH.fullmatch(lowered) else []
    if not parts or _LENGTH_PART.sub("", spaced).strip():
        raise ValueProblem(f"“{text}” is not a length of time; say it like 90m, 4h, 2d or 1h30m")
    seconds = sum(float(number.replace(",", ".")) * _UNIT_SECONDS[unit[0]] for number, unit in parts)
    return _bounded(seconds, text)


def _bounded(seconds: float, text: str) -> timedelta:
    if seconds < 1:
        raise ValueProblem(f"“{text}” is no time at all")
    if seconds > LONGEST_SECONDS:
        raise ValueProblem(f"“{text}” is longer than a year")
    return timedelta(seconds=int(seconds))


def read_life(text: str, context: Context) -> timedelta | datetime:
    """A length, or ``until 18:00`` in the person's own time zone (as an aware instant)."""
    lowered = text.strip().lower()
    if lowered.startswith("until"):
        return _read_until(lowered.removeprefix("until").strip(), context)
    return read_length(text, context)


def _read_until(text: str, context: Context) -> datetime:
    if not text:
        raise ValueProblem("“until” needs a time, such as until 18:00")
    if context.zone is None:
        raise ValueProblem("I could not learn your time zone from Slack, so give a length such as 4h instead")
    here = context.now.astimezone(context.zone)
    dated = _DATE.fullmatch(text)
    try:
        at = _on_date(dated, context.zone) if dated else _at_clock(text, here)
    except ValueError:
        raise ValueProblem(
            f"“{text}” is not a time I know; say it like until 18:00 or until tomorrow 9:00"
        ) from None
    if at <= context.now:
        raise ValueProblem(f"“until {text}” is already past")
    _bounded((at - context.now).total_seconds(), f"until {text}")
    return at


def _on_date(dated: re.Match[str], zone: ZoneInfo) -> datetime:
    day = datetime.fromisoformat(dated.group(1)).date()
    return datetime.combine(day, _clock(dated.group(2).strip() or "23:59"), tzinfo=zone)


def _at_clock(text: str, here: datetime) -> datetime:
    tomorrow = text.startswith("tomorrow")
    clock = _clock(
        text.removeprefix("tomorrow").removeprefix("today").strip() or ("9:00" if tomorrow else "23:59")
    )
    at = datetime.combine(here.date(), clock, tzinfo=here.tzinfo)
    later = tomorrow or (at <= here and not text.startswith("today"))
    return datetime.combine(here.date() + timedelta(days=1), clock, tzinfo=here.tzinfo) if later else at


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text)
    if match is None or (match.group(2) is None and match.group(3) is None):
        raise ValueError(text)
    hour, minute, half = int(match.group(1)), int(match.group(2) or 0), match.group(3)
    if half and not 1 <= hour <= 12:
        raise ValueError(text)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def read_memory(text: str, _context: Context) -> int:
    """``512m``, ``1g``, ``1.5 GB``: bytes."""
    lowered = text.strip().lower()
    if re.fullmatch(r"\d+(?:[.,]\d+)?", lowered):
        raise ValueProblem(f"“{text}” needs a unit, such as {lowered[:6]}m or {lowered[:6]}g")
    match = _MEMORY.fullmatch(lowered)
    if match is None:
        raise ValueProblem(f"“{text}” is not an amount of memory; say it like 512m or 1g")
    amount = int(float(match.group(1).replace(",", ".")) * _MEMORY_BYTES[match.group(2)])
    if not 0 < amount <= LARGEST_MEMORY_BYTES:
        raise ValueProblem(f"“{text}” is not an amount of memory a sandbox can have")
    return amount


def read_sandbox_name(text: str, _context: Context) -> str:
    """The name of an existing sandbox; its whole address will do."""
    name = text.strip().lower()
    if "." in name or "/" in name:
        name = _first_label(name)
    if not _NAME.fullmatch(name) or len(name) > NAME_CHARACTERS_LIMIT:
        raise ValueProblem(f"“{_short(text)}” cannot be the name of a sandbox")
    return name


def _first_label(address: str) -> str:
    """``cool-panda-123`` of ``http://cool-panda-123.example.org:8080/path``."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname
    except ValueError:
        return ""
    return (host or "").split(".")[0]


def read_new_name(text: str, _context: Context) -> str:
    """A name for a new sandbox: letters, digits and dashes, at most 40, a letter first."""
    name = text.strip().lower()
    if not _NAME.fullmatch(name) or len(name) > NAME_CHARACTERS_LIMIT:
        raise ValueProblem(
            f"“{_short(text)}” cannot be a name: use small letters, digits and dashes, a letter first, "
            f"at most {NAME_CHARACTERS_LIMIT}"
        )
    return name


def read_app(text: str, _context: Context) -> tuple[str, int | None]:
    """``grafana`` or ``grafana@3``: the app and its version."""
    match = _APP.fullmatch(text.strip().lower())
    if match is None:
        raise ValueProblem(f"“{_short(text)}” cannot be the name of an app; say it like echo or echo@2")
    return match.group(1), int(match.group(2)) if match.group(2) else None


def read_service(text: str, _context: Context) -> str:
    """The name of a service of a sandbox."""
    service = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", service):
        raise ValueProblem(f"“{_short(text)}” cannot be the name of a service")
    return service


def read_scope(text: str, _context: Context) -> Scope:
    """``mine``, ``channel`` or ``all``."""
    try:
        return Scope(
            {"my": "mine", "me": "mine", "here": "channel", "everyone": "all"}.get(text.lower(), text.lower())
        )
    except ValueError:
        raise ValueProblem(f"“{_short(text)}” is not one of mine, channel, all") from None


def read_page(text: str, _context: Context) -> int:
    """A page number, from 1."""
    return _read_count(text, 10_000)


def read_lines(text: str, _context: Context) -> int:
    """How many lines of a log."""
    return _read_count(text, LOG_LINES_LIMIT)


def _read_count(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise ValueProblem(f"“{_short(text)}” is not a number from 1 to {most}")
    return int(text)


def read_text(text: str, _context: Context) -> str:
    """Any words, as they are."""
    return text


def read_word(text: str, _context: Context) -> str:
    """One word, in small letters."""
    return text.strip().lower()


def _short(text: str) -> str:
    return text if len(text) <= NAME_CHARACTERS_LIMIT else f"{text[:NAME_CHARACTERS_LIMIT]}…"
