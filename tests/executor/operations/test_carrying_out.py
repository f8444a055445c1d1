"""What becomes of operations when things go wrong around them."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from executor.errors import WrongStateError
from executor.requests import Cancel, Destroy, Restart, Start, Stop
from storage import operations
from storage.records import EventKind, OperationStatus, RouteKind, SandboxStatus, StepStatus
from tests.executor.operations.house import BOB, House, wait_for
from tests.executor.operations.world import faults

S = SandboxStatus


async def test_a_whole_life(any_house: House) -> None:
    """Deploy, stop, start, restart and destroy, each true on engine and proxy, on either database."""
    house = any_house
    await house.start()
    running = await house.running("notes")
    name, sandbox_id = running.sandbox.name, running.sandbox.id
    assert house.proxy.target_of(RouteKind.HOST, f"{name}.localhost") == "10.213.0.3:8000"
    assert house.proxy.target_of(RouteKind.PORT, "20000") == "10.213.0.3:8000"
    await house.ask(Stop(sandbox=name))
    await house.until(sandbox_id, S.STOPPED)
    assert house.proxy.target_of(RouteKind.HOST, f"{name}.localhost") == "page:stopped"
    assert house.proxy.target_of(RouteKind.PORT, "20000") is None
    assert not house.engine.containers
    await house.ask(Start(sandbox=name))
    await house.until(sandbox_id, S.RUNNING)
    await house.ask(Restart(sandbox=name, service="web"))
    await house.until(sandbox_id, S.RUNNING)
    stopped = [called for method, called in house.engine.calls if method == "stop_container"]
    assert stopped[-1] == f"sandbox-{name}-web"
    await house.ask(Destroy(sandbox=name))
    await house.until(sandbox_id, S.DESTROYED)
    assert await faults(house) == []
    assert await house.engine.list_owned() == []
    assert await house.proxy.entries() == []


async def test_secrets_reach_the_container_and_nothing_else(house: House) -> None:
    """A generated password is in its containers and in the owner's text, and in no event, row or error."""
    house.engine.dies_at_start["notes:1"] = 1
    executor = await house.start()
    arrived, go = house.hold_at("deploy.containers.before")
    submitted = await house.deploy("notes")
    await arrived.wait()
    text = await executor.sign_in_text(submitted.sandbox)
    assert text is not None
    password = text.removeprefix("The password is ").removesuffix(".")
    go.set()
    held, go_on = house.hold_at("deploy.undo.containers.before")
    await held.wait()
    specs = [one.spec for one in house.engine.containers.values()]
    assert {spec.environment.get("POSTGRES_PASSWORD", password) for spec in specs} == {password}
    go_on.set()
    await house.until(submitted.sandbox.id, S.FAILED)
    told = [*(str(event.data) for event in await house.events()), str(await house.view(submitted.sandbox.id))]
    assert len(password) == 24
    assert not [text for text in told if password in text]


async def test_a_dead_container_fails_the_deploy_at_once(house: House) -> None:
    """A container that ends while starting fails the deploy with its step, words and last lines, undone."""
    house.engine.dies_at_start["echo:1"] = 137
    await house.start()
    submitted = await house.deploy()
    view = await house.until(submitted.sandbox.id, S.FAILED)
    [failed] = await house.events(EventKind.OPERATION_FAILED)
    assert failed.data["step"] == "healthy"
    assert failed.data["message"] == "The service web was killed."
    assert (failed.data["service"], failed.data["retryable"]) == ("web", True)
    assert [(step.name, step.status) for step in view.steps] == [
        ("network", StepStatus.UNDONE),
        ("images", StepStatus.DONE),
        ("containers", StepStatus.UNDONE),
        ("healthy", StepStatus.FAILED),
        ("route", StepStatus.PENDING),
    ]
    assert house.proxy.target_of(RouteKind.HOST, f"{view.sandbox.name}.localhost") == "page:failed"
    assert view.sandbox.retain_until is not None
    assert await faults(house) == []
    assert not house.engine.networks
    house.engine.dies_at_start.clear()
    await house.ask(Start(sandbox=view.sandbox.name))
    await house.until(submitted.sandbox.id, S.RUNNING)


async def test_a_missing_image_is_told_before_anything_is_made(house: House) -> None:
    """Without its image nothing is made on the engine, and the image is named."""
    house.engine.images.clear()
    await house.start()
    submitted = await house.deploy()
    view = await house.until(submitted.sandbox.id, S.FAILED)
    assert "echo:1" in str(view.sandbox.status_reason)
    [failed] = await house.events(EventKind.OPERATION_FAILED)
    assert failed.data["step"] == "images"
    assert not [name for method, name in house.engine.calls if method.startswith("ensure")]


