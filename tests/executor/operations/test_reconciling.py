"""The difference between rows, engine and proxy, and what is done about it."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from executor.engine.protocol import LABEL_SANDBOX
from executor.executor import Executor
from executor.proxy.protocol import Entry
from executor.requests import Stop
from storage import leases, routes, sandboxes, services
from storage.records import EventKind, Route, RouteKind, Sandbox, SandboxStatus
from tests.executor.operations.house import House
from tests.executor.operations.world import faults
from tests.storage.records_for_tests import NOW, a_route, a_sandbox, a_service

S = SandboxStatus


async def test_what_nobody_knows_is_removed(house: House) -> None:
    """Containers, networks and volumes of ours without a row are removed; those of a running one stay."""
    executor = await house.start()
    running = await house.running("notes")
    async with house.database.write() as tx:
        await sandboxes.change(tx, running.sandbox.id, leaving=S.RUNNING, status=S.DESTROYED)
    await executor.reconciler.once()
    assert await house.engine.list_owned() == []
    async with house.database.read() as tx:
        assert await leases.ports(tx) == {}


async def test_a_vanished_container_is_brought_back_and_told(house: House) -> None:
    """A container that was removed, and one that ended, run again, and it is told what was wrong."""
    executor = await house.start()
    running = await house.running("notes")
    name = running.sandbox.name
    house.engine.vanish(f"sandbox-{name}-web")
    house.engine.die(f"sandbox-{name}-db", exit_code=137, out_of_memory=True)
    await executor.reconciler.once()
    await house.until(running.sandbox.id, S.RUNNING)
    [repaired] = await house.events(EventKind.SANDBOX_REPAIRED)
    assert "web was gone" in str(repaired.data["what"])
    assert "db used its 512 MB of memory and was killed" in str(repaired.data["what"])
    states = [one.state.state for one in house.engine.containers.values()]
    assert states == ["running", "running"]
    assert await faults(house) == []


async def test_one_that_keeps_ending_is_left_after_three_times(house: House) -> None:
    """A service that ends again and again is brought back three times an hour, then left to a person."""
    executor = await house.start()
    running = await house.running()
    for _ in range(5):
        house.engine.die(f"sandbox-{running.sandbox.name}-web")
        await executor.reconciler.once()
        await house.until(running.sandbox.id, S.RUNNING)
    assert len(await house.events(EventKind.SANDBOX_REPAIRED)) == 3
    house.pass_time(hours=2)
    await executor.reconciler.once()
    await house.until(running.sandbox.id, S.RUNNING)
    assert len(await house.events(EventKind.SANDBOX_REPAIRED)) == 4


async def test_leftovers_of_a_stopped_one(house: House) -> None:
    """A container of a stopped sandbox, left because the engine was away, is removed; its volume is kept."""
    executor = await house.start()
    running = await house.running("notes")
    specs = [one.spec for one in house.engine.containers.values()]
    await house.ask(Stop(sandbox=running.sandbox.name))
    await house.until(running.sandbox.id, S.STOPPED)
    for spec in specs:
        await house.engine.ensure_container(spec)
    await executor.reconciler.once()
    assert not house.engine.containers
    assert len(house.engine.volumes) == 1


async def test_the_proxy_came_back_empty(house: House) -> None:
    """A proxy that lost everything has all its routes again; an entry of nobody's is taken away."""
    executor = await house.start()
    running, stopped = await house.running("notes"), await house.running()
    await house.ask(Stop(sandbox=stopped.sandbox.name))
    await house.until(stopped.sandbox.id, S.STOPPED)
    before = {(entry.kind, entry.match, entry.target) for entry in await house.proxy.entries()}
    house.proxy.restart_empty()
    strange = Entry(kind=RouteKind.HOST, match="nobody.localhost", target="10.213.9.2:80")
    wrong = Entry(kind=RouteKind.HOST, match=f"{running.sandbox.name}.localhost", target="10.213.9.2:80")
    await house.proxy.apply([strange, wrong])
    await executor.reconciler.once()
    after = {(entry.kind, entry.match, entry.target) for entry in await house.proxy.entries()}
    assert after == before


async def test_a_stopped_ones_gateway_port_leads_nowhere(house: House) -> None:
    """An entry that a stopped sandbox's port kept is taken away once, and then nothing is left to repair."""
    executor = await house.start()
    stopped = await house.running("notes")
    await house.ask(Stop(sandbox=stopped.sandbox.name))
    await house.until(stopped.sandbox.id, S.STOPPED)
    await house.proxy.apply([Entry(kind=RouteKind.PORT, match="20000", target="10.213.0.3:8000")])
    await executor.reconciler.once()
    assert house.proxy.target_of(RouteKind.PORT, "20000") is None
    house.proxy.calls.clear()
    await executor.reconciler.once()
    assert not {"apply", "remove"} & set(house.proxy.calls)


