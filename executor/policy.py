"""What this installation allows: how long, how large, how many. Pure."""

from datetime import datetime, timedelta

from executor.config import DAY, HOUR, MEBIBYTE, MINUTE, ExecutorConfig
from executor.errors import InvalidRequestError, LimitReachedError
from executor.failure import size
from executor.manifest.model import Manifest
from executor.requests import Extend

MEMORY_LEAST_BYTES = 16 * MEBIBYTE


def ttl_seconds(config: ExecutorConfig, asked: int | None, otherwise: int | None) -> int:
    """How long a sandbox lives: what was asked, else ``otherwise``, else the setting's.

    Only what a person asked is refused; a manifest that says more than is allowed gets what is allowed.
    """
    if asked is None:
        return min(otherwise or config.default_ttl_seconds, config.max_ttl_seconds)
    if not config.min_ttl_seconds <= asked <= config.max_ttl_seconds:
        raise InvalidRequestError(
            f"A sandbox lives from {duration(config.min_ttl_seconds)} to {duration(config.max_ttl_seconds)}; "
            f"{duration(asked)} was asked.",
            "Ask for a time in between; it can be extended later.",
        )
    return asked


def idle_seconds(config: ExecutorConfig, asked: int | None, manifest: Manifest) -> int | None:
    """After how long without use it is stopped; None for never."""
    if asked is None:
        return manifest.idle_seconds or config.default_idle_seconds
    if not config.min_ttl_seconds <= asked <= config.max_ttl_seconds:
        raise InvalidRequestError(
            f"The idle time is from {duration(config.min_ttl_seconds)} to {duration(config.max_ttl_seconds)}."
        )
    return asked


def memory_bytes(config: ExecutorConfig, asked: int) -> int:
    """The memory that a person asked for one service."""
    if not MEMORY_LEAST_BYTES <= asked <= config.max_memory_bytes:
        raise InvalidRequestError(
            f"A service gets from {size(MEMORY_LEAST_BYTES)} to {size(config.max_memory_bytes)} of memory; "
            f"{size(asked)} was asked."
        )
    return asked


def room_for_one_more(config: ExecutorConfig, in_use: int) -> None:
    """Refuse when there are as many sandboxes as this installation keeps."""
    if in_use >= config.max_sandboxes:
        raise LimitReachedError(
            f"There are {in_use} sandboxes, and this installation keeps at most {config.max_sandboxes}.",
            "Destroy one that nobody needs any more, then try again.",
        )


def extended(config: ExecutorConfig, request: Extend, expires_at: datetime, now: datetime) -> datetime:
    """The new end of a sandbox's life. Raises InvalidRequestError for one too soon or too far away."""
    if request.until_epoch_seconds is not None:
        end = datetime.fromtimestamp(request.until_epoch_seconds, tz=now.tzinfo)
    else:
        end = max(expires_at, now) + timedelta(seconds=request.seconds or 0)
    if end <= now:
        raise InvalidRequestError("That time has passed already.", "Name a later one.")
    if end <= expires_at:
        raise InvalidRequestError("It lives longer than that already.", "Name a later time.")
    if end > now + timedelta(seconds=config.max_ttl_seconds):
        raise InvalidRequestError(
            f"A sandbox can be extended to at most {duration(config.max_ttl_seconds)} from now.",
            "Extend it by less; it can be extended again later.",
        )
    return end


def duration(seconds: int) -> str:
    """A length of time as a person says it: '8 hours', '90 minutes', '2 days'."""
    for unit_seconds, unit in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit_seconds and seconds % unit_seconds == 0:
            count = seconds // unit_seconds
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"
