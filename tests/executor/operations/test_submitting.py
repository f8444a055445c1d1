"""What a person may ask in which state, and what is written for it."""

import asyncio

import pytest

from executor.errors import (
    BusyError,
    InvalidRequestError,
    LimitReachedError,
    SandboxError,
    UnknownSandboxError,
    WrongStateError,
)
from executor.requests import Cancel, Deploy, Destroy, Extend, Request, Restart, Start, Stop
from storage import leases, sandboxes
from storage.records import Actor, EventKind, OperationKind, SandboxStatus
from tests.executor.operations.house import ALICE, BOB, House

S = SandboxStatus
HOUR = 3600


def requests_for(name: str) -> dict[str, Request]:
    """One request of each kind for a sandbox."""
    return {
        "start": Start(sandbox=name),
        "stop": Stop(sandbox=name),
        "restart": Restart(sandbox=name),
        "extend": Extend(sandbox=name, seconds=HOUR),
        "destroy": Destroy(sandbox=name),
        "cancel": Cancel(sandbox=name),
    }


ACCEPTED = {
    S.PENDING: {"destroy"},
    S.STARTING: {"destroy", "extend"},
    S.RUNNING: {"stop", "restart", "extend", "destroy"},
    S.STOPPING: {"destroy"},
    S.STOPPED: {"start", "destroy"},
    S.FAILED: {"start", "destroy"},
    S.DESTROYING: {"destroy"},
    S.DESTROYED: {"destroy"},
}


@pytest.mark.parametrize("status", SandboxStatus)
@pytest.mark.parametrize("what", list(requests_for("x")))
async def test_every_state_with_every_request(house: House, status: SandboxStatus, what: str) -> None:
    """With nothing going on, each state takes what the table says and refuses the rest in words."""
    executor = house.build()
    await house.database.migrate()
    done = await executor.submit(Deploy(app="echo", channel_id="C1"), by=ALICE, key=None)
    await executor.submit(Cancel(sandbox=done.sandbox.name), by=ALICE, key=None)
    async with house.database.write() as tx:
        now = house.clock()
        await sandboxes.change(tx, done.sandbox.id, leaving=S.STOPPED, status=status, expires_at=now)
    request = requests_for(done.sandbox.name)[what]
    if what in ACCEPTED[status]:
        await executor.submit(request, by=ALICE, key=None)
        return
    with pytest.raises(SandboxError) as refused:
        await executor.submit(request, by=ALICE, key=None)
    assert done.sandbox.name in refused.value.message
    assert isinstance(refused.value, WrongStateError)


async def test_one_key_twenty_times(any_house: House) -> None:
    """Twenty requests at once with one key make one sandbox, and all get the same answer."""
    house = any_house
    await house.start()
    request = Deploy(app="echo", channel_id="C1")
    answers = await asyncio.gather(*(house.ask(request, key="press-1") for _ in range(20)))
    assert len({(answer.sandbox.id, answer.operation and answer.operation.id) for answer in answers}) == 1
    async with house.database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 1
    await house.until(answers[0].sandbox.id, S.RUNNING)
    again = await house.ask(request, key="press-1")
    assert again.sandbox.status is S.RUNNING


async def test_one_extend_with_one_key(house: House) -> None:
    """Extending twice with one key moves the clock once."""
    await house.start()
    running = await house.running()
    request = Extend(sandbox=running.sandbox.name, seconds=HOUR)
    first = await house.ask(request, key="k")
    second = await house.ask(request, key="k")
    assert first.operation is None
    assert first.sandbox.expires_at == second.sandbox.expires_at
    assert len(await house.events(EventKind.SANDBOX_EXTENDED)) == 1


async def test_twenty_different_deploys_at_once(any_house: House) -> None:
    """Twenty people at once get twenty names, subnets and addresses, and all of them run."""
    house = any_house
    await house.start()
    answers = await asyncio.gather(*(house.deploy() for _ in range(20)))
    views = [await house.until(answer.sandbox.id, S.RUNNING) for answer in answers]
    assert len({view.sandbox.name for view in views}) == 20
    assert len({service.address for view in views for service in view.services}) == 20
    assert len({spec.subnet for spec in house.engine.networks.values()}) == 20


async def test_busy(house: House) -> None:
    """While one operation holds a sandbox the second caller hears who, doing what, since when."""
    await house.start()
    running = await house.running()
    arrived, go = house.hold_at("stop.containers.before")
    await house.ask(Stop(sandbox=running.sandbox.name))
    await arrived.wait()
    with pytest.raises(BusyError, match=r"being stopped since \d\d:\d\d UTC, asked for by U1") as busy:
        await house.ask(Start(sandbox=running.sandbox.name), by=BOB)
    assert (busy.value.person_id, busy.value.doing) == ("U1", "being stopped")
    go.set()
    await house.until(running.sandbox.id, S.STOPPED)


async def test_a_refused_request_leaves_nothing(house: House) -> None:
    """A deploy that is refused at the last moment has written nothing at all."""
    await house.start()
    for _ in range(3):
        await house.running("notes")
    with pytest.raises(LimitReachedError, match="gateway port"):
        await house.deploy("notes")
    async with house.database.read() as tx:
        assert await sandboxes.count_in_use(tx) == 3
        assert len(await leases.ports(tx)) == 3


