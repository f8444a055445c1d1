"""What must be true of rows, engine and proxy whenever nothing is going on."""

from collections.abc import Sequence

from storage import leases, operations, routes, sandboxes, steps
from storage.records import RouteKind, SandboxStatus, StepStatus
from tests.executor.operations.house import House

MAKES_CONTAINERS = (SandboxStatus.RUNNING,)


async def faults(house: House) -> Sequence[str]:
    """Everything that is not as it should be, in words; empty when all is well."""
    async with house.database.read() as tx:
        rows = {sandbox.name: sandbox for sandbox in await sandboxes.find(tx)}
        every_route = await routes.of_all(tx)
        ports = await leases.ports(tx)
        active = await operations.active(tx)
        running_steps = [
            step.name
            for sandbox in rows.values()
            for operation in await operations.of_sandbox(tx, sandbox.id, limit=20)
            for step in await steps.of_operation(tx, operation.id)
            if step.status is StepStatus.RUNNING
        ]
    found = [f"operation {operation.kind} is still active" for operation in active]
    found += [f"step {name} is still running" for name in running_steps]
    owners = {sandbox.id: sandbox for sandbox in rows.values()}
    for one in await house.engine.list_owned():
        sandbox = owners.get(one.sandbox_id)
        if sandbox is None:
            found.append(f"{one.kind} {one.name} has no row")
        elif one.kind == "container" and sandbox.status not in MAKES_CONTAINERS:
            found.append(f"{one.kind} {one.name} belongs to a sandbox that is {sandbox.status}")
    found += [f"port {port} is leased to nobody" for port, owner in ports.items() if owner not in owners]
    for entry in await house.proxy.entries():
        mine = [route for routed in every_route.values() for route in routed if route.match == entry.match]
        if not mine:
            found.append(f"the proxy has {entry.match}, which no route has")
    for sandbox in rows.values():
        if sandbox.status is SandboxStatus.RUNNING:
            target = house.proxy.target_of(RouteKind.HOST, f"{sandbox.name}.localhost")
            if target is None or target.startswith("page:"):
                found.append(f"{sandbox.name} runs and its route leads to {target}")
    return found
