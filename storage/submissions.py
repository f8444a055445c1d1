"""Rows of ``submissions``: what came of each request with a key, so that the same does nothing twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import submissions


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What one request became."""

    sandbox_id: str
    operation_id: str | None


async def add(
    tx: AsyncConnection, key: str, *, sandbox_id: str, operation_id: str | None, now: datetime
) -> None:
    """Remember it."""
    await tx.execute(
        insert(submissions).values(key=key, sandbox_id=sandbox_id, operation_id=operation_id, at=now)
    )


async def get(tx: AsyncConnection, key: str) -> Submission | None:
    """What a request with this key became; None if there was none."""
    row = (await tx.execute(select(submissions).where(submissions.c.key == key))).one_or_none()
    return None if row is None else Submission(sandbox_id=row.sandbox_id, operation_id=row.operation_id)


async def purge(tx: AsyncConnection, *, before: datetime) -> int:
    """Forget old ones; how many."""
    return int((await tx.execute(delete(submissions).where(submissions.c.at < before))).rowcount)
