"""Carries out a deploy, a start or a restart."""

from collections.abc import Collection, Sequence

from executor import outcome
from executor.config import ExecutorConfig
from executor.engine.protocol import Engine
from executor.images.plan import ImageSource, require
from executor.ledger import Ledger
from executor.lifecycle import Change, leaving
from executor.proxy.protocol import Proxy
from executor.readiness import has_check
from executor.runner import Action, Runner
from executor.steps import ImageStore, Up
from executor.work import Plan, Work
from storage import services
from storage.database import Tx
from storage.records import EventKind, Health, OperationKind, OperationStatus, SandboxStatus


class CarryUp:
    """One operation that ends with a running sandbox."""

    def __init__(
        self,
        *,
        engine: Engine,
        proxy: Proxy,
        images: ImageStore,
        config: ExecutorConfig,
        ledger: Ledger,
        work: Work,
        plan: Plan,
    ) -> None:
        self._ledger = ledger
        self._work = work
        self._is_new = True
        self._images = images
        self._plan = plan
        self._up = Up(engine=engine, proxy=proxy, images=images, config=config, work=work, plan=plan)

    async def run(self, runner: Runner, done: Collection[str], *, is_new: bool) -> None:
        """All of it. Raises what its steps raise; ``runner.step`` says which.

        ``done``: steps that an earlier worker finished. ``is_new``: whether none has begun any.
        """
        self._is_new = is_new
        restarting = self._work.operation.kind is OperationKind.RESTART
        runner.step = "containers" if restarting else "images"
        await self._choose_images()
        await runner.run(self._actions(done), done=done, begin=self._begin, finish=self._finish)

    async def _choose_images(self) -> None:
        """Nothing is made before it is known where every image comes from.

        What a sandbox ran with is what it runs with again, even if the same name means something newer now.
        Only where that is gone, the name of the manifest counts.
        """
        had = {service.name: service.image for service in self._work.services}
        sources = await self._images.plan([*had.values(), *self._plan.images])
        gone = {name for name, image in had.items() if sources[image] is ImageSource.MISSING}
        images = {
            name: spec.image if name in gone else had[name] for name, spec in self._plan.containers.items()
        }
        require({image: sources[image] for image in images.values()})
        for name, image in images.items():
            self._up.images_of[name] = await self._images.resolve(image)

    def _actions(self, done: Collection[str]) -> Sequence[tuple[str, Action]]:
        """What each step does. Containers that were restarted already are not restarted again."""
        up, kind = self._up, self._work.operation.kind
        if kind is OperationKind.RESTART:
            mend = "containers" in done or "repair" in self._work.operation.arguments
            return [
                ("containers", up.mended if mend else up.restarted),
                ("healthy", up.healthy_again),
            ]
        return [
            ("network", up.network),
            ("images", up.images),
            ("containers", up.containers),
            ("healthy", up.healthy),
            ("route", up.route),
        ]

    async def _begin(self, tx: Tx) -> None:
        """The first worker tells that it has begun; each moves a deploy's sandbox out of the queue."""
        if self._work.operation.kind is OperationKind.DEPLOY:
            status = SandboxStatus.STARTING
            await self._ledger.move(tx, leaving=leaving(Change.DEPLOY_BEGUN), status=status)
        if self._is_new:
            await self._ledger.tell(tx, EventKind.OPERATION_STARTED)

    async def _finish(self, tx: Tx) -> None:
        """It runs."""
        now = self._ledger.now()
        await self._ledger.move(tx, leaving=leaving(Change.READY), **outcome.ready(self._work, now))
        for name, state in self._up.states.items():
            checked = has_check(self._plan.containers[name])
            await services.change(
                tx,
                self._work.sandbox.id,
                name,
                image=self._up.images_of[name],
                container_id=state.id,
                state=state.state,
                health=Health.HEALTHY if checked else Health.UNKNOWN,
                health_reason=None,
                restarts=state.restarts,
                exit_code=None,
                out_of_memory=False,
            )
        await self._ledger.finish(tx, OperationStatus.SUCCEEDED)
        repaired = self._work.operation.arguments.get("repair")
        if repaired:
            await self._ledger.tell(tx, EventKind.SANDBOX_REPAIRED, {"what": repaired})
        await self._ledger.tell(tx, EventKind.OPERATION_SUCCEEDED)
