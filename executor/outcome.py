"""What the rows say when an operation has ended. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from executor.config import ExecutorConfig
from executor.errors import SandboxError, StepFailedError
from executor.redaction import Redactor
from executor.work import Work
from storage.records import Health, OperationKind, SandboxStatus, StopCause


def ready(work: Work, now: datetime) -> Mapping[str, object]:
    """A sandbox that runs. A deploy and a start set its hard clock; a restart leaves it."""
    columns: dict[str, object] = {
        "status": SandboxStatus.RUNNING,
        "status_reason": None,
        "health": Health.HEALTHY,
        "health_reason": None,
        "last_active_at": now,
        "last_signal": f"its {work.operation.kind.value}",
        "stopped_at": None,
        "stop_cause": None,
        "retain_until": None,
    }
    if work.operation.kind is not OperationKind.RESTART:
        columns["started_at"] = now
        columns["expires_at"] = now + timedelta(seconds=work.sandbox.ttl_seconds)
    return columns


def stopped(work: Work, config: ExecutorConfig, now: datetime) -> Mapping[str, object]:
    """A sandbox that is stopped, kept for the retention time."""
    cause = StopCause(str(work.operation.arguments.get("cause", StopCause.PERSON.value)))
    return _ended(config, now, status=SandboxStatus.STOPPED, cause=cause, reason=None)


def cancelled(config: ExecutorConfig, now: datetime) -> Mapping[str, object]:
    """A sandbox whose deploy or start was cancelled and undone."""
    reason = "what was going on was cancelled"
    return _ended(config, now, status=SandboxStatus.STOPPED, cause=StopCause.PERSON, reason=reason)


def failed(config: ExecutorConfig, now: datetime, reason: str) -> Mapping[str, object]:
    """A sandbox whose deploy or start failed and was undone."""
    return _ended(config, now, status=SandboxStatus.FAILED, cause=None, reason=reason)


def _ended(
    config: ExecutorConfig,
    now: datetime,
    *,
    status: SandboxStatus,
    cause: StopCause | None,
    reason: str | None,
) -> Mapping[str, object]:
    """What all that do not run have in common."""
    return {
        "status": status,
        "status_reason": reason,
        "health": Health.UNKNOWN,
        "health_reason": None,
        "expires_at": None,
        "stopped_at": now,
        "stop_cause": cause,
        "retain_until": now + timedelta(seconds=config.retention_seconds),
    }


def error_of(step: str | None, error: SandboxError, redactor: Redactor) -> Mapping[str, object]:
    """What is told of a failure that is the sandbox's own, without its passwords."""
    found = error if isinstance(error, StepFailedError) else None
    return {
        "step": step,
        "message": redactor.redact(error.message),
        "hint": error.hint,
        "error_id": None,
        "retryable": found.retryable if found else False,
        "service": found.service if found else None,
        "log_tail": redactor.redact(found.log_tail) if found else "",
        "out_of_memory": found.out_of_memory if found else False,
    }


def fault_of(step: str | None, error_id: str) -> Mapping[str, object]:
    """What is told of a failure that is ours: where to find it, and nothing else."""
    return {
        "step": step,
        "message": "Something went wrong inside Sandpiper.",
        "hint": f"Trying again may help. Whoever runs Sandpiper finds the cause in its log as {error_id}.",
        "error_id": error_id,
        "retryable": True,
        "service": None,
        "log_tail": "",
        "out_of_memory": False,
    }
