"""Takes away in reverse what an operation made, when it fails or is cancelled."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from executor.errors import EngineUnavailableError, ProxyUnavailableError
from executor.ledger import Ledger
from executor.runner import Checkpoint
from executor.steps import Down
from executor.work import Work
from storage.records import OperationKind, SandboxStatus, Step, StepStatus

_log = structlog.get_logger(__name__)


async def undo(
    ledger: Ledger,
    down: Down,
    work: Work,
    *,
    steps: Sequence[Step],
    status: SandboxStatus,
    checkpoint: Checkpoint,
) -> None:
    """Undo every step that has begun, the last one first. ``status``: what its visitors are told.

    Nothing that goes wrong here stops it: what is left over belongs to a sandbox that does not run, and the
    reconciler takes that away.
    """
    kind = work.operation.kind
    undoing = _how(down, kind, status)
    for step in reversed(steps):
        if step.name not in undoing or step.status is StepStatus.PENDING:
            continue
        await checkpoint(f"{kind.value}.undo.{step.name}.before")
        await _attempt(work, step.name, undoing[step.name])
        await checkpoint(f"{kind.value}.undo.{step.name}.done")
        if step.status is StepStatus.DONE:
            await ledger.undone(step.name)
    await _attempt(work, "page", lambda: down.show(status))


def _how(
    down: Down, kind: OperationKind, status: SandboxStatus
) -> Mapping[str, Callable[[], Awaitable[None]]]:
    """What undoes each step. Only a deploy's volumes are new; a start's hold somebody's work."""
    ways: dict[str, Callable[[], Awaitable[None]]] = {
        "route": lambda: down.show(status),
        "containers": down.remove_containers,
    }
    if kind is OperationKind.DEPLOY:
        ways["network"] = lambda: _remove_network_and_volumes(down)
    return ways


async def _remove_network_and_volumes(down: Down) -> None:
    await down.remove_network()
    await down.remove_volumes()


async def _attempt(work: Work, what: str, action: Callable[[], Awaitable[None]]) -> None:
    """Do it, or write into the log why not."""
    try:
        await action()
    except (EngineUnavailableError, ProxyUnavailableError) as error:
        _log.warning("undo left something", sandbox=work.sandbox.name, step=what, reason=str(error))
    except Exception:  # noqa: BLE001  a fault in undoing must not hide the failure that is undone
        _log.exception("undo failed", sandbox=work.sandbox.name, step=what)
