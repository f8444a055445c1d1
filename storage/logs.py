"""Rows of ``log_segments``: output of services, kept beyond their containers and never beyond a size."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import LogSegment
from storage.rows import from_row
from storage.tables import log_segments, sandboxes


async def append(
    tx: AsyncConnection,
    *,
    sandbox_id: str,
    service: str,
    first_at: datetime,
    last_at: datetime,
    lines: int,
    text: str,
) -> None:
    """Write some consecutive lines."""
    row = {"sandbox_id": sandbox_id, "service": service, "first_at": first_at, "last_at": last_at}
    size = len(text.encode())
    await tx.execute(insert(log_segments).values(row | {"lines": lines, "text": text, "size_bytes": size}))


async def keep_newest(tx: AsyncConnection, sandbox_id: str, service: str, *, keep_bytes: int) -> int:
    """Drop the oldest segments of a service beyond a size; how many went. The newest one always stays."""
    query = (
        select(log_segments.c.id, log_segments.c.size_bytes)
        .where(log_segments.c.sandbox_id == sandbox_id, log_segments.c.service == service)
        .order_by(log_segments.c.id.desc())
    )
    kept, first = 0, True
    for row in await tx.execute(query):
        kept += row.size_bytes
        if kept > keep_bytes and not first:
            older = delete(log_segments).where(
                log_segments.c.sandbox_id == sandbox_id,
                log_segments.c.service == service,
                log_segments.c.id <= row.id,
            )
            return int((await tx.execute(older)).rowcount)
        first = False
    return 0


async def read(
    tx: AsyncConnection,
    sandbox_id: str,
    *,
    service: str | None = None,
    since: datetime | None = None,
    after_id: int = 0,
    limit: int | None = None,
) -> Sequence[LogSegment]:
    """The newest ``limit`` segments that hold anything from ``since`` on, oldest of them first."""
    query = (
        select(log_segments)
        .where(log_segments.c.sandbox_id == sandbox_id, log_segments.c.id > after_id)
        .order_by(log_segments.c.id.desc())
        .limit(limit)
    )
    if service is not None:
        query = query.where(log_segments.c.service == service)
    if since is not None:
        query = query.where(log_segments.c.last_at >= since)
    return [from_row(LogSegment, row) for row in (await tx.execute(query)).mappings()][::-1]


async def last_at(tx: AsyncConnection, sandbox_id: str, service: str) -> datetime | None:
    """The time of the newest stored line: where following goes on."""
    query = select(func.max(log_segments.c.last_at)).where(
        log_segments.c.sandbox_id == sandbox_id, log_segments.c.service == service
    )
    found: datetime | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def purge(tx: AsyncConnection, *, destroyed_before: datetime) -> int:
    """Forget what sandboxes wrote that were destroyed before then; how many segments that was."""
    gone = select(sandboxes.c.id).where(sandboxes.c.destroyed_at < destroyed_before)
    query = delete(log_segments).where(log_segments.c.sandbox_id.in_(gone))
    return int((await tx.execute(query)).rowcount)
