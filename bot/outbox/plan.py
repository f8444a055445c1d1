"""Which messages an event is about. Pure.

A message has a key. ``card:<sandbox>`` and ``progress:<operation>`` are drawn again and again; the others are
facts, posted once. What a key looks like on Slack is ``drawing``'s matter, getting it there ``courier``'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.slack.pacer import Priority
from storage.records import Event, EventKind, Operation, OperationKind, OperationStatus

SYSTEM = "system"


class Kind(StrEnum):
    """The first half of a key."""

    CARD = "card"
    PROGRESS = "progress"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    EVENT = "event"
    """Said of one event, by its number."""
    LOG = "log"
    """The whole log of a failure, as a file."""
    SIGN_IN = "signin"
    """To the owner directly, with the password."""
    WARN = "warn"
    """To the owner directly: it expires."""
    CANNOT = "cannot"
    """To the owner directly: their channel refuses us."""


DIRECT = (Kind.SIGN_IN, Kind.WARN, Kind.CANNOT)
STANDING = (Kind.READY, Kind.FAILED, Kind.CANCELLED, Kind.STOPPED, Kind.EVENT, Kind.WARN)
"""Facts whose buttons depend on the sandbox's state: redrawn when that changes."""


@dataclass(frozen=True, kw_only=True)
class Want:
    """One message that should be as the rows say."""

    kind: Kind
    of: str
    """Id of the sandbox or operation, or number of the event."""
    sandbox_id: str
    priority: Priority

    @property
    def key(self) -> str:
        """As it is stored in ``posts``."""
        return f"{self.kind}:{self.of}"

    @property
    def is_fact(self) -> bool:
        """Whether it must be written down before the event is passed by, lest a crash loses it."""
        return self.kind not in (Kind.CARD, Kind.PROGRESS)


def of_key(key: str) -> tuple[Kind, str] | None:
    """The two halves of a key; None for one that is not ours."""
    kind, _, of = key.partition(":")
    return (Kind(kind), of) if kind in set(Kind) else None


def wants(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    """The messages that ``event`` is about, in the order in which they should appear.

    Args:
        event: what happened.
        operation: the row of its operation, where it has one.
    """
    plan = _PLANS.get(event.kind)
    return plan(event, operation) if plan else (_card(event, Priority.STATE),)


def card(sandbox_id: str, priority: Priority) -> Want:
    """The card of a sandbox."""
    return Want(kind=Kind.CARD, of=sandbox_id, sandbox_id=sandbox_id, priority=priority)


def _card(event: Event, priority: Priority) -> Want:
    return card(event.sandbox_id, priority)


def _fact(event: Event, kind: Kind, of: str) -> Want:
    return Want(kind=kind, of=of, sandbox_id=event.sandbox_id, priority=Priority.FACT)


_WITH_PROGRESS = (OperationKind.DEPLOY, OperationKind.START, OperationKind.RESTART)
"""The others are quick, and the card says what they do."""


def _progress(event: Event, operation: Operation | None, priority: Priority) -> tuple[Want, ...]:
    if operation is None or operation.kind not in _WITH_PROGRESS:
        return ()
    return (Want(kind=Kind.PROGRESS, of=operation.id, sandbox_id=event.sandbox_id, priority=priority),)


def _queued(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    return (_card(event, Priority.FACT), *_progress(event, operation, Priority.PROGRESS))


def _started(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    return (_card(event, Priority.STATE), *_progress(event, operation, Priority.PROGRESS))


def _moved(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    return (_card(event, Priority.STATE), *_progress(event, operation, Priority.STATE))


def _stepped(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    return _progress(event, operation, Priority.PROGRESS)


def _succeeded(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    said: tuple[Want, ...] = ()
    if operation is not None and operation.kind in (OperationKind.DEPLOY, OperationKind.START):
        said = (_fact(event, Kind.READY, operation.id),)
    if operation is not None and operation.kind is OperationKind.DEPLOY:
        said += (_fact(event, Kind.SIGN_IN, operation.id),)
    if operation is not None and operation.kind is OperationKind.STOP and operation.asked_by != SYSTEM:
        said = (_fact(event, Kind.STOPPED, operation.id),)
    return (*said, *_moved(event, operation))


def has_outcome(operation: Operation) -> bool:
    """Whether it is over and a fact of its own says how it ended. A restart that succeeds has none."""
    if operation.status is OperationStatus.SUCCEEDED:
        return operation.kind is not OperationKind.RESTART
    return operation.status in (OperationStatus.FAILED, OperationStatus.CANCELLED)


def _failed(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    if operation is None:
        return (_card(event, Priority.STATE),)
    facts = (_fact(event, Kind.FAILED, operation.id), _fact(event, Kind.LOG, operation.id))
    return (*facts, *_moved(event, operation))


def _cancelled(event: Event, operation: Operation | None) -> tuple[Want, ...]:
    facts = (_fact(event, Kind.CANCELLED, operation.id),) if operation else ()
    return (*facts, *_moved(event, operation))


def _told(event: Event, _operation: Operation | None) -> tuple[Want, ...]:
    return (_fact(event, Kind.EVENT, str(event.seq)), _card(event, Priority.STATE))


def _expiring(event: Event, _operation: Operation | None) -> tuple[Want, ...]:
    seq = str(event.seq)
    return (_fact(event, Kind.EVENT, seq), _fact(event, Kind.WARN, seq), _card(event, Priority.STATE))


_PLANS: Mapping[EventKind, Callable[[Event, Operation | None], tuple[Want, ...]]] = {
    EventKind.OPERATION_QUEUED: _queued,
    EventKind.OPERATION_STARTED: _started,
    EventKind.OPERATION_WAITING: _moved,
    EventKind.STEP_STARTED: _stepped,
    EventKind.STEP_FINISHED: _stepped,
    EventKind.OPERATION_SUCCEEDED: _succeeded,
    EventKind.OPERATION_FAILED: _failed,
    EventKind.OPERATION_CANCELLED: _cancelled,
    EventKind.SANDBOX_EXPIRING: _expiring,
    EventKind.SANDBOX_EXTENDED: _told,
    EventKind.SANDBOX_EXPIRED: _told,
    EventKind.SANDBOX_DESTROYED: _told,
    EventKind.SANDBOX_REPAIRED: _told,
    EventKind.SANDBOX_DIED: _told,
}
ENDINGS = frozenset(
    {
        EventKind.OPERATION_SUCCEEDED,
        EventKind.OPERATION_FAILED,
        EventKind.OPERATION_CANCELLED,
        EventKind.SANDBOX_DESTROYED,
        EventKind.SANDBOX_EXTENDED,
    }
)
"""After these, earlier messages of the sandbox may have buttons that no longer help."""
