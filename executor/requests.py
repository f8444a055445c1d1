"""What a person can ask for. A command, a button, a modal and a mention all end in one of these.

After this point nobody knows which it was. ``sandbox`` is an id, or a name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Deploy:
    """Make a new sandbox of an app."""

    app: str
    version: int | None = None
    """None is the newest."""
    name: str | None = None
    """None asks for a generated one."""
    ttl_seconds: int | None = None
    """None is the manifest's, else the setting's."""
    idle_seconds: int | None = None
    memory_bytes: int | None = None
    """For the front door's service; None is the manifest's."""
    channel_id: str


@dataclass(frozen=True, kw_only=True)
class Start:
    """Start a stopped or failed sandbox again, with its volumes; also what Restore and Retry do."""

    sandbox: str
    ttl_seconds: int | None = None
    memory_bytes: int | None = None
    """A new limit for the front door's service ('Retry with 1 GB'); None keeps it."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """End its containers, keep its volumes and configuration."""

    sandbox: str


@dataclass(frozen=True, kw_only=True)
class Restart:
    """Stop and start its containers (or only one service's) in place."""

    sandbox: str
    service: str | None = None


@dataclass(frozen=True, kw_only=True)
class Extend:
    """Move the hard clock: ``seconds`` from what it is now (or from now, if that is later)."""

    sandbox: str
    seconds: int | None = None
    until_epoch_seconds: int | None = None
    """An instant instead of a length; exactly one of the two is given."""


@dataclass(frozen=True, kw_only=True)
class Destroy:
    """Remove everything of it. Legal from every state."""

    sandbox: str


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Stop the operation that runs for a sandbox and undo what it made."""

    sandbox: str


Request = Deploy | Start | Stop | Restart | Extend | Destroy | Cancel
