"""Rows of ``posts``: the messages that the bot keeps, written down before they are posted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import Post, PostState
from storage.rows import from_row, to_row
from storage.tables import posts


async def intend(tx: AsyncConnection, post: Post) -> Post:
    """Write a message down before it is posted; one already there is returned as it is."""
    known = await get(tx, post.key)
    if known is None:
        await tx.execute(insert(posts).values(to_row(post)))
    return known or post


async def get(tx: AsyncConnection, key: str) -> Post | None:
    """The message with this key."""
    row = (await tx.execute(select(posts).where(posts.c.key == key))).mappings().one_or_none()
    return None if row is None else from_row(Post, row)


async def by_reference(tx: AsyncConnection, *, channel_id: str, reference: str) -> Post | None:
    """The message that the chat names so: whose thread somebody writes in, whose button they press."""
    query = select(posts).where(posts.c.channel_id == channel_id, posts.c.reference == reference).limit(1)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(Post, row)


async def of_sandbox(tx: AsyncConnection, sandbox_id: str) -> Sequence[Post]:
    """All messages about one sandbox, in the order in which they were intended."""
    query = select(posts).where(posts.c.sandbox_id == sandbox_id).order_by(posts.c.intended_at, posts.c.key)
    return [from_row(Post, row) for row in (await tx.execute(query)).mappings()]


async def intended(tx: AsyncConnection) -> Sequence[Post]:
    """Those written down and perhaps not posted: what a start after a crash looks for."""
    query = select(posts).where(posts.c.state == PostState.INTENDED.value).order_by(posts.c.intended_at)
    return [from_row(Post, row) for row in (await tx.execute(query)).mappings()]


async def posted(tx: AsyncConnection, key: str, *, reference: str, digest: str) -> None:
    """Remember what the chat calls a message, and what was drawn."""
    values = {"reference": reference, "digest": digest, "state": PostState.POSTED.value}
    await tx.execute(update(posts).where(posts.c.key == key).values(values))


async def drawn(tx: AsyncConnection, key: str, *, digest: str) -> None:
    """Remember what a message shows now."""
    await tx.execute(update(posts).where(posts.c.key == key).values(digest=digest))


async def forget(tx: AsyncConnection, key: str) -> None:
    """Drop a message that no longer exists in the chat."""
    await tx.execute(delete(posts).where(posts.c.key == key))


async def purge(tx: AsyncConnection, *, before: datetime) -> int:
    """Drop messages intended before then that belong to no sandbox; how many."""
    query = delete(posts).where(posts.c.intended_at < before, posts.c.sandbox_id.is_(None))
    return int((await tx.execute(query)).rowcount)
