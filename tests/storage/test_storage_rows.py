"""What the functions on sandboxes, services, routes, leases, logs and the smaller tables promise."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import apps, deliveries, leases, logs, people, posts, routes, sandboxes, services, warnings
from storage.database import Database
from storage.errors import StaleStatusError
from storage.records import Actor, Post, PostState, RouteKind, SandboxStatus
from tests.storage.records_for_tests import NOW, a_route, a_sandbox, a_service

RUNNING, STOPPED, DESTROYED = SandboxStatus.RUNNING, SandboxStatus.STOPPED, SandboxStatus.DESTROYED


async def test_records_come_back_as_they_were_written(database: Database) -> None:
    """Records come back as they were written, times with their zone."""
    sandbox = a_sandbox(expires_at=NOW + timedelta(hours=1), memory_bytes=2**40)
    async with database.write() as tx:
        await sandboxes.add(tx, sandbox)
        await services.add_all(tx, [a_service(), a_service(name="a-db")])
        await routes.add_all(tx, [a_route(), a_route(kind=RouteKind.PATH, match="t/cool-panda-123")])
    async with database.read() as tx:
        assert await sandboxes.get(tx, sandbox.id) == sandbox
        assert await services.of_sandbox(tx, sandbox.id) == [a_service(), a_service(name="a-db")]
        assert (await routes.of_sandbox(tx, sandbox.id))[0] == a_route()
        assert await routes.get(tx, RouteKind.HOST, "cool-panda-123.localhost") == a_route()


async def test_conditional_status(database: Database) -> None:
    """A status is changed only from the one that is left; otherwise it is an error and nothing changes."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
        changed = await sandboxes.change(tx, "5a1d0c", leaving=RUNNING, status=STOPPED)
        assert changed.status is STOPPED
    async with database.write() as tx:
        with pytest.raises(StaleStatusError):
            await sandboxes.change(tx, "5a1d0c", leaving=RUNNING, status=SandboxStatus.FAILED)
    async with database.read() as tx:
        assert (await sandboxes.get(tx, "5a1d0c")) == a_sandbox(status=STOPPED)


async def test_a_name_in_use_is_refused_and_a_destroyed_one_is_not(database: Database) -> None:
    """Two sandboxes in use never share a name; after a destroy the newest owner is found by it."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox(id="old", status=DESTROYED, destroyed_at=NOW, owner_id="U9"))
        await sandboxes.add(tx, a_sandbox())
    with pytest.raises(IntegrityError):
        async with database.write() as tx:
            await sandboxes.add(tx, a_sandbox(id="third"))
    async with database.read() as tx:
        found = await sandboxes.by_name(tx, "cool-panda-123")
        assert found is not None
        assert found.id == "5a1d0c"
        assert await sandboxes.names_given_up(tx, since=NOW) == {"cool-panda-123": "U9"}
        assert await sandboxes.names_given_up(tx, since=NOW + timedelta(seconds=1)) == {}


async def test_find(database: Database) -> None:
    """A list holds what matches everything asked, newest first, and destroyed ones only when asked for."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox(id="1", name="a", owner_id="U1"))
        await sandboxes.add(tx, a_sandbox(id="2", name="b", created_at=NOW + timedelta(seconds=1)))
        await sandboxes.add(tx, a_sandbox(id="3", name="c", owner_id="U2"))
        await sandboxes.add(tx, a_sandbox(id="4", name="d", status=DESTROYED, destroyed_at=NOW))
    async with database.read() as tx:
        assert [found.id for found in await sandboxes.find(tx, owner_id="U1")] == ["2", "1"]
        assert [found.id for found in await sandboxes.find(tx, statuses=[DESTROYED])] == ["4"]
        assert await sandboxes.count_in_use(tx) == 3


