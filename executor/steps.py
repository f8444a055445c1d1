"""What each step of bringing a sandbox up does on the engine and the proxy. Every step only 'makes it so'."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol

from executor import specs
from executor.addresses import network_name
from executor.config import ExecutorConfig
from executor.engine.protocol import ContainerSpec, ContainerState, Engine, Progress
from executor.errors import StepFailedError
from executor.images.plan import ImageSource
from executor.proxy.protocol import Proxy
from executor.proxy.routes import entries_for, live_entries, without_entry
from executor.readiness import Awaited, Readiness, has_check, waves
from executor.runner import Tell
from executor.together import together
from executor.work import Plan, Work
from storage.records import Route, Sandbox, SandboxStatus

HEALTHY = "service_healthy"
CatchUp = Callable[[Collection[ContainerState]], Awaitable[None]]
"""Reads what ended containers wrote, before they are removed."""
LIVE_TIMEOUT_SECONDS = 30.0
"""How long the proxy may take until a front door that is known to answer does so through its route."""


class ImageStore(Protocol):
    """Where images come from, as far as a step needs to know."""

    async def plan(self, references: Collection[str]) -> Mapping[str, ImageSource]:
        """Where each would come from."""

    async def resolve(self, reference: str) -> str:
        """What it is called on the engine."""

    async def ensure(self, reference: str, progress: Progress) -> str:
        """Make it be on the engine."""


async def show_status(proxy: Proxy, sandbox: Sandbox, work: Work) -> None:
    """Visitors see what a sandbox of this status shows; a gateway port of what does not run leads nowhere."""
    entries = entries_for(sandbox, work.routes, work.services)
    await proxy.apply(entries)
    await proxy.remove(without_entry(work.routes, entries))


class Up:
    """The steps of one deploy, start or restart."""

    def __init__(
        self,
        *,
        engine: Engine,
        proxy: Proxy,
        images: ImageStore,
        config: ExecutorConfig,
        work: Work,
        plan: Plan,
    ) -> None:
        self._engine = engine
        self._proxy = proxy
        self._images = images
        self._config = config
        self._work = work
        self._plan = plan
        self.images_of: dict[str, str] = {}
        """Every service's image as the engine calls it, chosen before the first step."""
        self.states: dict[str, ContainerState] = {}
        """Every service that was found well, as it was then."""
        self._readiness = Readiness(
            engine,
            proxy,
            timeout_seconds=plan.manifest.ready_timeout_seconds,
            redactor=plan.redactor,
        )

    async def network(self, tell: Tell) -> None:
        """Network and volumes exist, and visitors see that it is starting."""
        del tell
        sandbox, plan = self._work.sandbox, self._plan
        spec = specs.network(self._config, sandbox, plan.slot, egress=plan.manifest.egress)
        volumes = (self._engine.ensure_volume(name, specs.labels(sandbox)) for name in plan.volumes)
        await together(self._engine.ensure_network(spec), self.show(SandboxStatus.STARTING), *volumes)

    async def images(self, tell: Tell) -> None:
        """Every image is on the engine. They were planned before, so that none is missing."""
        for reference in dict.fromkeys(self.images_of.values()):
            await self._images.ensure(reference, tell)

    async def containers(self, tell: Tell) -> None:
        """Every container exists and was started, each after what it depends on."""
        del tell
        await together(*(self._engine.ensure_container(self._spec(name)) for name in self._plan.containers))
        await self._start(frozenset(self._plan.containers))

    async def restarted(self, tell: Tell) -> None:
        """Its containers, or the one asked for, were stopped and started in place."""
        asked = self._work.operation.arguments.get("service")
        chosen = frozenset({str(asked)}) if asked else frozenset(self._plan.containers)
        await self.network(tell)
        for wave in reversed(self._waves()):
            await together(*(self._stop(service) for service in wave if service in chosen))
        await self._run_all(tell)

    async def mended(self, tell: Tell) -> None:
        """Every container that does not run was started, in place where it is still there."""
        await self.network(tell)
        await self._run_all(tell)

    async def _run_all(self, tell: Tell) -> None:
        await together(*(self._make_if_gone(name, tell) for name in self._plan.containers))
        await self._start(frozenset(self._plan.containers))

    async def healthy(self, tell: Tell) -> None:
        """Every service is well."""
        del tell
        await together(*(self._wait(name) for name in self._plan.containers))

    async def route(self, tell: Tell) -> None:
        """Its routes lead to its services, and the front door answers through its own."""
        del tell
        entries = live_entries(self._work.routes, self._work.services)
        await self._proxy.apply(entries)
        front = self._front_route()
        for entry in entries:
            if (entry.kind, entry.match) == (front.kind, front.match):
                live = await self._proxy.wait_until_live(entry, timeout_seconds=LIVE_TIMEOUT_SECONDS)
                if not live:
                    tail = await self._readiness.tail(self._plan.containers[front.service].name)
                    raise StepFailedError(
                        f"The service {front.service} does not answer through its route.",
                        f"It should answer HTTP at its port {front.port}.",
                        service=front.service,
                        log_tail=tail,
                    )

    async def healthy_again(self, tell: Tell) -> None:
        """After a restart: every service is well and its routes lead there."""
        await self.healthy(tell)
        await self.route(tell)

    async def show(self, status: SandboxStatus) -> None:
        """Visitors see the page of a status."""
        await show_status(self._proxy, replace(self._work.sandbox, status=status), self._work)

    async def _stop(self, service: str) -> None:
        spec = self._plan.containers[service]
        await self._engine.stop_container(spec.name, grace_seconds=spec.stop_grace_seconds)

    async def _make_if_gone(self, service: str, tell: Tell) -> None:
        spec = self._spec(service)
        if await self._engine.inspect_container(spec.name) is None:
            await self._images.ensure(spec.image, tell)
            await self._engine.ensure_container(spec)

    async def _wait(self, service: str) -> None:
        """Until it is well."""
        self.states[service] = await self._readiness.wait_until_well(self._awaited(service))

    async def _start(self, chosen: frozenset[str]) -> None:
        """Start those chosen, wave by wave, each when what it depends on is as it asks."""
        conditions = {service.name: service.depends_on for service in self._plan.manifest.services}
        for wave in self._waves():
            starting = [service for service in wave if service in chosen]
            awaited = {
                other
                for service in starting
                for other, condition in conditions[service].items()
                if condition == HEALTHY
            }
            await together(*(self._wait(name) for name in awaited))
            containers = self._plan.containers
            await together(*(self._engine.start_container(containers[name].name) for name in starting))

    def _spec(self, service: str) -> ContainerSpec:
        """The container of a service, of the image chosen."""
        return replace(self._plan.containers[service], image=self.images_of[service])

    def _waves(self) -> list[list[str]]:
        """The services in groups that may start at once."""
        needs = [(service.name, frozenset(service.depends_on)) for service in self._plan.manifest.services]
        return [list(wave) for wave in waves(needs)]

    def _awaited(self, service: str) -> Awaited:
        """What it takes for a service to be well."""
        spec, front = self._plan.containers[service], self._plan.manifest.front
        probed = service == front.service and not has_check(spec)
        return Awaited(service=service, spec=spec, probe=f"{spec.address}:{front.port}" if probed else None)

    def _front_route(self) -> Route:
        """The route whose URL is announced."""
        return next(route for route in self._work.routes if route.front)


