"""Warnings, expiry, idling, retention and clean-up, driven by hand with a clock that jumps."""

import pytest

from executor.executor import Executor
from executor.requests import Extend, Start
from storage import leases, logs, sandboxes
from storage.records import EventKind, RouteKind, SandboxStatus, StopCause
from tests.executor.operations.house import House
from tests.executor.operations.world import faults

S = SandboxStatus
WARNED = EventKind.SANDBOX_EXPIRING


async def _marks(house: House) -> list[object]:
    return [event.data["mark_seconds"] for event in await house.events(WARNED)]


@pytest.fixture
async def executor(house: House) -> Executor:
    """Started; its jobs run only when a test says so."""
    return await house.start()


async def test_a_short_life(house: House, executor: Executor) -> None:
    """A sandbox of three minutes is warned one minute before, stopped at the end, restored, and told so."""
    running = await house.running(ttl_seconds=180)
    await executor.schedule.tick()
    assert await _marks(house) == []
    house.pass_time(seconds=121)
    await executor.schedule.tick()
    await executor.schedule.tick()
    assert await _marks(house) == [60]
    house.pass_time(seconds=60)
    await executor.schedule.tick()
    view = await house.until(running.sandbox.id, S.STOPPED)
    assert view.sandbox.stop_cause is StopCause.EXPIRED
    [expired] = await house.events(EventKind.SANDBOX_EXPIRED)
    assert expired.data["clock"] == "hard"
    assert expired.data["last_signal"] == "its deploy"
    await house.ask(Start(sandbox=view.sandbox.name))
    view = await house.until(running.sandbox.id, S.RUNNING)
    assert view.sandbox.expires_at is not None
    assert view.sandbox.expires_at > house.clock()


async def test_extend_arms_again_and_skips_what_is_passed(house: House, executor: Executor) -> None:
    """After an extension the next warnings come again, and none at once that the new end is inside of."""
    running = await house.running(ttl_seconds=7200, idle_seconds=14 * 86400)
    house.pass_time(seconds=7200 - 590)
    await executor.schedule.tick()
    assert await _marks(house) == [600]
    await house.ask(Extend(sandbox=running.sandbox.name, seconds=1800))
    await executor.schedule.tick()
    assert await _marks(house) == [600]
    house.pass_time(seconds=1800)
    await executor.schedule.tick()
    assert await _marks(house) == [600, 600]


async def test_a_restart_never_repeats_a_warning(house: House, executor: Executor) -> None:
    """What was told before a restart is not told again, and what falls due later still is."""
    await house.running(ttl_seconds=8 * 3600, idle_seconds=14 * 86400)
    house.pass_time(hours=7.1)
    await executor.schedule.tick()
    again = await house.restart()
    await again.schedule.tick()
    assert await _marks(house) == [3600]
    house.pass_time(hours=0.8)
    await again.schedule.tick()
    assert await _marks(house) == [3600, 600]


async def test_late(house: House, executor: Executor) -> None:
    """A program that was away past the end stops the sandbox and gives no stale warning."""
    running = await house.running(ttl_seconds=3600)
    house.pass_time(days=2)
    again = await house.restart()
    await again.schedule.tick()
    await house.until(running.sandbox.id, S.STOPPED)
    assert await _marks(house) == []


async def test_idle_and_used(house: House, executor: Executor) -> None:
    """Requests put the idle clock back; without any it is warned and stopped, naming that clock."""
    running = await house.running(ttl_seconds=86400, idle_seconds=3600)
    host = f"{running.sandbox.name}.localhost"
    house.pass_time(minutes=55)
    house.proxy.visit(RouteKind.HOST, host)
    await executor.schedule.tick()
    view = await house.view(running.sandbox.id)
    assert view.sandbox.last_signal == "a request"
    assert await _marks(house) == []
    house.pass_time(minutes=51)
    await executor.schedule.tick()
    [warning] = await house.events(WARNED)
    assert warning.data["clock"] == "idle"
    house.pass_time(minutes=10)
    await executor.schedule.tick()
    view = await house.until(running.sandbox.id, S.STOPPED)
    assert view.sandbox.stop_cause is StopCause.IDLE


async def test_used_at_the_last_moment(house: House, executor: Executor) -> None:
    """Activity is read again before it is stopped: a request a moment ago saves it."""
    running = await house.running(ttl_seconds=86400, idle_seconds=3600)
    house.pass_time(minutes=61)
    house.proxy.visit(RouteKind.HOST, f"{running.sandbox.name}.localhost")
    await executor.schedule._end(running.sandbox)
    assert (await house.view(running.sandbox.id)).sandbox.status is S.RUNNING


async def test_unknown_activity(house: House, executor: Executor) -> None:
    """While the proxy does not say who is used nobody is stopped for idling; the hard clock goes on."""
    idle = await house.running(ttl_seconds=86400, idle_seconds=3600)
    hard = await house.running(ttl_seconds=3600)
    house.pass_time(minutes=61)
    house.proxy.down = True
    await executor.schedule.tick()
    house.proxy.down = False
    await house.until(hard.sandbox.id, S.STOPPED)
    assert (await house.view(idle.sandbox.id)).sandbox.status is S.RUNNING


async def test_used_while_we_were_away(house: House, executor: Executor) -> None:
    """Requests counted by the proxy while the program was away are activity for the next start."""
    running = await house.running(ttl_seconds=86400, idle_seconds=3600)
    await executor.drain()
    house.pass_time(minutes=90)
    house.proxy.visit(RouteKind.HOST, f"{running.sandbox.name}.localhost")
    again = await house.restart()
    await again.schedule.tick()
    assert (await house.view(running.sandbox.id)).sandbox.status is S.RUNNING


async def test_retention(house: House, executor: Executor) -> None:
    """Stopped by the clock it is kept for a time, then destroyed with a receipt; its logs go later."""
    running = await house.running("notes", ttl_seconds=3600)
    house.pass_time(hours=2)
    await executor.schedule.tick()
    view = await house.until(running.sandbox.id, S.STOPPED)
    house.pass_time(seconds=house.config.retention_seconds - 60)
    await executor.schedule.tick()
    assert (await house.view(running.sandbox.id)).sandbox.status is S.STOPPED
    house.pass_time(seconds=120)
    await executor.schedule.tick()
    await house.until(running.sandbox.id, S.DESTROYED)
    [receipt] = await house.events(EventKind.SANDBOX_DESTROYED)
    assert (receipt.data["by"], receipt.data["cause"], receipt.data["kept"]) == (
        "system",
        "the time for which it was kept ended",
        "its logs",
    )
    async with house.database.write() as tx:
        now = house.clock()
        await logs.append(
            tx, sandbox_id=view.sandbox.id, service="web", first_at=now, last_at=now, lines=1, text="x\n"
        )
    await executor.schedule.clean()
    async with house.database.read() as tx:
        assert len(await logs.read(tx, view.sandbox.id)) == 1
        assert await leases.ports(tx) == {}
    house.pass_time(seconds=house.config.log_retention_seconds + 60)
    await executor.schedule.clean()
    async with house.database.read() as tx:
        assert await logs.read(tx, view.sandbox.id) == []
    assert await faults(house) == []


async def test_the_timers_run_by_themselves(house: House) -> None:
    """Once started, what falls due happens without anybody asking."""
    house.config = type(house.config)(**{**vars(house.config), "schedule_every_seconds": 0.05})
    await house.start()
    running = await house.running(ttl_seconds=60)
    house.pass_time(seconds=61)
    await house.until(running.sandbox.id, S.STOPPED)
    async with house.database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 1
