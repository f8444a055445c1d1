"""An executor with a fake engine, a fake proxy and a clock of its own, and ways to kill and rebuild it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from executor.config import ExecutorConfig
from executor.executor import Executor, Parts
from executor.images.store import Images, ImageSettings
from executor.queries import SandboxView, view_of
from executor.requests import Deploy, Request
from executor.submit import Submitted
from storage import events, operations
from storage.database import Database
from storage.records import Actor, Event, EventKind, Health, Operation, OperationStatus, SandboxStatus
from storage.vault import Vault
from tests.executor.engine.fake_engine import FakeEngine
from tests.executor.proxy.fake_proxy import FakeProxy

ALICE = Actor(person_id="U1", team_id="T1")
BOB = Actor(person_id="U2", team_id="T1")
DEADLINE_SECONDS = 20.0

ECHO = """
services:
  web:
    image: echo:1
    expose: ["8000"]
x-sandbox:
  title: Echo
  description: Answers with what it was asked.
  front: {service: web, port: 8000}
  ttl: 8h
"""

NOTES = """
services:
  web:
    image: notes:1
    environment:
      PASSWORD: ${DB_PASSWORD}
      ADDRESS: ${URL}
    expose: ["8000"]
    depends_on:
      db:
        condition: service_healthy
    healthcheck:
      test: ["CMD", "true"]
  db:
    image: postgres:15
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD}
    healthcheck:
      test: ["CMD", "true"]
    volumes:
      - data:/var/lib/postgresql
volumes:
  data:
x-sandbox:
  title: Notes
  description: A web program with its own database.
  front: {service: web, port: 8000, gateway: true}
  generated:
    DB_PASSWORD: 24
  sign_in: The password is ${DB_PASSWORD}.
"""


Found = TypeVar("Found")


class Killed(BaseException):
    """What a checkpoint raises to end a worker as a crash would: nothing is caught, nothing is written."""


class House:
    """One database, engine, proxy and clock; executors come and go."""

    def __init__(self, database: Database, folder: Path, **config: object) -> None:
        self.database = database
        apps = folder / "apps"
        apps.mkdir(exist_ok=True)
        for name, text in (("echo", ECHO), ("notes", NOTES)):
            (apps / f"{name}.yaml").write_text(text)
        self.apps_dir = apps
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.engine = FakeEngine(images=["echo:1", "notes:1", "postgres:15"], clock=self.clock)
        self.engine.health_after_start |= {"notes:1": Health.HEALTHY, "postgres:15": Health.HEALTHY}
        self.proxy = FakeProxy()
        images_dir = folder / "images"
        images_dir.mkdir(exist_ok=True)
        self.images = Images(self.engine, ImageSettings(images_dir=images_dir))
        ordinary = ExecutorConfig(
            apps_dir=apps,
            images_dir=images_dir,
            gateway_ports=(20000, 20002),
            lease_seconds=0.3,
            schedule_every_seconds=3600,
            reconcile_every_seconds=3600,
        )
        self.config = replace(ordinary, **config)  # type: ignore[arg-type]  # the caller names its fields
        self.vault = Vault([("test", b"k" * 32)])
        self.executor: Executor | None = None
        self.reached: list[str] = []
        self._real = time.monotonic()
        self._kill_at: str | None = None
        self._hold_at: tuple[str, asyncio.Event, asyncio.Event] | None = None

    def clock(self) -> datetime:
        """Real time that tests can move forward."""
        return self.now + timedelta(seconds=time.monotonic() - self._started())

    def _started(self) -> float:
        return self._real if hasattr(self, "_real") else time.monotonic()

    def pass_time(self, **length: float) -> None:
        """Move the clock."""
        self.now += timedelta(**length)

    async def checkpoint(self, name: str) -> None:
        """Note the name; die or wait there if that was ordered."""
        self.reached.append(name)
        if name == self._kill_at:
            self._kill_at = None
            raise Killed(name)
        if self._hold_at is not None and name == self._hold_at[0]:
            _, arrived, go = self._hold_at
            self._hold_at = None
            arrived.set()
            await go.wait()

    def kill_at(self, name: str) -> None:
        """The next worker that comes to this point dies there."""
        self._kill_at = name

    def hold_at(self, name: str) -> tuple[asyncio.Event, asyncio.Event]:
        """The next worker that comes to this point waits there; (it has arrived, it may go on)."""
        arrived, go = asyncio.Event(), asyncio.Event()
        self._hold_at = (name, arrived, go)
        return arrived, go

    def build(self) -> Executor:
        """A new executor on what there is."""
        return Executor(
            Parts(
                database=self.database,
                engine=self.engine,
                proxy=self.proxy,
                images=self.images,
                config=self.config,
                vault=self.vault,
                clock=self.clock,
                checkpoint=self.checkpoint,
            )
        )

    async def start(self) -> Executor:
        """Build one and start it."""
        self.executor = self.build()
        await self.executor.start()
        return self.executor

    async def restart(self) -> Executor:
        """What a new process does after the old one was killed: leases have to run out first."""
        if self.executor is not None:
            await self.executor.drain()
        return await self.start()

    async def close(self) -> None:
        """End everything."""
        if self.executor is not None:
            await self.executor.drain()
        await self.database.close()

    async def ask(self, request: Request, *, by: Actor = ALICE, key: str | None = None) -> Submitted:
        """Submit."""
        assert self.executor is not None
        return await self.executor.submit(request, by=by, key=key)

    async def deploy(self, app: str = "echo", **fields: object) -> Submitted:
        """Ask for a sandbox."""
        request = Deploy(app=app, channel_id="C1", **fields)  # type: ignore[arg-type]  # fields of Deploy
        return await self.ask(request)

    async def running(self, app: str = "echo", **fields: object) -> Submitted:
        """Ask for a sandbox and wait until it runs."""
        submitted = await self.deploy(app, **fields)
        await self.until(submitted.sandbox.id, SandboxStatus.RUNNING)
        return submitted

    async def view(self, sandbox_id: str) -> SandboxView:
        """A sandbox as it is."""
        async with self.database.read() as tx:
            found = await view_of(tx, sandbox_id)
        assert found is not None
        return found

    async def until(self, sandbox_id: str, *statuses: SandboxStatus) -> SandboxView:
        """Wait until it has one of these statuses and nothing is going on with it."""

        async def there() -> SandboxView | None:
            found = await self.view(sandbox_id)
            async with self.database.read() as tx:
                active = await operations.active_of(tx, sandbox_id)
            return found if found.sandbox.status in statuses and not active else None

        return await wait_for(there, lambda: f"never {statuses}, last reached {self.reached[-5:]}")

    async def operation_ended(self, operation_id: str) -> Operation:
        """Wait until an operation is over."""

        async def over() -> Operation | None:
            async with self.database.read() as tx:
                found = await operations.get(tx, operation_id)
            assert found is not None
            running = (OperationStatus.QUEUED, OperationStatus.RUNNING)
            return None if found.status in running else found

        return await wait_for(over, lambda: f"operation never ended, last reached {self.reached[-5:]}")

    async def events(self, *kinds: EventKind) -> Sequence[Event]:
        """Every event, or those of some kinds."""
        async with self.database.read() as tx:
            found = await events.after(tx, 0, limit=10_000)
        return [event for event in found if not kinds or event.kind in kinds]


async def wait_for(
    look: Callable[[], Awaitable[Found | None]],
    why: Callable[[], str],
    *,
    seconds: float = DEADLINE_SECONDS,
) -> Found:
    """Look until there is something, or fail with ``why``."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(why())
