"""HAProxy as a child of ours: started, brought back when it dies, ended with us."""

import asyncio
import contextlib
import os
import pwd
import re
import shutil
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from executor.errors import ProxyUnavailableError, SandboxError
from executor.proxy.configuration import ProxySettings
from executor.proxy.files import write_files
from executor.proxy.runtime import RuntimeSocket

START_TIMEOUT_SECONDS = 10.0
STOP_TIMEOUT_SECONDS = 5.0
READY_PAUSE_SECONDS = 0.02
RESTART_PAUSE_SECONDS = 0.2
RESTART_PAUSE_LIMIT_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""One that lived this long is brought back at once when it dies."""
PACKAGE_USER = "haproxy"
OUTPUT_KEPT_LINES = 40
OUTPUT_LINE_LIMIT_BYTES = 16 * 1024

_TAKEN = re.compile(r"cannot bind socket \((?P<why>[^)]*)\)[^\[]*\[(?P<where>[^\]]*)\]")

_SERVING = re.compile(r"^Pid: (\d+)$", re.MULTILINE)

log = structlog.get_logger(__name__)


class HAProxyProcess:
    """Owns one HAProxy for as long as :meth:`start` to :meth:`stop`."""

    def __init__(self, settings: ProxySettings, *, binary: str = "haproxy", log: Path | None = None) -> None:
        """``log`` is a file to which HAProxy's own words are added; it writes nothing of requests."""
        self._settings = _with_lesser_user(settings)
        self._log = log
        self._binary = binary
        self._runtime = RuntimeSocket(settings.runtime_socket, timeout_seconds=1.0)
        self._process: asyncio.subprocess.Process | None = None
        self._output: deque[str] = deque(maxlen=OUTPUT_KEPT_LINES)
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the HAProxy that runs now."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and alive else None

    async def start(self) -> None:
        """Write its files and start it; return when it serves.

        Raises SandboxError if it cannot start: not installed, a port taken, a setting refused.
        """
        self._check_binary()
        try:
            await asyncio.to_thread(write_files, self._settings)
        except ValueError as error:
            raise SandboxError("The proxy cannot be started.", str(error)) from error
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep_alive(), name="haproxy-keeper")

    async def stop(self) -> None:
        """End it and wait until it is gone."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        await self._end()

    def _check_binary(self) -> None:
        if shutil.which(self._binary) is None:
            raise SandboxError("HAProxy is not installed.", "Install it: apt-get install haproxy")

    async def _spawn(self) -> None:
        """Start one and wait until its runtime socket answers."""
        self._output.clear()
        stranger = await self._serving_pid()
        self._process = await asyncio.create_subprocess_exec(
            *self._command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=OUTPUT_LINE_LIMIT_BYTES,
            start_new_session=True,
        )
        reading = asyncio.create_task(self._read_output(self._process), name="haproxy-output")
        try:
            await self._wait_until_ready(self._process, reading, stranger)
        except BaseException:
            await self._end()
            raise

    def _command(self) -> Sequence[str]:
        """Master and worker: the worker ends with its master, the master with us, even if we are killed."""
        command = (self._binary, "-W", "-db", "-f", str(self._settings.configuration_file))
        guard = shutil.which("setpriv")
        return (guard, "--pdeathsig", "TERM", "--", *command) if guard else command

    async def _serving_pid(self) -> str | None:
        """Who answers on the runtime socket: perhaps one that a killed predecessor of ours left ending."""
        try:
            found = _SERVING.search(await self._runtime.ask("show info"))
        except ProxyUnavailableError:
            return None
        return found[1] if found else None

    async def _wait_until_ready(
        self, process: asyncio.subprocess.Process, reading: asyncio.Task[None], stranger: str | None
    ) -> None:
        deadline = asyncio.get_running_loop().time() + START_TIMEOUT_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if process.returncode is not None:
                await reading
                raise _start_failure(self._output)
            if await self._serving_pid() not in (None, stranger):
                return
            await asyncio.sleep(READY_PAUSE_SECONDS)
        raise _start_failure(self._output)

    async def _read_output(self, process: asyncio.subprocess.Process) -> None:
        """Keep its last lines, so that a failure can be told, and its pipe empty."""
        output = process.stdout
        with contextlib.suppress(ValueError):
            while output is not None and (line := await output.readline()):
                text = line.decode("utf-8", "replace").rstrip()
                self._output.append(text)
                self._write_down(text)

    def _write_down(self, line: str) -> None:
        if self._log is None:
            log.debug("haproxy said", line=line)
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    async def _keep_alive(self) -> None:
        """Bring it back whenever it dies, slower each time it dies young."""
        clock = asyncio.get_running_loop().time
        pause = RESTART_PAUSE_SECONDS
        while self._process is not None:
            born = clock()
            code = await self._process.wait()
            pause = RESTART_PAUSE_SECONDS if clock() - born > STEADY_SECONDS else pause
            log.warning("haproxy died and is started again", exit_code=code, pause_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, RESTART_PAUSE_LIMIT_SECONDS)
            try:
                await self._spawn()
            except (SandboxError, OSError) as error:
                log.error("haproxy does not start", reason=str(error), output=list(self._output)[-5:])

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _with_lesser_user(settings: ProxySettings) -> ProxySettings:
    """Started as root, HAProxy becomes the user that its package made, once it has its ports and files."""
    if settings.user is not None or os.geteuid() != 0:
        return settings
    try:
        pwd.getpwnam(PACKAGE_USER)
    except KeyError:
        return settings
    return replace(settings, user=PACKAGE_USER)


def _start_failure(output: Sequence[str]) -> SandboxError:
    """What HAProxy's last words mean for whoever started it."""
    for line in output:
        taken = _TAKEN.search(line)
        if taken:
            return SandboxError(
                f"The proxy cannot listen on {taken['where']}: {taken['why']}.",
                "Another program may have that port. End it, or choose another port in the settings.",
            )
    told = [line for line in output if "[ALERT]" in line] or list(output)
    return SandboxError("The proxy did not start.", "\n".join(told[-5:]) or None)
