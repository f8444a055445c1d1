"""Output of services: followed, stored in capped pieces, resumed without loss, read back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor import log_lines, logs
from executor.engine.protocol import LABEL_SANDBOX, LABEL_SERVICE, ContainerSpec, LogLine, NetworkSpec
from executor.logs import LogKeeper
from executor.redaction import Redactor
from storage import logs as log_segments
from storage import sandboxes
from storage.database import Database
from tests.executor.engine.fake_engine import FakeEngine
from tests.executor.engine.waiting import eventually
from tests.storage.records_for_tests import a_sandbox

ID = "5a1d0c"
SECRET = "pass-word-9f3a"
WEB = "sandbox-cool-panda-123-web"


@dataclass
class Shelf:
    """A sandbox whose output is kept."""

    database: Database
    engine: FakeEngine
    segment_bytes: int = 2000
    keep_bytes: int = 10_000

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[LogKeeper]:
        """A keeper that works until the block ends, as a bot does between start and stop."""

        async def redactor_of(_sandbox_id: str) -> Redactor:
            return Redactor([SECRET])

        keeper = LogKeeper(
            engine=self.engine,
            database=self.database,
            redactor_of=redactor_of,
            segment_bytes=self.segment_bytes,
            keep_bytes=self.keep_bytes,
        )
        running = asyncio.create_task(keeper.run())
        keeper.observe(await self.engine.list_containers())
        yield keeper
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async def stored(self) -> list[str]:
        """What a keeper that begins now would read from the database."""
        async with self.database.read() as tx:
            segments = await log_segments.read(tx, ID)
        return [line.text for line in log_lines.parse_segments(segments)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Store soon: these tests are not about how long lines wait."""
    monkeypatch.setattr(logs, "FLUSH_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(logs, "FLUSH_AGE_SECONDS", 0.05)


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    """A running sandbox with the service ``web``."""
    database = Database(f"sqlite:///{tmp_path / 'sandpiper.db'}")
    await database.migrate()
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
    engine = FakeEngine(images=["sandpiper/echo"])
    await run_service(engine, "web")
    yield Shelf(database=database, engine=engine)
    await database.close()


async def run_service(engine: FakeEngine, service: str) -> None:
    """Make and start a container."""
    labels = {LABEL_SANDBOX: ID, LABEL_SERVICE: service}
    network = "sandbox-cool-panda-123"
    await engine.ensure_network(
        NetworkSpec(name=network, subnet="10.213.0.0/28", egress=False, labels=labels)
    )
    await engine.ensure_container(
        ContainerSpec(
            name=f"{network}-{service}",
            image="sandpiper/echo",
            hostname=service,
            network=network,
            address="10.213.0.2",
            aliases=(service,),
            labels=labels,
        )
    )
    await engine.start_container(f"{network}-{service}")


async def test_what_a_service_writes_can_be_read_at_once_and_is_stored_soon(shelf: Shelf) -> None:
    """From memory first, then from the database, never twice."""
    async with shelf.keeping() as keeper:
        shelf.engine.say(WEB, "hello")
        await eventually(lambda: keeper.read(ID))
        assert [line.text for line in await keeper.read(ID)] == ["hello"]
        await eventually(shelf.stored)
        assert [line.text for line in await keeper.read(ID)] == ["hello"]


async def test_nothing_is_lost_or_doubled_over_restarts_of_the_bot(shelf: Shelf) -> None:
    """Each keeper goes on after the last stored line."""
    expected: list[str] = []
    for round_ in range(4):
        shelf.engine.say(WEB, f"while away {round_}")
        async with shelf.keeping() as keeper:
            shelf.engine.say(WEB, f"while there {round_}")
            expected += [f"while away {round_}", f"while there {round_}"]

            async def all_there(keeper: LogKeeper = keeper, count: int = len(expected)) -> bool:
                return len(await keeper.read(ID)) == count

            await eventually(all_there)
    assert await shelf.stored() == expected


async def test_an_engine_that_goes_away_costs_no_line(shelf: Shelf) -> None:
    """Following begins anew where it broke off."""
    async with shelf.keeping() as keeper:
        shelf.engine.say(WEB, "before")
        await eventually(lambda: keeper.read(ID))
        shelf.engine.go_down()
        await asyncio.sleep(0)
        shelf.engine.come_back()
        shelf.engine.restart_engine()
        shelf.engine.say(WEB, "after")

        async def both() -> bool:
            keeper.observe(await shelf.engine.list_containers())
            return len(await keeper.read(ID)) == 2

        await eventually(both)
        assert [line.text for line in await keeper.read(ID)] == ["before", "after"]


async def test_a_death_stores_at_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure card needs the last lines, and the container may be gone soon."""
    monkeypatch.setattr(logs, "FLUSH_AGE_SECONDS", 3600)
    async with shelf.keeping():
        shelf.engine.say(WEB, "last words")
        shelf.engine.die(WEB)
        await eventually(shelf.stored)
    assert await shelf.stored() == ["last words"]


async def test_a_container_that_ended_while_nobody_watched_is_still_read(shelf: Shelf) -> None:
    """Once, however often it is seen."""
    shelf.engine.say(WEB, "last words")
    shelf.engine.die(WEB)
    async with shelf.keeping() as keeper:
        await eventually(shelf.stored)
        for _ in range(3):
            keeper.observe(await shelf.engine.list_containers())
            await asyncio.sleep(0.02)
    assert await shelf.stored() == ["last words"]
    assert [name for name, _ in shelf.engine.calls].count("follow_logs") == 1


async def test_a_container_that_is_started_again_at_once_is_stored_once(shelf: Shelf) -> None:
    """Docker starts what ended again: both of its lives are seen before the first is read to its end."""
    shelf.engine.say(WEB, "one")
    async with shelf.keeping() as keeper:
        [first] = await shelf.engine.list_containers()
        assert first.started_at is not None
        keeper.observe([replace(first, started_at=first.started_at + timedelta(seconds=1))])
        shelf.engine.say(WEB, "two")
        shelf.engine.die(WEB, exit_code=3)
        await eventually(shelf.stored)
    assert await shelf.stored() == ["one", "two"]


async def test_the_oldest_lines_go_when_a_service_has_written_too_much(shelf: Shelf) -> None:
    """Its newest stay, and those of others."""
    await run_service(shelf.engine, "quiet")
    shelf.engine.say("sandbox-cool-panda-123-quiet", "still here")
    async with shelf.keeping() as keeper:
        for number in range(400):
            shelf.engine.say(WEB, f"{number} {'x' * 200}")
            if number % 20 == 0:
                await asyncio.sleep(0.03)

        async def last_is_there() -> bool:
            newest = await keeper.read(ID, service="web", tail=1)
            return bool(newest) and newest[0].text.startswith("399 ")

        await eventually(last_is_there)
    stored = await shelf.stored()
    assert "still here" in stored
    assert sum(map(len, stored)) < 3 * shelf.keep_bytes
    assert not any(line.startswith("0 ") for line in stored)


async def test_a_flood_is_read_no_faster_than_it_is_stored(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits in memory has an end, and every line still comes."""
    monkeypatch.setattr(logs, "PENDING_LIMIT_BYTES", 5000)
    shelf.keep_bytes = 10_000_000
    for number in range(1000):
        shelf.engine.say(WEB, f"{number} {'x' * 100}")
    async with shelf.keeping() as keeper:
        waiting: list[int] = []

        async def all_stored() -> bool:
            waiting.extend(pending.size for pending in keeper._pending.values())
            return len(await shelf.stored()) == 1000

        await eventually(all_stored)
        assert max(waiting) < 6000


async def test_a_database_that_refuses_for_a_while_costs_no_line(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines wait until they can be stored."""
    refusals = 3
    append: Callable[..., Awaitable[None]] = log_segments.append

    async def sometimes(*arguments: object, **fields: object) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise OSError("locked")
        await append(*arguments, **fields)

    monkeypatch.setattr(log_segments, "append", sometimes)
    async with shelf.keeping():
        shelf.engine.say(WEB, "hello")
        await eventually(shelf.stored)
    assert await shelf.stored() == ["hello"]


async def test_secrets_are_not_stored(shelf: Shelf) -> None:
    """They are taken out on the way in."""
    async with shelf.keeping():
        shelf.engine.say(WEB, f"password={SECRET}")
        await eventually(shelf.stored)
    assert await shelf.stored() == ["password=[hidden]"]


async def test_reading_takes_service_tail_since_and_words(shelf: Shelf) -> None:
    """Everything given must match; the newest come last."""
    await run_service(shelf.engine, "db")
    async with shelf.keeping() as keeper:
        for number in range(10):
            shelf.engine.say(WEB, f"web {number} {'Error' if number % 2 else 'fine'}")
        shelf.engine.say("sandbox-cool-panda-123-db", "db ready", stream="stderr")

        async def complete() -> bool:
            return len(await keeper.read(ID)) == 11

        await eventually(complete)
        assert [line.text for line in await keeper.read(ID, service="db")] == ["db ready"]
        assert [line.stream for line in await keeper.read(ID, service="db")] == ["stderr"]
        found = await keeper.read(ID, grep="ERROR", tail=2)
        assert [line.text for line in found] == ["web 7 Error", "web 9 Error"]
        assert await keeper.read(ID, since=datetime.now(UTC) + timedelta(seconds=1)) == []


@given(st.text())
def test_any_text_is_stored_as_one_bounded_line(text: str) -> None:
    """And comes back; nothing in it can pretend to be another line."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    stored = log_lines.format_line(LogLine(at=at, stream="stderr", text=text))
    stored.encode()
    assert "\0" not in stored
    (line,) = log_lines.parse_lines("web", stored)
    assert (line.at, line.stream, line.text) == (at, "stderr", log_lines.harmless(text))
    assert len(line.text) <= log_lines.LINE_LIMIT_CHARACTERS


async def test_what_ended_before_anybody_looked_is_read_before_it_is_removed(shelf: Shelf) -> None:
    """A container that lived for a moment was never observed; its last words are stored all the same."""
    async with shelf.keeping() as keeper:
        await run_service(shelf.engine, "worker")
        worker = "sandbox-cool-panda-123-worker"
        shelf.engine.say(worker, "no configuration")
        shelf.engine.die(worker, exit_code=1)
        ended = await shelf.engine.inspect_container(worker)
        assert ended is not None
        await keeper.catch_up([ended])
        await shelf.engine.remove_container(worker)
    assert await shelf.stored() == ["no configuration"]
