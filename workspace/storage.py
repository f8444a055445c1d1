"""Keeps the workspace between two runs: records as JSON and file contents as bytes, in one SQLite file.

Writes are gathered and committed together a moment later; `flush` commits at once. Without a path
nothing touches the disk.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COMMIT_DELAY_SECONDS = 0.05
SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
);
CREATE TABLE IF NOT EXISTS content (file TEXT PRIMARY KEY, bytes BLOB NOT NULL);
"""


class Storage:
    """A small table of JSON records by kind and key, and file contents by file id."""

    def __init__(self, path: Path | None) -> None:
        target = str(path) if path else ":memory:"
        self._database = sqlite3.connect(target)
        self._database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        self._timer: asyncio.TimerHandle | None = None

    def put(self, kind: str, key: str, body: dict[str, Any]) -> None:
        """Store a record, over what was there."""
        text = json.dumps(body, separators=(",", ":"))
        self._database.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (kind, key, text))
        self._commit_soon()

    def delete(self, kind: str, key: str) -> None:
        """Forget a record; no error if there is none."""
        self._database.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))
        self._commit_soon()

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        """All records of a kind, by key."""
        rows = self._database.execute("SELECT body FROM record WHERE kind = ? ORDER BY key", (kind,))
        for (body,) in rows.fetchall():
            yield json.loads(body)

    def put_content(self, file: str, content: bytes) -> None:
        """Store a file's bytes."""
        self._database.execute("INSERT OR REPLACE INTO content VALUES (?, ?)", (file, content))
        self._commit_soon()

    def content(self, file: str) -> bytes:
        """A file's bytes; empty if there are none."""
        found = self._database.execute("SELECT bytes FROM content WHERE file = ?", (file,)).fetchone()
        return bytes(found[0]) if found else b""

    def clear(self) -> None:
        """Forget everything."""
        self._database.executescript("DELETE FROM record; DELETE FROM content;")
        self.flush()

    def _commit_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COMMIT_DELAY_SECONDS, self.flush)

    def flush(self) -> None:
        """Commit what was written."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._database.commit()

    def close(self) -> None:
        """Commit and close the file."""
        self.flush()
        self._database.close()
