"""What the watcher makes of containers that die, restart, fail their checks and fall silent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from executor.engine.protocol import LABEL_SANDBOX, LABEL_SERVICE, ContainerSpec, HealthCheck, NetworkSpec
from executor.logs import LogKeeper
from executor.redaction import Redactor
from executor.watch import Watcher
from storage import events, routes, sandboxes, services
from storage.database import Database
from storage.records import Event, EventKind, Health, Sandbox, SandboxStatus, Service
from tests.executor.engine.fake_engine import FakeEngine
from tests.executor.engine.waiting import eventually
from tests.executor.proxy.fake_proxy import FakeProxy
from tests.storage.records_for_tests import NOW, a_route, a_sandbox, a_service

SECRET = "pass-word-9f3a"
WEB = "sandbox-cool-panda-123-web"
ADDRESS = "10.213.0.2:8000"


@dataclass
class World:
    """One running sandbox, its engine, its proxy and whoever watches them."""

    database: Database
    engine: FakeEngine
    proxy: FakeProxy = field(default_factory=FakeProxy)
    now: datetime = NOW
    commits: int = 0
    watcher: Watcher = field(init=False)
    keeper: LogKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = LogKeeper(
            engine=self.engine,
            database=self.database,
            redactor_of=self.redactor_of,
            segment_bytes=1000,
            keep_bytes=10_000,
        )
        self.watch_anew()

    def watch_anew(self) -> None:
        """As after a restart of the bot."""
        self.watcher = Watcher(
            engine=self.engine,
            proxy=self.proxy,
            database=self.database,
            keeper=self.keeper,
            redactor_of=self.redactor_of,
            clock=lambda: self.now,
            on_commit=self.committed,
            look_every_seconds=0.05,
        )

    async def redactor_of(self, _sandbox_id: str) -> Redactor:
        """It knows one secret."""
        return Redactor([SECRET])

    def committed(self) -> None:
        """Count the wake-ups of the notifier."""
        self.commits += 1

    async def look(self, *, after_seconds: float = 0) -> None:
        """Look once, some time later."""
        self.now += timedelta(seconds=after_seconds)
        await self.watcher.look()

    async def sandbox(self) -> Sandbox:
        """Its row."""
        async with self.database.read() as tx:
            found = await sandboxes.get(tx, "5a1d0c")
        assert found is not None
        return found

    async def service(self) -> Service:
        """The row of its service."""
        async with self.database.read() as tx:
            return (await services.of_sandbox(tx, "5a1d0c"))[0]

    async def told(self) -> list[Event]:
        """All events so far."""
        async with self.database.read() as tx:
            return list(await events.after(tx, 0))

    async def kinds(self) -> list[EventKind]:
        """Their kinds."""
        return [event.kind for event in await self.told()]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A running sandbox of one service without a health check, seen once."""
    database = Database(f"sqlite:///{tmp_path / 'sandpiper.db'}")
    await database.migrate()
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
        await services.add_all(tx, [a_service()])
        await routes.add_all(tx, [a_route()])
    made = World(database=database, engine=FakeEngine(images=["sandpiper/echo"]))
    await start_container(made)
    await made.look()
    yield made
    await database.close()


async def start_container(world: World, *, checked: bool = False) -> None:
    """Make the service's container, as a deploy does."""
    labels = {LABEL_SANDBOX: "5a1d0c", LABEL_SERVICE: "web"}
    network = "sandbox-cool-panda-123"
    await world.engine.ensure_network(
        NetworkSpec(name=network, subnet="10.213.0.0/28", egress=False, labels=labels)
    )
    await world.engine.ensure_container(
        ContainerSpec(
            name=WEB,
            image="sandpiper/echo",
            hostname="web",
            network=network,
            address="10.213.0.2",
            aliases=("web",),
            labels=labels,
            health=HealthCheck(command=("true",)) if checked else None,
        )
    )
    await world.engine.start_container(WEB)


async def test_a_first_look_writes_what_is_and_a_second_one_nothing(world: World) -> None:
    """Only changes are written and told."""
    assert (await world.service()).container_id is not None
    assert (await world.sandbox()).health is Health.HEALTHY
    told, commits = await world.kinds(), world.commits
    await world.look(after_seconds=60)
    assert await world.kinds() == told
    assert world.commits == commits


async def test_a_service_that_ends_is_told_with_its_last_lines_and_no_secret(world: World) -> None:
    """Died, unhealthy, in words, in one transaction with the rows."""
    world.engine.say(WEB, f"connecting with {SECRET}")
    world.engine.die(WEB, exit_code=3)
    await world.look()
    died, health = (await world.told())[-2:]
    assert died.kind is EventKind.SANDBOX_DIED
    assert died.data == {
        "service": "web",
        "reason": "the service web ended with exit code 3",
        "log_tail": "connecting with [hidden]",
    }
    assert health.kind is EventKind.SANDBOX_HEALTH
    assert health.data["previous"] == "healthy"
    assert health.data["health"] == "unhealthy"
    row = await world.service()
    assert (row.state, row.exit_code) == ("exited", 3)
    await world.look()
    assert (await world.kinds()).count(EventKind.SANDBOX_DIED) == 1


