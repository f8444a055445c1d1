"""What the bot needs of the executor."""

from collections.abc import Sequence
from typing import Protocol

from executor.apps import CatalogueEntry
from executor.requests import Request
from executor.submit import Submitted
from storage.records import Actor, Sandbox


class ExecutorPort(Protocol):
    """The executor's front."""

    async def submit(self, request: Request, *, by: Actor, key: str | None) -> Submitted:
        """Check and write down what is asked; the same key again gives the same answer."""

    async def catalogue(self) -> Sequence[CatalogueEntry]:
        """What can be deployed."""

    async def read_logs(
        self,
        sandbox: Sandbox,
        *,
        service: str | None = None,
        lines: int,
        grep: str | None = None,
        since_seconds: int | None = None,
    ) -> Sequence[str]:
        """Stored output, newest last, redacted."""

    async def sign_in_text(self, sandbox: Sandbox) -> str | None:
        """How to sign in, with passwords: for the owner only."""
