"""An engine of a test's own, which it may stop and kill: in network and mount namespaces of its own."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.firewall import FirewallPolicy
from executor.engine.firewall_apply import Firewall, run_here
from executor.errors import EngineUnavailableError
from tests.executor.engine.waiting import eventually

SHELL = """
ip link set lo up
mount --make-rprivate /
mount --bind {folder}/resolv.conf /etc/resolv.conf
echo ready
exec sleep infinity
"""


class OwnEngine:
    """A dockerd whose life the test decides."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.joinpath("resolv.conf").write_text("nameserver 127.0.0.1\n", encoding="utf-8")
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-ec", SHELL.format(folder=folder)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout
        assert self._holder.stdout.readline() == "ready\n"
        self._daemon: subprocess.Popen[bytes] | None = None
        self.engine = DockerEngine(
            DockerSettings(socket=folder / "engine.sock", installation="own", firewall="off")
        )
        self.firewall = Firewall(self.run, FirewallPolicy(resolvers=("10.0.0.53",)))

    def inside(self, *command: str) -> list[str]:
        """A command as run where the engine lives."""
        return ["nsenter", f"--target={self._holder.pid}", "--net", "--mount", "--", *command]

    async def run(self, command: Sequence[str], given: str) -> str:
        """Run it, for the firewall."""
        return await run_here(self.inside(*command), given)

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.joinpath("engine.pid").unlink(missing_ok=True)
        with self.folder.joinpath("engine.log").open("ab") as log:
            self._daemon = subprocess.Popen(  # noqa: ASYNC220  it lives longer than this call
                self.inside(
                    "dockerd",
                    f"--data-root={self.folder}/data",
                    f"--exec-root={self.folder}/exec",
                    f"--pidfile={self.folder}/engine.pid",
                    f"--host=unix://{self.folder}/engine.sock",
                    "--bip=172.29.0.1/24",
                ),
                stdout=log,
                stderr=log,
            )
        await eventually(self._answers, seconds=40)

    async def stop(self) -> None:
        """End it, with its containers, as a service manager does, and wait until it is gone."""
        if self._daemon is None:
            return
        os.kill(int(self.folder.joinpath("engine.pid").read_text(encoding="ascii")), signal.SIGTERM)
        await asyncio.to_thread(self._daemon.wait, 40)
        self._daemon = None

    async def close(self) -> None:
        """End all of it."""
        await self.engine.close()
        if self._daemon is not None:
            await asyncio.to_thread(self._remove_all)
        await self.stop()
        self._holder.kill()
        self._holder.communicate()

    def _remove_all(self) -> None:
        """Containers that do not heed a signal would hold up the engine's end."""
        docker = ["docker", f"--host=unix://{self.folder}/engine.sock"]
        listed = subprocess.run(
            [*docker, "ps", "-aq"], capture_output=True, text=True, check=False, timeout=30
        )
        names = listed.stdout.split()
        if names:
            subprocess.run([*docker, "rm", "-f", *names], capture_output=True, check=False, timeout=60)

    async def _answers(self) -> bool:
        try:
            return bool(await self.engine.info())
        except EngineUnavailableError:
            return False


@asynccontextmanager
async def own_engine(folder: Path) -> AsyncIterator[OwnEngine]:
    """One, running."""
    own = OwnEngine(folder)
    try:
        await own.start()
        yield own
    finally:
        await own.close()
