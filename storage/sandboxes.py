"""Rows of ``sandboxes``. Which status may follow which is the executor's rule; that it was left is ours."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import StaleStatusError
from storage.records import Sandbox, SandboxStatus
from storage.rows import from_row, to_row
from storage.tables import sandboxes


async def add(tx: AsyncConnection, sandbox: Sandbox) -> None:
    """Write a new row."""
    await tx.execute(insert(sandboxes).values(to_row(sandbox)))


async def get(tx: AsyncConnection, sandbox_id: str) -> Sandbox | None:
    """The sandbox of this id, destroyed ones too."""
    row = (await tx.execute(select(sandboxes).where(sandboxes.c.id == sandbox_id))).mappings().one_or_none()
    return None if row is None else from_row(Sandbox, row)


async def by_name(tx: AsyncConnection, name: str) -> Sandbox | None:
    """The sandbox that has the name now, else the one destroyed last that had it."""
    query = (
        select(sandboxes)
        .where(sandboxes.c.name == name)
        .order_by(sandboxes.c.destroyed_at.is_not(None), sandboxes.c.destroyed_at.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(Sandbox, row)


async def find(
    tx: AsyncConnection,
    *,
    statuses: Collection[SandboxStatus] | None = None,
    team_id: str | None = None,
    owner_id: str | None = None,
    channel_id: str | None = None,
    limit: int | None = None,
) -> Sequence[Sandbox]:
    """Sandboxes that match everything given, newest first. Without ``statuses``: all but destroyed ones."""
    query = select(sandboxes).order_by(sandboxes.c.created_at.desc(), sandboxes.c.id).limit(limit)
    if statuses is None:
        query = query.where(sandboxes.c.status != SandboxStatus.DESTROYED.value)
    else:
        query = query.where(sandboxes.c.status.in_([status.value for status in statuses]))
    wanted = {"team_id": team_id, "owner_id": owner_id, "channel_id": channel_id}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(sandboxes.c[column] == value)
    return [from_row(Sandbox, row) for row in (await tx.execute(query)).mappings()]


async def count_in_use(tx: AsyncConnection) -> int:
    """How many are not destroyed."""
    query = select(func.count()).where(sandboxes.c.status != SandboxStatus.DESTROYED.value)
    return int((await tx.execute(query.select_from(sandboxes))).scalar_one())


async def names_in_use(tx: AsyncConnection) -> frozenset[str]:
    """The names that no new sandbox may have."""
    query = select(sandboxes.c.name).where(sandboxes.c.status != SandboxStatus.DESTROYED.value)
    return frozenset((await tx.execute(query)).scalars())


async def names_given_up(tx: AsyncConnection, *, since: datetime) -> Mapping[str, str]:
    """Names of sandboxes destroyed since then, with the owner of the last one that had each."""
    query = (
        select(sandboxes.c.name, sandboxes.c.owner_id)
        .where(sandboxes.c.destroyed_at >= since)
        .order_by(sandboxes.c.destroyed_at)
    )
    return {row.name: row.owner_id for row in await tx.execute(query)}


async def change(
    tx: AsyncConnection,
    sandbox_id: str,
    *,
    leaving: SandboxStatus | Collection[SandboxStatus],
    **columns: object,
) -> Sandbox:
    """Write ``columns`` if the row still has the status (or one of those) named; return it as it is then.

    A change of ``status`` is one of the columns. Raises StaleStatusError if the row has moved on.
    """
    statuses = [leaving] if isinstance(leaving, SandboxStatus) else list(leaving)
    stored = {key: value.value if isinstance(value, Enum) else value for key, value in columns.items()}
    query = (
        update(sandboxes)
        .where(sandboxes.c.id == sandbox_id, sandboxes.c.status.in_([status.value for status in statuses]))
        .values(stored)
        .returning(sandboxes)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise StaleStatusError(f"sandbox {sandbox_id} is no longer {' or '.join(statuses)}")
    return from_row(Sandbox, row)


async def touch(tx: AsyncConnection, sandbox_id: str, *, at: datetime, signal: str) -> None:
    """Note that somebody used it. An older note never replaces a newer one."""
    await tx.execute(
        update(sandboxes)
        .where(
            sandboxes.c.id == sandbox_id,
            sandboxes.c.last_active_at.is_(None) | (sandboxes.c.last_active_at < at),
        )
        .values(last_active_at=at, last_signal=signal)
    )
