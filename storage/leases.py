"""Rows of ``network_leases`` and ``port_leases``: what a sandbox holds until it is destroyed.

Taking one is a read and a write in one writing transaction, and those come one after another, so two
sandboxes never get the same; the primary keys prove it.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import SandboxStatus
from storage.tables import network_leases, port_leases, sandboxes


async def take_network(tx: AsyncConnection, sandbox_id: str, *, slots: int) -> int | None:
    """Lease the lowest free slot below ``slots``; None if all are taken."""
    used = frozenset((await tx.execute(select(network_leases.c.slot))).scalars())
    free = next((slot for slot in range(slots) if slot not in used), None)
    if free is not None:
        await tx.execute(insert(network_leases).values(slot=free, sandbox_id=sandbox_id))
    return free


async def network_of(tx: AsyncConnection, sandbox_id: str) -> int | None:
    """The slot that a sandbox holds."""
    query = select(network_leases.c.slot).where(network_leases.c.sandbox_id == sandbox_id)
    return (await tx.execute(query)).scalar_one_or_none()


async def take_ports(
    tx: AsyncConnection, sandbox_id: str, *, count: int, first: int, last: int
) -> Sequence[int] | None:
    """Lease the ``count`` lowest free ports from ``first`` to ``last``. Too few: None, and nothing taken."""
    used = frozenset((await tx.execute(select(port_leases.c.port))).scalars())
    free = [port for port in range(first, last + 1) if port not in used][:count]
    if len(free) < count:
        return None
    if free:
        await tx.execute(insert(port_leases), [{"port": port, "sandbox_id": sandbox_id} for port in free])
    return free


async def ports(tx: AsyncConnection) -> Mapping[int, str]:
    """Every leased port and the sandbox that holds it."""
    return {row.port: row.sandbox_id for row in await tx.execute(select(port_leases))}


async def release(tx: AsyncConnection, sandbox_id: str) -> None:
    """Give everything back; holding nothing is fine."""
    await tx.execute(delete(network_leases).where(network_leases.c.sandbox_id == sandbox_id))
    await tx.execute(delete(port_leases).where(port_leases.c.sandbox_id == sandbox_id))


async def release_of_destroyed(tx: AsyncConnection) -> int:
    """Give back what destroyed sandboxes still hold; how many leases that was."""
    gone = select(sandboxes.c.id).where(sandboxes.c.status == SandboxStatus.DESTROYED.value)
    freed = 0
    for table in (network_leases, port_leases):
        freed += (await tx.execute(delete(table).where(table.c.sandbox_id.in_(gone)))).rowcount
    return freed
