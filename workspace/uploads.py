"""Upload tickets: the time between files.getUploadURLExternal and files.completeUploadExternal."""

import secrets
from dataclasses import dataclass


@dataclass(kw_only=True)
class Ticket:
    """Where one file's bytes may be posted, once."""

    file: str
    length: int
    app_id: str
    received: bool = False


class Uploads:
    """Open tickets by their secret."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}

    def new(self, ticket: Ticket) -> str:
        """The secret part of an upload URL."""
        key = secrets.token_urlsafe(24)
        self._tickets[key] = ticket
        return key

    def find(self, key: str) -> Ticket | None:
        """The ticket with this secret."""
        return self._tickets.get(key)

    def of_file(self, file: str) -> Ticket | None:
        """The ticket of a file."""
        return next((ticket for ticket in self._tickets.values() if ticket.file == file), None)
