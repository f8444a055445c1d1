"""The programs that the demo starts and ends: each with a log file, each told apart by name."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

END_GRACE_SECONDS = 20.0
DEATHS_LIMIT = 3
DEATHS_WITHIN_SECONDS = 60.0
"""A program that dies so often in so short a time is not started again."""


class Child:
    """A started program in a process group of its own, so that Ctrl-C reaches it only through us."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, argv: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
    ) -> "Child":
        """Start ``argv`` with its output appended to ``log``."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """Its process id, which is its group's too."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def wait(self) -> int:
        """Return its exit code when it ends."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Ask it to end, then make it."""
        if not self.running:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_GRACE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    def last_lines(self, count: int = 15) -> str:
        """Return the end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
        return ""


class Kept:
    """A program that is started again when it ends by itself, unless it does so all the time."""

    def __init__(
        self, child: Child, start: Callable[[], Awaitable[Child]], say: Callable[[str], None]
    ) -> None:
        self.child = child
        self._start = start
        self._say = say
        self._keeper = asyncio.create_task(self._keep())

    @property
    def name(self) -> str:
        """Its name."""
        return self.child.name

    @property
    def log(self) -> Path:
        """Where its output is."""
        return self.child.log

    def last_lines(self) -> str:
        """Return the end of its log."""
        return self.child.last_lines()

    async def wait(self) -> int:
        """Return when it is given up, its last exit code. Raises SandboxError if it did not start again."""
        return await asyncio.shield(self._keeper)

    async def stop(self) -> None:
        """End it, and start it no more."""
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        await self.child.stop()

    async def _keep(self) -> int:
        deaths: list[float] = []
        while True:
            code = await self.child.wait()
            now = monotonic()
            deaths = [at for at in deaths if now - at < DEATHS_WITHIN_SECONDS] + [now]
            if len(deaths) >= DEATHS_LIMIT:
                return code
            self._say(f"{self.name} ended by itself (exit code {code}); starting it again")
            self.child = await self._start()
