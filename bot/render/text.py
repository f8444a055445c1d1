"""Text that is safe to show: escaped, stripped of control sequences, cut to Slack's limits."""

import re
from datetime import UTC, datetime

ELLIPSIS = "…"
LINE_CHARACTERS_LIMIT = 240
"""Longer lines of output are cut where they are shown inline; the file has them whole."""

_TERMINAL_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"
    r"|\x1b[ -/]*[0-~]"
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ud800-\udfff]"
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FENCE = re.compile(r"`{3,}")
_LIKE_A_BACKTICK = "ˋ"


def printable(text: str) -> str:
    """``text`` without terminal sequences, control and direction characters; newlines and tabs stay."""
    text = _TERMINAL_SEQUENCE.sub("", text)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def escape(text: str, limit: int = 3000) -> str:
    """Foreign text inside mrkdwn: it can neither mention, link nor exceed ``limit`` once escaped."""
    shown: list[str] = []
    left = limit - 1
    for character in printable(text):
        piece = _ENTITIES.get(character, character)
        if len(piece) > left:
            return "".join(shown) + ELLIPSIS
        shown.append(piece)
        left -= len(piece)
    return "".join(shown)


def one_line(text: str, limit: int = 200) -> str:
    """Foreign text as one escaped line."""
    return escape(" ".join(printable(text).split()), limit)


def code(text: str, limit: int = 200) -> str:
    """A short piece as an inline code span."""
    return f"`{one_line(text.replace('`', _LIKE_A_BACKTICK), limit)}`"


def output_lines(text: str, most: int) -> list[str]:
    """The last ``most`` lines of what a program wrote, printable, each cut."""
    lines = printable(text).rstrip("\n").split("\n")
    return [cut(line, LINE_CHARACTERS_LIMIT) for line in lines[-most:]] if text.strip() else []


def fenced(text: str, limit: int) -> str:
    """Output inside a code fence that it cannot break out of."""
    inner = _FENCE.sub(lambda run: _LIKE_A_BACKTICK * len(run[0]), escape(text, limit - 8))
    return f"```\n{inner}\n```"


def link(url: str, label: str) -> str:
    """A link in mrkdwn."""
    safe = (
        "".join(printable(url).split())
        .replace("&", "&amp;")
        .replace("<", "%3C")
        .replace(">", "%3E")
        .replace("|", "%7C")
    )
    return f"<{safe}|{one_line(label).replace('|', '¦')}>"


def person(person_id: str) -> str:
    """A person by name. 'system' is us."""
    return "Sandpiper" if person_id == "system" else f"<@{escape(person_id, 40)}>"


def clock(at: datetime) -> str:
    """An instant in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{_utc(at)}>"


def time_only(at: datetime) -> str:
    """The time of day in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{_utc(at)}>"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def length(seconds: float) -> str:
    """A length of time in at most two units: '1 h 30 min', '2 d', '45 s'."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "0 s"


def elapsed(seconds: float) -> str:
    """How long a step took: '0.4 s', '12 s', '2 min 5 s'."""
    return f"{seconds:.1f} s" if seconds < 10 else length(seconds)


def size(amount_bytes: int) -> str:
    """Memory in words: '512 MB', '1.5 GB'."""
    mebibytes = amount_bytes / 1024**2
    return f"{mebibytes / 1024:.4g} GB" if mebibytes >= 1024 else f"{mebibytes:.4g} MB"


def cpus(amount: float) -> str:
    """CPU in words: 'half a CPU', '1 CPU', '1.5 CPUs'."""
    if amount == 0.5:
        return "half a CPU"
    return f"{amount:.3g} CPU" + ("" if amount <= 1 else "s")


def moment(iso: str) -> str | None:
    """An ISO instant as ``clock`` shows it; None where it is none."""
    try:
        return clock(datetime.fromisoformat(iso)) if iso else None
    except ValueError:
        return None