class Down:
    """The steps of one stop or destroy, and of undoing what went wrong. They need no manifest."""

    def __init__(self, *, engine: Engine, proxy: Proxy, work: Work, catch_up: CatchUp) -> None:
        self._engine = engine
        self._proxy = proxy
        self._work = work
        self._catch_up = catch_up

    async def show(self, status: SandboxStatus) -> None:
        """Visitors see the page of a status instead of the sandbox."""
        await show_status(self._proxy, replace(self._work.sandbox, status=status), self._work)

    async def unroute(self) -> None:
        """The proxy knows nothing of it."""
        await self._proxy.remove([(route.kind, route.match) for route in self._work.routes])

    async def stop_containers(self, grace_seconds: int) -> None:
        """Its containers were asked to end, last started first, and are gone."""
        for name in reversed(list(self._work.container_names.values())):
            await self._engine.stop_container(name, grace_seconds=grace_seconds)
        await self.remove_containers()

    async def remove_containers(self) -> None:
        """Its containers are gone, however they were. What they wrote is read first: why they failed, too."""
        names = list(self._work.container_names.values())
        await together(*(self._engine.stop_container(name, grace_seconds=0) for name in names))
        states = [await self._engine.inspect_container(name) for name in names]
        await self._catch_up([state for state in states if state is not None])
        await together(*(self._engine.remove_container(name) for name in names))

    async def remove_network(self) -> None:
        """Its network is gone."""
        await self._engine.remove_network(network_name(self._work.sandbox.name))

    async def remove_volumes(self) -> None:
        """Its volumes are gone: all that carry its label, whatever its manifest says now."""
        owned = await self._engine.list_owned()
        mine = [one.name for one in owned if one.kind == "volume" and one.sandbox_id == self._work.sandbox.id]
        await together(*(self._engine.remove_volume(name) for name in mine))
