"""Where a sandbox is: its subnet, its services' addresses, its host names, paths, ports and URL. Pure.

Everything here follows from the configuration, the sandbox's name and the slot that it leased.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network

from executor.config import ExecutorConfig
from executor.manifest.model import Manifest, RouteManifest
from storage.records import Route, RouteKind

CONTAINER_PREFIX = "sandbox-"
SUBNET_PREFIX_BITS = 28
"""Sixteen addresses: the gateway, thirteen containers, and two that no host may have."""
_SUBNET_ADDRESSES = 16


def slots(subnet_range: str) -> int:
    """How many sandboxes find room in a range."""
    return IPv4Network(subnet_range).num_addresses // _SUBNET_ADDRESSES


def subnet(subnet_range: str, slot: int) -> str:
    """The network of one slot, as CIDR."""
    first = IPv4Network(subnet_range).network_address + slot * _SUBNET_ADDRESSES
    return f"{first}/{SUBNET_PREFIX_BITS}"


def service_address(subnet_range: str, slot: int, position: int) -> str:
    """The address of a service. The first host address is the gateway's, the next one the first service's."""
    first = IPv4Network(subnet(subnet_range, slot)).network_address
    return str(first + 2 + position)


def network_name(sandbox: str) -> str:
    """What the sandbox's network is called on the engine."""
    return f"sandbox-{sandbox}"


def container_name(sandbox: str, service: str) -> str:
    """What a service's container is called on the engine."""
    return f"{CONTAINER_PREFIX}{sandbox}-{service}"


def volume_name(sandbox: str, volume: str) -> str:
    """What a volume of the manifest is called on the engine."""
    return f"sandbox-{sandbox}-{volume}"


def host(sandbox: str, domain: str, label: str | None = None) -> str:
    """The host name of the front door, or of another way in by its label."""
    return f"{sandbox}.{domain}" if label is None else f"{label}-{sandbox}.{domain}"


def url(config: ExecutorConfig, sandbox: str) -> str:
    """What a person opens."""
    port = "" if config.public_port is None else f":{config.public_port}"
    return f"{config.public_scheme}://{host(sandbox, config.domain)}{port}"


def path(sandbox: str, label: str | None = None) -> str:
    """The path below which a way in is also found, without slashes at its ends."""
    return f"t/{sandbox}" if label is None else f"t/{sandbox}/{label}"


def gateway_count(manifest: Manifest) -> int:
    """How many gateway ports an app needs."""
    return sum(way.gateway for way in (manifest.front, *manifest.routes))


def routes(
    manifest: Manifest, *, sandbox_id: str, sandbox: str, domain: str, ports: Sequence[int]
) -> Sequence[Route]:
    """Every route of a sandbox, the front door's first. ``ports``: one for each way in that asks for one."""
    free = iter(ports)
    found: list[Route] = []
    for way in (manifest.front, *manifest.routes):
        matches = [(RouteKind.HOST, host(sandbox, domain, way.label))]
        if way.path:
            matches.append((RouteKind.PATH, path(sandbox, way.label)))
        if way.gateway:
            matches.append((RouteKind.PORT, str(next(free))))
        found += [
            _route(way, sandbox_id, kind, match, front=way is manifest.front and kind is RouteKind.HOST)
            for kind, match in matches
        ]
    return found


def _route(way: RouteManifest, sandbox_id: str, kind: RouteKind, match: str, *, front: bool) -> Route:
    """One row."""
    return Route(
        sandbox_id=sandbox_id,
        kind=kind,
        match=match,
        service=way.service,
        port=way.port,
        front=front,
        strip_prefix=way.strip_prefix,
    )
