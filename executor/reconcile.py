"""Compares what the rows say with what engine and proxy have, and repairs the difference.

A sandbox that an operation is about is left alone: whoever carries that makes it so. What runs without a row
is taken away; what should run and does not is brought back by an operation of its own, and told.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from executor import submit_change
from executor.config import HOUR
from executor.engine.protocol import LABEL_NAME, ContainerState, Engine, Owned
from executor.enqueue import Asked
from executor.errors import EngineUnavailableError, ProxyUnavailableError, SandboxError
from executor.failure import words_of_exit
from executor.locks import SandboxLocks
from executor.proxy.protocol import Entry, Proxy
from executor.proxy.routes import entries_for, without_entry
from storage import leases, operations, routes, sandboxes, services
from storage.database import Database, Tx
from storage.records import Actor, OperationKind, Route, RouteKind, Sandbox, SandboxStatus, Service

SYSTEM_PERSON = "system"
"""Who asks when the clock or the reconciler does."""
REPAIRS_PER_HOUR = 3
"""A sandbox whose services keep ending is brought back so often; then it is left to a person. What ended
while we or the engine were away is brought back however often that was."""
GATHER_SECONDS = 1.0
"""Deaths that come together, as when an engine restarts, are looked at together."""
_ENDED = frozenset({SandboxStatus.STOPPED, SandboxStatus.FAILED, SandboxStatus.DESTROYED})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What the database says at one moment."""

    sandboxes: Mapping[str, Sandbox]
    services: Mapping[str, Sequence[Service]]
    routes: Mapping[str, Sequence[Route]]
    busy: Collection[str]
    """Sandboxes that an operation is about."""

    def wanted(self, sandbox: Sandbox) -> Sequence[Entry]:
        """The proxy's entries of a sandbox."""
        return entries_for(sandbox, self.routes.get(sandbox.id, ()), self.services.get(sandbox.id, ()))


async def read_rows(tx: Tx, sandbox_ids: Collection[str] | None = None) -> Rows:
    """All sandboxes that are not destroyed, or some."""
    found = {sandbox.id: sandbox for sandbox in await sandboxes.find(tx)}
    if sandbox_ids is not None:
        found = {key: sandbox for key, sandbox in found.items() if key in sandbox_ids}
    return Rows(
        sandboxes=found,
        services=await services.of_sandboxes(tx, list(found)),
        routes=await routes.of_all(tx),
        busy={operation.sandbox_id for operation in await operations.active(tx)},
    )


