"""Makes the floors below out of the settings. The only place where they are put together."""

import os
from collections.abc import Mapping

from bot.settings import Settings
from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.protocol import Engine
from executor.images import Images
from executor.images.certificates import find_bundle, operator_certificates
from executor.images.store import ImageSettings
from executor.proxy.configuration import ProxySettings
from executor.proxy.files import write_files

PROXY_VARIABLES = frozenset({"http_proxy", "https_proxy", "no_proxy"})


def build_engine(settings: Settings) -> DockerEngine:
    """The engine that these settings name."""
    return DockerEngine(
        DockerSettings(
            socket=settings.engine_socket,
            installation=settings.installation,
            proxy_container=settings.proxy_container,
            firewall=settings.firewall,
            helper_image=settings.firewall_image,
        )
    )


def proxy_settings(settings: Settings) -> ProxySettings:
    """What HAProxy is started with, and where it is spoken to."""
    first, last = (int(part) for part in settings.gateway_ports.split("-"))
    return ProxySettings(
        folder=settings.proxy_dir.resolve(),
        domain=settings.domain,
        bind_address=settings.proxy_bind,
        bind_port=settings.proxy_port,
        tls_bind=settings.proxy_tls_bind,
        gateway_address=settings.proxy_bind,
        gateway_ports=(first, last),
        metrics_bind=settings.metrics_bind,
        user=settings.proxy_user,
    )


def write_proxy_files(settings: Settings) -> None:
    """Write HAProxy's configuration and pages, and empty maps where there are none yet."""
    write_files(proxy_settings(settings))


def build_images(engine: Engine, settings: Settings) -> Images:
    """The images of these manifests, built with the certificates that this host trusts."""
    bundle = find_bundle(settings.build_ca_file, os.environ)
    return Images(
        engine,
        ImageSettings(
            images_dir=settings.manifests_dir / "images",
            archives_dir=settings.archives_dir,
            certificates=operator_certificates(bundle),
            build_arguments=_proxy_arguments(os.environ),
        ),
    )


def _proxy_arguments(environment: Mapping[str, str]) -> dict[str, str]:
    """The host's HTTP proxies: builds reach package indexes the way the host does."""
    return {name: value for name, value in environment.items() if name.lower() in PROXY_VARIABLES and value}