async def test_a_fault_of_ours_shows_only_its_id(house: House) -> None:
    """Whatever is raised that is nobody's mistake ends the operation; its words stay in the log."""
    house.engine.fail("ensure_network", ValueError("secret inner words"))
    await house.start()
    submitted = await house.deploy()
    await house.until(submitted.sandbox.id, S.FAILED)
    [failed] = await house.events(EventKind.OPERATION_FAILED)
    assert failed.data["error_id"]
    assert "secret inner words" not in str(failed.data)
    assert await faults(house) == []


async def test_deploy_waits_for_the_engine(house: House) -> None:
    """With the engine down a deploy waits, says so once, and goes on when the engine is back."""
    await house.start()
    house.engine.go_down()
    submitted = await house.deploy()
    await _waiting(house)
    await asyncio.sleep(1.2)
    house.engine.come_back()
    await house.until(submitted.sandbox.id, S.RUNNING)
    assert len(await house.events(EventKind.OPERATION_WAITING)) == 1
    assert len(await house.events(EventKind.OPERATION_STARTED)) == 1


async def test_deploy_gives_up_on_the_engine(house: House) -> None:
    """After ten minutes without the engine a deploy fails in words."""
    await house.start()
    house.engine.go_down()
    submitted = await house.deploy()
    await _waiting(house)
    house.pass_time(minutes=11)
    view = await house.until(submitted.sandbox.id, S.FAILED)
    assert view.sandbox.status_reason == "The Docker engine has not answered for 10 minutes."


async def test_destroy_waits_for_ever(house: House) -> None:
    """With the engine down a destroy is queued and says so; twice is once; a day later it is done."""
    await house.start()
    running = await house.running()
    house.engine.go_down()
    first = await house.ask(Destroy(sandbox=running.sandbox.name))
    await _waiting(house)
    second = await house.ask(Destroy(sandbox=running.sandbox.name), by=BOB)
    assert first.operation is not None
    assert second.operation is not None
    assert first.operation.id == second.operation.id
    assert second.operation.waiting_reason == "the Docker engine does not answer"
    house.pass_time(days=1)
    await asyncio.sleep(0.3)
    house.engine.come_back()
    house.pass_time(seconds=10)
    await house.until(running.sandbox.id, S.DESTROYED)
    assert await faults(house) == []
    third = await house.ask(Destroy(sandbox=running.sandbox.name))
    assert third.sandbox.status is S.DESTROYED
    assert third.operation is not None
    assert third.operation.id == first.operation.id


async def _waiting(house: House) -> None:
    async def told() -> bool | None:
        return True if await house.events(EventKind.OPERATION_WAITING) else None

    await wait_for(told, lambda: "nothing waits")


@pytest.mark.parametrize("step", ["network", "images", "containers", "healthy", "route"])
async def test_destroy_while_deploying(house: House, step: str) -> None:
    """A destroy asked at any step of a deploy cancels it, and everything is gone."""
    await house.start()
    arrived, _ = house.hold_at(f"deploy.{step}.before")
    submitted = await house.deploy("notes")
    await arrived.wait()
    await house.ask(Destroy(sandbox=submitted.sandbox.name), by=BOB)
    await house.until(submitted.sandbox.id, S.DESTROYED)
    assert submitted.operation is not None
    assert (await house.operation_ended(submitted.operation.id)).status is OperationStatus.CANCELLED
    assert await house.engine.list_owned() == []
    assert await faults(house) == []


@pytest.mark.parametrize("step", ["network", "images", "containers", "healthy", "route"])
async def test_cancel_a_deploy(house: House, step: str) -> None:
    """Cancelling a deploy at any step undoes it; it can be started again."""
    await house.start()
    arrived, _ = house.hold_at(f"deploy.{step}.done")
    submitted = await house.deploy("notes")
    await arrived.wait()
    await house.ask(Cancel(sandbox=submitted.sandbox.name), by=BOB)
    view = await house.until(submitted.sandbox.id, S.STOPPED)
    assert view.sandbox.status_reason
    assert not house.engine.containers
    assert not house.engine.networks
    [cancelled] = await house.events(EventKind.OPERATION_CANCELLED)
    assert cancelled.data == {"by": "U2"}
    await house.ask(Start(sandbox=submitted.sandbox.name))
    await house.until(submitted.sandbox.id, S.RUNNING)


