"""Rows of ``deliveries``: what has been handed to us once and may be handed to us again."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import deliveries


async def first_time(tx: AsyncConnection, key: str, now: datetime) -> bool:
    """Whether this is the first time; from then on it is not."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    query = insert(deliveries).values(key=key, at=now).on_conflict_do_nothing()
    return bool((await tx.execute(query)).rowcount)


async def purge(tx: AsyncConnection, *, before: datetime) -> int:
    """Forget old ones; how many."""
    return int((await tx.execute(delete(deliveries).where(deliveries.c.at < before))).rowcount)