@dataclass(kw_only=True)
class Reconciler:
    """Runs at start and on a timer."""

    database: Database
    engine: Engine
    proxy: Proxy
    locks: SandboxLocks
    clock: Callable[[], datetime]
    on_commit: Callable[[], None]
    _missed: set[str] = field(default_factory=set)
    """What did not answer the last time: 'engine', 'proxy'."""
    _engine_was_away: bool = True
    """Since the last look at it, or nobody looked yet: what ended meanwhile did not end by itself."""
    _round: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def at_start(self) -> None:
        """Before anything is carried out: the proxy gets everything at once; the engine is looked through."""
        async with self.database.read() as tx:
            rows = await read_rows(tx)
        await self._reach("proxy", lambda: self._replace_entries(rows))
        await self._reach("engine", self._engine_once)

    async def once(self) -> None:
        """One round. What does not answer is left for the next."""
        async with self._round:
            await self._reach("engine", self._engine_once)
            await self._reach("proxy", self._proxy_once)
            async with self.database.write() as tx:
                await leases.release_of_destroyed(tx)

    def soon(self) -> None:
        """Something ended that should perhaps run: look before the timer does."""
        self._asked.set()

    async def run_when_asked(self) -> None:
        """A round soon after each time that ``soon`` was called, until cancelled."""
        while True:
            await self._asked.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._asked.clear()
            try:
                await self.once()
            except Exception:  # noqa: BLE001  the timer tries again
                _log.exception("reconciling failed")

    async def _reach(self, what: str, action: Callable[[], Awaitable[None]]) -> None:
        """Do it if engine and proxy answer; when they answer again, operations that waited are due."""
        try:
            await action()
        except (EngineUnavailableError, ProxyUnavailableError) as error:
            _log.warning("reconciling waits", reason=str(error))
            self._missed.add(what)
            self._engine_was_away |= what == "engine"
            return
        except Exception:  # noqa: BLE001  what is wrong with one of them must not keep the other from repair
            _log.exception("reconciling failed", part=what)
            return
        if what in self._missed:
            self._missed.discard(what)
            async with self.database.write() as tx:
                await operations.wake_waiting(tx, now=self.clock())
            self.on_commit()

    # ---- the engine

    async def _engine_once(self) -> None:
        """Protect, take away what nobody knows, bring back what should run."""
        walled = await self._protect()
        # Rows come before what is made for them: what is listed first, and has no row then, is nobody's.
        owned = await self.engine.list_owned()
        states = {state.name: state for state in await self.engine.list_containers()}
        async with self.database.read() as tx:
            rows = await read_rows(tx)
        await self._remove_unknown(owned, rows)
        await self._remove_leftovers(owned, rows)
        for sandbox in rows.sandboxes.values() if walled else ():
            broken = _broken(sandbox, rows, states)
            if broken:
                await self._bring_back(sandbox, broken, always=self._engine_was_away)
        self._engine_was_away = not walled

    async def _protect(self) -> bool:
        """Whether the walls stand. Where they cannot be built nothing is brought back, but all is cleared."""
        try:
            await self.engine.protect()
        except SandboxError as error:
            _log.error("sandboxes are not closed off", reason=error.message)
            return False
        return True

    async def _remove_unknown(self, owned: Sequence[Owned], rows: Rows) -> None:
        """Things of sandboxes that are destroyed or never were."""
        # A new sandbox may have the name of a destroyed one, and removing goes by name: that waits a round.
        names = {sandbox.name for sandbox in rows.sandboxes.values()}
        strange = [one for one in owned if one.sandbox_id and one.sandbox_id not in rows.sandboxes]
        unknown = [one for one in strange if one.labels.get(LABEL_NAME) not in names]
        for kind, remove in (
            ("container", self.engine.remove_container),
            ("network", self.engine.remove_network),
            ("volume", self.engine.remove_volume),
        ):
            for one in unknown:
                if one.kind == kind:
                    _log.warning("removing what no sandbox has", kind=kind, name=one.name)
                    await self._remove(one.name, remove)

    async def _remove_leftovers(self, owned: Sequence[Owned], rows: Rows) -> None:
        """Containers of sandboxes that do not run: an engine that was away kept them from being undone."""
        for one in owned:
            sandbox = rows.sandboxes.get(one.sandbox_id)
            if one.kind != "container" or sandbox is None or sandbox.status not in _ENDED:
                continue
            if self.locks.is_held(sandbox.id):
                continue
            async with self.locks.of(sandbox.id):
                if await self._unchanged(sandbox):
                    _log.warning("removing a container left over", name=one.name)
                    await self._remove(one.name, self.engine.remove_container)

    async def _remove(self, name: str, remove: Callable[[str], Awaitable[None]]) -> None:
        """Remove it, or say why it stays: what the engine holds on to must not keep the rest from repair."""
        try:
            await remove(name)
        except EngineUnavailableError:
            raise
        except Exception:  # noqa: BLE001  the next round tries again
            _log.exception("it could not be removed", name=name)

    async def _unchanged(self, sandbox: Sandbox) -> bool:
        """Whether a sandbox still has the status that it had, and nothing is going on with it."""
        async with self.database.read() as tx:
            now = await sandboxes.get(tx, sandbox.id)
            active = await operations.active_of(tx, sandbox.id)
        return now is not None and now.status is sandbox.status and not active

    async def _bring_back(self, sandbox: Sandbox, what: str, *, always: bool) -> None:
        """Queue its repair, unless it has been repaired too often lately; ``always``: however often."""
        now = self.clock()
        by = Actor(person_id=SYSTEM_PERSON, team_id=sandbox.team_id)
        async with self.database.write() as tx:
            lately = await operations.count_since(
                tx,
                sandbox.id,
                kind=OperationKind.RESTART,
                asked_by=SYSTEM_PERSON,
                since=now - timedelta(seconds=HOUR),
            )
            if lately >= REPAIRS_PER_HOUR and not always:
                _log.warning("not brought back any more", sandbox=sandbox.name, repairs_in_an_hour=lately)
                return
            current = await sandboxes.get(tx, sandbox.id)
            if current is None:
                return
            try:
                await submit_change.repair(tx, current, Asked(by=by, now=now), what=what)
            except SandboxError:
                return  # it has been stopped or taken up by an operation since
        self.on_commit()

    # ---- the proxy

    async def _replace_entries(self, rows: Rows) -> None:
        """Give the proxy exactly what the rows say."""
        wanted = [entry for sandbox in rows.sandboxes.values() for entry in rows.wanted(sandbox)]
        for words in await self.proxy.replace(wanted):
            _log.info("proxy repaired", what=words)

    async def _proxy_once(self) -> None:
        """Repair the entries of each sandbox that differs, under its lock."""
        running = {(entry.kind, entry.match): entry for entry in await self.proxy.entries()}
        async with self.database.read() as tx:
            rows = await read_rows(tx)
        known = {(route.kind, route.match) for found in rows.routes.values() for route in found}
        for sandbox in rows.sandboxes.values():
            if sandbox.id not in rows.busy and _differs(rows, sandbox, running):
                await self._repair_entries(sandbox)
        await self._remove_entries([key for key in running if key not in known])

    async def _repair_entries(self, sandbox: Sandbox) -> None:
        """Read its rows again under its lock, then make its entries so."""
        if self.locks.is_held(sandbox.id):
            return
        async with self.locks.of(sandbox.id):
            async with self.database.read() as tx:
                rows = await read_rows(tx, {sandbox.id})
            current = rows.sandboxes.get(sandbox.id)
            if current is not None and current.id not in rows.busy:
                _log.info("proxy repaired", sandbox=current.name)
                wanted = rows.wanted(current)
                await self.proxy.apply(wanted)
                await self.proxy.remove(without_entry(rows.routes.get(current.id, ()), wanted))

    async def _remove_entries(self, keys: Sequence[tuple[RouteKind, str]]) -> None:
        """Take away entries that no route has, looking once more."""
        nobodys = []
        async with self.database.read() as tx:
            for kind, match in keys:
                if await routes.get(tx, kind, match) is None:
                    nobodys.append((kind, match))
        if nobodys:
            _log.info("proxy entries removed", count=len(nobodys))
            await self.proxy.remove(nobodys)


