"""What the engine is asked to make for one sandbox. Pure."""

from collections.abc import Mapping, Sequence

from executor import addresses
from executor.config import ExecutorConfig
from executor.engine.protocol import (
    LABEL_NAME,
    LABEL_SANDBOX,
    LABEL_SERVICE,
    ContainerSpec,
    NetworkSpec,
)
from executor.manifest.model import Manifest, ServiceManifest
from executor.manifest.render import render_services
from storage.records import Sandbox, Service


def labels(sandbox: Sandbox) -> Mapping[str, str]:
    """What everything of a sandbox carries on the engine. The engine adds the installation's own."""
    return {LABEL_SANDBOX: sandbox.id, LABEL_NAME: sandbox.name}


def network(config: ExecutorConfig, sandbox: Sandbox, slot: int, *, egress: bool) -> NetworkSpec:
    """The sandbox's own network."""
    return NetworkSpec(
        name=addresses.network_name(sandbox.name),
        subnet=addresses.subnet(config.subnet_range, slot),
        egress=egress,
        labels=labels(sandbox),
    )


def containers(
    sandbox: Sandbox, manifest: Manifest, services: Sequence[Service], values: Mapping[str, str]
) -> Mapping[str, ContainerSpec]:
    """A container for each service, by service, in the order in which they start."""
    rows = {service.name: service for service in services}
    rendered = render_services(manifest, values)
    return {
        service.name: _container(sandbox, service, rows[service.name], egress=manifest.egress)
        for service in rendered
    }


def _container(sandbox: Sandbox, service: ServiceManifest, row: Service, *, egress: bool) -> ContainerSpec:
    """One of them. Address and limits are the row's: a person may have changed the limits."""
    return ContainerSpec(
        name=addresses.container_name(sandbox.name, service.name),
        image=service.image,
        hostname=service.name,
        network=addresses.network_name(sandbox.name),
        address=row.address,
        aliases=(service.name,),
        labels={**labels(sandbox), LABEL_SERVICE: service.name},
        environment=service.environment,
        command=service.command,
        entrypoint=service.entrypoint,
        user=service.user,
        working_dir=service.working_dir,
        read_only=service.read_only,
        tmpfs=service.tmpfs,
        volumes={
            addresses.volume_name(sandbox.name, volume): where for volume, where in service.volumes.items()
        },
        memory_bytes=row.memory_bytes,
        cpus=row.cpus,
        pids=service.pids,
        capabilities=service.capabilities,
        health=service.health,
        stop_signal=service.stop_signal,
        stop_grace_seconds=service.stop_grace_seconds,
        egress=egress,
    )
