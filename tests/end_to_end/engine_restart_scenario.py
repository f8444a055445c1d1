"""An engine of its own is restarted, and is away, beneath ten sandboxes. Run inside a network namespace.

``python -m tests.end_to_end.engine_restart_scenario FOLDER IMAGE`` ends with 0 if all went well.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

from storage.records import EventKind, SandboxStatus
from tests.end_to_end.looking import (
    assert_nothing_is_left_without_a_row,
    assert_said_once,
    events_of,
    fetch,
    rows,
    until,
)
from tests.end_to_end.stack import Stack, running_stack
from workspace.client import Person

SANDBOXES = 10


class Daemon:
    """A dockerd in the namespace that this program runs in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "engine.sock"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        argv = ["dockerd", f"--host=unix://{self.socket}", "--bip=172.29.0.1/24"]
        argv += [f"--data-root={self.folder}/data", f"--exec-root={self.folder}/exec"]
        argv += [f"--pidfile={self.folder}/engine.pid"]
        with (self.folder / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(argv, stdout=log, stderr=log)  # noqa: ASYNC220  it outlives the call

        async def answers() -> bool:
            return await asyncio.to_thread(self.docker, "version") == 0

        await until(answers, within=40, message="the engine answers")

    def docker(self, *arguments: str) -> int:
        """Run the client against it; return the exit code."""
        command = ["docker", f"--host=unix://{self.socket}", *arguments]
        return subprocess.run(command, check=False, capture_output=True).returncode

    async def stop(self) -> None:
        """End it as a restart of the service would."""
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, 60)
            self._process = None


async def main(folder: Path, image: str) -> None:
    """The whole story."""
    daemon = Daemon(folder / "engine")
    await daemon.start()
    try:
        copy = f"docker save {image} | docker --host=unix://{daemon.socket} load"
        await asyncio.to_thread(subprocess.run, copy, shell=True, check=True)
        async with running_stack(folder, name="engine-restart", engine_socket=daemon.socket) as stack:
            stack.overrides |= {"SANDPIPER_RECONCILE_SECONDS": "2", "SANDPIPER_FIREWALL": "off"}
            ada = await stack.person()
            await stack.start_bot()
            await deploy_all(stack, ada)
            await restart_beneath(stack, daemon)
            await destroy_while_away(stack, daemon, ada)
    finally:
        await daemon.stop()


async def deploy_all(stack: Stack, ada: Person) -> None:
    """Ten sandboxes of one app."""
    for number in range(SANDBOXES):
        await ada.slash(f"/sandbox deploy echo name=restarted-{number}")
    await until(lambda: all_answer(stack), within=90, message="ten sandboxes answer")


async def all_answer(stack: Stack) -> bool:
    """Whether every sandbox runs and answers at its address."""
    found, active = await rows(stack)
    if active or [s.status for s in found] != [SandboxStatus.RUNNING] * SANDBOXES:
        return False
    try:
        return {(await fetch(stack, sandbox))[0] for sandbox in found} == {200}
    except OSError:
        return False


async def restart_beneath(stack: Stack, daemon: Daemon) -> None:
    """The engine ends and starts again: all of them answer again, and no row is lost."""
    await daemon.stop()
    await daemon.start()
    await until(lambda: all_answer(stack), within=90, message="ten sandboxes answer again")
    told = [event for event in await events_of(stack) if event.kind is EventKind.SANDBOX_DIED]
    assert told == [], "a restart of the engine is nobody's death"
    await assert_nothing_is_left_without_a_row(stack)


async def destroy_while_away(stack: Stack, daemon: Daemon, ada: Person) -> None:
    """A destroy asked for while there is no engine waits, says so, and is done when there is one."""
    await daemon.stop()
    await ada.slash("/sandbox destroy restarted-0")
    await ada.slash("/sandbox destroy restarted-0")
    await ada.wait_for("Waiting to go on destroying", within=30)
    await daemon.start()

    async def gone() -> bool:
        found, active = await rows(stack)
        return not active and SandboxStatus.DESTROYED in {s.status for s in found if s.name == "restarted-0"}

    await until(gone, within=90, message="the destroy is done")
    await ada.wait_for("*restarted-0* was destroyed", within=30)
    await assert_nothing_is_left_without_a_row(stack)
    await assert_said_once(ada)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
