"""The shapes that the grammar table is written in."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from bot.grammar.commands import Command
from executor.errors import SandboxError


class Role(IntEnum):
    """What a person may be, least first; each may do what those before it may."""

    VIEWER = 1
    QA = 2
    DEVELOPER = 3
    ADMIN = 4


class Group(StrEnum):
    """How help sorts the verbs."""

    START = "Start something"
    LOOK = "Look at it"
    CHANGE = "Change it"
    HELP = "Help"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the words are read in: where, when, and which names exist."""

    now: datetime
    channel_id: str
    zone: ZoneInfo | None = None
    """The person's time zone; None where Slack did not tell it."""
    sandbox: str | None = None
    """The sandbox in whose thread this is said, which may then go unnamed."""
    names: Collection[str] = ()
    """Names of sandboxes that exist."""
    apps: Collection[str] = ()
    """Names of apps that can be deployed."""


class GrammarError(SandboxError):
    """The words make no command.

    Attributes:
        usage: how the verb is used, or None where no verb was recognised.
        example: one command that works.
        suggestion: the nearest command that was perhaps meant.
    """

    def __init__(
        self,
        message: str,
        *,
        usage: str | None = None,
        example: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message)
        self.usage = usage
        self.example = example
        self.suggestion = suggestion


class ValueProblem(Exception):  # noqa: N818 - it is turned into a GrammarError, never shown as itself
    """One value cannot be read; the text says why, in words."""


Reader = Callable[[str, Context], object]
Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One thing that a verb takes."""

    name: str
    """The key in ``Values`` and, for an option, what is typed before ``=``."""
    shape: str
    """How usage shows its value: ``NAME``, ``4h``."""
    read: Reader
    help: str
    required: bool = False
    positional: bool = False
    """Given by its place; the others are given as ``name=value``. Every argument may be given by name."""
    aliases: tuple[str, ...] = ()
    names_sandbox: bool = False
    """It names an existing sandbox, so it may be left out in that sandbox's thread."""
    takes_until: bool = False
    """``until 18:00`` may be said in its place."""

    def answers_to(self, word: str) -> bool:
        """Whether ``word`` is its name or another word for it."""
        return word == self.name or word in self.aliases


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One row of the grammar table."""

    name: str
    aliases: tuple[str, ...] = ()
    group: Group
    role: Role
    """The least role that may use it."""
    changes: bool = False
    """Whether it changes a sandbox, which is for its owner and for admins."""
    arguments: tuple[Argument, ...] = field(default=())
    summary: str
    example: str
    """A whole command without the slash word: ``extend cool-panda-123 2h``."""
    build: Callable[[Values, Context], Command]

    @property
    def positionals(self) -> tuple[Argument, ...]:
        """Those given by place, in order."""
        return tuple(argument for argument in self.arguments if argument.positional)

    @property
    def usage(self) -> str:
        """One line: ``extend NAME 2h``, optional parts in square brackets."""
        return " ".join([self.name, *map(_usage_of, self.arguments)])

    def argument(self, word: str) -> Argument | None:
        """The argument that ``word`` names, if any."""
        return next((argument for argument in self.arguments if argument.answers_to(word)), None)


def _usage_of(argument: Argument) -> str:
    shown = argument.shape if argument.positional else f"{argument.name}={argument.shape}"
    return shown if argument.required else f"[{shown}]"
