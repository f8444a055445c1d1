"""Which status may follow which, and what may be asked in which. Pure: two tables and their readers."""

from collections.abc import Mapping
from enum import StrEnum

from executor.errors import WrongStateError
from storage.records import OperationKind, SandboxStatus


class Change(StrEnum):
    """Why a sandbox's status changes."""

    DEPLOY_BEGUN = "deploy begun"
    START_ASKED = "start asked"
    RESTART_ASKED = "restart asked"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STOP_ASKED = "stop asked"
    STOPPED = "stopped"
    DESTROY_ASKED = "destroy asked"
    DESTROYED = "destroyed"


_S = SandboxStatus
_C = Change

TRANSITIONS: Mapping[tuple[SandboxStatus, Change], SandboxStatus] = {
    (_S.PENDING, _C.DEPLOY_BEGUN): _S.STARTING,
    (_S.STARTING, _C.DEPLOY_BEGUN): _S.STARTING,  # a worker died and the next one begins again
    (_S.STOPPED, _C.START_ASKED): _S.STARTING,
    (_S.FAILED, _C.START_ASKED): _S.STARTING,
    (_S.RUNNING, _C.RESTART_ASKED): _S.STARTING,
    (_S.STARTING, _C.READY): _S.RUNNING,
    (_S.PENDING, _C.FAILED): _S.FAILED,
    (_S.STARTING, _C.FAILED): _S.FAILED,
    (_S.PENDING, _C.CANCELLED): _S.STOPPED,
    (_S.STARTING, _C.CANCELLED): _S.STOPPED,
    (_S.RUNNING, _C.STOP_ASKED): _S.STOPPING,
    (_S.STOPPING, _C.STOPPED): _S.STOPPED,
    **{
        (status, _C.DESTROY_ASKED): _S.DESTROYING
        for status in SandboxStatus
        if status not in (_S.DESTROYING, _S.DESTROYED)
    },
    (_S.DESTROYING, _C.DESTROYED): _S.DESTROYED,
}

ASKED: Mapping[OperationKind, Change] = {
    OperationKind.START: _C.START_ASKED,
    OperationKind.RESTART: _C.RESTART_ASKED,
    OperationKind.STOP: _C.STOP_ASKED,
    OperationKind.DESTROY: _C.DESTROY_ASKED,
}
"""What happens to a sandbox's status as soon as an operation is asked for. A new one has its first status."""

STEPS: Mapping[OperationKind, tuple[str, ...]] = {
    OperationKind.DEPLOY: ("network", "images", "containers", "healthy", "route"),
    OperationKind.START: ("network", "images", "containers", "healthy", "route"),
    OperationKind.RESTART: ("containers", "healthy"),
    OperationKind.STOP: ("route", "containers"),
    OperationKind.DESTROY: ("route", "containers", "network", "volumes"),
}
"""The steps of each kind of operation, in order."""

DOING: Mapping[OperationKind, str] = {
    OperationKind.DEPLOY: "being deployed",
    OperationKind.START: "being started",
    OperationKind.RESTART: "being restarted",
    OperationKind.STOP: "being stopped",
    OperationKind.DESTROY: "being destroyed",
}
"""What happens to a sandbox while an operation of that kind is on, in words."""

CANCELLABLE = frozenset({OperationKind.DEPLOY, OperationKind.START, OperationKind.RESTART})
"""What can be cancelled and undone. Stopping half way would help nobody."""

_HINTS: Mapping[SandboxStatus, str] = {
    _S.PENDING: "Wait until it is ready, or cancel its deploy.",
    _S.STARTING: "Wait until it is ready, or cancel what is going on.",
    _S.RUNNING: "It is running already.",
    _S.STOPPING: "Wait until it has stopped.",
    _S.STOPPED: "Start it first.",
    _S.FAILED: "Start it again, or destroy it.",
    _S.DESTROYING: "Deploy a new one.",
    _S.DESTROYED: "Deploy a new one.",
}

_WORDS: Mapping[SandboxStatus, str] = {
    _S.PENDING: "is waiting to be deployed",
    _S.STARTING: "is starting",
    _S.RUNNING: "is running",
    _S.STOPPING: "is stopping",
    _S.STOPPED: "is stopped",
    _S.FAILED: "has failed to start",
    _S.DESTROYING: "is being destroyed",
    _S.DESTROYED: "was destroyed",
}

_ALREADY: Mapping[tuple[SandboxStatus, str], str] = {
    (_S.STOPPED, "stopped"): "Its data is kept; starting it brings it back.",
    (_S.STOPPING, "stopped"): "Wait until it has stopped.",
    (_S.RUNNING, "started"): "To begin afresh with the same data, restart it.",
    (_S.STARTING, "started"): "Wait until it is ready, or cancel what is going on.",
}
"""What was asked and is so, or is on its way: no reason to say that it cannot be."""


def may(status: SandboxStatus, change: Change) -> bool:
    """Whether this may happen to a sandbox of that status."""
    return (status, change) in TRANSITIONS


def after(status: SandboxStatus, change: Change) -> SandboxStatus:
    """The status that follows. Raises KeyError for what never happens: check ``may`` or ``require`` first."""
    return TRANSITIONS[status, change]


def leaving(change: Change) -> frozenset[SandboxStatus]:
    """Every status from which this change is possible."""
    return frozenset(status for status, what in TRANSITIONS if what is change)


def require(name: str, status: SandboxStatus, change: Change, doing: str) -> None:
    """Refuse what a person asks in a state that does not allow it. ``doing``: 'stopped', 'extended'."""
    if not may(status, change):
        raise refusal(name, status, doing)


def refusal(name: str, status: SandboxStatus, doing: str) -> WrongStateError:
    """Why a sandbox of this status cannot be stopped, extended, … and what to do."""
    if (status, doing) in _ALREADY:
        return WrongStateError(f"{name} {_WORDS[status]} already.", _ALREADY[status, doing])
    return WrongStateError(f"{name} {_WORDS[status]}, so it cannot be {doing}.", _HINTS[status])
