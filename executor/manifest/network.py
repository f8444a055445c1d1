"""Ports of a service and its dependencies on others."""

import re
from collections.abc import Mapping

from executor.manifest import refusals
from executor.manifest.limits import PORT_LIMIT_COUNT, SERVICE_LIMIT_COUNT
from executor.manifest.spot import Fields, Spot, fields_of
from executor.manifest.tree import Listing, Scalar
from executor.manifest.values import read_boolean, read_integer, read_text

_PORT = re.compile(r"(?P<first>[0-9]{1,5})(?:-(?P<last>[0-9]{1,5}))?(?:/(?P<protocol>[a-z]+))?")
_LAST_PORT = 65_535
_CONDITIONS = ("service_started", "service_healthy")


def read_ports(fields: Fields) -> tuple[int, ...]:
    """``expose`` and ``ports`` in one, in the order of the file."""
    ports: dict[int, None] = {}
    for key in ("expose", "ports"):
        if key in fields:
            for item in fields[key].items() or ():
                ports.update(dict.fromkeys(_read_port(item)))
    if len(ports) > PORT_LIMIT_COUNT:
        fields["ports" if "ports" in fields else "expose"].refuse(f"more than {PORT_LIMIT_COUNT} ports")
    return tuple(ports)


def _read_port(spot: Spot) -> tuple[int, ...]:
    if not isinstance(spot.node, Scalar):
        return _read_long_port(spot)
    text = spot.node.text
    if ":" in text:
        spot.refuse(f"“{text[:40]}” is not allowed: {refusals.PUBLISHED_PORT}")
        return ()
    match = _PORT.fullmatch(text)
    if not match:
        spot.refuse(f"“{text[:40]}” is not a port of the container")
        return ()
    if match["protocol"] not in (None, "tcp"):
        spot.refuse("only TCP leads into a sandbox")
        return ()
    return _port_range(spot, int(match["first"]), int(match["last"] or match["first"]))


def _port_range(spot: Spot, first: int, last: int) -> tuple[int, ...]:
    if not 1 <= first <= last <= _LAST_PORT or last - first >= PORT_LIMIT_COUNT:
        spot.refuse(f"ports go from 1 to {_LAST_PORT}, at most {PORT_LIMIT_COUNT} of them")
        return ()
    return tuple(range(first, last + 1))


def _read_long_port(spot: Spot) -> tuple[int, ...]:
    published = dict.fromkeys(("published", "host_ip", "mode"), refusals.PUBLISHED_PORT)
    fields = fields_of(spot, known=("target", "protocol", "name", "app_protocol"), refused=published)
    if "protocol" in fields and read_text(fields["protocol"]) != "tcp":
        fields["protocol"].refuse("only TCP leads into a sandbox")
    if "target" not in fields:
        spot.refuse("needs a target, the container's port")
        return ()
    port = read_port_number(fields["target"])
    return () if port is None else (port,)


def read_port_number(spot: Spot) -> int | None:
    """One port."""
    return read_integer(spot, least=1, most=_LAST_PORT)


def read_dependencies(spot: Spot) -> Mapping[str, str] | None:
    """Service to condition, from Compose's list or mapping."""
    if isinstance(spot.node, Listing):
        names = [read_text(item, most=100) for item in spot.items() or ()]
        return _few(spot, {name: _CONDITIONS[0] for name in names if name is not None})
    entries = spot.entries()
    if entries is None:
        return None
    return _few(spot, {name: _read_condition(value) for name, value in entries.items()})


def _few(spot: Spot, found: Mapping[str, str]) -> Mapping[str, str] | None:
    if len(found) > SERVICE_LIMIT_COUNT:
        spot.refuse(f"more than {SERVICE_LIMIT_COUNT} services")
        return None
    return found


def _read_condition(spot: Spot) -> str:
    fields = fields_of(spot, known=("condition", "required", "restart"))
    if "required" in fields and read_boolean(fields["required"]) is False:
        fields["required"].refuse("a dependency is always required")
    if "condition" not in fields:
        return _CONDITIONS[0]
    condition = read_text(fields["condition"])
    if condition == "service_completed_successfully":
        fields["condition"].refuse(
            "a service that runs once and ends is not supported; do it in the entrypoint"
        )
    elif condition not in _CONDITIONS:
        fields["condition"].refuse(f"must be {' or '.join(_CONDITIONS)}")
    return condition if condition in _CONDITIONS else _CONDITIONS[0]
