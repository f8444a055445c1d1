"""What only asks: the bot answers these itself, without the executor."""

from dataclasses import dataclass
from enum import StrEnum

from executor.requests import Request


class Scope(StrEnum):
    """Whose sandboxes a list shows."""

    MINE = "mine"
    CHANNEL = "channel"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class List:
    """Show sandboxes, a page at a time."""

    scope: Scope
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class Status:
    """Show one sandbox in full."""

    sandbox: str


@dataclass(frozen=True, kw_only=True)
class Logs:
    """Show stored output of a sandbox."""

    sandbox: str
    service: str | None = None
    """None is every service."""
    lines: int
    grep: str | None = None
    """Keep lines that contain this, whatever the case."""
    since_seconds: int | None = None
    """How far back; None is as far as is kept."""


@dataclass(frozen=True, kw_only=True)
class Open:
    """Give the address."""

    sandbox: str


@dataclass(frozen=True, kw_only=True)
class Help:
    """Explain everything, or one verb."""

    verb: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeployForm:
    """Open the form that deploys: what ``deploy`` means when no app is given."""


@dataclass(frozen=True, kw_only=True)
class Wizard:
    """Open the step by step form."""


Query = List | Status | Logs | Open | Help | DeployForm | Wizard
Command = Request | Query
