"""What must hold between the parts of a manifest: names that are used exist, nothing waits in a ring."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from executor.manifest.model import RouteManifest, ServiceManifest
from executor.manifest.placeholders import fault_of, find_placeholders
from executor.manifest.spot import Spot, nearest
from executor.manifest.tree import Listing, Node, Scalar, Table

_FILLED_KEYS = ("command", "entrypoint", "environment", "healthcheck")
"""Keys of a service in which placeholders are filled in."""


def check_routes(routes: Sequence[RouteManifest], spots: Sequence[Spot], services: Collection[str]) -> None:
    """Every route leads to a service of the manifest."""
    for route, spot in zip(routes, spots, strict=True):
        if route.service not in services:
            spot.refuse(f"there is no service “{route.service[:40]}”{nearest(route.service, services)}")


def check_volumes(
    services: Mapping[str, ServiceManifest], at: Mapping[str, Spot], declared: Mapping[str, Spot]
) -> None:
    """Every volume that is mounted is declared, and the other way round."""
    used: set[str] = set()
    for name, service in services.items():
        used.update(service.volumes)
        for volume in service.volumes:
            if volume not in declared:
                spot = _child(at[name], "volumes")
                spot.refuse(f"the volume “{volume}” is not declared; add it to the top-level volumes")
    for name, spot in declared.items():
        if name not in used:
            spot.refuse("no service mounts it; leave it out")


def in_order(services: Mapping[str, ServiceManifest], at: Mapping[str, Spot]) -> tuple[ServiceManifest, ...]:
    """Services so that each comes after what it depends on; among equals, the order of the file."""
    for name, service in services.items():
        for needed in service.depends_on:
            if needed not in services:
                spot = _child(at[name], "depends_on")
                spot.refuse(f"there is no service “{needed[:40]}”{nearest(needed, services)}")
    graph = {name: [d for d in service.depends_on if d in services] for name, service in services.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        ring: list[str] = list(reversed(error.args[1]))
        _child(at[ring[0]], "depends_on").refuse(
            f"services wait for each other in a ring: {' → '.join(ring)}"
        )
        return tuple(services.values())
    depth = _depths(graph, order)
    return tuple(sorted(services.values(), key=lambda service: depth[service.name]))


def _depths(graph: Mapping[str, Sequence[str]], order: Sequence[str]) -> Mapping[str, int]:
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max((depth[needed] for needed in graph[name]), default=0)
    return depth


def check_health_waits(services: Mapping[str, ServiceManifest], at: Mapping[str, Spot]) -> None:
    """Nobody waits for the health of a service whose check is switched off."""
    for name, service in services.items():
        for needed, condition in service.depends_on.items():
            other = services.get(needed)
            if (
                condition == "service_healthy"
                and other
                and other.health
                and other.health.command == ("NONE",)
            ):
                _child(at[name], "depends_on").refuse(
                    f"waits for “{needed}” to be healthy, which has no check"
                )


def check_placeholders(at: Mapping[str, Spot], sign_in: Spot | None, names: Collection[str]) -> None:
    """Every placeholder can be filled in."""
    for spot in at.values():
        for key in _FILLED_KEYS:
            child = _child(spot, key)
            if child is not spot:
                _check_texts(child, names)
    if sign_in is not None:
        _check_texts(sign_in, names)


def _check_texts(spot: Spot, names: Collection[str]) -> None:
    for scalar in _scalars(spot.node):
        for placeholder in find_placeholders(scalar.text):
            fault = fault_of(placeholder, names)
            if fault:
                spot.problems.add(scalar.line, f"{spot.path}: {fault}")


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _scalars(item)
    else:
        for _, value in node.entries:
            yield from _scalars(value)


def _child(spot: Spot, key: str) -> Spot:
    """Where a key of the mapping stands; the mapping itself if it has none such."""
    return (spot.entries() or {}).get(key, spot) if isinstance(spot.node, Table) else spot
