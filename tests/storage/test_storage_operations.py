"""The queue: one at a time, claimed once, written only by who holds it."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import events, operations, sandboxes, steps, submissions
from storage.database import Database
from storage.errors import LeaseLostError, StaleStatusError
from storage.records import EventKind, Operation, OperationKind, OperationStatus, StepStatus
from tests.storage.records_for_tests import NOW, a_sandbox, an_operation

LEASE = timedelta(seconds=15)
DESTROY = OperationKind.DESTROY


@pytest.fixture
async def queue(database: Database) -> Database:
    """A database with three sandboxes."""
    async with database.write() as tx:
        for number in range(3):
            await sandboxes.add(tx, a_sandbox(id=f"s{number}", name=f"n{number}"))
    return database


async def _claim(
    queue: Database, owner: str, seconds: float = 0, but_not: Collection[str] = ()
) -> Operation | None:
    now = NOW + timedelta(seconds=seconds)
    async with queue.write() as tx:
        return await operations.claim(
            tx, kinds=list(OperationKind), owner=owner, now=now, lease_until=now + LEASE, but_not=but_not
        )


async def test_one_at_a_time(queue: Database) -> None:
    """The table refuses a second active operation of a sandbox, and takes a destroy beside it."""
    async with queue.write() as tx:
        await operations.add(tx, an_operation(sandbox_id="s0"))
        await operations.add(tx, an_operation(id="op2", sandbox_id="s0", kind=DESTROY))
    for kind in (OperationKind.STOP, DESTROY):
        with pytest.raises(IntegrityError):
            async with queue.write() as tx:
                await operations.add(tx, an_operation(id="op3", sandbox_id="s0", kind=kind))


async def test_claims(queue: Database) -> None:
    """The oldest due operation is claimed first, each by one worker only, and one that is not due by none."""
    async with queue.write() as tx:
        for number in range(3):
            at = NOW - timedelta(seconds=number)
            row = an_operation(id=f"op{number}", sandbox_id=f"s{number}", created_at=at, not_before=at)
            await operations.add(tx, row)
    claimed = await asyncio.gather(*(_claim(queue, f"w{number}", seconds=-1) for number in range(5)))
    assert sorted(found.id for found in claimed if found) == ["op1", "op2"]
    assert (await _claim(queue, "w9")) is not None


async def test_abandoned(queue: Database) -> None:
    """An operation whose lease ran out is claimed again, and its first worker can write no more."""
    async with queue.write() as tx:
        await operations.add(tx, an_operation(sandbox_id="s0"))
    assert await _claim(queue, "first") is not None
    assert await _claim(queue, "second", seconds=14) is None
    assert await _claim(queue, "second", seconds=15, but_not=["op1"]) is None
    again = await _claim(queue, "second", seconds=15)
    assert again is not None
    assert again.attempts == 2
    async with queue.write() as tx:
        assert await operations.renew(tx, owner="first", ids=["op1"], lease_until=NOW + LEASE) == {}
        for write in (
            operations.finish(tx, "op1", owner="first", status=OperationStatus.SUCCEEDED, now=NOW),
            operations.put_back(tx, "op1", owner="first", not_before=NOW, reason="x"),
            operations.set_error(tx, "op1", owner="first", error={}),
            operations.held(tx, "op1", owner="first"),
        ):
            with pytest.raises(LeaseLostError):
                await write
        await operations.finish(tx, "op1", owner="second", status=OperationStatus.SUCCEEDED, now=NOW)


async def test_destroy_waits(queue: Database) -> None:
    """A destroy waits for the operation that it has told to stop."""
    async with queue.write() as tx:
        await operations.add(tx, an_operation(sandbox_id="s0"))
    assert await _claim(queue, "w") is not None
    async with queue.write() as tx:
        await operations.add(tx, an_operation(id="op2", sandbox_id="s0", kind=DESTROY))
        await operations.request_cancel(tx, "op1", by="U2")
        await operations.request_cancel(tx, "op1", by="U3")
        renewed = await operations.renew(tx, owner="w", ids=["op1"], lease_until=NOW + LEASE)
        assert renewed == {"op1": "U2"}
    assert await _claim(queue, "v") is None
    async with queue.write() as tx:
        await operations.finish(tx, "op1", owner="w", status=OperationStatus.CANCELLED, now=NOW)
    claimed = await _claim(queue, "v")
    assert claimed is not None
    assert claimed.id == "op2"


async def test_put_back_release_and_wake(queue: Database) -> None:
    """One that waits for the engine comes due later or when woken; a released one is free at once."""
    async with queue.write() as tx:
        await operations.add(tx, an_operation(sandbox_id="s0"))
    assert await _claim(queue, "w") is not None
    async with queue.write() as tx:
        later = NOW + timedelta(seconds=5)
        await operations.put_back(tx, "op1", owner="w", not_before=later, reason="no engine")
        assert await operations.next_due(tx) == later
    assert await _claim(queue, "w") is None
    async with queue.write() as tx:
        assert await operations.wake_waiting(tx, now=NOW) == 1
    assert await _claim(queue, "w") is not None
    async with queue.write() as tx:
        await operations.release(tx, "op1", owner="w", now=NOW)
    assert await _claim(queue, "v") is not None


async def test_cancel_of_a_queued_one(queue: Database) -> None:
    """One that nobody carries is ended at once; one that somebody carries is not."""
    async with queue.write() as tx:
        await operations.add(tx, an_operation(sandbox_id="s0"))
        assert await operations.cancel_queued(tx, "op1", by="U2", now=NOW)
        assert not await operations.cancel_queued(tx, "op1", by="U2", now=NOW)
        found = await operations.get(tx, "op1")
    assert found is not None
    assert (found.status, found.cancel_requested_by) == (OperationStatus.CANCELLED, "U2")


async def test_steps(queue: Database) -> None:
    """Steps go from pending to running to done, undone in the end, and nowhere else."""
    async with queue.write() as tx:
        await operations.add(tx, an_operation(sandbox_id="s0"))
        await steps.add_all(tx, "op1", ["network", "images"])
        with pytest.raises(StaleStatusError):
            await steps.end(tx, "op1", "network", status=StepStatus.DONE, now=NOW)
        assert await steps.start(tx, "op1", "network", now=NOW)
        assert not await steps.start(tx, "op1", "network", now=NOW + LEASE)
        await steps.describe(tx, "op1", "network", "making it")
        await steps.end(tx, "op1", "network", status=StepStatus.DONE, now=NOW)
        await steps.end(tx, "op1", "network", status=StepStatus.UNDONE, now=NOW)
        with pytest.raises(StaleStatusError):
            await steps.start(tx, "op1", "network", now=NOW)
        found = await steps.of_operation(tx, "op1")
    assert [(step.name, step.status) for step in found] == [
        ("network", StepStatus.UNDONE),
        ("images", StepStatus.PENDING),
    ]
    assert (found[0].started_at, found[0].detail) == (NOW, "making it")


async def test_submissions(queue: Database) -> None:
    """What a key became is remembered until it is purged."""
    async with queue.write() as tx:
        assert await submissions.get(tx, "k") is None
        await submissions.add(tx, "k", sandbox_id="s0", operation_id=None, now=NOW)
        found = await submissions.get(tx, "k")
        assert found is not None
        assert found.sandbox_id == "s0"
        assert await submissions.purge(tx, before=NOW + LEASE) == 1


async def test_event_numbers_follow_commits(queue: Database) -> None:
    """A reader that follows its cursor while many write sees every event, in order, once."""
    seen: list[int] = []
    writing = True

    async def read() -> None:
        while True:
            last_round = not writing
            async with queue.read() as tx:
                seen.extend(event.seq for event in await events.after(tx, seen[-1] if seen else 0))
            if last_round:
                return
            await asyncio.sleep(0)

    async def write() -> None:
        async with queue.write() as tx:
            for _ in range(3):
                await events.append(tx, EventKind.SANDBOX_CHANGED, at=NOW, sandbox_id="s0")
                await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write() for _ in range(30)))
    writing = False
    await reader
    assert len(seen) == 90
    assert seen == sorted(set(seen))


async def test_event_purge(queue: Database) -> None:
    """Old events go only when every reader has passed them, and their numbers are not used again."""
    async with queue.write() as tx:
        for _ in range(3):
            await events.append(tx, EventKind.SANDBOX_CHANGED, at=NOW, sandbox_id="s0", data={"a": [1]})
        later = NOW + LEASE
        assert await events.purge(tx, before=later) == 0
        last = await events.last_seq(tx)
        await events.set_cursor(tx, "bot", last)
        await events.set_cursor(tx, "bot", 1)
        assert await events.cursor(tx, "bot") == last
        assert (await events.of_sandbox(tx, "s0"))[0].data == {"a": [1]}
        assert await events.purge(tx, before=later) == 3
        await events.append(tx, EventKind.SANDBOX_CHANGED, at=NOW, sandbox_id="s0")
        assert await events.last_seq(tx) == last + 1
