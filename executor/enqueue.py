"""Writes one operation into the queue, with its steps and its first event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from executor.lifecycle import STEPS
from storage import events, operations, steps
from storage.database import Tx
from storage.records import Actor, EventKind, Operation, OperationKind, OperationStatus, Sandbox


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asked for something, when, and under which key and trace."""

    by: Actor
    now: datetime
    key: str | None = None
    trace_id: str | None = None
    channel_id: str | None = None


async def enqueue(
    tx: Tx, sandbox: Sandbox, kind: OperationKind, asked: Asked, arguments: Mapping[str, object]
) -> Operation:
    """Write it. The table refuses a second active one of the same sandbox; callers look first."""
    operation = Operation(
        id=uuid4().hex,
        sandbox_id=sandbox.id,
        kind=kind,
        status=OperationStatus.QUEUED,
        asked_by=asked.by.person_id,
        team_id=asked.by.team_id,
        channel_id=asked.channel_id,
        arguments={name: value for name, value in arguments.items() if value is not None},
        idempotency_key=asked.key,
        created_at=asked.now,
        not_before=asked.now,
        started_at=None,
        finished_at=None,
        lease_owner=None,
        lease_until=None,
        attempts=0,
        waiting_reason=None,
        cancel_requested_by=None,
        error=None,
        trace_id=asked.trace_id,
    )
    await operations.add(tx, operation)
    await steps.add_all(tx, operation.id, STEPS[kind])
    await events.append(
        tx,
        EventKind.OPERATION_QUEUED,
        at=asked.now,
        sandbox_id=sandbox.id,
        operation_id=operation.id,
        data={"kind": kind.value, "by": asked.by.person_id},
    )
    return operation
