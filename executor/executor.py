"""The executor as the floor above sees it: what can be asked, and what can be read."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog

from executor.apps import Apps, CatalogueEntry
from executor.carry import Tools, carry
from executor.config import ExecutorConfig
from executor.engine.protocol import Engine
from executor.locks import SandboxLocks
from executor.log_lines import StoredLine
from executor.logs import DEFAULT_TAIL, LogKeeper
from executor.manifest.catalogue import Catalogue
from executor.manifest.limits import ResourceLimits
from executor.manifest.render import render_text
from executor.proxy.protocol import Proxy
from executor.queries import SandboxView, view
from executor.reconcile import Reconciler
from executor.redaction import Redactor
from executor.requests import Request
from executor.runner import Checkpoint, no_checkpoint
from executor.schedule import Schedule
from executor.steps import ImageStore
from executor.submit import Submitted, Submitter, find_sandbox
from executor.watch import Watcher
from executor.work import read_values
from executor.worker import Workers
from storage import secrets
from storage.database import Database
from storage.errors import KeyLostError
from storage.records import Actor, Sandbox
from storage.vault import Vault

__all__ = ["CatalogueEntry", "Executor", "Parts", "Submitted"]

_log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def _nobody() -> None:
    """Told of every commit where nobody else wants to be."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the executor is put together from."""

    database: Database
    engine: Engine
    proxy: Proxy
    images: ImageStore
    config: ExecutorConfig
    vault: Vault
    clock: Callable[[], datetime] = utc_now
    on_commit: Callable[[], None] = _nobody
    """Called after every transaction that wrote events. Must not block."""
    checkpoint: Checkpoint = no_checkpoint


class Executor:
    """Takes requests, carries operations out, keeps the clocks, and keeps rows and engine the same."""

    def __init__(self, parts: Parts) -> None:
        config = parts.config
        limits = ResourceLimits(
            memory_bytes=config.default_memory_bytes,
            cpus=config.default_cpus,
            pids=config.default_pids,
            max_memory_bytes=config.max_memory_bytes,
            max_cpus=config.max_cpus,
        )
        self._parts = parts
        self._apps = Apps(Catalogue(config.apps_dir, limits), limits)
        self._locks = SandboxLocks()
        self._submitter = Submitter(
            database=parts.database, config=config, apps=self._apps, vault=parts.vault, clock=parts.clock
        )
        self.logs = LogKeeper(
            engine=parts.engine,
            database=parts.database,
            redactor_of=self.redactor_of,
            segment_bytes=config.log_segment_bytes,
            keep_bytes=config.log_keep_bytes,
        )
        self._workers = Workers(
            database=parts.database,
            clock=parts.clock,
            carry=partial(carry, tools=self._tools()),
            places=config.workers,
            lease_seconds=config.lease_seconds,
        )
        self.reconciler = Reconciler(
            database=parts.database,
            engine=parts.engine,
            proxy=parts.proxy,
            locks=self._locks,
            clock=parts.clock,
            on_commit=self._committed,
        )
        self.schedule = Schedule(
            database=parts.database,
            proxy=parts.proxy,
            config=config,
            locks=self._locks,
            clock=parts.clock,
            on_commit=self._committed,
            reconcile=self.reconciler.once,
        )
        self.watcher = Watcher(
            engine=parts.engine,
            proxy=parts.proxy,
            database=parts.database,
            keeper=self.logs,
            redactor_of=self.redactor_of,
            clock=parts.clock,
            on_commit=self._observed,
        )
        self._background: list[asyncio.Task[None]] = []

    def _tools(self) -> Tools:
        parts = self._parts
        return Tools(
            database=parts.database,
            engine=parts.engine,
            proxy=parts.proxy,
            images=parts.images,
            config=parts.config,
            apps=self._apps,
            vault=parts.vault,
            locks=self._locks,
            clock=parts.clock,
            on_commit=parts.on_commit,
            checkpoint=parts.checkpoint,
            catch_up=self.logs.catch_up,
        )

    def _committed(self) -> None:
        """Something was written that somebody may have to act on."""
        self._workers.wake()
        self._parts.on_commit()

    def _observed(self) -> None:
        """The watcher saw a change: perhaps something ended that should run."""
        self._committed()
        self.reconciler.soon()

    async def start(self) -> None:
        """Bring the tables up to date, compare rows and world, then begin to carry out what is queued."""
        await self._parts.database.migrate()
        await self.catalogue()
        await self.reconciler.at_start()
        self._background = [
            asyncio.create_task(self.logs.run(), name="logs"),
            asyncio.create_task(self.watcher.run(), name="watch"),
            asyncio.create_task(self.reconciler.run_when_asked(), name="reconcile"),
        ]
        self._workers.start()
        self.schedule.start()

    async def drain(self) -> None:
        """Take nothing more up, end what ends soon, leave the rest for the next start."""
        self.schedule.stop()
        await self._workers.drain()
        for task in self._background:
            task.cancel()
        if self._background:
            await asyncio.wait(self._background)
        self._background = []

    async def submit(
        self, request: Request, *, by: Actor, key: str | None = None, trace_id: str | None = None
    ) -> Submitted:
        """Check and write down what a person asks; the work follows by itself.

        The same ``key`` again changes nothing and returns the same. Raises SandboxError, in a person's words.
        """
        submitted = await self._submitter.submit(request, by=by, key=key, trace_id=trace_id)
        self._committed()
        return submitted

    async def catalogue(self) -> Sequence[CatalogueEntry]:
        """Every app on offer; a manifest that has changed becomes its next version."""
        offer = await self._apps.offer()
        for app, fault in offer.faults.items():
            _log.warning("manifest left out", app=app, problems=fault.problems)
        async with self._parts.database.write() as tx:
            return await self._apps.publish(tx, offer, now=self._parts.clock())

    async def find(self, name: str, *, by: Actor) -> SandboxView:
        """A sandbox of the asker's team. Raises UnknownSandboxError."""
        async with self._parts.database.read() as tx:
            return await view(tx, await find_sandbox(tx, name, by))

    async def read_logs(
        self,
        sandbox: Sandbox,
        *,
        service: str | None = None,
        tail: int = DEFAULT_TAIL,
        since: datetime | None = None,
        grep: str | None = None,
    ) -> Sequence[StoredLine]:
        """The newest stored lines that match everything given, oldest first."""
        return await self.logs.read(sandbox.id, service=service, tail=tail, since=since, grep=grep)

    async def sign_in_text(self, sandbox: Sandbox) -> str | None:
        """How to sign in first, with passwords: for the owner's eyes only. None if the app says nothing."""
        manifest = self._apps.read(sandbox.manifest, app=sandbox.app)
        if manifest.sign_in is None:
            return None
        parts = self._parts
        values, _ = await read_values(parts.database, parts.vault, parts.config, sandbox, manifest)
        return render_text(manifest.sign_in, values)

    async def redactor_of(self, sandbox_id: str) -> Redactor:
        """What hides a sandbox's own passwords; nothing where they cannot be decrypted any more."""
        async with self._parts.database.read() as tx:
            try:
                generated = await secrets.values_of(tx, self._parts.vault, sandbox_id)
            except KeyLostError as lost:
                _log.warning("passwords cannot be read", sandbox_id=sandbox_id, key_id=lost.key_id)
                generated = {}
        return Redactor(generated.values())