async def test_cancel_inside_a_step(house: House) -> None:
    """A cancel does not wait for the step's engine call to end."""
    await house.start()
    house.engine.hold("start_container")
    submitted = await house.deploy()

    async def starting() -> bool | None:
        return (
            True
            if ("ensure_container", f"sandbox-{submitted.sandbox.name}-web") in house.engine.calls
            else None
        )

    await wait_for(starting, lambda: "never started")
    began = time.monotonic()
    await house.ask(Cancel(sandbox=submitted.sandbox.name))
    await house.until(submitted.sandbox.id, S.STOPPED)
    assert time.monotonic() - began < 1.0
    assert not house.engine.containers


async def test_what_cannot_be_cancelled(house: House) -> None:
    """A stop cannot be cancelled, nor can nothing."""
    await house.start()
    running = await house.running()
    with pytest.raises(WrongStateError, match="Nothing is going on"):
        await house.ask(Cancel(sandbox=running.sandbox.name))
    arrived, go = house.hold_at("stop.containers.before")
    await house.ask(Stop(sandbox=running.sandbox.name))
    await arrived.wait()
    with pytest.raises(WrongStateError, match="cannot be cancelled"):
        await house.ask(Cancel(sandbox=running.sandbox.name))
    go.set()


async def test_destroys_at_once(house: House) -> None:
    """Ten destroys at once are one, and all are told the same."""
    await house.start()
    running = await house.running()
    answers = await asyncio.gather(*(house.ask(Destroy(sandbox=running.sandbox.name)) for _ in range(10)))
    assert len({answer.operation.id for answer in answers if answer.operation}) == 1
    await house.until(running.sandbox.id, S.DESTROYED)
    assert len(await house.events(EventKind.SANDBOX_DESTROYED)) == 1


async def test_a_worker_that_lost_its_lease_writes_nothing(any_house: House) -> None:
    """A worker that was taken for dead and wakes up changes no row; the second one's result stands."""
    house = any_house
    await house.start()
    arrived, go = house.hold_at("deploy.containers.done")
    submitted = await house.deploy()
    await arrived.wait()
    assert submitted.operation is not None
    async with house.database.write() as tx:
        found = await operations.get(tx, submitted.operation.id)
        assert found is not None
        assert found.lease_owner is not None
        owner = found.lease_owner
        await operations.release(tx, found.id, owner=owner, now=house.clock())
        stolen = await operations.claim(
            tx,
            kinds=[found.kind],
            owner="another process",
            now=house.clock(),
            lease_until=house.clock(),
        )
        assert stolen is not None
    before = await house.events()
    go.set()
    view = await house.until(submitted.sandbox.id, S.RUNNING)
    assert view.operation is not None
    assert view.operation.attempts == 3
    assert [event.seq for event in before] == [event.seq for event in (await house.events())[: len(before)]]
    assert len(await house.events(EventKind.OPERATION_SUCCEEDED)) == 1


async def test_drain_leaves_work_for_the_next(house: House) -> None:
    """A drain lets go of what does not end soon, and the next start takes it at once."""
    executor = await house.start()
    arrived, _ = house.hold_at("deploy.healthy.before")
    submitted = await house.deploy()
    await arrived.wait()
    await executor._workers.drain(grace_seconds=0.05)
    async with house.database.read() as tx:
        assert submitted.operation is not None
        left = await operations.get(tx, submitted.operation.id)
    assert left is not None
    assert (left.status, left.lease_owner) == (OperationStatus.RUNNING, None)
    await house.restart()
    await house.until(submitted.sandbox.id, S.RUNNING)


async def test_locked_database(house: House, tmp_path: Path) -> None:
    """While another process locks the database for ten seconds work is late; then all of it is done, once."""
    await house.start()
    arrived, go = house.hold_at("deploy.network.done")
    submitted = await house.deploy()
    await arrived.wait()
    other = sqlite3.connect(tmp_path / "sandpiper.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    go.set()
    await asyncio.sleep(10)  # the lock is what is tested
    other.execute("COMMIT")
    other.close()
    view = await house.until(submitted.sandbox.id, S.RUNNING)
    assert view.operation is not None
    assert view.operation.attempts == 1
    assert len(await house.events(EventKind.OPERATION_SUCCEEDED)) == 1


async def test_stops_do_not_wait_behind_deploys(house: House) -> None:
    """With every place taken by slow deploys a destroy is carried out at once."""
    house.config = type(house.config)(**{**vars(house.config), "workers": 1})
    await house.start()
    running = await house.running()
    arrived, go = house.hold_at("deploy.healthy.before")
    slow = await house.deploy()
    await arrived.wait()
    await house.ask(Destroy(sandbox=running.sandbox.name))
    await house.until(running.sandbox.id, S.DESTROYED)
    go.set()
    await house.until(slow.sandbox.id, S.RUNNING)
