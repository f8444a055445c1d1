"""Rows of ``events`` and ``cursors``: the outbox that everything said in the chat is drawn from."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import Event, EventKind
from storage.rows import from_row
from storage.tables import cursors, events

READ_LIMIT = 500
"""Events handed out at once."""


async def append(
    tx: AsyncConnection,
    kind: EventKind,
    *,
    at: datetime,
    sandbox_id: str,
    operation_id: str | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    """Write one fact. Its number follows the order of commits, because writers come one after another."""
    await tx.execute(
        insert(events).values(
            at=at, kind=kind.value, sandbox_id=sandbox_id, operation_id=operation_id, data=dict(data or {})
        )
    )


async def after(tx: AsyncConnection, seq: int, *, limit: int = READ_LIMIT) -> Sequence[Event]:
    """The events that follow ``seq``, oldest first."""
    query = select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
    return [from_row(Event, row) for row in (await tx.execute(query)).mappings()]


async def of_sandbox(tx: AsyncConnection, sandbox_id: str, *, limit: int = READ_LIMIT) -> Sequence[Event]:
    """The newest events of one sandbox, oldest of them first."""
    query = select(events).where(events.c.sandbox_id == sandbox_id).order_by(events.c.seq.desc()).limit(limit)
    return [from_row(Event, row) for row in (await tx.execute(query)).mappings()][::-1]


async def last_seq(tx: AsyncConnection) -> int:
    """The number of the newest event; 0 before the first."""
    return int((await tx.execute(select(func.coalesce(func.max(events.c.seq), 0)))).scalar_one())


async def cursor(tx: AsyncConnection, name: str) -> int:
    """How far a reader has come; 0 for one that never read."""
    found = (await tx.execute(select(cursors.c.seq).where(cursors.c.name == name))).scalar_one_or_none()
    return 0 if found is None else int(found)


async def set_cursor(tx: AsyncConnection, name: str, seq: int) -> None:
    """Remember how far a reader has come; never backwards."""
    known = (await tx.execute(select(cursors.c.seq).where(cursors.c.name == name))).scalar_one_or_none()
    if known is None:
        await tx.execute(insert(cursors).values(name=name, seq=seq))
    elif seq > known:
        await tx.execute(update(cursors).where(cursors.c.name == name).values(seq=seq))


async def purge(tx: AsyncConnection, *, before: datetime) -> int:
    """Remove events older than that which every reader has passed; how many went.

    With no reader known, nothing goes: nobody has told what they say yet.
    """
    slowest = (await tx.execute(select(func.min(cursors.c.seq)))).scalar_one_or_none()
    if slowest is None:
        return 0
    query = delete(events).where(events.c.at < before, events.c.seq <= slowest)
    return int((await tx.execute(query)).rowcount)
