"""The ``x-sandbox`` section: what a sandbox needs to know and the Compose format has no word for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from executor.manifest.limits import (
    DESCRIPTION_LIMIT_CHARS,
    GENERATED_LIMIT_COUNT,
    IDLE_RANGE_SECONDS,
    READY_RANGE_SECONDS,
    ROUTE_LIMIT_COUNT,
    SECRET_DEFAULT_CHARS,
    SECRET_MAX_CHARS,
    SECRET_MIN_CHARS,
    SIGN_IN_LIMIT_CHARS,
    TITLE_LIMIT_CHARS,
    TTL_RANGE_SECONDS,
    ResourceLimits,
)
from executor.manifest.model import Manifest, RouteManifest
from executor.manifest.names import ICON_NAME, ROUTE_LABEL, SECRET_NAME
from executor.manifest.network import read_port_number
from executor.manifest.placeholders import BUILT_IN
from executor.manifest.resources import LIMIT_KEYS, Share, read_limits
from executor.manifest.spot import Fields, Spot, fields_of, take
from executor.manifest.tree import Listing, Scalar
from executor.manifest.values import (
    read_boolean,
    read_integer,
    read_line,
    read_matching,
    read_text,
    read_whole_seconds,
)

KNOWN = (
    "title", "description", "icon", "front", "routes", "ttl", "idle", "ready_timeout", "limits", "generated",
    "sign_in", "egress",
)  # fmt: skip
_FRONT_KEYS = ("service", "port", "path", "strip_prefix", "gateway")
_ROUTE_KEYS = (*_FRONT_KEYS, "label")
_SHORT_ROUTE = re.compile(r"([a-z][a-z0-9-]*):([0-9]{1,5})")
_DEFAULT_ICON = "package"


@dataclass(frozen=True, kw_only=True)
class Section:
    """The section as it was read, beside where its parts stand."""

    title: str
    description: str = ""
    icon: str = _DEFAULT_ICON
    front: RouteManifest | None = None
    routes: tuple[RouteManifest, ...] = ()
    route_spots: tuple[Spot, ...] = ()
    """Of the front door, where it is given, and of the routes, in this order."""
    ttl_seconds: int | None = None
    idle_seconds: int | None = None
    ready_timeout_seconds: int = Manifest.ready_timeout_seconds
    usual: Share
    """What a service gets that does not say."""
    generated: Mapping[str, int] = field(default_factory=dict)
    sign_in: str | None = None
    sign_in_spot: Spot | None = None
    egress: bool = False


def read_section(spot: Spot, *, app: str, limits: ResourceLimits) -> Section:
    """Read the section; faults are noted, and defaults stand in for what is at fault."""
    fields = fields_of(spot, known=KNOWN)
    front = _read_front(spot, fields)
    routes = _read_routes(fields)
    return Section(
        title=take(fields, "title", lambda at: read_line(at, most=TITLE_LIMIT_CHARS), app),
        description=take(fields, "description", lambda at: read_line(at, most=DESCRIPTION_LIMIT_CHARS), ""),
        icon=take(fields, "icon", _read_icon, _DEFAULT_ICON),
        front=front,
        routes=tuple(route for route, _ in routes),
        route_spots=((fields["front"],) if front else ()) + tuple(at for _, at in routes),
        ttl_seconds=_length(fields, "ttl", TTL_RANGE_SECONDS),
        idle_seconds=_length(fields, "idle", IDLE_RANGE_SECONDS),
        ready_timeout_seconds=_length(fields, "ready_timeout", READY_RANGE_SECONDS)
        or Manifest.ready_timeout_seconds,
        usual=_read_usual(fields, limits),
        generated=take(fields, "generated", _read_generated, {}),
        sign_in=take(fields, "sign_in", lambda at: read_text(at, most=SIGN_IN_LIMIT_CHARS), None),
        sign_in_spot=fields.get("sign_in"),
        egress=take(fields, "egress", read_boolean, False),
    )


def _length(fields: Fields, key: str, allowed: tuple[float, float]) -> int | None:
    if key not in fields:
        return None
    return read_whole_seconds(fields[key], least=allowed[0], most=allowed[1])


def _read_icon(spot: Spot) -> str | None:
    return read_matching(spot, ICON_NAME, "the name of an emoji without colons, such as bar_chart")


def _read_usual(fields: Fields, limits: ResourceLimits) -> Share:
    usual = Share(memory_bytes=limits.memory_bytes, cpus=limits.cpus, pids=limits.pids)
    if "limits" not in fields:
        return usual
    return read_limits(fields_of(fields["limits"], known=LIMIT_KEYS), usual, limits)


def _read_front(spot: Spot, fields: Fields) -> RouteManifest | None:
    if "front" not in fields:
        spot.refuse("needs a front door: front: {service: web, port: 8080}")
        return None
    return _read_route(fields["front"], known=_FRONT_KEYS)


def _read_routes(fields: Fields) -> list[tuple[RouteManifest, Spot]]:
    if "routes" not in fields:
        return []
    spots = list(fields["routes"].items() or ())
    if len(spots) > ROUTE_LIMIT_COUNT:
        fields["routes"].refuse(f"more than {ROUTE_LIMIT_COUNT} routes")
    found: dict[str, tuple[RouteManifest, Spot]] = {}
    for spot in spots[:ROUTE_LIMIT_COUNT]:
        route = _read_route(spot, known=_ROUTE_KEYS)
        if route is None:
            continue
        if route.label is None:
            spot.refuse("needs a label, which begins its host name: label: admin")
        elif route.label in found:
            spot.refuse(f"the label “{route.label}” is given twice")
        else:
            found[route.label] = (route, spot)
    return list(found.values())


def _read_route(spot: Spot, *, known: tuple[str, ...]) -> RouteManifest | None:
    if isinstance(spot.node, Scalar):
        return _read_short_route(spot)
    fields = fields_of(spot, known=known)
    service = take(fields, "service", read_text, "")
    port = take(fields, "port", read_port_number, 0)
    missing = [key for key in ("service", "port") if key not in fields]
    if missing:
        spot.refuse(f"needs {' and '.join(missing)}, as in {{service: web, port: 8080}}")
    elif not service and "service" in fields:
        fields["service"].refuse("names no service")
    label = take(fields, "label", _read_label, None)
    if missing or not service or not port:
        return None
    return RouteManifest(
        service=service,
        port=port,
        label=label,
        path=take(fields, "path", read_boolean, False),
        strip_prefix=take(fields, "strip_prefix", read_boolean, True),
        gateway=take(fields, "gateway", read_boolean, False),
    )


def _read_label(spot: Spot) -> str | None:
    return read_matching(spot, ROUTE_LABEL, "a label of a host name (a-z, 0-9 and -, at most 20)")


def _read_short_route(spot: Spot) -> RouteManifest | None:
    match = _SHORT_ROUTE.fullmatch(read_text(spot) or "")
    if not match or not 1 <= int(match[2]) <= 65_535:
        spot.refuse("must name a service and its port: web:8080, or {service: web, port: 8080}")
        return None
    return RouteManifest(service=match[1], port=int(match[2]))


def _read_generated(spot: Spot) -> Mapping[str, int] | None:
    """Name to length, from ``[NAME, …]`` or ``{NAME: length, …}``."""
    if isinstance(spot.node, Listing):
        pairs = [(read_text(item) or "", item, SECRET_DEFAULT_CHARS) for item in spot.items() or ()]
    else:
        pairs = [(name, item, _read_secret_length(item)) for name, item in (spot.entries() or {}).items()]
    if len(pairs) > GENERATED_LIMIT_COUNT:
        spot.refuse(f"more than {GENERATED_LIMIT_COUNT} values")
        return None
    names: dict[str, int] = {}
    for name, item, length in pairs:
        if not SECRET_NAME.fullmatch(name) or name in BUILT_IN:
            item.refuse(f"“{name[:60]}” is not a name for a generated value, such as DB_PASSWORD")
        elif name in names:
            item.refuse(f"“{name}” is given twice")
        else:
            names[name] = length
    return names


def _read_secret_length(spot: Spot) -> int:
    if spot.is_null:
        return SECRET_DEFAULT_CHARS
    return read_integer(spot, least=SECRET_MIN_CHARS, most=SECRET_MAX_CHARS) or SECRET_DEFAULT_CHARS
