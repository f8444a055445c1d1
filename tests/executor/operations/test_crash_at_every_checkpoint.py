"""Kill the worker at each point of each operation: the next one finishes or undoes it, and nothing leaks."""

import asyncio

import pytest

from executor.lifecycle import STEPS
from executor.requests import Destroy, Request, Restart, Start, Stop
from storage.records import EventKind, OperationKind, SandboxStatus
from tests.executor.operations.house import House
from tests.executor.operations.world import faults


def points(kind: OperationKind) -> list[str]:
    """Every checkpoint that an operation of this kind passes when all goes well."""
    steps = [f"{kind}.{step}.{when}" for step in STEPS[kind] for when in ("before", "done")]
    return [f"{kind}.claimed", *steps, f"{kind}.finish.before", f"{kind}.finish.done"]


async def _reach(house: House, name: str) -> None:
    """Wait until a worker has come to a point."""
    for _ in range(2000):
        if name in house.reached:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"never reached {name}: {house.reached}")


@pytest.mark.parametrize("point", points(OperationKind.DEPLOY))
async def test_deploy_killed(house: House, point: str) -> None:
    """A deploy killed anywhere runs after a restart, told once, with nothing left over."""
    await house.start()
    house.kill_at(point)
    submitted = await house.deploy("notes")
    await _reach(house, point)
    await house.restart()
    await house.until(submitted.sandbox.id, SandboxStatus.RUNNING)
    assert await faults(house) == []
    assert len(await house.events(EventKind.OPERATION_SUCCEEDED)) == 1
    assert len(await house.events(EventKind.STEP_STARTED)) == len(STEPS[OperationKind.DEPLOY])


UNDO_POINTS = [
    *(f"deploy.undo.{step}.{when}" for step in ("containers", "network") for when in ("before", "done")),
    "deploy.settle.before",
    "deploy.settle.done",
]


@pytest.mark.parametrize("point", UNDO_POINTS)
async def test_undo_killed(house: House, point: str) -> None:
    """A deploy that fails and is killed while it is undone ends failed after a restart, undone whole."""
    house.engine.dies_at_start["notes:1"] = 3
    await house.start()
    house.kill_at(point)
    submitted = await house.deploy("notes")
    await _reach(house, point)
    await house.restart()
    view = await house.until(submitted.sandbox.id, SandboxStatus.FAILED)
    assert view.sandbox.status_reason == "The service web ended with exit code 3."
    assert await faults(house) == []
    assert not house.engine.volumes
    assert not house.engine.networks
    assert len(await house.events(EventKind.OPERATION_FAILED)) == 1


@pytest.mark.parametrize(
    ("request_type", "point", "status"),
    [
        *((Stop, point, SandboxStatus.STOPPED) for point in points(OperationKind.STOP)),
        *((Restart, point, SandboxStatus.RUNNING) for point in points(OperationKind.RESTART)),
        *((Destroy, point, SandboxStatus.DESTROYED) for point in points(OperationKind.DESTROY)),
    ],
)
async def test_change_killed(
    house: House, request_type: type[Stop | Restart | Destroy], point: str, status: SandboxStatus
) -> None:
    """A stop, restart or destroy killed anywhere is done after a restart, with nothing left over."""
    await house.start()
    submitted = await house.running("notes")
    house.kill_at(point)
    request: Request = request_type(sandbox=submitted.sandbox.name)
    await house.ask(request)
    await _reach(house, point)
    await house.restart()
    await house.until(submitted.sandbox.id, status)
    assert await faults(house) == []


@pytest.mark.parametrize("point", points(OperationKind.START))
async def test_start_killed(house: House, point: str) -> None:
    """A start killed anywhere runs after a restart, with the volume that it had."""
    await house.start()
    submitted = await house.running("notes")
    await house.ask(Stop(sandbox=submitted.sandbox.name))
    await house.until(submitted.sandbox.id, SandboxStatus.STOPPED)
    house.kill_at(point)
    await house.ask(Start(sandbox=submitted.sandbox.name))
    await _reach(house, point)
    await house.restart()
    await house.until(submitted.sandbox.id, SandboxStatus.RUNNING)
    assert await faults(house) == []
    assert list(house.engine.volumes) == [f"sandbox-{submitted.sandbox.name}-data"]
    assert ("remove_volume", f"sandbox-{submitted.sandbox.name}-data") not in house.engine.calls
