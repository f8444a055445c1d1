"""Containers: made, started, stopped, removed and looked at, each safe to repeat and in any race."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import docker

from executor.engine.calls import Calls
from executor.engine.container_config import container_body
from executor.engine.failures import BAD_REQUEST, CONFLICT, NOT_FOUND, EngineCallError, tolerated
from executor.engine.protocol import (
    LABEL_DIGEST,
    LABEL_INSTALLATION,
    LABEL_SANDBOX,
    ContainerSpec,
    ContainerState,
)
from executor.engine.states import container_state
from executor.errors import EngineUnavailableError, ImageUnavailableError, StepFailedError

ATTEMPTS = 3
"""How often an endpoint may be left over between our looking and our doing."""
NAME_ATTEMPTS = 20
"""How often a name may be taken by somebody who makes the same."""
REMOVAL_DEADLINE_SECONDS = 30.0
REMOVAL_POLL_SECONDS = 0.1
REUSABLE_STATES = frozenset({"created", "running", "restarting"})
WORDS_LIMIT_CHARACTERS = 300


class Containers:
    """The containers of one installation."""

    def __init__(self, calls: Calls, *, installation: str) -> None:
        self._calls = calls
        self._installation = installation

    async def ensure(self, spec: ContainerSpec) -> str:
        """Make a container of exactly this spec, or find it; return its id."""
        body = container_body(spec, installation=self._installation)
        for _ in range(NAME_ATTEMPTS):
            found = await self._find(spec.name)
            if found is not None:
                self._require_ours(found)
                _require_same_sandbox(found, spec)
                if _is_wanted(found, body):
                    return str(found["Id"])
                await self.remove(spec.name)
            try:
                return await self._create(spec, body)
            except EngineCallError as error:
                if error.status != CONFLICT:
                    raise
                # Somebody is making it: its name is taken a moment before it can be found.
                await asyncio.sleep(REMOVAL_POLL_SECONDS)
        raise StepFailedError(f"The container {spec.name} is being made by somebody else.", "Try again.")

    async def start(self, name: str) -> None:
        """Start it; running already is success."""
        for attempt in range(ATTEMPTS):
            try:
                await self._calls.quick(lambda client: client.start(name))
                return
            except EngineCallError as error:
                if not _endpoint_left_over(error) or attempt == ATTEMPTS - 1:
                    raise _start_failure(name, error) from error
                await self._detach(name)

    async def stop(self, name: str, *, grace_seconds: int) -> None:
        """Ask it to end, then make it. Gone or ended already is success."""
        with tolerated(NOT_FOUND):
            await self._calls.waiting(
                lambda client: client.stop(name, timeout=grace_seconds), wait_seconds=grace_seconds
            )

    async def remove(self, name: str) -> None:
        """Kill and remove it, with its unnamed volumes, and wait until its name is free."""
        found = await self._find(name)
        if found is None:
            return
        self._require_ours(found)
        with tolerated(NOT_FOUND, CONFLICT):
            await self._calls.waiting(
                lambda client: client.remove_container(found["Id"], force=True, v=True), wait_seconds=0
            )
        await self._wait_until_gone(found["Id"])

    async def inspect(self, name: str) -> ContainerState | None:
        """What the engine says of it now."""
        found = await self._find(name)
        return container_state(found) if found else None

    async def list(self) -> Sequence[ContainerState]:
        """All of this installation. One that goes while we look is left out."""
        summaries = await self.summaries()
        states = await asyncio.gather(*(self.inspect(summary["Id"]) for summary in summaries))
        return [state for state in states if state is not None]

    async def summaries(self) -> Sequence[Mapping[str, Any]]:
        """The engine's short form of all of this installation: Id, Names, Labels."""
        filters = {"label": [f"{LABEL_INSTALLATION}={self._installation}"]}
        return await self._calls.quick(lambda client: client.containers(all=True, filters=filters))

    async def _create(self, spec: ContainerSpec, body: Mapping[str, object]) -> str:
        try:
            made = await self._calls.making(lambda client: _create(client, spec.name, body))
        except EngineCallError as error:
            if error.status == NOT_FOUND:
                raise ImageUnavailableError(
                    f"The image {spec.image} is not on the engine.", "Build, load or pull it, then try again."
                ) from error
            if error.status == BAD_REQUEST:
                raise StepFailedError(
                    f"The engine refuses to make the container: {error.message[:WORDS_LIMIT_CHARACTERS]}",
                    "Correct the service in the manifest; an image without a command of its own needs one.",
                    retryable=False,
                ) from error
            raise
        return made

    async def _find(self, name: str) -> Mapping[str, Any] | None:
        try:
            return await self._calls.quick(lambda client: client.inspect_container(name))
        except EngineCallError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    async def _detach(self, name: str) -> None:
        """Take away an endpoint that an engine killed in mid-work left on the network."""
        found = await self._find(name)
        if found is None:
            return
        for network in found["NetworkSettings"]["Networks"]:
            with tolerated(NOT_FOUND):
                await self._calls.quick(partial(_disconnect, container=name, network=network))

    async def _wait_until_gone(self, identity: str) -> None:
        """Somebody else's removal under way answers 409 at once: wait for it to be done."""
        try:
            async with asyncio.timeout(REMOVAL_DEADLINE_SECONDS):
                while await self._find(identity) is not None:  # noqa: ASYNC110  only the engine knows
                    await asyncio.sleep(REMOVAL_POLL_SECONDS)
        except TimeoutError as error:
            raise EngineUnavailableError("the engine does not finish a removal") from error

    def _require_ours(self, found: Mapping[str, Any]) -> None:
        labels = found["Config"].get("Labels") or {}
        if labels.get(LABEL_INSTALLATION) != self._installation:
            name = found["Name"].removeprefix("/")
            raise StepFailedError(
                f"There is a container {name} on the engine that is not ours.",
                "Remove or rename it.",
                retryable=False,
            )


