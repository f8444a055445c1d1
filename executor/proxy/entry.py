"""What a proxy entry may look like. Nothing else ever reaches a map file or the runtime socket. Pure."""

import re
from ipaddress import AddressValueError, IPv4Address

from executor.proxy.protocol import Entry
from storage.records import RouteKind

HOST_LIMIT_CHARACTERS = 253
PATH_LIMIT_CHARACTERS = 200
PATH_LIMIT_SEGMENTS = 4
"""The configuration can strip that many."""
PORT_LIMIT = 65535
PAGE_PREFIX = "page:"
PAGES = ("starting", "stopped", "failed")
"""The pages of our own that an entry may point at."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PATH = re.compile(r"[a-z0-9][a-z0-9_~-]*(?:/[a-z0-9][a-z0-9_~-]*)*")
_DIGITS = re.compile(r"[1-9][0-9]{0,4}")


class InvalidEntryError(ValueError):
    """An entry that must not reach the proxy. It is a fault of ours: names are checked long before."""


def check_entry(entry: Entry) -> Entry:
    """Return the entry if it is well formed; raise :class:`InvalidEntryError` if not."""
    check_match(entry.kind, entry.match)
    check_target(entry.target)
    return entry


def check_match(kind: RouteKind, match: str) -> tuple[RouteKind, str]:
    """Return kind and match if an entry may have them; raise :class:`InvalidEntryError` if not."""
    if kind is RouteKind.HOST:
        fine = len(match) <= HOST_LIMIT_CHARACTERS and _HOST.fullmatch(match) is not None
    elif kind is RouteKind.PATH:
        fine = _is_path(match)
    else:
        fine = is_port(match)
    if not fine:
        raise InvalidEntryError(f"not a {kind.value} that the proxy may be given: {match[:80]!r}")
    return kind, match


def check_target(target: str) -> str:
    """Return the target if it is an IPv4 address and a port, or one of our pages; else raise."""
    if target.startswith(PAGE_PREFIX):
        if target.removeprefix(PAGE_PREFIX) in PAGES:
            return target
    elif is_address(target):
        return target
    raise InvalidEntryError(f"not a target that the proxy may be given: {target[:80]!r}")


def _is_path(match: str) -> bool:
    short = len(match) <= PATH_LIMIT_CHARACTERS and match.count("/") < PATH_LIMIT_SEGMENTS
    return short and _PATH.fullmatch(match) is not None


def is_page(target: str) -> bool:
    """Whether a target is one of our own pages rather than a service."""
    return target.startswith(PAGE_PREFIX)


def is_address(target: str) -> bool:
    """Whether this is ``10.213.0.2:8501``: an IPv4 address in its usual form and a port."""
    address, separator, port = target.partition(":")
    try:
        return bool(separator) and str(IPv4Address(address)) == address and is_port(port)
    except AddressValueError:
        return False


def is_port(digits: str) -> bool:
    """Whether this is a TCP port in plain digits."""
    return _DIGITS.fullmatch(digits) is not None and int(digits) <= PORT_LIMIT
