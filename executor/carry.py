"""Carries out one operation, and decides what becomes of it when its steps do not."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from executor import outcome
from executor.apps import Apps
from executor.carry_down import CarryDown
from executor.carry_up import CarryUp
from executor.config import MINUTE, ExecutorConfig
from executor.engine.protocol import Engine
from executor.errors import (
    EngineUnavailableError,
    ManifestError,
    ProxyUnavailableError,
    SandboxError,
    StepFailedError,
)
from executor.job import Interruption, Job
from executor.ledger import Ledger
from executor.lifecycle import CANCELLABLE, Change, leaving
from executor.locks import SandboxLocks
from executor.proxy.protocol import Proxy
from executor.redaction import Redactor
from executor.runner import Checkpoint, Runner
from executor.steps import CatchUp, Down, ImageStore
from executor.undo import undo
from executor.work import Work, read_plan, read_work
from storage import sandboxes, services, steps
from storage.database import Database, Tx
from storage.errors import LeaseLostError, StaleStatusError
from storage.records import EventKind, OperationKind, OperationStatus, SandboxStatus, Step, StepStatus
from storage.vault import Vault

WAIT_LIMIT_SECONDS = 10 * MINUTE
"""How long a deploy or start waits for engine or proxy to answer, from when it was asked for."""
BACK_OFF_LEAST_SECONDS = 0.5
BACK_OFF_MOST_SECONDS = 5.0
STOP_GRACE_SECONDS = 10
"""Where the manifest, which would say it, can no longer be read."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What carrying out needs beside the operation."""

    database: Database
    engine: Engine
    proxy: Proxy
    images: ImageStore
    config: ExecutorConfig
    apps: Apps
    vault: Vault
    locks: SandboxLocks
    clock: Callable[[], datetime]
    on_commit: Callable[[], None]
    checkpoint: Checkpoint
    catch_up: CatchUp


def back_off_seconds(attempts: int) -> float:
    """How long to wait before the next attempt: twice as long each time, up to a few seconds."""
    return min(BACK_OFF_MOST_SECONDS, BACK_OFF_LEAST_SECONDS * 2.0 ** min(attempts - 1, 10))


async def carry(job: Job, tools: Tools) -> None:
    """Carry an operation to its end, or back into the queue. Raises only when the program is ending."""
    ledger = Ledger(
        database=tools.database,
        clock=tools.clock,
        on_commit=tools.on_commit,
        operation=job.operation,
        owner=job.owner,
    )
    try:
        await tools.checkpoint(f"{job.operation.kind.value}.claimed")
        async with tools.locks.of(job.operation.sandbox_id):
            await _Carrying(job, tools, ledger, await read_work(tools.database, job.operation)).run()
    except LeaseLostError as lost:
        _log.warning("another worker took over", operation=job.operation.id, reason=str(lost))
    except asyncio.CancelledError:
        if job.interruption is Interruption.DRAINED:
            await ledger.release()
        elif job.interruption is not Interruption.LOST:
            raise


