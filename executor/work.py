"""Everything that carrying out one operation needs to know, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from executor import addresses, secrets, specs
from executor.apps import Apps
from executor.config import ExecutorConfig
from executor.engine.protocol import ContainerSpec
from executor.errors import StepFailedError
from executor.manifest.model import Manifest
from executor.redaction import Redactor
from storage import leases, routes, sandboxes, services
from storage import secrets as stored_secrets
from storage.database import Database
from storage.errors import KeyLostError
from storage.records import Operation, Route, Sandbox, Service
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Work:
    """An operation, its sandbox, and the sandbox's rows as they were when the work began."""

    operation: Operation
    sandbox: Sandbox
    services: Sequence[Service]
    routes: Sequence[Route]

    @property
    def container_names(self) -> Mapping[str, str]:
        """Service to the name of its container, in the order in which they start."""
        return {row.name: addresses.container_name(self.sandbox.name, row.name) for row in self.services}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is needed to make a sandbox, beyond what is needed to end one."""

    manifest: Manifest
    slot: int
    containers: Mapping[str, ContainerSpec]
    """By service, in the order in which they start."""
    volumes: Sequence[str]
    """Their names on the engine."""
    redactor: Redactor = field(repr=False)
    """Takes the sandbox's own passwords out of what is told."""

    @property
    def images(self) -> Sequence[str]:
        """Each image once."""
        return list(dict.fromkeys(spec.image for spec in self.containers.values()))


async def read_work(database: Database, operation: Operation) -> Work:
    """Read the rows."""
    async with database.read() as tx:
        sandbox = await sandboxes.get(tx, operation.sandbox_id)
        if sandbox is None:
            raise LookupError(f"operation {operation.id} is of a sandbox that does not exist")
        return Work(
            operation=operation,
            sandbox=sandbox,
            services=await services.of_sandbox(tx, sandbox.id),
            routes=await routes.of_sandbox(tx, sandbox.id),
        )


async def read_values(
    database: Database, vault: Vault, config: ExecutorConfig, sandbox: Sandbox, manifest: Manifest
) -> tuple[Mapping[str, str], Redactor]:
    """What fills the manifest's placeholders, and what hides the secret ones of them.

    Raises StepFailedError, naming the key, for passwords that cannot be decrypted any more.
    """
    try:
        async with database.read() as tx:
            generated = await stored_secrets.values_of(tx, vault, sandbox.id)
    except KeyLostError as lost:
        raise StepFailedError(
            f"The passwords of {sandbox.name} were encrypted with the key “{lost.key_id}”, "
            "which Sandpiper is no longer given.",
            "Whoever runs Sandpiper can give that key again.",
            retryable=True,
        ) from lost
    return secrets.values(config, sandbox.name, manifest, generated), Redactor(generated.values())


async def read_plan(database: Database, vault: Vault, config: ExecutorConfig, apps: Apps, work: Work) -> Plan:
    """Read the manifest and fill it in. Raises SandboxError where that is no longer possible."""
    sandbox = work.sandbox
    manifest = apps.read(sandbox.manifest, app=sandbox.app)
    values, redactor = await read_values(database, vault, config, sandbox, manifest)
    async with database.read() as tx:
        slot = await leases.network_of(tx, sandbox.id)
    if slot is None:
        raise LookupError(f"sandbox {sandbox.name} holds no network")
    return Plan(
        manifest=manifest,
        slot=slot,
        containers=specs.containers(sandbox, manifest, work.services, values),
        volumes=[addresses.volume_name(sandbox.name, volume) for volume in manifest.volumes],
        redactor=redactor,
    )
