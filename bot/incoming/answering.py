"""In time, and never with a traceback: the boundary around everything a person asks."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import uuid4

import structlog

from bot.incoming.desk import Answer
from bot.render import answers
from executor.errors import SandboxError

ACK_WITHIN_SECONDS = 1.2
"""Slack waits for 3 s. Whatever takes longer than this is answered later, by another way."""

_log = structlog.get_logger(__name__)

Work = Coroutine[Any, Any, Answer]
Late = Callable[[Answer], Awaitable[None]]


class Answering:
    """Runs what was asked, waits a moment for the answer, and keeps what takes longer."""

    def __init__(self, *, command: str) -> None:
        self._command = command
        self._tasks: set[asyncio.Task[Any]] = set()

    async def in_time(self, work: Work, *, late: Late) -> Answer | None:
        """The answer, if it comes in time; else None, and ``late`` gets it when it comes."""
        task = self.keep(self._guarded(work))
        done, _ = await asyncio.wait({task}, timeout=ACK_WITHIN_SECONDS)
        if done:
            answer: Answer = task.result()
            return answer
        self.keep(self._hand_over(task, late))
        return None

    def keep(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something on; ``drain`` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def afterwards(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something on whose failure only whoever runs us should hear of."""
        self.keep(_logged(work))

    async def drain(self, *, timeout_seconds: float) -> None:
        """Wait for what still runs, but not for ever."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_seconds)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def explain(self, error: Exception) -> Answer:
        """Words for a failure: the person's own, or the id of ours."""
        if isinstance(error, SandboxError):
            return Answer(message=answers.mistake(error, self._command))
        error_id = uuid4().hex[:8]
        _log.error("unexpected", error_id=error_id, exc_info=error)
        return Answer(message=answers.our_fault(error_id))

    async def _guarded(self, work: Work) -> Answer:
        try:
            return await work
        except Exception as error:  # noqa: BLE001  this is the boundary: logged or explained
            return self.explain(error)

    async def _hand_over(self, task: asyncio.Task[Answer], late: Late) -> None:
        await _logged(late(await task))


async def _logged(work: Awaitable[Any]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  nobody waits for it; the log must have it
        _log.error("not_delivered", exc_info=error)
