"""Rows of ``services``: the containers of a sandbox, wanted and last seen."""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import Health, SandboxStatus, Service
from storage.rows import from_row, to_row
from storage.tables import sandboxes, services


async def add_all(tx: AsyncConnection, rows: Sequence[Service]) -> None:
    """Write the services of a new sandbox, in the order in which they start."""
    if rows:
        values = [to_row(service) | {"position": position} for position, service in enumerate(rows)]
        await tx.execute(insert(services), values)


async def of_sandbox(tx: AsyncConnection, sandbox_id: str) -> Sequence[Service]:
    """In the order in which they start."""
    query = select(services).where(services.c.sandbox_id == sandbox_id).order_by(services.c.position)
    return [from_row(Service, row) for row in (await tx.execute(query)).mappings()]


async def of_sandboxes(tx: AsyncConnection, sandbox_ids: Sequence[str]) -> Mapping[str, Sequence[Service]]:
    """The same for many, in one query; a sandbox without services is left out."""
    query = (
        select(services)
        .where(services.c.sandbox_id.in_(sandbox_ids))
        .order_by(services.c.sandbox_id, services.c.position)
    )
    found: dict[str, list[Service]] = {}
    for row in (await tx.execute(query)).mappings():
        found.setdefault(row["sandbox_id"], []).append(from_row(Service, row))
    return found


async def joined_names(tx: AsyncConnection, wanted: Collection[str]) -> frozenset[str]:
    """Those of ``wanted`` that are ``{sandbox}-{service}`` of some sandbox that is not destroyed."""
    joined = sandboxes.c.name + "-" + services.c.name
    query = (
        select(joined)
        .join_from(services, sandboxes, services.c.sandbox_id == sandboxes.c.id)
        .where(sandboxes.c.status != SandboxStatus.DESTROYED.value, joined.in_(wanted))
    )
    return frozenset((await tx.execute(query)).scalars())


async def set_absent(tx: AsyncConnection, sandbox_id: str) -> None:
    """None of a sandbox's containers is there any more."""
    query = update(services).where(services.c.sandbox_id == sandbox_id)
    gone = {"container_id": None, "state": "absent", "health": Health.UNKNOWN.value, "health_reason": None}
    await tx.execute(query.values(gone))


async def change(tx: AsyncConnection, sandbox_id: str, name: str, **columns: object) -> bool:
    """Write what was seen of one container; say whether there is such a row."""
    stored = {key: value.value if isinstance(value, Enum) else value for key, value in columns.items()}
    query = update(services).where(services.c.sandbox_id == sandbox_id, services.c.name == name)
    return bool((await tx.execute(query.values(stored))).rowcount)
