"""The docker SDK behind bounded threads, and every call with a time-out.

Four pools, so that none starves another: ``quick`` for what the engine answers from memory, ``waiting`` for
what waits for a container to end, ``asking`` for what waits for a registry, ``long`` for pull, build and
load. Streams (logs, events) use no threads at all: see ``streams.py``.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import docker

from executor.engine.failures import translated
from executor.engine.threads import DaemonThreads
from executor.errors import EngineUnavailableError

QUICK_THREADS = 8
WAITING_THREADS = 8
ASKING_THREADS = 2
LONG_THREADS = 4
QUICK_TIMEOUT_SECONDS = 60.0
"""For a create or a start on a machine under load; an answer from memory takes milliseconds."""
MADE_AFTER_ALL_SECONDS = 3.0
"""How long a cancelled call waits for what it asked to be made. Creating takes the engine far less."""
LONG_TIMEOUT_SECONDS = 1800.0
SILENCE_TIMEOUT_SECONDS = 600.0
"""How long a pull or a build may say nothing."""
PROBE_TIMEOUT_SECONDS = 5.0
URL_POOLS = 64
"""The SDK pools connections by URL and closes the pool used least lately: more than we have threads, so that
never one that is in use."""

Result = TypeVar("Result")


class Calls:
    """Runs functions of the SDK's low-level client. The client is made at the first call, so an engine that
    is down when we start is no reason not to start."""

    def __init__(self, path: Path) -> None:
        self._socket = str(path)
        self._quick = DaemonThreads(QUICK_THREADS, name="engine-quick")
        self._waiting = DaemonThreads(WAITING_THREADS, name="engine-waiting")
        self._asking = DaemonThreads(ASKING_THREADS, name="engine-asking")
        self._long = DaemonThreads(LONG_THREADS, name="engine-long")
        self._lock = threading.Lock()
        self._client: docker.APIClient | None = None
        self._long_client: docker.APIClient | None = None

    async def quick(
        self, call: Callable[[docker.APIClient], Result], *, timeout_seconds: float = QUICK_TIMEOUT_SECONDS
    ) -> Result:
        """Run a call that the engine answers at once. Raises EngineUnavailableError, EngineCallError."""
        return await self._run(self._quick, lambda: call(self._quick_client()), timeout_seconds)

    async def waiting(self, call: Callable[[docker.APIClient], Result], *, wait_seconds: float) -> Result:
        """Run a call that waits up to ``wait_seconds`` for a container."""
        return await self._run(
            self._waiting, lambda: call(self._quick_client()), wait_seconds + QUICK_TIMEOUT_SECONDS
        )

    async def making(self, call: Callable[[docker.APIClient], Result]) -> Result:
        """Run a call that makes something.

        A thread cannot be called back: cancelled, this waits a moment for the thing to be there, so that
        whoever takes it away next finds it.
        """
        made = asyncio.ensure_future(self.quick(call))
        try:
            return await asyncio.shield(made)
        except asyncio.CancelledError:
            made.add_done_callback(_heard)
            await asyncio.wait([made], timeout=MADE_AFTER_ALL_SECONDS)
            raise

    async def asking(self, call: Callable[[docker.APIClient], Result], *, timeout_seconds: float) -> Result:
        """Run a call that the engine passes on to a registry, which may keep silent."""
        return await self._run(self._asking, lambda: call(self._quick_client()), timeout_seconds)

    async def long(self, call: Callable[[docker.APIClient], Result]) -> Result:
        """Run a pull, build or load."""
        return await self._run(self._long, lambda: call(self._patient_client()), LONG_TIMEOUT_SECONDS)

    async def api_version(self) -> str:
        """The version agreed with the engine, such as '1.41'."""
        return await self.quick(lambda client: str(client.api_version), timeout_seconds=PROBE_TIMEOUT_SECONDS)

    def close(self) -> None:
        """Let go of connections; threads end when their call does."""
        for pool in (self._quick, self._waiting, self._asking, self._long):
            pool.shutdown()
        for client in (self._client, self._long_client):
            if client is not None:
                client.close()

    async def _run(self, pool: DaemonThreads, call: Callable[[], Result], timeout_seconds: float) -> Result:
        def guarded() -> Result:
            with translated():
                self._knock()
                return call()

        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_seconds):
                return await loop.run_in_executor(pool, guarded)
        except TimeoutError as error:
            message = f"the engine did not answer within {timeout_seconds:.0f} s"
            raise EngineUnavailableError(message) from error

    def _knock(self) -> None:
        """Connect once and hang up: where connecting fails, the SDK leaves its socket to the collector."""
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(PROBE_TIMEOUT_SECONDS)
            try:
                knock.connect(self._socket)
            except OSError as error:
                raise EngineUnavailableError(f"the engine does not answer: {error}") from error

    def _quick_client(self) -> docker.APIClient:
        with self._lock:
            if self._client is None:
                self._client = self._connect(
                    QUICK_TIMEOUT_SECONDS, QUICK_THREADS + WAITING_THREADS + ASKING_THREADS
                )
            return self._client

    def _patient_client(self) -> docker.APIClient:
        with self._lock:
            if self._long_client is None:
                self._long_client = self._connect(SILENCE_TIMEOUT_SECONDS, LONG_THREADS)
            return self._long_client

    def _connect(self, timeout_seconds: float, connections: int) -> docker.APIClient:
        return docker.APIClient(
            base_url=f"unix://{self._socket}",
            version="auto",
            timeout=int(timeout_seconds),
            num_pools=URL_POOLS,
            max_pool_size=connections,
        )


def _heard(made: asyncio.Future[Any]) -> None:
    """What came of it is nobody's business any more."""
    if not made.cancelled():
        made.exception()
