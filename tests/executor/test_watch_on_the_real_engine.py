"""Watching and keeping logs of containers on the real engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from executor.engine.protocol import LABEL_SERVICE
from executor.logs import LogKeeper
from executor.redaction import Redactor
from executor.watch import Watcher
from storage import routes, sandboxes, services
from storage.database import Database
from storage.records import Health, Sandbox
from tests.executor.engine.conftest import Room, closed_room, real_engine
from tests.executor.engine.waiting import eventually
from tests.executor.proxy.fake_proxy import FakeProxy
from tests.storage.records_for_tests import a_route, a_sandbox, a_service

pytestmark = pytest.mark.engine

MEMORY_BYTES = 64 * 1024**2
LINES = 300
TALK = f"""
import time
for number in range({LINES}):
    print(number, flush=True)
    time.sleep(0.003)
time.sleep(3600)
"""
EAT = "import time; time.sleep(0.5); print('hungry', flush=True); eaten = bytearray(400 * 1024**2)"


@dataclass
class Site:
    """One sandbox on the real engine, with its rows."""

    room: Room
    database: Database

    async def sandbox(self) -> Sandbox:
        """Its row."""
        async with self.database.read() as tx:
            found = await sandboxes.get(tx, self.room.name)
        assert found is not None
        return found

    async def run(self, program: str) -> None:
        """Start its one service."""
        labels = self.room.labels | {LABEL_SERVICE: "web"}
        await self.room.run(
            command=("python3", "-u", "-c", program), labels=labels, memory_bytes=MEMORY_BYTES
        )

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[LogKeeper]:
        """Keep its logs and watch it until the block ends."""

        async def redactor_of(_sandbox_id: str) -> Redactor:
            return Redactor([])

        keeper = LogKeeper(
            engine=self.room.engine,
            database=self.database,
            redactor_of=redactor_of,
            segment_bytes=64 * 1024,
            keep_bytes=1024**2,
        )
        watcher = Watcher(
            engine=self.room.engine,
            proxy=FakeProxy(),
            database=self.database,
            keeper=keeper,
            redactor_of=redactor_of,
            clock=lambda: datetime.now(UTC),
            on_commit=lambda: None,
            look_every_seconds=1,
        )
        tasks = [asyncio.create_task(keeper.run()), asyncio.create_task(watcher.run())]
        yield keeper
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A running sandbox, as far as the rows know."""
    database = Database(f"sqlite:///{tmp_path / 'sandpiper.db'}")
    await database.migrate()
    async with real_engine() as engine:
        room = await closed_room(engine)
        async with database.write() as tx:
            await sandboxes.add(tx, a_sandbox(id=room.name, name=room.name))
            row = a_service(sandbox_id=room.name, memory_bytes=MEMORY_BYTES, health=Health.UNKNOWN)
            await services.add_all(tx, [row])
            await routes.add_all(tx, [replace(a_route(), sandbox_id=room.name)])
        yield Site(room=room, database=database)
    await database.close()


async def test_every_line_is_kept_once_while_the_bot_comes_and_goes(site: Site) -> None:
    """Also those written while nobody followed."""
    await site.run(TALK)
    expected = [str(number) for number in range(LINES)]
    for enough in (LINES // 4, LINES // 2, LINES):
        async with site.watched() as keeper:

            async def has(keeper: LogKeeper = keeper, enough: int = enough) -> bool:
                return len(await keeper.read(site.room.name, tail=LINES * 2)) >= enough

            await eventually(has)
            kept = [line.text for line in await keeper.read(site.room.name, tail=LINES * 2)]
            assert kept == expected[: len(kept)]
        await asyncio.sleep(0.1)
    assert kept == expected


async def test_a_container_that_eats_its_memory_is_named_in_words(site: Site) -> None:
    """While it runs, when it is killed, and whenever the engine brings it back."""
    async with site.watched() as keeper:
        await site.run(EAT)

        async def told() -> bool:
            return "used its 64 MB of memory and was killed" in str((await site.sandbox()).health_reason)

        await eventually(told)
        assert (await site.sandbox()).health in (Health.DEGRADED, Health.UNHEALTHY)
        await eventually(lambda: keeper.read(site.room.name, grep="hungry"))
