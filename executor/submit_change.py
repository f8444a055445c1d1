"""What is asked of a sandbox that exists: checked, then written as rows and events. No engine call."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from executor import due, policy
from executor.config import ExecutorConfig
from executor.enqueue import Asked, enqueue
from executor.errors import BusyError, InvalidRequestError, WrongStateError
from executor.lifecycle import ASKED, CANCELLABLE, DOING, Change, after, leaving, refusal, require
from executor.manifest.model import Manifest
from executor.requests import Extend, Restart, Start
from storage import events, operations, sandboxes, services, warnings
from storage.database import Tx
from storage.records import (
    EventKind,
    Operation,
    OperationKind,
    OperationStatus,
    Sandbox,
    SandboxStatus,
    StopCause,
)

Done = tuple[Sandbox, Operation | None]


async def start(
    tx: Tx, sandbox: Sandbox, request: Start, asked: Asked, *, manifest: Manifest, config: ExecutorConfig
) -> Done:
    """Start it again, with its volumes and perhaps with more memory."""
    await _require_free(tx, sandbox)
    require(sandbox.name, sandbox.status, Change.START_ASKED, "started")
    changes: dict[str, object] = {
        "ttl_seconds": policy.ttl_seconds(config, request.ttl_seconds, sandbox.ttl_seconds)
    }
    if request.memory_bytes is not None:
        memory = policy.memory_bytes(config, request.memory_bytes)
        changes["memory_bytes"] = await _give_memory(tx, sandbox, manifest.front.service, memory)
    arguments = {"memory_bytes": request.memory_bytes, "ttl_seconds": request.ttl_seconds}
    return await _begin(tx, sandbox, OperationKind.START, asked, arguments=arguments, columns=changes)


async def _give_memory(tx: Tx, sandbox: Sandbox, service: str, memory_bytes: int) -> int:
    """Change one service's limit; the sum of all of them in bytes."""
    await services.change(tx, sandbox.id, service, memory_bytes=memory_bytes)
    return sum(row.memory_bytes for row in await services.of_sandbox(tx, sandbox.id))


async def stop(tx: Tx, sandbox: Sandbox, asked: Asked, *, cause: StopCause) -> Done:
    """End its containers, keep the rest."""
    await _require_free(tx, sandbox)
    require(sandbox.name, sandbox.status, Change.STOP_ASKED, "stopped")
    return await _begin(tx, sandbox, OperationKind.STOP, asked, arguments={"cause": cause.value})


async def restart(tx: Tx, sandbox: Sandbox, request: Restart, asked: Asked) -> Done:
    """Stop and start its containers, or one of them, in place."""
    await _require_free(tx, sandbox)
    require(sandbox.name, sandbox.status, Change.RESTART_ASKED, "restarted")
    known = [service.name for service in await services.of_sandbox(tx, sandbox.id)]
    if request.service is not None and request.service not in known:
        raise InvalidRequestError(
            f"{sandbox.name} has no service called “{request.service[:60]}”.",
            f"Its services: {', '.join(known)}.",
        )
    return await _begin(tx, sandbox, OperationKind.RESTART, asked, arguments={"service": request.service})


async def repair(tx: Tx, sandbox: Sandbox, asked: Asked, *, what: str) -> Done:
    """Bring back what has ended of a sandbox that should run. ``what``: what was wrong, in words."""
    await _require_free(tx, sandbox)
    require(sandbox.name, sandbox.status, Change.RESTART_ASKED, "repaired")
    return await _begin(tx, sandbox, OperationKind.RESTART, asked, arguments={"repair": what})


async def _begin(
    tx: Tx,
    sandbox: Sandbox,
    kind: OperationKind,
    asked: Asked,
    *,
    arguments: Mapping[str, object],
    columns: Mapping[str, object] | None = None,
) -> Done:
    """Move the status and queue the operation."""
    status = after(sandbox.status, ASKED[kind])
    moved = await sandboxes.change(
        tx, sandbox.id, leaving=sandbox.status, status=status, status_reason=None, **(columns or {})
    )
    return moved, await enqueue(tx, moved, kind, asked, arguments)


async def extend(tx: Tx, sandbox: Sandbox, request: Extend, asked: Asked, config: ExecutorConfig) -> Done:
    """Move the hard clock at once; nothing is queued, and what else goes on does not matter."""
    if sandbox.status not in (SandboxStatus.RUNNING, SandboxStatus.STARTING) or sandbox.expires_at is None:
        raise refusal(sandbox.name, sandbox.status, "extended")
    if (request.seconds is None) == (request.until_epoch_seconds is None):
        raise InvalidRequestError("Say by how long, or until when.", f"For example: extend {sandbox.name} 2h")
    end = policy.extended(config, request, sandbox.expires_at, asked.now)
    moved = await sandboxes.change(
        tx,
        sandbox.id,
        leaving=sandbox.status,
        expires_at=end,
        last_active_at=asked.now,
        last_signal="extend by a person",
    )
    await _skip_passed_marks(tx, moved, asked.now, config)
    data = {
        "by": asked.by.person_id,
        "deadline": end.isoformat(),
        "seconds": int((end - sandbox.expires_at).total_seconds()),
    }
    await events.append(tx, EventKind.SANDBOX_EXTENDED, at=asked.now, sandbox_id=sandbox.id, data=data)
    return moved, None