async def test_touch(database: Database) -> None:
    """Activity only moves forward."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
        await sandboxes.touch(tx, "5a1d0c", at=NOW, signal="a request")
        await sandboxes.touch(tx, "5a1d0c", at=NOW - timedelta(hours=1), signal="older")
        found = await sandboxes.get(tx, "5a1d0c")
    assert found is not None
    assert (found.last_active_at, found.last_signal) == (NOW, "a request")


async def test_leases(database: Database) -> None:
    """Slots and ports are given once, lowest first, said to be out when they are, and come back."""
    async with database.write() as tx:
        for number in range(3):
            await sandboxes.add(tx, a_sandbox(id=str(number), name=f"n{number}"))
        assert [await leases.take_network(tx, str(number), slots=2) for number in range(3)] == [0, 1, None]
        assert await leases.take_ports(tx, "0", count=2, first=20000, last=20002) == [20000, 20001]
        assert await leases.take_ports(tx, "1", count=2, first=20000, last=20002) is None
        assert await leases.ports(tx) == {20000: "0", 20001: "0"}
        await leases.release(tx, "0")
        assert await leases.take_network(tx, "2", slots=2) == 0
        assert await leases.take_ports(tx, "2", count=3, first=20000, last=20002) == [20000, 20001, 20002]
        await sandboxes.change(tx, "2", leaving=RUNNING, status=DESTROYED, destroyed_at=NOW)
        assert await leases.release_of_destroyed(tx) == 4
        assert await leases.ports(tx) == {}


async def test_log_segments(database: Database) -> None:
    """Segments are read in order and the oldest go beyond the size kept, never the last one."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
        for minute in range(4):
            at = NOW + timedelta(minutes=minute)
            await logs.append(
                tx, sandbox_id="5a1d0c", service="web", first_at=at, last_at=at, lines=1, text="x" * 100
            )
        assert await logs.keep_newest(tx, "5a1d0c", "web", keep_bytes=250) == 2
        kept = await logs.read(tx, "5a1d0c", service="web")
        assert [segment.first_at.minute for segment in kept] == [2, 3]
        assert [segment.id for segment in await logs.read(tx, "5a1d0c", limit=1)] == [kept[1].id]
        assert await logs.keep_newest(tx, "5a1d0c", "web", keep_bytes=1) == 1
        assert await logs.last_at(tx, "5a1d0c", "web") == NOW + timedelta(minutes=3)
        late = NOW + timedelta(days=1)
        assert await logs.purge(tx, destroyed_before=late) == 0
        await sandboxes.change(tx, "5a1d0c", leaving=RUNNING, status=DESTROYED, destroyed_at=NOW)
        assert await logs.purge(tx, destroyed_before=late) == 1


async def test_first_times(database: Database) -> None:
    """A delivery, a warning and a first greeting each happen once."""
    person = Actor(person_id="U1", team_id="T1")
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
        assert [await deliveries.first_time(tx, "k", NOW) for _ in range(2)] == [True, False]
        assert await deliveries.purge(tx, before=NOW + timedelta(seconds=1)) == 1
        first = [
            await warnings.first_time(tx, "5a1d0c", clock="hard", deadline=NOW, mark_seconds=600, now=NOW)
            for _ in range(2)
        ]
        assert first == [True, False]
        assert await warnings.of_all(tx) == {"5a1d0c": {("hard", NOW, 600)}}
        await warnings.forget(tx, "5a1d0c")
        assert await warnings.of_all(tx) == {}
        assert [await people.seen(tx, person, now=NOW) for _ in range(2)] == [True, False]
        assert not await people.is_onboarded(tx, person)
        assert [await people.onboard(tx, person, now=NOW) for _ in range(2)] == [True, False]
        assert await people.is_onboarded(tx, person)


async def test_posts(database: Database) -> None:
    """A message is intended once, found again after a crash, and by what the chat calls it."""
    post = Post(
        key="card:5a1d0c",
        channel_id="C1",
        thread=None,
        reference=None,
        digest=None,
        state=PostState.INTENDED,
        sandbox_id="5a1d0c",
        intended_at=NOW,
    )
    async with database.write() as tx:
        assert await posts.intend(tx, post) == post
        assert await posts.intended(tx) == [post]
        await posts.posted(tx, post.key, reference="1.2", digest="d1")
        await posts.drawn(tx, post.key, digest="d2")
        again = await posts.intend(tx, post)
        assert (again.state, again.reference, again.digest) == (PostState.POSTED, "1.2", "d2")
        assert await posts.by_reference(tx, channel_id="C1", reference="1.2") == again
        assert await posts.intended(tx) == []


async def test_app_versions(database: Database) -> None:
    """A changed manifest is the next version, an unchanged one the same, and old ones stay as they were."""
    async with database.write() as tx:
        numbers = [await apps.publish(tx, "echo", text, now=NOW) for text in ("a", "a", "b", "a")]
        assert numbers == [1, 1, 2, 3]
        found = await apps.get(tx, "echo", 2)
        assert found is not None
        assert found.text == "b"
        assert await apps.get(tx, "echo", 9) is None
        assert await apps.newest(tx) == {"echo": 3}


async def test_joined_names_are_those_of_sandboxes_that_are_there(database: Database) -> None:
    """``{sandbox}-{service}`` is found however the hyphens fall, and a destroyed sandbox holds none."""
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox(name="shop"))
        await services.add_all(tx, [a_service(name="db-web")])
        assert await services.joined_names(tx, ["shop-db-web", "shop-db"]) == {"shop-db-web"}
        await sandboxes.change(tx, "5a1d0c", leaving=RUNNING, status=DESTROYED, destroyed_at=NOW)
        assert not await services.joined_names(tx, ["shop-db-web"])
