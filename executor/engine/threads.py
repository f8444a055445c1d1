"""A bounded pool of threads that keeps no program alive.

``ThreadPoolExecutor`` waits for its threads when the interpreter ends, whatever they do: a program told to
end in the middle of an image's build would end when the build does. What these threads wait for is an answer
of the engine; nobody needs it any more then.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_Work = Callable[[], None]


class DaemonThreads(Executor):
    """At most ``most`` threads, started when they are needed and kept until :meth:`shutdown`."""

    def __init__(self, most: int, *, name: str) -> None:
        self._most = most
        self._name = name
        self._works: SimpleQueue[_Work | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._started = 0
        self._closed = False

    def submit(
        self,
        function: Callable[Parameters, Result],
        /,
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> Future[Result]:
        """Call the function in a thread, as soon as one is free. Raises RuntimeError after a shutdown."""
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the threads were shut down")
            self._works.put(partial(_run, future, partial(function, *arguments, **named)))
            if not self._idle.acquire(blocking=False) and self._started < self._most:
                self._started += 1
                threading.Thread(
                    target=self._serve, name=f"{self._name}-{self._started}", daemon=True
                ).start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Take nothing more. Threads end when their call does; nobody waits for them."""
        del wait, cancel_futures  # it never waits, and what has not begun is dropped with its queue
        with self._lock:
            self._closed = True
            self._works.put(None)

    def _serve(self) -> None:
        """Work until told to end; then tell the next one."""
        while not self._closed and (work := self._works.get()) is not None:
            work()
            self._idle.release()
        self._works.put(None)


def _run(future: Future[Result], call: Callable[[], Result]) -> None:
    """Do it, unless nobody waits for it any more."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  it is the caller's, whatever it is
        future.set_exception(error)
    else:
        future.set_result(result)