async def test_too_many(house: House) -> None:
    """More sandboxes than the installation keeps are refused."""
    house.config = type(house.config)(**{**vars(house.config), "max_sandboxes": 1})
    await house.start()
    await house.deploy()
    with pytest.raises(LimitReachedError, match="at most 1"):
        await house.deploy()


async def test_no_subnet_left(house: House) -> None:
    """When all networks are in use that is said in words."""
    house.config = type(house.config)(**{**vars(house.config), "subnet_range": "10.213.0.0/28"})
    await house.start()
    first = await house.running()
    with pytest.raises(LimitReachedError, match="All 1 networks"):
        await house.deploy()
    await house.ask(Destroy(sandbox=first.sandbox.name))
    await house.until(first.sandbox.id, S.DESTROYED)
    await house.running()


async def test_unknown_things(house: House) -> None:
    """An unknown app, version, sandbox or service is refused with what was probably meant."""
    await house.start()
    running = await house.running(name="cool-panda")
    with pytest.raises(InvalidRequestError) as app:
        await house.deploy("eco")
    assert app.value.hint == "Did you mean echo?"
    with pytest.raises(InvalidRequestError, match="no version 9"):
        await house.deploy("echo", version=9)
    with pytest.raises(UnknownSandboxError) as sandbox:
        await house.ask(Stop(sandbox="cool-pand"))
    assert sandbox.value.hint == "Did you mean cool-panda?"
    with pytest.raises(UnknownSandboxError):
        await house.ask(Stop(sandbox="cool-panda"), by=Actor(person_id="U1", team_id="T2"))
    with pytest.raises(InvalidRequestError, match="no service called"):
        await house.ask(Restart(sandbox=running.sandbox.name, service="db"))


async def test_versions_are_immutable(house: House) -> None:
    """A changed manifest is the next version; the old number still deploys the old text."""
    await house.start()
    path = house.apps_dir / "echo.yaml"
    path.write_text(path.read_text().replace("title: Echo", "title: Echo two"))
    new, old = await house.deploy(), await house.deploy(version=1)
    assert (new.sandbox.app_version, new.sandbox.title) == (2, "Echo two")
    assert (old.sandbox.app_version, old.sandbox.title) == (1, "Echo")
    assert house.executor is not None
    assert [entry.version for entry in await house.executor.catalogue()] == [2, 1]


async def test_a_faulty_file_hides_no_other(house: House) -> None:
    """A manifest at fault is refused with its lines, and the others can be deployed."""
    (house.apps_dir / "broken.yaml").write_text("services: 3")
    await house.start()
    with pytest.raises(SandboxError, match="manifest of “broken”"):
        await house.deploy("broken")
    await house.running()


async def test_the_name_of_a_destroyed_one(house: House) -> None:
    """A name given up is kept from other people for a day, not from who had it."""
    await house.start()
    first = await house.running(name="cool-panda")
    await house.ask(Destroy(sandbox="cool-panda"))
    await house.until(first.sandbox.id, S.DESTROYED)
    request = Deploy(app="echo", name="cool-panda", channel_id="C1")
    with pytest.raises(InvalidRequestError, match="somebody else's"):
        await house.ask(request, by=BOB)
    again = await house.ask(request)
    await house.until(again.sandbox.id, S.RUNNING)
    await house.ask(Destroy(sandbox="cool-panda"))
    await house.until(again.sandbox.id, S.DESTROYED)
    house.pass_time(days=1, seconds=1)
    assert (await house.ask(request, by=BOB)).sandbox.owner_id == BOB.person_id


async def test_more_memory(house: House) -> None:
    """A start with more memory gives it to the front door's service and adds up."""
    await house.start()
    running = await house.running("notes", memory_bytes=256 * 1024**2)
    assert running.sandbox.memory_bytes == (256 + 512) * 1024**2
    await house.ask(Stop(sandbox=running.sandbox.name))
    await house.until(running.sandbox.id, S.STOPPED)
    await house.ask(Start(sandbox=running.sandbox.name, memory_bytes=1024**3))
    view = await house.until(running.sandbox.id, S.RUNNING)
    assert {service.name: service.memory_bytes >> 20 for service in view.services} == {"db": 512, "web": 1024}
    spec = house.engine.containers[f"sandbox-{running.sandbox.name}-web"].spec
    assert spec.memory_bytes == 1024**3
    assert view.sandbox.memory_bytes == (1024 + 512) * 1024**2


async def test_an_operation_is_asked_in_its_state_at_once(house: House) -> None:
    """The status moves when something is asked, not when a worker comes to it."""
    executor = house.build()
    await house.database.migrate()
    done = await executor.submit(Deploy(app="echo", channel_id="C1"), by=ALICE, key=None)
    assert done.sandbox.status is S.PENDING
    assert done.operation is not None
    assert done.operation.kind is OperationKind.DEPLOY
    destroyed = await executor.submit(Destroy(sandbox=done.sandbox.name), by=ALICE, key=None)
    assert destroyed.sandbox.status is S.DESTROYING
