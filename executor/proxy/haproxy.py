"""HAProxy as the proxy: maps changed through its runtime socket, kept in files, read back, probed.

It is never reloaded: a reload hits requests under way, and another proxy cuts every WebSocket.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from executor.errors import ProxyUnavailableError
from executor.proxy import maps
from executor.proxy.configuration import ProxySettings
from executor.proxy.entry import check_entry, check_match, check_target, is_page
from executor.proxy.files import read_map, write_map
from executor.proxy.probe import port_connects, who_answers
from executor.proxy.protocol import Activity, Entry
from executor.proxy.routes import differences
from executor.proxy.runtime import RuntimeSocket
from executor.proxy.tables import activity_in_ports, activity_in_web, version_in
from storage.records import RouteKind

PAYLOAD_LIMIT_BYTES = 8 * 1024
"""Of one command; HAProxy's buffer holds 16 KB."""
PROBE_TIMEOUT_SECONDS = 10.0
"""Of one probe: a first page may take long to make. Nobody listening is known at once."""
PROBE_PAUSE_SECONDS = 0.05
PROBE_PAUSE_LIMIT_SECONDS = 0.5

Key = tuple[RouteKind, str]


class HAProxyProxy:
    """The protocol's real implementation. One object per HAProxy: it orders its own changes."""

    def __init__(self, settings: ProxySettings) -> None:
        self._settings = settings
        self._runtime = RuntimeSocket(settings.runtime_socket)
        self._changing = asyncio.Lock()

    async def version(self) -> str:
        """As the protocol says."""
        return version_in(await self._runtime.ask("show info"))

    async def apply(self, entries: Sequence[Entry]) -> None:
        """As the protocol says. The files come first: a restart in between begins with the new entries."""
        wanted = maps.lines_by_map(entries)
        without_line = [(entry.kind, entry.match) for entry in entries if not maps.has_line(entry)]
        async with self._changing:
            for name, lines in wanted.items():
                if lines:
                    await self._save(name, set_lines=lines)
                    await self._set_running(name, lines)
            await self._remove(without_line)

    async def remove(self, matches: Sequence[Key]) -> None:
        """As the protocol says."""
        checked = [check_match(kind, match) for kind, match in matches]
        async with self._changing:
            await self._remove(checked)

    async def entries(self) -> Sequence[Entry]:
        """As the protocol says."""
        found: list[Entry] = []
        for kind, name in maps.MAP_OF_KIND.items():
            found.extend(maps.entries_in(kind, await self._running(name)))
        return found

    async def replace(self, entries: Sequence[Entry]) -> Sequence[str]:
        """As the protocol says. Each map changes in one instant: no request meets half of it."""
        wanted = maps.lines_by_map(entries)
        async with self._changing:
            running = await self.entries()
            for name, lines in wanted.items():
                await asyncio.to_thread(write_map, self._settings.maps_dir / name, lines)
                if await self._running(name) != lines:
                    await self._exchange(name, lines)
        return differences(wanted=[entry for entry in entries if maps.has_line(entry)], running=running)

    async def wait_until_live(self, entry: Entry, *, timeout_seconds: float) -> bool:
        """As the protocol says."""
        check_entry(entry)
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        pause = PROBE_PAUSE_SECONDS
        while True:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            if await self._is_live(entry, timeout_seconds=min(left, PROBE_TIMEOUT_SECONDS)):
                return True
            await asyncio.sleep(min(pause, max(left, 0)))
            pause = min(pause * 2, PROBE_PAUSE_LIMIT_SECONDS)

    async def answers(self, target: str, *, timeout_seconds: float) -> bool:
        """As the protocol says."""
        answered = await who_answers(
            self._settings.probe_socket,
            host=self._settings.domain,
            target=check_target(target),
            timeout_seconds=timeout_seconds,
        )
        return answered == target

    async def activity(self) -> Mapping[Key, Activity]:
        """As the protocol says."""
        found = dict(activity_in_web(await self._runtime.ask("show table activity_web")))
        if self._settings.gateway_ports is not None:
            found |= activity_in_ports(await self._runtime.ask("show table activity_ports"))
        return found

    async def _is_live(self, entry: Entry, *, timeout_seconds: float) -> bool:
        if entry.kind is RouteKind.PORT:
            return await port_connects(
                self._settings.gateway_probe_socket,
                self._runtime,
                port=int(entry.match),
                target=entry.target,
                timeout_seconds=timeout_seconds,
            )
        by_path = entry.kind is RouteKind.PATH
        answered = await who_answers(
            self._settings.probe_socket,
            host=self._settings.domain if by_path else entry.match,
            path=f"/{entry.match}/" if by_path else "/",
            timeout_seconds=timeout_seconds,
        )
        expected = entry.target.removeprefix("page:") if is_page(entry.target) else entry.target
        return answered == expected

    async def _remove(self, matches: Iterable[Key]) -> None:
        for kind, match in matches:
            name, key = maps.MAP_OF_KIND[kind], maps.key_of(kind, match)
            await self._save(name, drop_keys=(key,))
            await self._runtime.ask(f"del map {self._path(name)} {key}")
            if await self._running_value(name, key) is not None:
                raise ProxyUnavailableError(f"the proxy did not let go of {match}")
            await self._forget_activity(kind, match)

    async def _forget_activity(self, kind: RouteKind, match: str) -> None:
        """A name that is given again begins without visitors."""
        if kind is not RouteKind.PORT:
            key = match if kind is RouteKind.HOST else f"/{match}"
            await self._runtime.ask(f"clear table activity_web key {key}")
        elif self._settings.gateway_ports is not None:
            await self._runtime.ask(f"clear table activity_ports key {match}")

    async def _set_running(self, name: str, lines: maps.Lines) -> None:
        for key, value in lines.items():
            if await self._runtime.ask(f"set map {self._path(name)} {key} {value}"):
                await self._runtime.ask(f"add map {self._path(name)} {key} {value}")
            if await self._running_value(name, key) != value:
                raise ProxyUnavailableError(f"the proxy did not take the entry for {key}")

    async def _exchange(self, name: str, lines: maps.Lines) -> None:
        """Fill a new version of a map beside the one in use, then make it the one in use."""
        answer = await self._runtime.ask(f"prepare map {self._path(name)}")
        version = answer.rpartition(":")[2].strip()
        if not version.isdigit():
            raise ProxyUnavailableError(f"the proxy has no map {name}: {answer[:200]}")
        for payload in _payloads(lines):
            await self._runtime.ask(f"add map @{version} {self._path(name)}", payload=payload)
        await self._runtime.ask(f"commit map @{version} {self._path(name)}")
        if await self._running(name) != lines:
            raise ProxyUnavailableError(f"the proxy did not take all entries of {name}")

    async def _running(self, name: str) -> maps.Lines:
        if name == maps.MAP_OF_KIND[RouteKind.PORT] and self._settings.gateway_ports is None:
            return {}
        return maps.parse_shown_map(await self._runtime.ask(f"show map {self._path(name)}"))

    async def _running_value(self, name: str, key: str) -> str | None:
        return maps.value_in_answer(await self._runtime.ask(f"get map {self._path(name)} {key}"), key)

    async def _save(
        self, name: str, *, set_lines: maps.Lines | None = None, drop_keys: Iterable[str] = ()
    ) -> None:
        """Change the map file, so that a restart begins with the change."""
        path = self._settings.maps_dir / name
        lines = await asyncio.to_thread(read_map, path)
        after = {key: value for key, value in lines.items() if key not in set(drop_keys)} | (set_lines or {})
        if after != lines:
            await asyncio.to_thread(write_map, path, after)

    def _path(self, name: str) -> str:
        return str(self._settings.maps_dir / name)


def _payloads(lines: maps.Lines) -> Iterable[str]:
    """The lines as texts of at most one command's size."""
    payload = ""
    for key, value in lines.items():
        line = f"{key} {value}\n"
        if len(payload) + len(line) > PAYLOAD_LIMIT_BYTES:
            yield payload
            payload = ""
        payload += line
    if payload:
        yield payload
