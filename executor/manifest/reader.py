"""From the text of a manifest to a Manifest, or to every fault that it has."""

from collections.abc import Mapping

from executor.errors import ManifestError
from executor.manifest import refusals
from executor.manifest.limits import SERVICE_LIMIT_COUNT, VOLUME_LIMIT_COUNT, ResourceLimits
from executor.manifest.model import Manifest, ServiceManifest
from executor.manifest.names import APP_NAME, SERVICE_NAME
from executor.manifest.placeholders import BUILT_IN
from executor.manifest.sandbox_section import Section, read_section
from executor.manifest.service import read_service
from executor.manifest.spot import Fields, Problems, Spot, fields_of
from executor.manifest.storage import read_declared
from executor.manifest.tree import Table, TreeError, parse_tree
from executor.manifest.whole import (
    check_health_waits,
    check_placeholders,
    check_routes,
    check_volumes,
    in_order,
)

KNOWN = ("version", "services", "volumes", "x-sandbox")
"""``version`` is read by no Compose of today; it is let pass because so many files begin with it."""


def read_manifest(text: str, *, app: str, limits: ResourceLimits | None = None) -> Manifest:
    """Read a manifest. ``app`` is the file's name without its ending.

    Raises ManifestError, whose ``problems`` are all faults at once, each as "line N: …".
    """
    problems = Problems()
    if not APP_NAME.fullmatch(app):
        problems.add(
            1,
            f"“{app[:60]}” is not an app's name; call the file a-z, 0-9 and - (at most 32), as in shop.yaml",
        )
    manifest = _read(text, app, limits or ResourceLimits(), problems)
    if manifest is None or problems:
        raise _error(app, problems.lines())
    return manifest


def _error(app: str, lines: tuple[str, ...]) -> ManifestError:
    count = "a problem" if len(lines) == 1 else f"{len(lines)} problems"
    return ManifestError(
        f"The manifest of “{app[:60]}” has {count}.",
        "Correct the lines named and check again: sandpiper manifest check FILE",
        problems=lines,
    )


def _read(text: str, app: str, limits: ResourceLimits, problems: Problems) -> Manifest | None:
    try:
        tree = parse_tree(text, problems.add)
    except TreeError as error:
        problems.add(error.line, error.reason)
        return None
    top = Spot(node=tree, path="", line=tree.line, problems=problems)
    fields = fields_of(top, known=KNOWN, refused=refusals.TOP_LEVEL)
    section = read_section(_section_spot(top, fields), app=app, limits=limits)
    at = _service_spots(top, fields)
    services = {
        name: read_service(spot, name, usual=section.usual, limits=limits) for name, spot in at.items()
    }
    volumes = _check_whole(fields, section, services, at)
    return _build(text, app, section, in_order(services, at), volumes)


def _section_spot(top: Spot, fields: Fields) -> Spot:
    """The section, or an empty one whose faults stand where the file begins."""
    empty = Spot(
        node=Table(line=top.line, entries=()), path="x-sandbox", line=top.line, problems=top.problems
    )
    return fields.get("x-sandbox", empty)


def _service_spots(top: Spot, fields: Fields) -> dict[str, Spot]:
    entries = fields["services"].entries() if "services" in fields else {}
    if entries is None:
        return {}
    if not entries:
        top.refuse("needs services, at least one")
    if len(entries) > SERVICE_LIMIT_COUNT:
        fields["services"].refuse(f"more than {SERVICE_LIMIT_COUNT} services")
    spots = dict(list(entries.items())[:SERVICE_LIMIT_COUNT])
    for name, spot in spots.items():
        if not SERVICE_NAME.fullmatch(name):
            spot.refuse(
                "is not a service's name (a-z, 0-9 and -, at most 32): it is a host name on the network"
            )
    return spots


def _check_whole(
    fields: Fields, section: Section, services: Mapping[str, ServiceManifest], at: Mapping[str, Spot]
) -> tuple[str, ...]:
    """Check what must hold between the parts; return the volumes."""
    declared = read_declared(fields)
    if len(declared) > VOLUME_LIMIT_COUNT:
        fields["volumes"].refuse(f"more than {VOLUME_LIMIT_COUNT} volumes")
    front = (section.front,) if section.front else ()
    check_routes((*front, *section.routes), section.route_spots, services)
    check_volumes(services, at, declared)
    check_health_waits(services, at)
    check_placeholders(at, section.sign_in_spot, BUILT_IN | section.generated.keys())
    return tuple(declared)


def _build(
    text: str, app: str, section: Section, services: tuple[ServiceManifest, ...], volumes: tuple[str, ...]
) -> Manifest | None:
    if section.front is None:
        return None
    return Manifest(
        app=app,
        title=section.title,
        description=section.description,
        icon=section.icon,
        services=services,
        front=section.front,
        routes=section.routes,
        volumes=volumes,
        ttl_seconds=section.ttl_seconds,
        idle_seconds=section.idle_seconds,
        ready_timeout_seconds=section.ready_timeout_seconds,
        generated=section.generated,
        sign_in=section.sign_in,
        egress=section.egress,
        text=text,
    )
