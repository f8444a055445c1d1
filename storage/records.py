"""The rows of the database as frozen records, and the closed sets of values they hold.

Identities of people, channels and teams are opaque strings here: only ``bot`` knows that they are Slack's.
Every ``datetime`` is timezone-aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SandboxStatus(StrEnum):
    """The one status of a sandbox. Which status may follow which is in ``executor.lifecycle``."""

    PENDING = "pending"
    """Written, nothing made yet: its deploy waits in the queue."""
    STARTING = "starting"
    """An operation is making it or bringing it back."""
    RUNNING = "running"
    """Its containers run and its routes are live. How well is in ``Sandbox.health``."""
    STOPPING = "stopping"
    STOPPED = "stopped"
    """Containers ended, volumes and configuration kept. ``Sandbox.stop_cause`` says why."""
    FAILED = "failed"
    """The last deploy or start failed and was undone. ``Sandbox.status_reason`` says why."""
    DESTROYING = "destroying"
    DESTROYED = "destroyed"


class StopCause(StrEnum):
    """Why a sandbox is stopped."""

    PERSON = "person"
    EXPIRED = "expired"
    """Its time to live ran out."""
    IDLE = "idle"
    """Nobody used it for its idle time."""


class Health(StrEnum):
    """How a running sandbox does, in one word; the reason stands beside it."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    """Answers, but something is wrong: a service restarted lately, a second service is unhealthy."""
    UNHEALTHY = "unhealthy"


class OperationKind(StrEnum):
    """One change asked for by one person, or by the clock."""

    DEPLOY = "deploy"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    DESTROY = "destroy"


class OperationStatus(StrEnum):
    """Where an operation is. ``QUEUED`` with ``waiting_reason`` is one that waits for the engine."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    """Where one step of an operation is."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class EventKind(StrEnum):
    """One fact that a floor below reports. The notifier draws messages from these and from the rows."""

    OPERATION_QUEUED = "operation.queued"
    OPERATION_STARTED = "operation.started"
    OPERATION_WAITING = "operation.waiting"
    """Put back into the queue because the engine does not answer. data: reason."""
    STEP_STARTED = "step.started"
    """data: step."""
    STEP_FINISHED = "step.finished"
    """data: step, seconds."""
    OPERATION_SUCCEEDED = "operation.succeeded"
    OPERATION_FAILED = "operation.failed"
    """data: step, message, hint, error_id (ours only), retryable, service, log_tail."""
    OPERATION_CANCELLED = "operation.cancelled"
    """data: by."""
    SANDBOX_CHANGED = "sandbox.changed"
    """Something that the card shows is different. No data: the card is drawn from the row."""
    SANDBOX_EXPIRING = "sandbox.expiring"
    """data: clock ('hard' or 'idle'), deadline (ISO), mark_seconds."""
    SANDBOX_EXTENDED = "sandbox.extended"
    """data: by, deadline (ISO), seconds."""
    SANDBOX_EXPIRED = "sandbox.expired"
    """A stop by the clock was ordered. data: clock, deadline, last_signal, last_active_at."""
    SANDBOX_DESTROYED = "sandbox.destroyed"
    """The receipt. data: by, cause, kept, until."""
    SANDBOX_HEALTH = "sandbox.health"
    """data: health, previous, reason."""
    SANDBOX_REPAIRED = "sandbox.repaired"
    """The reconciler put something right. data: what (words)."""
    SANDBOX_DIED = "sandbox.died"
    """A service ended by itself and was not brought back. data: service, reason, log_tail."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. ``person_id`` is 'system' for the clock and the reconciler."""

    person_id: str
    team_id: str


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """A row of ``sandboxes``."""

    id: str
    name: str
    app: str
    app_version: int
    title: str
    manifest: str
    """The manifest's text as it was when deployed: what runs, whatever the catalogue says now."""
    status: SandboxStatus
    status_reason: str | None
    health: Health
    health_reason: str | None
    owner_id: str
    team_id: str
    channel_id: str
    url: str | None
    """The front door's address; known from the first moment, announced when live."""
    created_at: datetime
    started_at: datetime | None
    """When it last became running."""
    ttl_seconds: int
    """What a start without an own ttl gives it."""
    expires_at: datetime | None
    """The hard clock. None until it first runs."""
    idle_seconds: int | None
    """The idle clock's length; None where it never idles."""
    last_active_at: datetime | None
    last_signal: str | None
    """What the last activity was, in words: 'a request', 'extend by a person'."""
    stopped_at: datetime | None
    stop_cause: StopCause | None
    retain_until: datetime | None
    """When a stopped or failed sandbox is destroyed."""
    destroyed_at: datetime | None
    memory_bytes: int
    """Sum of its services' limits."""
    cpus: float