async def test_a_container_killed_for_its_memory_and_brought_back_is_said_to_be(world: World) -> None:
    """The engine forgets why it ended as soon as it starts it again; the events do not."""
    watching = asyncio.create_task(world.watcher.run())
    await eventually(lambda: "events" in str(world.engine.calls))
    world.engine.die(WEB, exit_code=137, out_of_memory=True, again=True)

    async def degraded() -> bool:
        return (await world.sandbox()).health is Health.DEGRADED

    await eventually(degraded)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    reason = (await world.sandbox()).health_reason
    assert (
        reason
        == "the service web was restarted once in 5 minutes: it used its 256 MB of memory and was killed"
    )
    assert EventKind.SANDBOX_DIED not in await world.kinds()


async def test_restarts_are_counted_and_forgiven_after_five_minutes(world: World) -> None:
    """Then it is healthy again, once it has been better for a while."""
    for _ in range(3):
        world.engine.die(WEB, exit_code=1, again=True)
        await world.look(after_seconds=20)
    assert "3 times in 5 minutes" in str((await world.sandbox()).health_reason)
    await world.look(after_seconds=301)
    assert (await world.sandbox()).health is Health.DEGRADED
    await world.look(after_seconds=10)
    assert (await world.sandbox()).health is Health.HEALTHY
    assert (await world.sandbox()).health_reason is None


async def test_restarts_before_the_bot_began_are_not_counted_again(world: World) -> None:
    """The row knows how many it had."""
    world.engine.die(WEB, exit_code=1, again=True)
    await world.look()
    world.watch_anew()
    await world.look(after_seconds=1)
    await world.look(after_seconds=10)
    assert (await world.sandbox()).health is Health.HEALTHY


async def test_a_failing_check_is_told_with_what_it_said_and_no_secret(world: World) -> None:
    """As the container's own check finds it."""
    world.engine.set_health(WEB, Health.UNHEALTHY, f"refused {SECRET}\n")
    await world.look()
    assert (await world.sandbox()).health is Health.UNHEALTHY
    assert (await world.sandbox()).health_reason == "the health check of web fails: refused [hidden]"
    told = await world.kinds()
    await world.look()
    assert await world.kinds() == told


async def test_a_front_door_that_falls_silent_is_unhealthy_at_the_second_probe(world: World) -> None:
    """One lost probe is nobody's fault; the proxy being away is not the sandbox's."""
    world.proxy.silent_targets.add(ADDRESS)
    world.proxy.down = True
    for _ in range(3):
        await world.look(after_seconds=1)
    world.proxy.down = False
    await world.look(after_seconds=1)
    await world.look()
    assert (await world.sandbox()).health is Health.HEALTHY, "two looks in a row are one probe"
    await world.look(after_seconds=1)
    assert (await world.sandbox()).health_reason == "nothing answers at the port of web"


async def test_a_flapping_service_is_told_once(world: World) -> None:
    """Bad, well, bad, well within seconds is bad."""
    for health in (Health.UNHEALTHY, Health.HEALTHY) * 5:
        world.engine.set_health(WEB, health)
        await world.look(after_seconds=2)
    assert (await world.kinds()).count(EventKind.SANDBOX_HEALTH) == 1
    assert (await world.sandbox()).health is Health.UNHEALTHY


async def test_a_container_removed_by_hand_is_gone(world: World) -> None:
    """And told as died."""
    world.engine.vanish(WEB)
    await world.look()
    assert (await world.service()).state == "absent"
    assert (await world.told())[-2].data["reason"] == "the container of web is gone"


@pytest.mark.parametrize("status", [SandboxStatus.STOPPING, SandboxStatus.STARTING, SandboxStatus.DESTROYING])
async def test_what_an_operation_works_on_is_left_to_it(world: World, status: SandboxStatus) -> None:
    """A stop is not a death."""
    async with world.database.write() as tx:
        await sandboxes.change(tx, "5a1d0c", leaving=SandboxStatus.RUNNING, status=status)
    before = await world.kinds()
    world.engine.die(WEB, exit_code=143)
    await world.look()
    assert await world.kinds() == before
    assert (await world.service()).state == "running"


async def test_the_watcher_survives_an_engine_that_goes_and_comes_back(world: World) -> None:
    """What happened meanwhile is seen at the next look."""
    watching = asyncio.create_task(world.watcher.run())
    await eventually(lambda: "events" in str(world.engine.calls))
    world.engine.go_down()
    world.engine.restart_engine()
    world.engine.come_back()
    world.engine.die(WEB, exit_code=2)

    async def unhealthy() -> bool:
        return (await world.sandbox()).health is Health.UNHEALTHY

    await eventually(unhealthy)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
