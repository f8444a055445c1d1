"""The transition table, whole: every status with every change."""

import pytest

from executor.errors import WrongStateError
from executor.lifecycle import ASKED, STEPS, Change, after, leaving, may, refusal, require
from storage.records import OperationKind, SandboxStatus

S, C = SandboxStatus, Change

ALLOWED = {
    S.PENDING: {C.DEPLOY_BEGUN: S.STARTING, C.FAILED: S.FAILED, C.CANCELLED: S.STOPPED},
    S.STARTING: {
        C.DEPLOY_BEGUN: S.STARTING,
        C.READY: S.RUNNING,
        C.FAILED: S.FAILED,
        C.CANCELLED: S.STOPPED,
    },
    S.RUNNING: {C.RESTART_ASKED: S.STARTING, C.STOP_ASKED: S.STOPPING},
    S.STOPPING: {C.STOPPED: S.STOPPED},
    S.STOPPED: {C.START_ASKED: S.STARTING},
    S.FAILED: {C.START_ASKED: S.STARTING},
    S.DESTROYING: {C.DESTROYED: S.DESTROYED},
    S.DESTROYED: {},
}


@pytest.mark.parametrize("status", SandboxStatus)
@pytest.mark.parametrize("change", Change)
def test_every_pair(status: SandboxStatus, change: Change) -> None:
    """Each status allows exactly the changes listed, and all but the last two can be destroyed."""
    expected = dict(ALLOWED[status])
    if status not in (S.DESTROYING, S.DESTROYED):
        expected[C.DESTROY_ASKED] = S.DESTROYING
    assert may(status, change) is (change in expected)
    if change in expected:
        assert after(status, change) is expected[change]
        assert status in leaving(change)
    else:
        with pytest.raises(KeyError):
            after(status, change)


@pytest.mark.parametrize("status", SandboxStatus)
def test_refusals_say_why_and_what_to_do(status: SandboxStatus) -> None:
    """Each refusal names the sandbox, the state it is in, and what to do."""
    error = refusal("cool-panda-123", status, "extended")
    assert error.message.startswith("cool-panda-123 ")
    assert error.message.endswith("so it cannot be extended.")
    assert error.hint


def test_require() -> None:
    """What is allowed passes; what is not is refused."""
    require("x", S.RUNNING, C.STOP_ASKED, "stopped")
    with pytest.raises(WrongStateError, match="x is stopped, so it cannot be restarted"):
        require("x", S.STOPPED, C.RESTART_ASKED, "restarted")


@pytest.mark.parametrize(
    ("status", "doing", "words"),
    [
        (S.STOPPED, "stopped", "x is stopped already."),
        (S.RUNNING, "started", "x is running already."),
    ],
)
def test_what_is_so_already(status: SandboxStatus, doing: str, words: str) -> None:
    """Who asks for what is so already is told that it is, not that it cannot be."""
    error = refusal("x", status, doing)
    assert error.message == words
    assert error.hint


def test_every_kind_is_known() -> None:
    """Every kind of operation has steps, and all but a deploy a change that asking for it makes."""
    assert set(STEPS) == set(OperationKind)
    assert set(ASKED) == set(OperationKind) - {OperationKind.DEPLOY}
