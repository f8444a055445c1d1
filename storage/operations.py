"""Rows of ``operations``: the queue, the leases on it, and what came of each.

A worker holds an operation while ``lease_owner`` is its own token. Every write of a worker names that token,
so one that was taken for dead and wakes up again changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import LeaseLostError
from storage.records import Operation, OperationKind, OperationStatus
from storage.rows import from_row, to_row
from storage.tables import operations

_QUEUED, _RUNNING = OperationStatus.QUEUED.value, OperationStatus.RUNNING.value
_ACTIVE = (_QUEUED, _RUNNING)
_DESTROY = OperationKind.DESTROY.value


async def add(tx: AsyncConnection, operation: Operation) -> None:
    """Write a new row. A second active one of the same sandbox is refused by the table."""
    await tx.execute(insert(operations).values(to_row(operation)))


async def get(tx: AsyncConnection, operation_id: str) -> Operation | None:
    """The operation of this id."""
    query = select(operations).where(operations.c.id == operation_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(Operation, row)


async def active_of(tx: AsyncConnection, sandbox_id: str) -> Sequence[Operation]:
    """Those queued or running for a sandbox, oldest first: at most one, and a destroy."""
    query = (
        select(operations)
        .where(operations.c.sandbox_id == sandbox_id, operations.c.status.in_(_ACTIVE))
        .order_by(operations.c.created_at)
    )
    return [from_row(Operation, row) for row in (await tx.execute(query)).mappings()]


async def active(tx: AsyncConnection) -> Sequence[Operation]:
    """All those queued or running, oldest first."""
    query = select(operations).where(operations.c.status.in_(_ACTIVE)).order_by(operations.c.created_at)
    return [from_row(Operation, row) for row in (await tx.execute(query)).mappings()]


async def of_sandbox(tx: AsyncConnection, sandbox_id: str, *, limit: int) -> Sequence[Operation]:
    """The latest operations of a sandbox, newest first."""
    query = (
        select(operations)
        .where(operations.c.sandbox_id == sandbox_id)
        .order_by(operations.c.created_at.desc(), operations.c.id)
        .limit(limit)
    )
    return [from_row(Operation, row) for row in (await tx.execute(query)).mappings()]


async def claim(
    tx: AsyncConnection,
    *,
    kinds: Collection[OperationKind],
    owner: str,
    now: datetime,
    lease_until: datetime,
    but_not: Collection[str] = (),
) -> Operation | None:
    """Take the oldest operation that may run now: queued and due, or left by a worker whose lease ran out.

    One whose sandbox is still held by another operation waits. ``but_not``: ids that this process still
    carries, so that it never takes its own work twice when the database was away for longer than a lease.
    """
    chosen = (
        select(operations.c.id)
        .where(
            _claimable(now),
            operations.c.kind.in_([kind.value for kind in kinds]),
            operations.c.id.not_in(but_not),
        )
        .order_by(operations.c.created_at, operations.c.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        update(operations)
        .where(operations.c.id == chosen)
        .values(
            status=_RUNNING,
            lease_owner=owner,
            lease_until=lease_until,
            attempts=operations.c.attempts + 1,
            started_at=func.coalesce(operations.c.started_at, now),
        )
        .returning(operations)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(Operation, row)


def _claimable(now: datetime) -> ColumnElement[bool]:
    """Due and free, or abandoned; and no other operation holds the sandbox."""
    other = operations.alias("other")
    held = exists().where(
        other.c.sandbox_id == operations.c.sandbox_id,
        other.c.id != operations.c.id,
        or_(other.c.status == _RUNNING, and_(other.c.status == _QUEUED, other.c.kind != _DESTROY)),
    )
    due = and_(operations.c.status == _QUEUED, operations.c.not_before <= now)
    abandoned = and_(operations.c.status == _RUNNING, operations.c.lease_until <= now)
    return and_(or_(due, abandoned), or_(operations.c.kind != _DESTROY, ~held))


async def count_since(
    tx: AsyncConnection, sandbox_id: str, *, kind: OperationKind, asked_by: str, since: datetime
) -> int:
    """How many operations of a kind somebody asked for since then."""
    query = select(func.count()).where(
        operations.c.sandbox_id == sandbox_id,
        operations.c.kind == kind.value,
        operations.c.asked_by == asked_by,
        operations.c.created_at >= since,
    )
    return int((await tx.execute(query.select_from(operations))).scalar_one())


async def next_due(tx: AsyncConnection) -> datetime | None:
    """When the next queued operation is due or the next lease runs out; None if there is neither."""
    moments = select(
        func.min(operations.c.not_before).filter(operations.c.status == _QUEUED).label("queued"),
        func.min(operations.c.lease_until).filter(operations.c.status == _RUNNING).label("leased"),
    )
    row = (await tx.execute(moments)).one()
    return min((moment for moment in row if moment is not None), default=None)


async def renew(
    tx: AsyncConnection, *, owner: str, ids: Collection[str], lease_until: datetime
) -> Mapping[str, str | None]:
    """Lengthen the leases still held; return their ids, each with who asked to cancel it, if anybody did."""
    query = (
        update(operations)
        .where(operations.c.id.in_(ids), operations.c.lease_owner == owner, operations.c.status == _RUNNING)
        .values(lease_until=lease_until)
        .returning(operations.c.id, operations.c.cancel_requested_by)
    )
    return {row.id: row.cancel_requested_by for row in await tx.execute(query)}


async def held(tx: AsyncConnection, operation_id: str, *, owner: str) -> Operation:
    """The operation as it is now, for a worker that still holds it. Raises LeaseLostError for another."""
    operation = await get(tx, operation_id)
    if operation is None or operation.lease_owner != owner or operation.status is not OperationStatus.RUNNING:
        raise LeaseLostError(f"operation {operation_id} is no longer held by {owner}")
    return operation


async def finish(
    tx: AsyncConnection,
    operation_id: str,
    *,
    owner: str,
    status: OperationStatus,
    now: datetime,
    error: Mapping[str, object] | None = None,
) -> None:
    """End a held operation for good."""
    await _write(
        tx,
        operation_id,
        owner,
        {
            "status": status.value,
            "finished_at": now,
            "error": error,
            "lease_owner": None,
            "lease_until": None,
            "waiting_reason": None,
        },
    )


async def put_back(
    tx: AsyncConnection, operation_id: str, *, owner: str, not_before: datetime, reason: str
) -> None:
    """Return a held operation to the queue until something that it needs answers again."""
    values = {"status": _QUEUED, "not_before": not_before, "waiting_reason": reason}
    await _write(tx, operation_id, owner, values | {"lease_owner": None, "lease_until": None})


async def release(tx: AsyncConnection, operation_id: str, *, owner: str, now: datetime) -> None:
    """Let go of a held operation, so that the next claim takes it as it is."""
    await _write(tx, operation_id, owner, {"lease_until": now, "lease_owner": None})


async def set_error(
    tx: AsyncConnection, operation_id: str, *, owner: str, error: Mapping[str, object]
) -> None:
    """Write down why a held operation fails, before it is undone: after a crash it goes on undoing."""
    await _write(tx, operation_id, owner, {"error": error})


async def request_cancel(tx: AsyncConnection, operation_id: str, *, by: str) -> None:
    """Ask whoever carries it to stop and undo. The first who asks is remembered."""
    await tx.execute(
        update(operations)
        .where(
            operations.c.id == operation_id,
            operations.c.status.in_(_ACTIVE),
            operations.c.cancel_requested_by.is_(None),
        )
        .values(cancel_requested_by=by)
    )


async def cancel_queued(tx: AsyncConnection, operation_id: str, *, by: str, now: datetime) -> bool:
    """End one that nobody carries yet; False if somebody already does."""
    query = (
        update(operations)
        .where(operations.c.id == operation_id, operations.c.status == _QUEUED)
        .values(
            status=OperationStatus.CANCELLED.value,
            finished_at=now,
            cancel_requested_by=func.coalesce(operations.c.cancel_requested_by, by),
            waiting_reason=None,
        )
    )
    return bool((await tx.execute(query)).rowcount)


async def wake(tx: AsyncConnection, operation_id: str, *, now: datetime) -> None:
    """Make a queued one due."""
    query = update(operations).where(operations.c.id == operation_id, operations.c.status == _QUEUED)
    await tx.execute(query.values(not_before=now))


async def wake_waiting(tx: AsyncConnection, *, now: datetime) -> int:
    """Make those due that wait for the engine or the proxy; how many there were."""
    query = update(operations).where(
        operations.c.status == _QUEUED,
        operations.c.waiting_reason.is_not(None),
        operations.c.not_before > now,
    )
    return int((await tx.execute(query.values(not_before=now))).rowcount)


async def _write(tx: AsyncConnection, operation_id: str, owner: str, values: Mapping[str, object]) -> None:
    """Change a row only while ``owner`` holds it. Raises LeaseLostError."""
    query = update(operations).where(
        operations.c.id == operation_id, operations.c.lease_owner == owner, operations.c.status == _RUNNING
    )
    if not (await tx.execute(query.values(dict(values)))).rowcount:
        raise LeaseLostError(f"operation {operation_id} is no longer held by {owner}")