async def test_one_under_an_operation_is_left_alone(house: House) -> None:
    """While an operation works on a sandbox the reconciler touches neither its containers nor its routes."""
    executor = await house.start()
    arrived, go = house.hold_at("deploy.route.before")
    submitted = await house.deploy("notes")
    await arrived.wait()
    calls = len(house.engine.calls)
    await executor.reconciler.once()
    made = [
        call for call in house.engine.calls[calls:] if not call[0].startswith(("list", "protect", "inspect"))
    ]
    assert made == []
    go.set()
    await house.until(submitted.sandbox.id, S.RUNNING)
    assert await faults(house) == []


async def test_an_engine_that_was_away(house: House) -> None:
    """With the engine away nothing breaks; when it is back it is protected again and everything runs."""
    executor = await house.start()
    running = await house.running()
    house.engine.go_down()
    await executor.reconciler.once()
    house.engine.come_back()
    house.engine.die(f"sandbox-{running.sandbox.name}-web", exit_code=255)
    house.engine.calls.clear()
    await executor.reconciler.once()
    assert ("protect", "") in house.engine.calls
    await house.until(running.sandbox.id, S.RUNNING)
    assert await faults(house) == []


async def test_without_walls_nothing_is_brought_back_and_all_else_goes_on(house: House) -> None:
    """A firewall that cannot be made ends no round; once it can be, what died comes back."""
    executor = await house.start()
    running = await house.running()
    name = f"sandbox-{running.sandbox.name}-web"
    house.engine.unwalled = True
    house.engine.die(name, exit_code=1)
    await executor.reconciler.once()
    assert house.engine.containers[name].state.state == "exited"
    house.engine.unwalled = False
    await executor.reconciler.once()
    await house.until(running.sandbox.id, S.RUNNING)


@pytest.mark.parametrize("who_was_away", ["the bot", "the engine"])
async def test_what_ended_while_somebody_was_away_is_always_brought_back(
    house: House, who_was_away: str
) -> None:
    """Five restarts in an hour use up no patience: only what ends before our eyes is counted."""
    executor = await house.start()
    running = await house.running()
    for _ in range(5):
        if who_was_away == "the bot":
            await executor.drain()
        else:
            house.engine.go_down()
            await executor.reconciler.once()
            house.engine.come_back()
        house.engine.die(f"sandbox-{running.sandbox.name}-web", exit_code=143)
        if who_was_away == "the bot":
            executor = await house.start()
        else:
            await executor.reconciler.once()
        await house.until(running.sandbox.id, S.RUNNING)
        assert house.engine.containers[f"sandbox-{running.sandbox.name}-web"].state.state == "running"


async def test_what_cannot_be_removed_keeps_nothing_else_from_repair(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A volume that somebody holds on to stays for now; what died is brought back, entries are repaired."""
    executor = await house.start()
    running = await house.running()

    async def held(name: str) -> None:
        raise RuntimeError(f"409: the volume {name} is in use")

    monkeypatch.setattr(house.engine, "remove_volume", held)
    await house.engine.ensure_volume("of-nobody", {LABEL_SANDBOX: "gone"})
    name = f"sandbox-{running.sandbox.name}-web"
    house.engine.die(name, exit_code=1)
    house.proxy.calls.clear()
    await executor.reconciler.once()
    assert "entries" in house.proxy.calls
    await house.until(running.sandbox.id, S.RUNNING)
    assert house.engine.containers[name].state.state == "running"


async def test_starting_with_the_engine_and_the_proxy_away(house: House) -> None:
    """A start with neither engine nor proxy succeeds; what was asked meanwhile is done when they are back."""
    house.engine.go_down()
    house.proxy.down = True
    executor = await house.start()
    submitted = await house.deploy()
    house.proxy.down = False
    house.engine.come_back()
    await executor.reconciler.once()
    await house.until(submitted.sandbox.id, S.RUNNING)


async def test_a_thousand_rows(house: House) -> None:
    """A start with a thousand sandboxes to compare takes less than five seconds."""
    await house.database.migrate()
    numbers = range(1000)
    async with house.database.write() as tx:
        for number in numbers:
            await sandboxes.add(tx, _kept(number))
        await services.add_all(tx, [a_service(sandbox_id=_kept(number).id) for number in numbers])
        await routes.add_all(tx, [_route_of(_kept(number)) for number in numbers])
    executor: Executor = house.build()
    house.executor = executor
    began = time.monotonic()
    await executor.start()
    assert time.monotonic() - began < 5
    assert len(await house.proxy.entries()) == 1000


def _kept(number: int) -> Sandbox:
    """One that does not run."""
    return a_sandbox(
        id=f"{number:032x}",
        name=f"cool-panda-{number}",
        status=S.STOPPED if number % 2 else S.FAILED,
        retain_until=NOW + timedelta(days=900),
    )


def _route_of(sandbox: Sandbox) -> Route:
    """Its front door's."""
    return replace(a_route(match=f"{sandbox.name}.localhost"), sandbox_id=sandbox.id)
