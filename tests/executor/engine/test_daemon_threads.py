"""The pool that keeps no program alive."""

import subprocess
import sys
import threading
import time

import pytest

from executor.engine.threads import DaemonThreads

STUCK = """
import time
from executor.engine.threads import DaemonThreads
pool = DaemonThreads(2, name="stuck")
pool.submit(time.sleep, 60)
pool.shutdown()
"""


def test_no_more_threads_than_allowed_and_none_without_need() -> None:
    """One call after the other needs one thread; many at once get as many as there may be."""
    pool = DaemonThreads(3, name="few")
    names = set()
    for _ in range(5):
        names.add(pool.submit(lambda: threading.current_thread().name).result(5))
        time.sleep(0.01)  # it says that it is idle a moment after it has answered
    assert names == {"few-1"}
    meet = threading.Barrier(3)
    waiting = [pool.submit(meet.wait, 5) for _ in range(6)]
    assert sorted(one.result(5) for one in waiting) == [0, 0, 1, 1, 2, 2]
    pool.shutdown()


def test_what_a_call_raises_is_the_callers_and_the_thread_goes_on() -> None:
    """A failure ends the call alone."""
    pool = DaemonThreads(1, name="one")
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(5)
    assert pool.submit(lambda: 2).result(5) == 2
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(lambda: 3)


def test_a_program_ends_while_a_call_is_under_way() -> None:
    """Nobody waits a minute for a sleeping thread."""
    subprocess.run([sys.executable, "-c", STUCK], check=True, timeout=20)
