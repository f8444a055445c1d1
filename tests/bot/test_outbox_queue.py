"""What waits: once each, by lanes, the urgent first, and nothing dropped."""

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.queue import Queue
from bot.slack.pacer import Priority


def add(
    queue: Queue, key: str, lane: str = "a", priority: Priority = Priority.STATE, channel: str = "C1"
) -> None:
    """Ask for a message."""
    queue.add(key, lane=lane, channel_id=channel, priority=priority)


def test_a_message_asked_for_many_times_is_sent_once() -> None:
    """Superseded drawings never go out."""
    queue = Queue()
    for _ in range(100):
        add(queue, "card:1")
    job = queue.take(0)
    assert job is not None
    assert queue.take(0) is None
    queue.done(job)
    assert queue.is_idle


def test_asked_for_again_while_it_is_sent_it_goes_again() -> None:
    """What changed meanwhile is not forgotten."""
    queue = Queue()
    add(queue, "card:1")
    job = queue.take(0)
    assert job is not None
    add(queue, "card:1")
    assert queue.take(0) is None
    queue.done(job)
    assert queue.take(0) is not None


def test_the_urgent_goes_first_and_equals_in_order() -> None:
    """A fact passes progress; facts keep their order."""
    queue = Queue()
    add(queue, "progress", lane="a", priority=Priority.PROGRESS)
    add(queue, "first", lane="b", priority=Priority.FACT)
    add(queue, "second", lane="c", priority=Priority.FACT)
    taken = [queue.take(0), queue.take(0), queue.take(0)]
    assert [job.key for job in taken if job] == ["first", "second", "progress"]


def test_a_fact_that_must_wait_holds_its_lane() -> None:
    """What came later is not said before it; other lanes go on."""
    queue = Queue()
    add(queue, "first", priority=Priority.FACT)
    job = queue.take(0)
    assert job is not None
    add(queue, "second", priority=Priority.FACT)
    add(queue, "elsewhere", lane="b")
    queue.again(job, 0)
    queue.done(job)
    found = queue.take(0)
    assert found is not None
    assert found.key == "elsewhere"
    assert queue.take(0.5) is None
    again = queue.take(1.5)
    assert again is not None
    assert again.key == "first"


def test_it_waits_longer_each_time_and_never_more_than_a_minute() -> None:
    """1 s, 2 s, 4 s, … 60 s."""
    queue = Queue()
    add(queue, "card:1")
    waits = []
    for _ in range(10):
        job = queue.take(1e9)
        assert job is not None
        queue.again(job, 0)
        queue.done(job)
        waits.append(queue.next_at(0))
    assert waits[:3] == [1.0, 2.0, 4.0]
    assert waits[-1] == 60.0


def test_a_parked_channel_waits_until_it_is_let_in() -> None:
    """All its messages, in their order; other channels go on."""
    queue = Queue()
    add(queue, "one", lane="a")
    add(queue, "two", lane="b")
    add(queue, "other", lane="c", channel="C2")
    job = queue.take(0)
    assert job is not None
    queue.park(job)
    queue.done(job)
    add(queue, "one", lane="a")
    left = queue.take(0)
    assert left is not None
    assert left.key == "other"
    assert queue.take(0) is None
    assert list(queue.unpark("C1")) == ["one", "two"]
    assert queue.take(0) is not None


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz"), st.sampled_from(list(Priority))))
)
def test_nothing_that_was_asked_for_is_lost(asked: list[tuple[str, str, Priority]]) -> None:
    """Whatever the order, every key comes out once and the queue ends empty."""
    queue = Queue()
    lanes = {key: lane for key, lane, _ in asked}
    for key, _, priority in asked:
        add(queue, key, lane=lanes[key], priority=priority)
    taken = []
    while job := queue.take(0):
        taken.append(job.key)
        queue.done(job)
    assert sorted(taken) == sorted(lanes)
    assert queue.is_idle
