"""Rows of ``steps``: the named parts of an operation, in order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import StaleStatusError
from storage.records import Step, StepStatus
from storage.rows import from_row
from storage.tables import steps


async def add_all(tx: AsyncConnection, operation_id: str, names: Sequence[str]) -> None:
    """Write an operation's steps, all pending."""
    values = [
        {"operation_id": operation_id, "position": position, "name": name, "status": StepStatus.PENDING.value}
        for position, name in enumerate(names)
    ]
    if values:
        await tx.execute(insert(steps), values)


async def of_operation(tx: AsyncConnection, operation_id: str) -> Sequence[Step]:
    """In order."""
    query = select(steps).where(steps.c.operation_id == operation_id).order_by(steps.c.position)
    return [from_row(Step, row) for row in (await tx.execute(query)).mappings()]


async def start(tx: AsyncConnection, operation_id: str, name: str, *, now: datetime) -> bool:
    """From pending to running. False for one that an earlier worker began: it keeps its time."""
    begun = _from(operation_id, name, StepStatus.PENDING)
    if (await tx.execute(begun.values(status=StepStatus.RUNNING.value, started_at=now))).rowcount:
        return True
    again = _from(operation_id, name, StepStatus.RUNNING).values(status=StepStatus.RUNNING.value)
    if not (await tx.execute(again)).rowcount:
        raise StaleStatusError(f"step {name} of operation {operation_id} cannot start")
    return False


async def end(
    tx: AsyncConnection, operation_id: str, name: str, *, status: StepStatus, now: datetime
) -> None:
    """From running to done, failed or undone; from done or failed to undone."""
    leaving = [StepStatus.RUNNING]
    if status is StepStatus.UNDONE:
        leaving += [StepStatus.DONE, StepStatus.FAILED]
    query = _from(operation_id, name, *leaving)
    if not (await tx.execute(query.values(status=status.value, finished_at=now))).rowcount:
        raise StaleStatusError(f"step {name} of operation {operation_id} is not running")


async def fail(tx: AsyncConnection, operation_id: str, name: str, *, now: datetime) -> None:
    """From pending or running to failed: one may fail before it began."""
    query = _from(operation_id, name, StepStatus.PENDING, StepStatus.RUNNING)
    failed = query.values(status=StepStatus.FAILED.value, finished_at=now)
    if not (await tx.execute(failed)).rowcount:
        raise StaleStatusError(f"step {name} of operation {operation_id} is over")


async def describe(tx: AsyncConnection, operation_id: str, name: str, detail: str) -> None:
    """Say what a running step is doing, in words."""
    await tx.execute(_from(operation_id, name, StepStatus.RUNNING).values(detail=detail))


def _from(operation_id: str, name: str, *leaving: StepStatus) -> Update:
    """An update of one step that finds it only in a status named.."""
    return update(steps).where(
        steps.c.operation_id == operation_id,
        steps.c.name == name,
        steps.c.status.in_([status.value for status in leaving]),
    )
