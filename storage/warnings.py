"""Rows of ``warnings_sent``: each warning of each deadline, once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import warnings_sent

Sent = frozenset[tuple[str, datetime, int]]
"""Clock, deadline and mark in seconds of the warnings that were given."""


async def first_time(
    tx: AsyncConnection, sandbox_id: str, *, clock: str, deadline: datetime, mark_seconds: int, now: datetime
) -> bool:
    """Whether this warning has not been given yet; from then on it has."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = {"clock": clock, "deadline": deadline, "mark_seconds": mark_seconds, "sent_at": now}
    query = insert(warnings_sent).values(row | {"sandbox_id": sandbox_id}).on_conflict_do_nothing()
    return bool((await tx.execute(query)).rowcount)


async def of_all(tx: AsyncConnection) -> Mapping[str, Sent]:
    """Every warning given, by sandbox."""
    found: dict[str, set[tuple[str, datetime, int]]] = {}
    for row in await tx.execute(select(warnings_sent)):
        found.setdefault(row.sandbox_id, set()).add((row.clock, row.deadline, row.mark_seconds))
    return {sandbox_id: frozenset(marks) for sandbox_id, marks in found.items()}


async def forget(tx: AsyncConnection, sandbox_id: str) -> None:
    """Drop those of a sandbox that has no deadline any more."""
    await tx.execute(delete(warnings_sent).where(warnings_sent.c.sandbox_id == sandbox_id))