def _require_same_sandbox(found: Mapping[str, Any], spec: ContainerSpec) -> None:
    """One of another sandbox is not replaced, whatever it is called."""
    labels = found["Config"].get("Labels") or {}
    if labels.get(LABEL_SANDBOX) != spec.labels.get(LABEL_SANDBOX):
        raise StepFailedError(
            f"There is a container {spec.name} on the engine that is another sandbox's.",
            "Destroy this one and deploy it under another name.",
        )


def _create(client: docker.APIClient, name: str, body: Mapping[str, object]) -> str:
    made = client.create_container_from_config(dict(body), name)  # type: ignore[no-untyped-call]  # the stubs lack its types
    return str(made["Id"])


def _disconnect(client: docker.APIClient, *, container: str, network: str) -> None:
    client.disconnect_container_from_network(container, network, force=True)


def _is_wanted(found: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    labels = found["Config"].get("Labels") or {}
    return (
        labels.get(LABEL_DIGEST) == body["Labels"][LABEL_DIGEST]
        and found["State"]["Status"] in REUSABLE_STATES
    )


def _endpoint_left_over(error: EngineCallError) -> bool:
    return "endpoint with name" in error.message and "already exists" in error.message


def _start_failure(name: str, error: EngineCallError) -> Exception:
    """A person's words for what starting can run into; what we do not know stays ours."""
    if error.status == NOT_FOUND:
        return StepFailedError(f"The container {name} or its network is gone.", "Try again.")
    if "OCI runtime create failed" in error.message or "failed to create shim" in error.message:
        reason = error.message.split("unable to start container process: ")[-1]
        words = reason.removesuffix(": unknown")[:WORDS_LIMIT_CHARACTERS]
        return StepFailedError(
            f"Its command cannot be started: {words}",
            "Correct the command, the user or the image of the service.",
            retryable=False,
        )
    if "Address already in use" in error.message:
        return StepFailedError(f"The address of {name} is still held by another container.", "Try again.")
    return error
