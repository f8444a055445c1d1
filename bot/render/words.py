"""States, causes and clocks in words."""

from collections.abc import Callable
from datetime import timedelta

from bot.render.text import clock, elapsed, length, one_line
from storage.records import (
    Health,
    Operation,
    OperationKind,
    OperationStatus,
    Sandbox,
    SandboxStatus,
    StopCause,
)

UNFINISHED = (OperationStatus.QUEUED, OperationStatus.RUNNING)

_DOING = {
    OperationKind.DEPLOY: "deploying",
    OperationKind.START: "starting",
    OperationKind.STOP: "stopping",
    OperationKind.RESTART: "restarting",
    OperationKind.DESTROY: "destroying",
}
_DONE = {
    OperationKind.DEPLOY: "Deployed",
    OperationKind.START: "Started",
    OperationKind.STOP: "Stopped",
    OperationKind.RESTART: "Restarted",
    OperationKind.DESTROY: "Destroyed",
}
_MARK = {
    SandboxStatus.PENDING: "⏳",
    SandboxStatus.STARTING: "⏳",
    SandboxStatus.RUNNING: "🟢",
    SandboxStatus.STOPPING: "⏳",
    SandboxStatus.STOPPED: "⏹️",
    SandboxStatus.FAILED: "🔴",
    SandboxStatus.DESTROYING: "⏳",
    SandboxStatus.DESTROYED: "⚫",
}


def doing(kind: OperationKind) -> str:
    """'deploying', 'stopping' …."""
    return _DOING[kind]


def done(kind: OperationKind) -> str:
    """'Deployed', 'Stopped' …."""
    return _DONE[kind]


def mark(sandbox: Sandbox) -> str:
    """One sign for its state."""
    if sandbox.status is SandboxStatus.RUNNING and sandbox.health in (Health.DEGRADED, Health.UNHEALTHY):
        return "🟡" if sandbox.health is Health.DEGRADED else "🟠"
    return _MARK[sandbox.status]


def state(sandbox: Sandbox, operation: Operation | None = None) -> str:
    """Its state with the reason: 'Stopped: its time ran out'."""
    words = _STATES[sandbox.status](sandbox)
    if operation is None or operation.status not in UNFINISHED:
        return words
    if operation.waiting_reason:
        waiting = f"Waiting to go on {doing(operation.kind)}: {one_line(operation.waiting_reason)}"
        return waiting if sandbox.status is SandboxStatus.PENDING else f"{words}. {waiting}"
    if operation.kind is OperationKind.RESTART:
        return f"{words}, restarting"
    if operation.kind is OperationKind.DESTROY and sandbox.status is not SandboxStatus.DESTROYING:
        return f"{words}. Its removal is queued"
    return words


def _with_reason(words: str, reason: str | None) -> str:
    return f"{words}: {one_line(reason, 600)}" if reason else words


def _stopped(sandbox: Sandbox) -> str:
    causes = {
        StopCause.PERSON: "Stopped by a person",
        StopCause.EXPIRED: "Stopped: its time ran out",
        StopCause.IDLE: f"Stopped: nobody used it for {length(sandbox.idle_seconds or 0)}",
    }
    if sandbox.stop_cause is None:
        return _with_reason("Stopped", sandbox.status_reason)
    return causes[sandbox.stop_cause]


def _running(sandbox: Sandbox) -> str:
    words = {
        Health.HEALTHY: "Running, healthy",
        Health.UNKNOWN: "Running",
        Health.DEGRADED: "Running, degraded",
        Health.UNHEALTHY: "Running, unhealthy",
    }[sandbox.health]
    return words if sandbox.health is Health.HEALTHY else _with_reason(words, sandbox.health_reason)


_STATES: dict[SandboxStatus, Callable[[Sandbox], str]] = {
    SandboxStatus.PENDING: lambda _: "Waiting in the queue",
    SandboxStatus.STARTING: lambda _: "Starting",
    SandboxStatus.RUNNING: _running,
    SandboxStatus.STOPPING: lambda _: "Stopping",
    SandboxStatus.STOPPED: _stopped,
    SandboxStatus.FAILED: lambda sandbox: _with_reason("Failed", sandbox.status_reason),
    SandboxStatus.DESTROYING: lambda _: "Being destroyed",
    SandboxStatus.DESTROYED: lambda _: "Destroyed",
}


def expires(sandbox: Sandbox) -> str:
    """The hard clock."""
    if sandbox.expires_at is None or sandbox.status is SandboxStatus.PENDING:
        return f"{length(sandbox.ttl_seconds)} after it is ready"
    return clock(sandbox.expires_at)


def idles(sandbox: Sandbox) -> str:
    """The idle clock."""
    if sandbox.idle_seconds is None:
        return "never idles"
    if sandbox.last_active_at is None:
        return f"after {length(sandbox.idle_seconds)} unused"
    until = sandbox.last_active_at + timedelta(seconds=sandbox.idle_seconds)
    return f"{clock(until)}, {length(sandbox.idle_seconds)} after its last use"


def app(sandbox: Sandbox) -> str:
    """'csv-explorer@3'."""
    return f"{one_line(sandbox.app, 64)}@{sandbox.app_version}"


def took(operation: Operation, word: str) -> str:
    """``' in 2.1 s'`` (with another ``word``: ``' after 2.1 s'``); empty while it is not over."""
    if operation.started_at is None or operation.finished_at is None:
        return ""
    return f" {word} {elapsed((operation.finished_at - operation.started_at).total_seconds())}"