@dataclass(frozen=True, kw_only=True)
class Service:
    """A row of ``services``: one container of a sandbox, wanted and last seen."""

    sandbox_id: str
    name: str
    image: str
    address: str
    """Its IPv4 address on the sandbox's network; given by us, the same for life."""
    container_id: str | None
    state: str
    """What the engine last said: 'absent', 'created', 'running', 'exited', 'restarting'."""
    health: Health
    health_reason: str | None
    restarts: int
    exit_code: int | None
    out_of_memory: bool
    memory_bytes: int
    cpus: float


class RouteKind(StrEnum):
    """How a request names what it wants."""

    HOST = "host"
    """``match`` is the full host name, lower case, no port."""
    PATH = "path"
    """``match`` is the prefix without slashes, ``t/cool-panda-123``."""
    PORT = "port"
    """``match`` is the gateway port in digits."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """A row of ``routes``: what the proxy should do with one host name, path or port."""

    sandbox_id: str
    kind: RouteKind
    match: str
    service: str
    port: int
    """The service's own TCP port."""
    front: bool
    """Whether it is the sandbox's front door, whose URL is announced."""
    strip_prefix: bool = True
    """For a path: whether the service sees the path without the prefix."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A row of ``operations``."""

    id: str
    sandbox_id: str
    kind: OperationKind
    status: OperationStatus
    asked_by: str
    team_id: str
    channel_id: str | None
    """Where it was asked, when that is not the sandbox's own channel."""
    arguments: Mapping[str, object]
    idempotency_key: str | None
    created_at: datetime
    not_before: datetime
    started_at: datetime | None
    finished_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    attempts: int
    waiting_reason: str | None
    cancel_requested_by: str | None
    error: Mapping[str, object] | None
    """For a failed one: step, message, hint, error_id, retryable, service, log_tail, out_of_memory."""
    trace_id: str | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """A row of ``steps``: one named part of an operation, in order."""

    operation_id: str
    position: int
    name: str
    status: StepStatus
    detail: str | None
    """What it is doing, in words: 'building sandpiper/csv-explorer'."""
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """A row of ``events``; ``seq`` grows in commit order, so a cursor never passes one by."""

    seq: int
    at: datetime
    kind: EventKind
    sandbox_id: str
    operation_id: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class LogSegment:
    """A row of ``log_segments``: some consecutive lines of one service, kept beyond its container."""

    id: int
    sandbox_id: str
    service: str
    first_at: datetime
    last_at: datetime
    lines: int
    text: str


class PostState(StrEnum):
    """How far a message of ours is."""

    INTENDED = "intended"
    """Written before the call that posts it: after a crash it is looked for by its key."""
    POSTED = "posted"


@dataclass(frozen=True, kw_only=True)
class Post:
    """A row of ``posts``: one message the bot keeps, edited and never posted twice."""

    key: str
    """What it is, unique: 'card:<sandbox>', 'progress:<operation>', 'event:<seq>'."""
    channel_id: str
    thread: str | None
    """The message it answers, as the chat names it."""
    reference: str | None
    """The message itself, as the chat names it (Slack's ``ts``). None while intended."""
    digest: str | None
    """Of what was last drawn, so that an equal drawing is not sent again."""
    state: PostState
    sandbox_id: str | None
    intended_at: datetime
