"""A proxy in memory that passes the real one's contract tests, for tests of what stands on it.

Faults are asked for by name: ``down``, ``fail_next``, ``restart_empty``, ``silent_targets``.
"""

import asyncio
from collections.abc import Mapping, Sequence

from executor.errors import ProxyUnavailableError
from executor.proxy.entry import check_entry, check_match, check_target, is_page
from executor.proxy.maps import has_line
from executor.proxy.protocol import Activity, Entry
from executor.proxy.routes import differences
from storage.records import RouteKind

Key = tuple[RouteKind, str]


class FakeProxy:
    """Keeps what a real proxy would have: running entries, the files they come back from, and counts."""

    def __init__(self) -> None:
        self.down = False
        """While true every call raises ProxyUnavailableError."""
        self.fail_next = 0
        """How many calls from now on raise ProxyUnavailableError."""
        self.silent_targets: set[str] = set()
        """Targets that never answer a probe; all others do."""
        self.calls: list[str] = []
        """Names of the methods called, in order."""
        self._running: dict[Key, Entry] = {}
        self._saved: dict[Key, Entry] = {}
        self._counts: dict[Key, Activity] = {}

    def restart_from_files(self) -> None:
        """It died and came back with what it had saved; counts begin at nothing."""
        self._running = dict(self._saved)
        self._counts = {}

    def restart_empty(self) -> None:
        """It died with its files and came back with nothing."""
        self._saved = {}
        self.restart_from_files()

    def visit(
        self,
        kind: RouteKind,
        match: str,
        *,
        requests: int = 1,
        open_connections: int = 0,
        bytes_in: int = 100,
    ) -> None:
        """Count requests of somebody, as the stick tables would: only where an entry points at a service."""
        entry = self._running.get((kind, match))
        if entry is None or is_page(entry.target):
            return
        before = self._counts.get((kind, match), Activity(requests=0, open_connections=0))
        self._counts[kind, match] = Activity(
            requests=before.requests + requests,
            open_connections=open_connections,
            bytes_in=before.bytes_in + bytes_in,
        )

    def target_of(self, kind: RouteKind, match: str) -> str | None:
        """Where a request would go now; None for the page that says there is no such sandbox."""
        entry = self._running.get((kind, match))
        return None if entry is None else entry.target

    async def version(self) -> str:
        """As the protocol says."""
        await self._called("version")
        return "fake 1.0"

    async def apply(self, entries: Sequence[Entry]) -> None:
        """As the protocol says."""
        checked = [check_entry(entry) for entry in entries]
        await self._called("apply")
        for entry in checked:
            for held in (self._running, self._saved):
                held.pop((entry.kind, entry.match), None)
                if has_line(entry):
                    held[entry.kind, entry.match] = entry

    async def remove(self, matches: Sequence[Key]) -> None:
        """As the protocol says."""
        checked = [check_match(kind, match) for kind, match in matches]
        await self._called("remove")
        for key in checked:
            self._running.pop(key, None)
            self._saved.pop(key, None)
            self._counts.pop(key, None)

    async def entries(self) -> Sequence[Entry]:
        """As the protocol says."""
        await self._called("entries")
        return list(self._running.values())

    async def replace(self, entries: Sequence[Entry]) -> Sequence[str]:
        """As the protocol says."""
        wanted = {(entry.kind, entry.match): entry for entry in map(check_entry, entries) if has_line(entry)}
        await self._called("replace")
        words = differences(wanted=list(wanted.values()), running=list(self._running.values()))
        self._running = dict(wanted)
        self._saved = dict(wanted)
        return words

    async def wait_until_live(self, entry: Entry, *, timeout_seconds: float) -> bool:
        """As the protocol says; a silent target is not waited for."""
        await self._called("wait_until_live")
        running = self._running.get((entry.kind, entry.match))
        return running == entry and entry.target not in self.silent_targets

    async def answers(self, target: str, *, timeout_seconds: float) -> bool:
        """As the protocol says; a silent target is not waited for."""
        check_target(target)
        await self._called("answers")
        return target not in self.silent_targets

    async def activity(self) -> Mapping[Key, Activity]:
        """As the protocol says."""
        await self._called("activity")
        return dict(self._counts)

    async def _called(self, method: str) -> None:
        self.calls.append(method)
        await asyncio.sleep(0)
        if self.fail_next > 0:
            self.fail_next -= 1
            raise ProxyUnavailableError("the proxy's runtime socket does not answer (asked for by the test)")
        if self.down:
            raise ProxyUnavailableError("the proxy's runtime socket does not answer (asked for by the test)")
