"""Many people, and people who mean harm, ask at once: each thing is had once, and refusals are in words."""

import asyncio
import random
from dataclasses import replace

import pytest

from executor.errors import SandboxError
from executor.requests import Cancel, Deploy, Destroy, Extend, Request, Restart, Start, Stop
from executor.submit import Submitted
from storage import leases, routes, sandboxes
from storage.records import EventKind, SandboxStatus
from tests.executor.operations.house import ALICE, BOB, NOTES, House

MANY = 50


def made(outcomes: list[Submitted | BaseException]) -> list[Submitted]:
    """What was accepted; whatever was not, was refused in words."""
    assert [
        one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, SandboxError)
    ] == []
    return [one for one in outcomes if isinstance(one, Submitted)]


async def test_fifty_creates_at_once_share_nothing(any_house: House) -> None:
    """Names, networks, addresses and routes are each one's own; beyond the limit, words."""
    house = any_house
    house.config = replace(house.config, max_sandboxes=40)
    await house.database.migrate()
    executor = house.build()
    asked = [executor.submit(Deploy(app="echo", channel_id="C1"), by=ALICE, key=None) for _ in range(MANY)]
    accepted = made(await asyncio.gather(*asked, return_exceptions=True))
    assert len({one.sandbox.name for one in accepted}) == len(accepted) == 40
    async with house.database.read() as tx:
        slots = [await leases.network_of(tx, one.sandbox.id) for one in accepted]
        assert len(set(slots)) == 40
        assert len(await routes.of_all(tx)) == 40


async def test_one_name_asked_for_by_fifty_is_given_once(house: House) -> None:
    """However it is spelt."""
    await house.start()
    spellings = ["the-same", "The-Same", " the-same ", "THE-SAME"]
    asked = [house.deploy(name=spellings[number % 4]) for number in range(MANY)]
    accepted = made(await asyncio.gather(*asked, return_exceptions=True))
    assert [one.sandbox.name for one in accepted] == ["the-same"]


async def test_one_key_delivered_fifty_times_at_once_is_one_sandbox(any_house: House) -> None:
    """Every delivery is told of the same one."""
    house = any_house
    executor = await house.start()
    request = Deploy(app="echo", channel_id="C1")
    asked = [executor.submit(request, by=ALICE, key="delivery-1") for _ in range(MANY)]
    accepted = made(await asyncio.gather(*asked, return_exceptions=True))
    assert len(accepted) == MANY
    assert len({one.sandbox.id for one in accepted}) == 1
    assert len(await house.events(EventKind.OPERATION_QUEUED)) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_everything_asked_at_once_ends_in_one_true_state(house: House, seed: int) -> None:
    """Whatever wins, nothing is left without a row and the destroy is the last word."""
    await house.start()
    name = (await house.deploy(name="torn")).sandbox.name
    requests: list[Request] = [
        Stop(sandbox=name), Start(sandbox=name), Restart(sandbox=name), Cancel(sandbox=name),
        Extend(sandbox=name, seconds=3600), Destroy(sandbox=name), Destroy(sandbox=name), Stop(sandbox=name),
    ] * 3  # fmt: skip
    random.Random(seed).shuffle(requests)
    made(await asyncio.gather(*(house.ask(request) for request in requests), return_exceptions=True))
    async with house.database.read() as tx:
        found = await sandboxes.by_name(tx, name)
    assert found is not None
    await house.until(found.id, SandboxStatus.DESTROYED)
    assert await house.engine.list_owned() == []


async def test_gateway_ports_that_ran_out_are_told_and_cost_nothing(house: House) -> None:
    """There are three; the fourth asks in vain and leaves no row, lease or name behind."""
    await house.start()
    accepted = made(
        await asyncio.gather(
            *(house.deploy("notes", name=f"notes-{number}") for number in range(8)), return_exceptions=True
        )
    )
    assert len(accepted) == 3
    with pytest.raises(SandboxError, match="gateway port"):
        await house.deploy("notes", name="one-more")
    async with house.database.read() as tx:
        assert len(await sandboxes.names_in_use(tx)) == 3


async def test_networks_that_ran_out_are_told(house: House) -> None:
    """A range of two networks gives two sandboxes."""
    house.config = replace(house.config, subnet_range="10.99.0.0/27")
    await house.database.migrate()
    executor = house.build()
    asked = [executor.submit(Deploy(app="echo", channel_id="C1"), by=ALICE, key=None) for _ in range(5)]
    assert len(made(await asyncio.gather(*asked, return_exceptions=True))) == 2
    with pytest.raises(SandboxError, match="All 2 networks"):
        await executor.submit(Deploy(app="echo", channel_id="C1"), by=ALICE, key=None)


async def test_no_name_makes_a_container_of_somebody_elses(house: House) -> None:
    """The service web of shop-db would be called like the service db-web of shop."""
    shop = NOTES.replace("  web:\n", "  db-web:\n").replace("service: web", "service: db-web")
    (house.apps_dir / "shop.yaml").write_text(shop)
    executor = await house.start()
    await house.deploy("shop", name="shop")
    intruder = Deploy(app="notes", channel_id="C1", name="shop-db")
    with pytest.raises(SandboxError, match="sandbox-shop-db-web already"):
        await executor.submit(intruder, by=BOB, key=None)
    await house.deploy("notes", name="shop-two")


async def test_no_name_mounts_a_volume_of_somebody_elses(house: House) -> None:
    """The volume data of shop-db would be called like the volume db-data of shop."""
    shop = NOTES.replace("  data:\n", "  db-data:\n").replace("- data:", "- db-data:")
    (house.apps_dir / "shop.yaml").write_text(shop)
    await house.start()
    first = await house.running("shop", name="shop")
    intruder = await house.deploy("notes", name="shop-db")
    await house.until(intruder.sandbox.id, SandboxStatus.FAILED)
    await house.ask(Destroy(sandbox=intruder.sandbox.name))
    await house.until(intruder.sandbox.id, SandboxStatus.DESTROYED)
    assert {one.sandbox_id for one in await house.engine.list_owned()} == {first.sandbox.id}