async def _skip_passed_marks(tx: Tx, sandbox: Sandbox, now: datetime, config: ExecutorConfig) -> None:
    """Warnings that the new end is already inside of are not given: the person has just set it."""
    for warning in due.warnings_passed(sandbox, now, config.warning_marks_seconds):
        await warnings.first_time(
            tx,
            sandbox.id,
            clock=warning.clock.value,
            deadline=warning.deadline,
            mark_seconds=warning.mark_seconds,
            now=now,
        )


async def destroy(tx: Tx, sandbox: Sandbox, asked: Asked, *, cause: str) -> Done:
    """Remove everything. Legal from every state; asked twice, it is the same destroy."""
    if sandbox.status is SandboxStatus.DESTROYED:
        return sandbox, await _last_destroy(tx, sandbox)
    active = await operations.active_of(tx, sandbox.id)
    for operation in active:
        if operation.kind is OperationKind.DESTROY:
            return sandbox, operation
    for operation in active:
        await _stop_for_destroy(tx, operation, asked)
    moved = sandbox
    if sandbox.status is not SandboxStatus.DESTROYING:
        moved = await sandboxes.change(
            tx, sandbox.id, leaving=leaving(Change.DESTROY_ASKED), status=SandboxStatus.DESTROYING
        )
    return moved, await enqueue(tx, moved, OperationKind.DESTROY, asked, {"cause": cause})


async def _last_destroy(tx: Tx, sandbox: Sandbox) -> Operation | None:
    """What destroyed it."""
    latest = await operations.of_sandbox(tx, sandbox.id, limit=1)
    return latest[0] if latest else None


async def _stop_for_destroy(tx: Tx, operation: Operation, asked: Asked) -> None:
    """End a queued operation, ask a running one to end; what it made, the destroy removes."""
    if await operations.cancel_queued(tx, operation.id, by=asked.by.person_id, now=asked.now):
        await _tell_cancelled(tx, operation, asked)
    else:
        await operations.request_cancel(tx, operation.id, by=asked.by.person_id)


async def cancel(tx: Tx, sandbox: Sandbox, asked: Asked, config: ExecutorConfig) -> Done:
    """Stop what is going on and undo it. One that nobody has begun ends here and now."""
    active = await operations.active_of(tx, sandbox.id)
    if not active:
        raise WrongStateError(f"Nothing is going on with {sandbox.name} that could be cancelled.")
    operation = active[0]
    if operation.kind not in CANCELLABLE:
        raise WrongStateError(
            f"{sandbox.name} is {DOING[operation.kind]}, and that cannot be cancelled.",
            "Wait until it is done.",
        )
    begun = operation.attempts > 0
    if not begun and await operations.cancel_queued(tx, operation.id, by=asked.by.person_id, now=asked.now):
        moved = await _move_cancelled(tx, sandbox, operation.kind, asked, config)
        await _tell_cancelled(tx, operation, asked)
    else:
        moved = sandbox
        await operations.request_cancel(tx, operation.id, by=asked.by.person_id)
        await operations.wake(tx, operation.id, now=asked.now)
    return moved, await operations.get(tx, operation.id)


async def _move_cancelled(
    tx: Tx, sandbox: Sandbox, kind: OperationKind, asked: Asked, config: ExecutorConfig
) -> Sandbox:
    """A sandbox whose operation was cancelled before it began. One that was to restart still runs."""
    if kind is OperationKind.RESTART:
        status = after(sandbox.status, Change.READY)
        return await sandboxes.change(tx, sandbox.id, leaving=sandbox.status, status=status)
    return await sandboxes.change(
        tx,
        sandbox.id,
        leaving=sandbox.status,
        status=after(sandbox.status, Change.CANCELLED),
        status_reason="cancelled before it began",
        stopped_at=asked.now,
        stop_cause=StopCause.PERSON,
        retain_until=asked.now + timedelta(seconds=config.retention_seconds),
    )


async def _tell_cancelled(tx: Tx, operation: Operation, asked: Asked) -> None:
    """The event of it."""
    await events.append(
        tx,
        EventKind.OPERATION_CANCELLED,
        at=asked.now,
        sandbox_id=operation.sandbox_id,
        operation_id=operation.id,
        data={"by": asked.by.person_id},
    )


async def _require_free(tx: Tx, sandbox: Sandbox) -> None:
    """Refuse while another operation holds the sandbox, saying who, doing what, since when."""
    active: Sequence[Operation] = await operations.active_of(tx, sandbox.id)
    if not active:
        return
    holder = active[0]
    waiting = holder.status is OperationStatus.QUEUED and holder.waiting_reason
    since = holder.started_at or holder.created_at
    raise BusyError(
        f"{sandbox.name} is {DOING[holder.kind]} since {since:%H:%M} UTC, asked for by {holder.asked_by}."
        + (f" It waits: {holder.waiting_reason}." if waiting else ""),
        "Wait until that is done, or cancel it."
        if holder.kind in CANCELLABLE
        else "Wait until that is done.",
        person_id=holder.asked_by,
        doing=DOING[holder.kind],
        since=since,
    )
