"""Rows as a test wants them: usual values, with what matters named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.records import (
    Event,
    EventKind,
    Health,
    Operation,
    OperationKind,
    OperationStatus,
    Route,
    RouteKind,
    Sandbox,
    SandboxStatus,
    Service,
    Step,
    StepStatus,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MEBIBYTE = 1024**2
SANDBOX_ID = "0123456789abcdef0123456789abcdef"


def sandbox(**given: Any) -> Sandbox:
    """A healthy running csv-explorer of U1 in C1."""
    usual = Sandbox(
        id=SANDBOX_ID,
        name="cool-panda-123",
        app="csv-explorer",
        app_version=3,
        title="CSV explorer",
        manifest="services: {}",
        status=SandboxStatus.RUNNING,
        status_reason=None,
        health=Health.HEALTHY,
        health_reason=None,
        owner_id="U1",
        team_id="T1",
        channel_id="C1",
        url="http://cool-panda-123.localhost:8080",
        created_at=NOW - timedelta(hours=1),
        started_at=NOW - timedelta(minutes=59),
        ttl_seconds=8 * 3600,
        expires_at=NOW + timedelta(hours=7),
        idle_seconds=7200,
        last_active_at=NOW - timedelta(minutes=5),
        last_signal="a request",
        stopped_at=None,
        stop_cause=None,
        retain_until=None,
        destroyed_at=None,
        memory_bytes=512 * MEBIBYTE,
        cpus=0.5,
    )
    return replace(usual, **given)


def operation(**given: Any) -> Operation:
    """A deploy that runs."""
    usual = Operation(
        id="op1",
        sandbox_id=SANDBOX_ID,
        kind=OperationKind.DEPLOY,
        status=OperationStatus.RUNNING,
        asked_by="U1",
        team_id="T1",
        channel_id=None,
        arguments={},
        idempotency_key=None,
        created_at=NOW,
        not_before=NOW,
        started_at=NOW,
        finished_at=None,
        lease_owner=None,
        lease_until=None,
        attempts=1,
        waiting_reason=None,
        cancel_requested_by=None,
        error=None,
        trace_id=None,
    )
    return replace(usual, **given)


def deploy_steps(done: int, *, detail: str | None = None) -> tuple[Step, ...]:
    """The steps of a deploy of which ``done`` are done and the next one runs."""
    names = ("network", "images", "containers", "healthy", "route")
    return tuple(_step(position, name, done, detail) for position, name in enumerate(names))


def _step(position: int, name: str, done: int, detail: str | None) -> Step:
    status = (
        StepStatus.DONE if position < done else StepStatus.RUNNING if position == done else StepStatus.PENDING
    )
    started = NOW + timedelta(seconds=position) if position <= done else None
    return Step(
        operation_id="op1",
        position=position,
        name=name,
        status=status,
        detail=detail if status is StepStatus.RUNNING else None,
        started_at=started,
        finished_at=started + timedelta(seconds=0.4) if started and status is StepStatus.DONE else None,
    )


def event(kind: EventKind, **data: object) -> Event:
    """An event of now."""
    return Event(seq=7, at=NOW, kind=kind, sandbox_id=SANDBOX_ID, operation_id="op1", data=data)


def service(**given: Any) -> Service:
    """A healthy web service."""
    usual = Service(
        sandbox_id=SANDBOX_ID,
        name="web",
        image="sandpiper/csv-explorer",
        address="10.213.0.2",
        container_id="c1",
        state="running",
        health=Health.HEALTHY,
        health_reason=None,
        restarts=0,
        exit_code=None,
        out_of_memory=False,
        memory_bytes=512 * MEBIBYTE,
        cpus=0.5,
    )
    return replace(usual, **given)


def route(kind: RouteKind = RouteKind.HOST, match: str = "cool-panda-123.localhost") -> Route:
    """A way to the web service."""
    return Route(sandbox_id=SANDBOX_ID, kind=kind, match=match, service="web", port=8501, front=True)
