"""A manifest after reading: what an app is. Frozen; placeholders are still in place until rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from executor.engine.protocol import HealthCheck


@dataclass(frozen=True, kw_only=True)
class ServiceManifest:
    """One service, in the words of the Compose format."""

    name: str
    image: str
    build: str | None
    """Folder under manifests/images/ that the image is built from, where one is."""
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    expose: tuple[int, ...] = ()
    health: HealthCheck | None = None
    depends_on: Mapping[str, str] = field(default_factory=dict)
    """Service to condition: 'service_started' or 'service_healthy'."""
    volumes: Mapping[str, str] = field(default_factory=dict)
    """Named volume of the manifest to path in the container."""
    tmpfs: Mapping[str, int] = field(default_factory=dict)
    user: str | None = None
    working_dir: str | None = None
    read_only: bool = False
    stop_signal: str | None = None
    stop_grace_seconds: int = 10
    capabilities: tuple[str, ...] = ()
    """From x-capabilities of the service: only names on the short allow-list."""
    memory_bytes: int
    cpus: float
    pids: int


@dataclass(frozen=True, kw_only=True)
class RouteManifest:
    """A way in. The front door is the first one; others get ``{label}-{sandbox}`` as host name."""

    service: str
    port: int
    label: str | None = None
    """None for the front door."""
    path: bool = False
    """Whether it is also reachable under ``/t/{sandbox}``."""
    strip_prefix: bool = True
    gateway: bool = False
    """Whether it gets a gateway port."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """An app that can be deployed."""

    app: str
    """The file's name without its ending."""
    title: str
    description: str
    icon: str
    """An emoji name without colons."""
    services: tuple[ServiceManifest, ...]
    """In an order in which each comes after what it depends on."""
    front: RouteManifest
    routes: tuple[RouteManifest, ...] = ()
    """Beyond the front door."""
    volumes: tuple[str, ...] = ()
    ttl_seconds: int | None = None
    idle_seconds: int | None = None
    ready_timeout_seconds: int = 300
    generated: Mapping[str, int] = field(default_factory=dict)
    """Name of a generated secret to its length in characters."""
    sign_in: str | None = None
    """Text for the owner only, with placeholders, on how to sign in first."""
    egress: bool = False
    text: str
    """The file as it was read."""
