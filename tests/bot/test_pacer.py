"""The pace: Slack's budgets are kept, facts go first, Retry-After is obeyed by everybody."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.pacer import Budget, Pacer, Priority, TooLateError


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        await asyncio.sleep(0)


def limited(retry_after: int) -> SlackApiError:
    """What Slack answers to a call that comes too soon."""
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="chat.update",
        req_args={},
        data={"ok": False, "error": "ratelimited"},
        headers={"Retry-After": str(retry_after)},
        status_code=429,
    )
    return SlackApiError("ratelimited", response)  # type: ignore[no-untyped-call]  # as the SDK has it


def pacer(clock: Clock, **budgets: Budget) -> Pacer:
    """A pacer with these budgets by method."""
    return Pacer(budgets=budgets, clock=clock, sleep=clock.sleep)


async def test_a_method_keeps_its_budget_over_any_minute() -> None:
    """After the burst, calls come at the rate and no faster."""
    clock = Clock()
    paced = pacer(clock, update=Budget(per_minute=60, burst=5))
    moments: list[float] = []

    async def send() -> None:
        moments.append(clock.now)

    for _ in range(65):
        await paced.call("update", send)
    assert len([at for at in moments if at < 1000.0 + 60]) <= 65
    assert moments[4] == 1000.0
    assert moments[64] == pytest.approx(1060.0, abs=0.5)


async def test_a_channel_gets_one_message_a_second() -> None:
    """Another channel does not wait for it."""
    clock = Clock()
    paced = Pacer(budgets={"post": Budget(per_minute=600, burst=50)}, clock=clock, sleep=clock.sleep)
    moments: dict[str, list[float]] = {"C1": [], "C2": []}

    async def send(channel: str) -> None:
        moments[channel].append(clock.now)

    for _ in range(3):
        await paced.call("post", lambda: send("C1"), channel="C1")
    await paced.call("post", lambda: send("C2"), channel="C2")
    gaps = [later - earlier for earlier, later in zip(moments["C1"], moments["C1"][1:], strict=False)]
    assert all(gap >= 0.99 for gap in gaps)
    assert moments["C2"][0] == moments["C1"][2]


async def test_progress_leaves_a_share_for_facts() -> None:
    """When progress has used what it may, a fact still goes at once."""
    clock = Clock()
    paced = pacer(clock, update=Budget(per_minute=6, burst=5, kept=2))

    async def send() -> float:
        return clock.now

    for _ in range(3):
        assert await paced.call("update", send, priority=Priority.PROGRESS) == 1000.0
    assert await paced.call("update", send, priority=Priority.FACT) == 1000.0
    assert await paced.call("update", send, priority=Priority.PROGRESS) > 1010.0


async def test_everybody_obeys_retry_after() -> None:
    """One call is told to wait; the next of the same method waits too, another method does not."""
    clock = Clock()
    paced = pacer(clock)
    answers = [limited(30), None]
    moments: list[float] = []

    async def send() -> None:
        moments.append(clock.now)
        answer = answers.pop(0) if answers else None
        if answer:
            raise answer

    async def other() -> float:
        return clock.now

    first = asyncio.create_task(paced.call("update", send))
    await asyncio.sleep(0)
    assert await paced.call("post", other) < 1010.0
    await first
    await paced.call("update", send)
    assert moments[0] == 1000.0
    assert all(at >= 1030.0 for at in moments[1:])


async def test_who_cannot_wait_is_told_at_once() -> None:
    """A person's trigger lasts 3 s: better a word than a form too late."""
    clock = Clock()
    paced = pacer(clock, view=Budget(per_minute=1, burst=1))

    async def send() -> None:
        return None

    await paced.call("view", send)
    with pytest.raises(TooLateError):
        await paced.call("view", send, patience_seconds=1.5)


async def test_what_the_call_raises_comes_out() -> None:
    """Only a 429 is dealt with here."""
    paced = pacer(Clock())

    async def send() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await paced.call("update", send)