def _differs(rows: Rows, sandbox: Sandbox, running: Mapping[tuple[RouteKind, str], Entry]) -> bool:
    """Whether the proxy has something else than it should for this sandbox."""
    wanted = {(entry.kind, entry.match): entry for entry in rows.wanted(sandbox)}
    mine = {(route.kind, route.match) for route in rows.routes.get(sandbox.id, ())}
    return wanted != {key: entry for key, entry in running.items() if key in mine}


def _broken(sandbox: Sandbox, rows: Rows, states: Mapping[str, ContainerState]) -> str | None:
    """What is wrong with a sandbox that should run, in words; None if nothing is."""
    if sandbox.status is not SandboxStatus.RUNNING or sandbox.id in rows.busy:
        return None
    problems: dict[str, list[str]] = defaultdict(list)
    for service in rows.services.get(sandbox.id, ()):
        state = states.get(f"sandbox-{sandbox.name}-{service.name}")
        if state is None:
            problems["was gone"].append(service.name)
        elif state.state not in ("running", "restarting", "paused"):
            how = words_of_exit(
                state.exit_code, out_of_memory=state.out_of_memory, memory_bytes=service.memory_bytes
            )
            problems[how].append(service.name)
    told = [f"{' and '.join(names)} {how}" for how, names in problems.items()]
    return f"{'; '.join(told)}. It was started again." if told else None
