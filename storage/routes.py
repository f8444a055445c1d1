"""Rows of ``routes``: which host name, path and port is whose. No two sandboxes can have the same."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import Route, RouteKind
from storage.rows import from_row, to_row
from storage.tables import routes


async def add_all(tx: AsyncConnection, rows: Sequence[Route]) -> None:
    """Write the routes of a new sandbox, the front door first."""
    if rows:
        values = [to_row(route) | {"position": position} for position, route in enumerate(rows)]
        await tx.execute(insert(routes), values)


async def get(tx: AsyncConnection, kind: RouteKind, match: str) -> Route | None:
    """Whose this is; None for nobody's."""
    query = select(routes).where(routes.c.kind == kind.value, routes.c.match == match)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(Route, row)


async def of_sandbox(tx: AsyncConnection, sandbox_id: str) -> Sequence[Route]:
    """The front door first."""
    query = select(routes).where(routes.c.sandbox_id == sandbox_id).order_by(routes.c.position)
    return [from_row(Route, row) for row in (await tx.execute(query)).mappings()]


async def of_all(tx: AsyncConnection) -> Mapping[str, Sequence[Route]]:
    """Every route there is, by sandbox."""
    found: dict[str, list[Route]] = {}
    query = select(routes).order_by(routes.c.sandbox_id, routes.c.position)
    for row in (await tx.execute(query)).mappings():
        found.setdefault(row["sandbox_id"], []).append(from_row(Route, row))
    return found


async def taken(tx: AsyncConnection, kind: RouteKind, matches: Sequence[str]) -> frozenset[str]:
    """Those of ``matches`` that some sandbox has."""
    query = select(routes.c.match).where(routes.c.kind == kind.value, routes.c.match.in_(matches))
    return frozenset((await tx.execute(query)).scalars())


async def counts(tx: AsyncConnection) -> Mapping[tuple[RouteKind, str], tuple[str, int, int]]:
    """Whose each route is, and the requests and bytes of it that were counted when last looked at."""
    columns = (
        routes.c.kind,
        routes.c.match,
        routes.c.sandbox_id,
        routes.c.requests_seen,
        routes.c.bytes_seen,
    )
    return {
        (RouteKind(kind), match): (sandbox_id, requests, size)
        for kind, match, sandbox_id, requests, size in await tx.execute(select(*columns))
    }


async def set_counts(tx: AsyncConnection, kind: RouteKind, match: str, *, requests: int, size: int) -> None:
    """Remember what was counted of one route."""
    query = update(routes).where(routes.c.kind == kind.value, routes.c.match == match)
    await tx.execute(query.values(requests_seen=requests, bytes_seen=size))


async def remove_of(tx: AsyncConnection, sandbox_id: str) -> None:
    """Give all of a sandbox's routes up."""
    await tx.execute(delete(routes).where(routes.c.sandbox_id == sandbox_id))
