"""Identifiers and message timestamps in Slack's formats."""

import hashlib
import secrets

from workspace.clock import Clock

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH_CHARACTERS = 11
MICROSECONDS = 1_000_000


def new_id(prefix: str) -> str:
    """A fresh identifier such as `C0K3V9QZ1XA`."""
    return prefix + "0" + "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH_CHARACTERS - 2))


def named_id(prefix: str, name: str) -> str:
    """The identifier that belongs to a configured name: the same at every start."""
    number = int.from_bytes(hashlib.sha256(f"{prefix}:{name}".encode()).digest()[:10], "big")
    characters = []
    for _ in range(ID_LENGTH_CHARACTERS - 2):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return prefix + "0" + "".join(characters)


def new_token(prefix: str) -> str:
    """A fresh secret with Slack's prefix (`xoxb`, `xoxp`, `xapp-1`)."""
    number = secrets.randbelow(10**12)
    return f"{prefix}-{number:012d}-{secrets.token_urlsafe(24).replace('_', 'x').replace('-', 'y')}"


class Timestamps:
    """Hands out message timestamps: unique, increasing, six decimals."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def seen(self, ts: str) -> None:
        """Never hand out `ts` or anything older again (used when messages are loaded)."""
        self._last = max(self._last, microseconds(ts))

    def next(self) -> str:
        """The next timestamp, at the clock's time or just after the last one."""
        self._last = max(int(self._clock.now() * MICROSECONDS), self._last + 1)
        return f"{self._last // MICROSECONDS}.{self._last % MICROSECONDS:06d}"


def microseconds(ts: str) -> int:
    """A timestamp as a whole number of microseconds; ValueError if it is none."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * MICROSECONDS + int((fraction or "0").ljust(6, "0")[:6])


def is_ts(value: object) -> bool:
    """Whether `value` is a timestamp as Slack writes it: a string with six decimals."""
    if not isinstance(value, str):
        return False
    seconds, dot, fraction = value.partition(".")
    return seconds.isdigit() and dot == "." and len(fraction) == 6 and fraction.isdigit()
