"""A manifest's placeholders filled in for one sandbox."""

from collections.abc import Mapping
from dataclasses import replace

from executor.engine.protocol import HealthCheck
from executor.manifest.model import Manifest, ServiceManifest
from executor.manifest.placeholders import fill


def render_text(text: str, values: Mapping[str, str]) -> str:
    """Fill in a text, such as the one on how to sign in. Raises InvalidRequestError for an unknown name."""
    return fill(text, values)


def render_services(manifest: Manifest, values: Mapping[str, str]) -> tuple[ServiceManifest, ...]:
    """The services with every placeholder filled in, in the manifest's order.

    ``values`` holds NAME, URL, HOST, PATH_PREFIX and the generated values; others come by their defaults.
    Raises InvalidRequestError for a name that is not there and has no default.
    """
    return tuple(_render(service, values) for service in manifest.services)


def _render(service: ServiceManifest, values: Mapping[str, str]) -> ServiceManifest:
    return replace(
        service,
        command=_words(service.command, values),
        entrypoint=_words(service.entrypoint, values),
        environment={name: fill(value, values) for name, value in service.environment.items()},
        health=_health(service.health, values),
    )


def _words(words: tuple[str, ...] | None, values: Mapping[str, str]) -> tuple[str, ...] | None:
    return None if words is None else tuple(fill(word, values) for word in words)


def _health(health: HealthCheck | None, values: Mapping[str, str]) -> HealthCheck | None:
    return health and replace(health, command=tuple(fill(word, values) for word in health.command))
