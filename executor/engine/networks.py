"""A network of its own for every sandbox, and volumes."""

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import docker

from executor.engine.calls import Calls
from executor.engine.container_config import digest
from executor.engine.failures import CONFLICT, NOT_FOUND, EngineCallError, tolerated
from executor.engine.protocol import LABEL_DIGEST, LABEL_INSTALLATION, LABEL_SANDBOX, NetworkSpec
from executor.errors import StepFailedError

CLOSED_PREFIX = "sp-"
"""Begins the name of every sandbox's bridge; the firewall's rules are keyed on it."""
OPEN_PREFIX = "sp-o"
"""Begins it where the outside is granted. No closed one begins so, for 'o' is not a hexadecimal digit."""
FORBIDDEN = 403
ATTEMPTS = 3


def bridge_name(spec: NetworkSpec) -> str:
    """The host's name for the network's bridge: short, because the kernel takes 15 characters."""
    identity = spec.labels.get(LABEL_SANDBOX, spec.name)
    short = hashlib.sha256(identity.encode()).hexdigest()[:8]
    return (OPEN_PREFIX if spec.egress else CLOSED_PREFIX) + short


def proxy_address(subnet: str) -> str:
    """Where the proxy sits when it is a container: the last host address of the network."""
    return str(ipaddress.ip_network(subnet)[-2])


def network_arguments(spec: NetworkSpec, *, installation: str) -> dict[str, Any]:
    """What is asked of the engine, its own digest among the labels. Pure."""
    gateway = str(ipaddress.ip_network(spec.subnet)[1])
    arguments: dict[str, Any] = {
        "name": spec.name,
        "check_duplicate": True,
        "driver": "bridge",
        "internal": not spec.egress,
        "enable_ipv6": False,
        "ipam": {"Driver": "default", "Config": [{"Subnet": spec.subnet, "Gateway": gateway}]},
        "options": {
            "com.docker.network.bridge.name": bridge_name(spec),
            "com.docker.network.bridge.enable_icc": "true",
            "com.docker.network.bridge.enable_ip_masquerade": str(spec.egress).lower(),
        },
    }
    labels = {**spec.labels, LABEL_INSTALLATION: installation}
    return {**arguments, "labels": {**labels, LABEL_DIGEST: digest({**arguments, "labels": labels})}}


class Networks:
    """The networks of one installation. ``proxy_container`` is connected to each, where the proxy is one."""

    def __init__(self, calls: Calls, *, installation: str, proxy_container: str | None) -> None:
        self._calls = calls
        self._installation = installation
        self._proxy = proxy_container

    async def ensure(self, spec: NetworkSpec) -> None:
        """Make it so; one of the same name made of another wish is replaced."""
        arguments = network_arguments(spec, installation=self._installation)
        found = await self._named(spec.name)
        made_of = arguments["labels"][LABEL_DIGEST]
        wanted = [one for one in found if one["Labels"].get(LABEL_DIGEST) == made_of]
        for one in found:
            if one not in wanted[:1]:
                await self._remove(one["Id"])
        if not wanted:
            await self._create(spec, arguments)
        if self._proxy is not None:
            await self._connect_proxy(self._proxy, spec)

    async def remove(self, name: str) -> None:
        """Remove it, with whatever is still attached taken off."""
        for one in await self._named(name):
            await self._remove(one["Id"])

    async def list(self) -> Sequence[Mapping[str, Any]]:
        """All of this installation, in the engine's words."""
        filters = {"label": [f"{LABEL_INSTALLATION}={self._installation}"]}
        return await self._calls.quick(lambda client: client.networks(filters=filters))

    async def _named(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Ours of exactly that name. The engine permits several, so we look for all."""
        return [one for one in await self.list() if one["Name"] == name]

    async def _create(self, spec: NetworkSpec, arguments: Mapping[str, Any]) -> None:
        try:
            await self._calls.making(lambda client: client.create_network(**arguments))
        except EngineCallError as error:
            if error.status == CONFLICT:
                raise StepFailedError(
                    f"There is a network {spec.name} on the engine that is not ours.", "Remove it."
                ) from error
            if "overlaps" in error.message:
                raise StepFailedError(
                    f"The addresses {spec.subnet} are used by another network of the engine.",
                    "Remove that network, or give Sandpiper another range.",
                ) from error
            raise

    async def _connect_proxy(self, proxy: str, spec: NetworkSpec) -> None:
        address = proxy_address(spec.subnet)
        try:
            await self._calls.quick(
                lambda client: client.connect_container_to_network(proxy, spec.name, ipv4_address=address)
            )
        except EngineCallError as error:
            if "already exists in network" not in error.message:
                raise

    async def _remove(self, identity: str) -> None:
        for attempt in range(ATTEMPTS):
            await self._disconnect_all(identity)
            try:
                with tolerated(NOT_FOUND):
                    await self._calls.quick(lambda client: client.remove_network(identity))
                return
            except EngineCallError as error:
                if error.status != FORBIDDEN or attempt == ATTEMPTS - 1:
                    raise

    async def _disconnect_all(self, identity: str) -> None:
        try:
            found = await self._calls.quick(lambda client: client.inspect_network(identity))
        except EngineCallError as error:
            if error.status == NOT_FOUND:
                return
            raise
        for attached, endpoint in (found.get("Containers") or {}).items():
            target = endpoint["Name"] if attached.startswith("ep-") else attached
            with tolerated(NOT_FOUND, FORBIDDEN):
                await self._calls.quick(partial(_disconnect, container=target, network=identity))


def _disconnect(client: docker.APIClient, *, container: str, network: str) -> None:
    client.disconnect_container_from_network(container, network, force=True)


class Volumes:
    """The named volumes of one installation."""

    def __init__(self, calls: Calls, *, installation: str) -> None:
        self._calls = calls
        self._installation = installation

    async def ensure(self, name: str, labels: Mapping[str, str]) -> None:
        """Make it so; the engine answers a second create with the volume that is there.

        Raises StepFailedError for one that is not this sandbox's: what it holds is somebody else's.
        """
        wanted = {**labels, LABEL_INSTALLATION: self._installation}
        made = await self._calls.making(lambda client: client.create_volume(name, labels=wanted))
        found = made.get("Labels") or {}
        if any(found.get(key) != wanted.get(key) for key in (LABEL_INSTALLATION, LABEL_SANDBOX)):
            raise StepFailedError(
                f"There is a volume {name} on the engine that is another sandbox's.",
                "Destroy this one and deploy it under another name.",
            )

    async def remove(self, name: str) -> None:
        """Remove it and what it holds; raises StepFailedError while a container uses it."""
        try:
            with tolerated(NOT_FOUND):
                await self._calls.waiting(lambda client: client.remove_volume(name), wait_seconds=0)
        except EngineCallError as error:
            if error.status == CONFLICT:
                raise StepFailedError(f"The volume {name} is still in use.", "Try again.") from error
            raise

    async def list(self) -> Sequence[Mapping[str, Any]]:
        """All of this installation, in the engine's words."""
        filters = {"label": [f"{LABEL_INSTALLATION}={self._installation}"]}
        found = await self._calls.quick(lambda client: client.volumes(filters=filters))
        return found.get("Volumes") or []
