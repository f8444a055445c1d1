"""What is read about sandboxes to be shown. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage import operations, routes, sandboxes, services, steps
from storage.database import Tx
from storage.records import Operation, Route, Sandbox, Service, Step


@dataclass(frozen=True, kw_only=True)
class SandboxView:
    """A sandbox with everything that its card and its status show."""

    sandbox: Sandbox
    services: Sequence[Service]
    routes: Sequence[Route]
    operation: Operation | None
    """What goes on, else what went on last."""
    steps: Sequence[Step]
    """Of that operation."""


@dataclass(frozen=True, kw_only=True)
class OperationView:
    """An operation with its steps."""

    operation: Operation
    steps: Sequence[Step]


async def view(tx: Tx, sandbox: Sandbox) -> SandboxView:
    """One sandbox whole."""
    active = await operations.active_of(tx, sandbox.id)
    latest = active or await operations.of_sandbox(tx, sandbox.id, limit=1)
    operation = latest[0] if latest else None
    return SandboxView(
        sandbox=sandbox,
        services=await services.of_sandbox(tx, sandbox.id),
        routes=await routes.of_sandbox(tx, sandbox.id),
        operation=operation,
        steps=await steps.of_operation(tx, operation.id) if operation else (),
    )


async def view_of(tx: Tx, sandbox_id: str) -> SandboxView | None:
    """The same, by id."""
    sandbox = await sandboxes.get(tx, sandbox_id)
    return None if sandbox is None else await view(tx, sandbox)


async def operation_of(tx: Tx, operation_id: str) -> OperationView | None:
    """One operation."""
    operation = await operations.get(tx, operation_id)
    if operation is None:
        return None
    return OperationView(operation=operation, steps=await steps.of_operation(tx, operation_id))
