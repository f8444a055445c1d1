"""The one door that says who may do what. Asked at a command and again at every press of a button."""

from dataclasses import dataclass

from bot.grammar import Role, Verb
from bot.slack.people import Person
from executor.errors import SandboxError
from storage.records import Sandbox


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why not, and what to do instead."""

    message: str
    hint: str | None = None

    def as_error(self) -> SandboxError:
        """For whoever would rather raise it."""
        return SandboxError(self.message, self.hint)


def may(person: Person, verb: Verb, sandbox: Sandbox | None) -> Refusal | None:
    """Whether a person may use a verb, on that sandbox if it is about one; None for yes.

    Looking is for everybody of the workspace, changing for the owner and for admins.
    """
    if person.role < verb.role:
        needed, has = verb.role.name.lower(), person.role.name.lower()
        return Refusal(
            message=f"“{verb.name}” needs the role {needed}, and you are {has}.",
            hint="An admin can give you that role.",
        )
    if sandbox is None or not verb.changes or sandbox.owner_id == person.id or person.role >= Role.ADMIN:
        return None
    return Refusal(
        message=f"{sandbox.name} belongs to somebody else, so you cannot {verb.name} it.",
        hint="Its owner can, and so can an admin. Its card says whose it is.",
    )
