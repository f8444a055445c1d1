"""What is being made when its wish is taken back: a thread cannot be called back, so it is waited for."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from executor.engine.calls import Calls


@pytest.fixture
async def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Calls]:
    """Calls to something that listens, and whose client is never asked."""
    monkeypatch.setattr(Calls, "_quick_client", lambda _self: None)
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "engine.sock"))
        engine.listen(16)
        found = Calls(tmp_path / "engine.sock")
        yield found
        found.close()


async def test_a_cancelled_create_ends_when_the_thing_is_there(calls: Calls) -> None:
    """Not before, or whoever removes it would not find it yet."""
    asked, answer, made = threading.Event(), threading.Event(), []

    def create(_client: object) -> None:
        asked.set()
        answer.wait(10)
        made.append("container")

    task = asyncio.create_task(calls.making(create))
    await asyncio.to_thread(asked.wait, 10)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=0.2)
    assert not done
    answer.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert made == ["container"]


async def test_a_cancelled_create_is_not_waited_for_for_ever(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that does not answer keeps nobody."""
    monkeypatch.setattr("executor.engine.calls.MADE_AFTER_ALL_SECONDS", 0.1)
    asked, answer = threading.Event(), threading.Event()

    def create(_client: object) -> None:
        asked.set()
        answer.wait(10)

    task = asyncio.create_task(calls.making(create))
    await asyncio.to_thread(asked.wait, 10)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    answer.set()
    assert done


async def test_what_creating_ran_into_is_told(calls: Calls) -> None:
    """As with every other call."""

    def create(_client: object) -> None:
        raise KeyError("made up")

    with pytest.raises(KeyError):
        await calls.making(create)
