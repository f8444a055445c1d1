"""A new sandbox: everything about it is decided and written in one transaction, before any engine call."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from executor import addresses, names, policy, secrets
from executor.config import ExecutorConfig
from executor.enqueue import Asked, enqueue
from executor.errors import InvalidRequestError, LimitReachedError
from executor.manifest.model import Manifest
from executor.requests import Deploy
from storage import leases, routes, sandboxes, services
from storage import secrets as stored_secrets
from storage.database import Tx
from storage.records import (
    Health,
    Operation,
    OperationKind,
    Route,
    RouteKind,
    Sandbox,
    SandboxStatus,
    Service,
)
from storage.vault import Vault

_CHANCE = random.SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The app that a deploy found."""

    manifest: Manifest
    version: int


async def deploy(
    tx: Tx, request: Deploy, chosen: Chosen, asked: Asked, *, config: ExecutorConfig, vault: Vault
) -> tuple[Sandbox, Operation]:
    """Write sandbox, services, routes, leases, secrets and the operation. Raises SandboxError."""
    policy.room_for_one_more(config, await sandboxes.count_in_use(tx))
    memory = _memory(config, request, chosen.manifest)
    name = await _name(tx, request, chosen.manifest, asked, config)
    sandbox = _sandbox(request, chosen, asked, name=name, memory=memory, config=config)
    await sandboxes.add(tx, sandbox)
    slot = await _lease_network(tx, sandbox, config)
    ports = await _lease_ports(tx, sandbox, chosen.manifest, config)
    await services.add_all(tx, _services(sandbox, chosen.manifest, slot, memory, config))
    await routes.add_all(tx, _routes(sandbox, chosen.manifest, ports, config))
    await stored_secrets.put(tx, vault, sandbox.id, secrets.generate(chosen.manifest))
    arguments = {"app": request.app, "version": chosen.version, "memory_bytes": request.memory_bytes}
    return sandbox, await enqueue(tx, sandbox, OperationKind.DEPLOY, asked, arguments)


def _memory(config: ExecutorConfig, request: Deploy, manifest: Manifest) -> Mapping[str, int]:
    """Every service's memory in bytes; the front door's is what was asked, if anything was."""
    memory = {service.name: service.memory_bytes for service in manifest.services}
    if request.memory_bytes is not None:
        memory[manifest.front.service] = policy.memory_bytes(config, request.memory_bytes)
    return memory


async def _name(tx: Tx, request: Deploy, manifest: Manifest, asked: Asked, config: ExecutorConfig) -> str:
    """A name that nobody has, whose host names nobody has."""
    cooling_since = asked.now - timedelta(seconds=config.name_cooling_seconds)
    given_up = await sandboxes.names_given_up(tx, since=cooling_since)
    cooling = {name for name, owner in given_up.items() if owner != asked.by.person_id}
    in_use = await sandboxes.names_in_use(tx)
    name = names.pick(request.name, in_use=in_use, cooling=cooling, chance=_CHANCE)
    ways = (manifest.front, *manifest.routes)
    hosts = [addresses.host(name, config.domain, way.label) for way in ways]
    taken = await routes.taken(tx, RouteKind.HOST, hosts)
    if taken:
        raise InvalidRequestError(
            f"The address {min(taken)} belongs to another sandbox already.", "Choose another name."
        )
    await _require_own_containers(tx, name, manifest)
    return name


async def _require_own_containers(tx: Tx, name: str, manifest: Manifest) -> None:
    """No container may be called like another sandbox's: the service c of a-b, like b-c of a."""
    taken = await services.joined_names(tx, [f"{name}-{service.name}" for service in manifest.services])
    if taken:
        raise InvalidRequestError(
            f"Another sandbox has a container called {addresses.CONTAINER_PREFIX}{min(taken)} already.",
            "Choose another name.",
        )


def _sandbox(
    request: Deploy,
    chosen: Chosen,
    asked: Asked,
    *,
    name: str,
    memory: Mapping[str, int],
    config: ExecutorConfig,
) -> Sandbox:
    """The row as it begins."""
    manifest = chosen.manifest
    return Sandbox(
        id=uuid4().hex,
        name=name,
        app=manifest.app,
        app_version=chosen.version,
        title=manifest.title,
        manifest=manifest.text,
        status=SandboxStatus.PENDING,
        status_reason=None,
        health=Health.UNKNOWN,
        health_reason=None,
        owner_id=asked.by.person_id,
        team_id=asked.by.team_id,
        channel_id=request.channel_id,
        url=addresses.url(config, name),
        created_at=asked.now,
        started_at=None,
        ttl_seconds=policy.ttl_seconds(config, request.ttl_seconds, manifest.ttl_seconds),
        expires_at=None,
        idle_seconds=policy.idle_seconds(config, request.idle_seconds, manifest),
        last_active_at=asked.now,
        last_signal="its deploy",
        stopped_at=None,
        stop_cause=None,
        retain_until=None,
        destroyed_at=None,
        memory_bytes=sum(memory.values()),
        cpus=sum(service.cpus for service in manifest.services),
    )


async def _lease_network(tx: Tx, sandbox: Sandbox, config: ExecutorConfig) -> int:
    """A subnet of its own."""
    slots = addresses.slots(config.subnet_range)
    slot = await leases.take_network(tx, sandbox.id, slots=slots)
    if slot is None:
        raise LimitReachedError(
            f"All {slots} networks for sandboxes are in use.",
            "Destroy a sandbox that nobody needs any more, then try again.",
        )
    return slot


async def _lease_ports(tx: Tx, sandbox: Sandbox, manifest: Manifest, config: ExecutorConfig) -> Sequence[int]:
    """As many gateway ports as the app asks for."""
    first, last = config.gateway_ports
    count = addresses.gateway_count(manifest)
    ports = await leases.take_ports(tx, sandbox.id, count=count, first=first, last=last)
    if ports is None:
        raise LimitReachedError(
            f"{manifest.title} needs {count} gateway port{'s' if count > 1 else ''}, and too few of "
            f"{first}–{last} are free.",
            "Destroy a sandbox that holds one, then try again.",
        )
    return ports


def _services(
    sandbox: Sandbox, manifest: Manifest, slot: int, memory: Mapping[str, int], config: ExecutorConfig
) -> Sequence[Service]:
    """A row for each container, with the address that it will have for life."""
    return [
        Service(
            sandbox_id=sandbox.id,
            name=service.name,
            image=service.image,
            address=addresses.service_address(config.subnet_range, slot, position),
            container_id=None,
            state="absent",
            health=Health.UNKNOWN,
            health_reason=None,
            restarts=0,
            exit_code=None,
            out_of_memory=False,
            memory_bytes=memory[service.name],
            cpus=service.cpus,
        )
        for position, service in enumerate(manifest.services)
    ]


def _routes(
    sandbox: Sandbox, manifest: Manifest, ports: Sequence[int], config: ExecutorConfig
) -> Sequence[Route]:
    """A row for each way in."""
    return addresses.routes(
        manifest, sandbox_id=sandbox.id, sandbox=sandbox.name, domain=config.domain, ports=ports
    )
