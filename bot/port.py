"""What the bot needs of the executor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from executor.apps import CatalogueEntry
from executor.log_lines import StoredLine
from executor.requests import Request
from executor.submit import Submitted
from storage.records import Actor, Sandbox


class ExecutorPort(Protocol):
    """The executor's front."""

    async def submit(self, request: Request, *, by: Actor, key: str | None = None) -> Submitted:
        """Check and write down what is asked; the same key again gives the same answer."""

    async def catalogue(self) -> Sequence[CatalogueEntry]:
        """What can be deployed."""

    async def read_logs(
        self,
        sandbox: Sandbox,
        *,
        service: str | None = None,
        tail: int = ...,
        since: datetime | None = None,
        grep: str | None = None,
    ) -> Sequence[StoredLine]:
        """Stored output without known secrets, newest last."""

    async def sign_in_text(self, sandbox: Sandbox) -> str | None:
        """How to sign in, with passwords: for the owner only."""
