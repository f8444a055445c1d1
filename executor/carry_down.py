"""Carries out a stop or a destroy."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta

from executor import outcome
from executor.config import ExecutorConfig
from executor.ledger import Ledger
from executor.lifecycle import Change, leaving
from executor.runner import Action, Runner, Tell
from executor.steps import Down
from executor.work import Work
from storage import leases, routes, secrets, services, warnings
from storage.database import Tx
from storage.records import EventKind, OperationKind, OperationStatus, SandboxStatus

_CAUSES = {"retention": "the time for which it was kept ended"}
"""Why a sandbox was destroyed, in words, where it was not that a person asked."""


class CarryDown:
    """One operation that ends with less than there was. It needs no manifest and no key."""

    def __init__(
        self, *, down: Down, config: ExecutorConfig, ledger: Ledger, work: Work, grace_seconds: int
    ) -> None:
        self._down = down
        self._config = config
        self._ledger = ledger
        self._work = work
        self._is_new = True
        self._grace_seconds = grace_seconds

    async def run(self, runner: Runner, done: Collection[str], *, is_new: bool) -> None:
        """All of it. ``done`` and ``is_new`` as with ``CarryUp``."""
        self._is_new = is_new
        destroying = self._work.operation.kind is OperationKind.DESTROY
        await runner.run(
            self._destroying() if destroying else self._stopping(),
            done=done,
            begin=self._begin,
            finish=self._destroyed if destroying else self._stopped,
        )

    def _stopping(self) -> Sequence[tuple[str, Action]]:
        """What each step of a stop does."""
        return [
            ("route", _quiet(lambda: self._down.show(SandboxStatus.STOPPED))),
            ("containers", _quiet(lambda: self._down.stop_containers(self._grace_seconds))),
        ]

    def _destroying(self) -> Sequence[tuple[str, Action]]:
        """What each step of a destroy does."""
        return [
            ("route", _quiet(self._down.unroute)),
            ("containers", _quiet(self._down.remove_containers)),
            ("network", _quiet(self._down.remove_network)),
            ("volumes", _quiet(self._down.remove_volumes)),
        ]

    async def _begin(self, tx: Tx) -> None:
        """The first worker tells that it has begun."""
        if self._is_new:
            await self._ledger.tell(tx, EventKind.OPERATION_STARTED)

    async def _stopped(self, tx: Tx) -> None:
        """It is stopped, and kept for a while."""
        columns = outcome.stopped(self._work, self._config, self._ledger.now())
        await self._ledger.move(tx, leaving=leaving(Change.STOPPED), **columns)
        await services.set_absent(tx, self._work.sandbox.id)
        await warnings.forget(tx, self._work.sandbox.id)
        await self._ledger.finish(tx, OperationStatus.SUCCEEDED)
        await self._ledger.tell(tx, EventKind.OPERATION_SUCCEEDED)

    async def _destroyed(self, tx: Tx) -> None:
        """It is gone, and everything that it held is free. What it wrote is kept for a while."""
        now, sandbox_id = self._ledger.now(), self._work.sandbox.id
        await self._ledger.move(
            tx, leaving=leaving(Change.DESTROYED), status=SandboxStatus.DESTROYED, destroyed_at=now
        )
        await services.set_absent(tx, sandbox_id)
        await routes.remove_of(tx, sandbox_id)
        await leases.release(tx, sandbox_id)
        await secrets.remove_of(tx, sandbox_id)
        await warnings.forget(tx, sandbox_id)
        await self._ledger.finish(tx, OperationStatus.SUCCEEDED)
        until = now + timedelta(seconds=self._config.log_retention_seconds)
        receipt = {
            "by": self._work.operation.asked_by,
            "cause": _CAUSES.get(str(self._work.operation.arguments.get("cause"))),
            "kept": "its logs",
            "until": until.isoformat(),
        }
        await self._ledger.tell(tx, EventKind.OPERATION_SUCCEEDED)
        await self._ledger.tell(tx, EventKind.SANDBOX_DESTROYED, receipt)


def _quiet(action: Callable[[], Awaitable[None]]) -> Action:
    """A step that has nothing to tell while it works."""

    async def run(_tell: Tell) -> None:
        await action()

    return run
