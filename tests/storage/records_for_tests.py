"""Records with ordinary values, for tests that care about one or two of them."""

from dataclasses import replace
from datetime import UTC, datetime

from storage.records import (
    Health,
    Operation,
    OperationKind,
    OperationStatus,
    Route,
    RouteKind,
    Sandbox,
    SandboxStatus,
    Service,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def a_sandbox(**fields: object) -> Sandbox:
    """A running one."""
    ordinary = Sandbox(
        id="5a1d0c",
        name="cool-panda-123",
        app="echo",
        app_version=1,
        title="Echo",
        manifest="services: {}",
        status=SandboxStatus.RUNNING,
        status_reason=None,
        health=Health.HEALTHY,
        health_reason=None,
        owner_id="U1",
        team_id="T1",
        channel_id="C1",
        url="http://cool-panda-123.localhost:8080",
        created_at=NOW,
        started_at=NOW,
        ttl_seconds=3600,
        expires_at=None,
        idle_seconds=None,
        last_active_at=None,
        last_signal=None,
        stopped_at=None,
        stop_cause=None,
        retain_until=None,
        destroyed_at=None,
        memory_bytes=256 * 1024**2,
        cpus=0.5,
    )
    return replace(ordinary, **fields)  # type: ignore[arg-type]  # the caller names fields of the record


def a_service(**fields: object) -> Service:
    """A running one of the sandbox above."""
    ordinary = Service(
        sandbox_id="5a1d0c",
        name="web",
        image="sandpiper/echo",
        address="10.213.0.2",
        container_id=None,
        state="running",
        health=Health.HEALTHY,
        health_reason=None,
        restarts=0,
        exit_code=None,
        out_of_memory=False,
        memory_bytes=256 * 1024**2,
        cpus=0.5,
    )
    return replace(ordinary, **fields)  # type: ignore[arg-type]  # the caller names fields of the record


def a_route(**fields: object) -> Route:
    """The front door of the sandbox above."""
    ordinary = Route(
        sandbox_id="5a1d0c",
        kind=RouteKind.HOST,
        match="cool-panda-123.localhost",
        service="web",
        port=8000,
        front=True,
    )
    return replace(ordinary, **fields)  # type: ignore[arg-type]  # the caller names fields of the record


def an_operation(**fields: object) -> Operation:
    """A queued deploy of the sandbox above."""
    ordinary = Operation(
        id="op1",
        sandbox_id="5a1d0c",
        kind=OperationKind.DEPLOY,
        status=OperationStatus.QUEUED,
        asked_by="U1",
        team_id="T1",
        channel_id=None,
        arguments={},
        idempotency_key=None,
        created_at=NOW,
        not_before=NOW,
        started_at=None,
        finished_at=None,
        lease_owner=None,
        lease_until=None,
        attempts=0,
        waiting_reason=None,
        cancel_requested_by=None,
        error=None,
        trace_id=None,
    )
    return replace(ordinary, **fields)  # type: ignore[arg-type]  # the caller names fields of the record
