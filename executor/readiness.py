"""Waits until containers are what they should be, and says at once, in words, when they will not be."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from executor import failure
from executor.engine.protocol import ContainerSpec, ContainerState, Engine
from executor.errors import StepFailedError
from executor.proxy.protocol import Proxy
from executor.redaction import Redactor
from storage.records import Health

POLL_LEAST_SECONDS = 0.05
POLL_MOST_SECONDS = 0.5
POLL_SHARE = 0.05
PROBE_TIMEOUT_SECONDS = 2.0
_ENDED = frozenset({"exited", "dead", "restarting"})


def pause_seconds(waited_seconds: float) -> float:
    """How long to wait before looking again: never adding more than a twentieth to what it took already."""
    return min(POLL_MOST_SECONDS, max(POLL_LEAST_SECONDS, waited_seconds * POLL_SHARE))


def has_check(spec: ContainerSpec) -> bool:
    """Whether the container has a health check of its own."""
    return spec.health is not None and spec.health.command != ("NONE",)


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """One container and what it takes for it to be well."""

    service: str
    spec: ContainerSpec
    probe: str | None
    """``address:port`` that has to answer, where the container has no check of its own."""


class Readiness:
    """Looks at containers through the engine, and at front doors through the proxy."""

    def __init__(self, engine: Engine, proxy: Proxy, *, timeout_seconds: float, redactor: Redactor) -> None:
        self._engine = engine
        self._proxy = proxy
        self._redactor = redactor
        self._began: float | None = None
        """The first wait: an image that takes long to build uses up nothing of its services' time."""
        self._timeout_seconds = timeout_seconds

    @property
    def left_seconds(self) -> float:
        """How much of the time is left, of all waiting together."""
        waited = 0.0 if self._began is None else time.monotonic() - self._began
        return max(0.0, self._timeout_seconds - waited)

    async def wait_until_well(self, awaited: Awaited) -> ContainerState:
        """Return when the container is well, as it was then.

        Raises StepFailedError as soon as it has ended or is gone, and when the time is over.
        """
        began = time.monotonic()
        self._began = began if self._began is None else self._began
        while True:
            state = await self._engine.inspect_container(awaited.spec.name)
            if state is None:
                raise failure.of_absence(awaited.service)
            if state.state in _ENDED:
                raise await self._of_exit(awaited, state)
            if await self._is_well(awaited, state):
                return state
            if self.left_seconds <= 0:
                raise await self._of_timeout(awaited, state)
            await asyncio.sleep(pause_seconds(time.monotonic() - began))

    async def _is_well(self, awaited: Awaited, state: ContainerState) -> bool:
        """By its own check if it has one, else by a probe if there is one, else by running at all."""
        if state.state != "running":
            return False
        if has_check(awaited.spec):
            return state.health is Health.HEALTHY
        if awaited.probe is None:
            return True
        return await self._proxy.answers(awaited.probe, timeout_seconds=PROBE_TIMEOUT_SECONDS)

    async def _of_exit(self, awaited: Awaited, state: ContainerState) -> StepFailedError:
        """It ended."""
        tail = await self.tail(awaited.spec.name)
        return failure.of_exit(awaited.service, state, memory_bytes=awaited.spec.memory_bytes, tail=tail)

    async def _of_timeout(self, awaited: Awaited, state: ContainerState) -> StepFailedError:
        """It took too long."""
        return failure.of_timeout(
            awaited.service,
            state,
            waited_seconds=self._timeout_seconds,
            checked=has_check(awaited.spec),
            tail=await self.tail(awaited.spec.name),
        )

    async def tail(self, container: str) -> str:
        """Its last lines, without the sandbox's own passwords."""
        lines = await self._engine.log_tail(container, lines=failure.TAIL_LINES)
        return self._redactor.redact(failure.tail_text(lines))


def waves(needs: Sequence[tuple[str, frozenset[str]]]) -> Sequence[Sequence[str]]:
    """Names in groups, each of which needs only names of groups before it.

    ``needs``: each name with those it needs, in an order in which each comes after what it needs.
    """
    depth: dict[str, int] = {}
    for name, needed in needs:
        depth[name] = 1 + max((depth[other] for other in needed), default=-1)
    groups: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name, level in depth.items():
        groups[level].append(name)
    return groups