class _Carrying:
    """One operation under way."""

    def __init__(self, job: Job, tools: Tools, ledger: Ledger, work: Work) -> None:
        self._job = job
        self._tools = tools
        self._ledger = ledger
        self._work = work
        self._kind = work.operation.kind
        self._redactor = Redactor(())
        self._runner = Runner(ledger, tools.checkpoint, self._kind.value)
        self._down = Down(engine=tools.engine, proxy=tools.proxy, work=work, catch_up=tools.catch_up)

    async def run(self) -> None:
        """Forward; or back, where an earlier worker had to turn round already."""
        operation = self._work.operation
        if operation.error is not None:
            await self._undo_failed(operation.error)
        elif operation.cancel_requested_by is not None and self._kind in CANCELLABLE:
            await self._undo_cancelled(operation.cancel_requested_by)
        else:
            await self._forward_or_back()

    async def _forward_or_back(self) -> None:
        """Run the steps, and tell apart the ways in which they can end."""
        try:
            await self._forward()
        except (EngineUnavailableError, ProxyUnavailableError) as error:
            await self._wait(error)
        except LeaseLostError:
            raise
        except StaleStatusError:
            await self._cancelled_or_raise()
        except SandboxError as error:
            await self._failed(outcome.error_of(self._runner.step, error, self._redactor))
        except asyncio.CancelledError:
            if self._job.interruption is not Interruption.CANCELLED:
                raise
            _forget_cancellation()
            await self._cancelled_or_raise()
        except Exception:  # noqa: BLE001  whatever it is, the operation ends and its cause is in the log
            await self._failed(self._fault())

    async def _forward(self) -> None:
        """The steps of its kind."""
        found = await self._steps()
        done = frozenset(step.name for step in found if step.status is StepStatus.DONE)
        is_new = all(step.status is StepStatus.PENDING for step in found)
        if self._kind in (OperationKind.STOP, OperationKind.DESTROY):
            down = CarryDown(
                down=self._down,
                config=self._tools.config,
                ledger=self._ledger,
                work=self._work,
                grace_seconds=self._grace_seconds(),
            )
            await down.run(self._runner, done, is_new=is_new)
            return
        tools = self._tools
        plan = await read_plan(tools.database, tools.vault, tools.config, tools.apps, self._work)
        self._redactor = plan.redactor
        up = CarryUp(
            engine=tools.engine,
            proxy=tools.proxy,
            images=tools.images,
            config=tools.config,
            ledger=self._ledger,
            work=self._work,
            plan=plan,
        )
        await up.run(self._runner, done, is_new=is_new)

    async def _steps(self) -> Sequence[Step]:
        """Its steps as earlier workers left them."""
        async with self._tools.database.read() as tx:
            return await steps.of_operation(tx, self._work.operation.id)

    def _grace_seconds(self) -> int:
        """The longest time that one of its services asks for to end."""
        try:
            manifest = self._tools.apps.read(self._work.sandbox.manifest, app=self._work.sandbox.app)
        except ManifestError:
            return STOP_GRACE_SECONDS
        return max(service.stop_grace_seconds for service in manifest.services)

    def _fault(self) -> Mapping[str, object]:
        """A failure of ours: the log gets all of it, the person a short id."""
        error_id = uuid4().hex[:8]
        operation = self._work.operation
        _log.exception(
            "operation failed by a fault of ours",
            error_id=error_id,
            operation=operation.id,
            kind=self._kind.value,
            step=self._runner.step,
            sandbox=self._work.sandbox.name,
            trace_id=operation.trace_id,
        )
        return outcome.fault_of(self._runner.step, error_id)

    async def _wait(self, error: EngineUnavailableError | ProxyUnavailableError) -> None:
        """Back into the queue. What ends something waits for ever, what makes something up to a limit."""
        what = "Docker engine" if isinstance(error, EngineUnavailableError) else "proxy"
        operation, now = self._work.operation, self._ledger.now()
        waited_seconds = (now - operation.created_at).total_seconds()
        if self._kind in CANCELLABLE and waited_seconds > WAIT_LIMIT_SECONDS:
            message = f"The {what} has not answered for {WAIT_LIMIT_SECONDS // MINUTE} minutes."
            given_up = StepFailedError(message, "Try again when whoever runs Sandpiper has looked at it.")
            await self._failed(outcome.error_of(self._runner.step, given_up, self._redactor))
            return
        reason = f"the {what} does not answer"
        _log.warning("operation waits", operation=operation.id, reason=reason, error=str(error))
        await self._ledger.put_back(
            not_before=now + timedelta(seconds=back_off_seconds(operation.attempts)),
            reason=reason,
            tell=operation.waiting_reason != reason,
        )

    async def _failed(self, error: Mapping[str, object]) -> None:
        """Undo and say so. What ends something never fails: it is tried again until it is true."""
        operation = self._work.operation
        if self._kind not in CANCELLABLE:
            await self._ledger.put_back(
                not_before=self._ledger.now() + timedelta(seconds=back_off_seconds(operation.attempts)),
                reason=str(error["message"]),
                tell=operation.waiting_reason != error["message"],
            )
            return
        step = error["step"]
        await self._ledger.fail(None if step is None else str(step), error)
        await self._undo_failed(error)

    async def _undo_failed(self, error: Mapping[str, object]) -> None:
        """Undo, then the rows say failed."""
        await self._undo(SandboxStatus.FAILED)
        columns = outcome.failed(self._tools.config, self._ledger.now(), str(error["message"]))
        await self._settle(OperationStatus.FAILED, Change.FAILED, columns, EventKind.OPERATION_FAILED, error)

    async def _cancelled_or_raise(self) -> None:
        """Somebody asked to cancel it; if nobody did, the sandbox left its status by a fault of ours."""
        by = await self._ledger.is_cancelled()
        if by is None:
            await self._failed(self._fault())
            return
        await self._undo_cancelled(by)

    async def _undo_cancelled(self, by: str) -> None:
        """Undo, then the rows say cancelled. Where a destroy waits, it takes everything away itself."""
        async with self._tools.database.read() as tx:
            destroy_waits = await _is_destroying(tx, self._work.sandbox.id)
        if not destroy_waits:
            await self._undo(SandboxStatus.STOPPED)
        columns = outcome.cancelled(self._tools.config, self._ledger.now())
        await self._settle(
            OperationStatus.CANCELLED, Change.CANCELLED, columns, EventKind.OPERATION_CANCELLED, {"by": by}
        )

    async def _undo(self, status: SandboxStatus) -> None:
        """Take away what was made; from now on nobody can cancel."""
        self._job.undoing = True
        await undo(
            self._ledger,
            self._down,
            self._work,
            steps=await self._steps(),
            status=status,
            checkpoint=self._tools.checkpoint,
        )

    async def _settle(
        self,
        status: OperationStatus,
        change: Change,
        columns: Mapping[str, object],
        event: EventKind,
        data: Mapping[str, object],
    ) -> None:
        """End the operation and move the sandbox, unless a destroy has moved it already."""
        await self._tools.checkpoint(f"{self._kind.value}.settle.before")
        async with self._ledger.write() as tx:
            if not await _is_destroying(tx, self._work.sandbox.id):
                await self._ledger.move(tx, leaving=leaving(change), **columns)
                await services.set_absent(tx, self._work.sandbox.id)
            error = data if status is OperationStatus.FAILED else None
            await self._ledger.finish(tx, status, error)
            await self._ledger.tell(tx, event, data)
        await self._tools.checkpoint(f"{self._kind.value}.settle.done")


async def _is_destroying(tx: Tx, sandbox_id: str) -> bool:
    """Whether somebody has asked to destroy the sandbox."""
    sandbox = await sandboxes.get(tx, sandbox_id)
    return sandbox is not None and sandbox.status is SandboxStatus.DESTROYING


def _forget_cancellation() -> None:
    """The task was cancelled to make it turn round; from here on it is an ordinary one again."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
