"""The executor on the real engine and a HAProxy of its own. Everything is removed afterwards."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from executor.config import ExecutorConfig
from executor.engine.docker import DockerEngine, DockerSettings
from executor.executor import Executor, Parts
from executor.images.store import Images, ImageSettings
from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.process import HAProxyProcess
from executor.queries import SandboxView, view_of
from executor.requests import Deploy, Request
from executor.runner import Checkpoint, no_checkpoint
from executor.submit import Submitted
from storage import events, operations
from storage.database import Database, Tx
from storage.records import Actor, Event, EventKind, SandboxStatus
from storage.vault import Vault
from tests.executor.operations.house import ALICE, wait_for

ROOT = Path(__file__).resolve().parents[3]
GATEWAY_PORTS = 20


def _free_ports(count: int) -> int:
    """The first of consecutive ports that are free on the loopback."""
    while True:
        first = 21000 + secrets.randbelow(38000)
        with_sockets: list[socket.socket] = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                with_sockets.append(probe)
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in with_sockets:
                probe.close()


class RealHouse:
    """One installation apart from every other on this machine."""

    def __init__(self, folder: Path) -> None:
        first = _free_ports(GATEWAY_PORTS + 1)
        self.port = first
        installation = f"ops-{secrets.token_hex(4)}"
        self.config = ExecutorConfig(
            installation=installation,
            public_port=first,
            subnet_range=f"10.{220 + secrets.randbelow(30)}.{16 * secrets.randbelow(16)}.0/20",
            gateway_ports=(first + 1, first + GATEWAY_PORTS),
            apps_dir=ROOT / "manifests/apps",
            images_dir=ROOT / "manifests/images",
            lease_seconds=2,
            schedule_every_seconds=3600,
            reconcile_every_seconds=3600,
        )
        self.database = Database(f"sqlite:///{folder / 'sandpiper.db'}")
        self.engine = DockerEngine(DockerSettings(installation=installation))
        proxy_settings = ProxySettings(
            folder=folder / "proxy",
            bind_address="127.0.0.1",
            bind_port=first,
            gateway_address="127.0.0.1",
            gateway_ports=self.config.gateway_ports,
            metrics_bind=None,
        )
        self.proxy = HAProxyProxy(proxy_settings)
        self.proxy_process = HAProxyProcess(proxy_settings)
        self.images = Images(self.engine, ImageSettings(images_dir=self.config.images_dir))
        self.vault = Vault([("test", b"k" * 32)])
        self.executor: Executor | None = None
        self.checkpoint: Checkpoint = no_checkpoint

    async def start(self) -> Executor:
        """A new executor on what there is."""
        self.executor = Executor(
            Parts(
                database=self.database,
                engine=self.engine,
                proxy=self.proxy,
                images=self.images,
                config=self.config,
                vault=self.vault,
                checkpoint=self.checkpoint,
            )
        )
        await self.executor.start()
        return self.executor

    async def ask(self, request: Request, *, by: Actor = ALICE) -> Submitted:
        """Submit."""
        assert self.executor is not None
        return await self.executor.submit(request, by=by)

    async def deploy(self, app: str) -> Submitted:
        """Ask for a sandbox."""
        return await self.ask(Deploy(app=app, channel_id="C1"))

    async def view(self, sandbox_id: str) -> SandboxView:
        """A sandbox as it is."""
        async with self.database.read() as tx:
            found = await view_of(tx, sandbox_id)
        assert found is not None
        return found

    async def until(self, sandbox_id: str, *statuses: SandboxStatus) -> SandboxView:
        """Wait until it has one of these statuses and nothing is going on with it."""

        async def there() -> SandboxView | None:
            found = await self.view(sandbox_id)
            async with self.database.read() as tx:
                active = await operations.active_of(tx, sandbox_id)
            return found if found.sandbox.status in statuses and not active else None

        return await wait_for(there, lambda: f"never {statuses}", seconds=90)

    async def events_of(self, tx: Tx, kind: EventKind) -> Sequence[Event]:
        """Every event of a kind."""
        return [event for event in await events.after(tx, 0) if event.kind is kind]

    async def get(self, host: str, path: str = "/") -> int:
        """Ask the proxy for a page of a host name; the status of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        head = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return int(head.split()[1])

    async def clean(self) -> None:
        """Remove what is left on the engine."""
        owned = await self.engine.list_owned()
        for kind, remove in (
            ("container", self.engine.remove_container),
            ("network", self.engine.remove_network),
            ("volume", self.engine.remove_volume),
        ):
            for one in owned:
                if one.kind == kind:
                    await remove(one.name)


@asynccontextmanager
async def real_house(folder: Path) -> AsyncIterator[RealHouse]:
    """With its proxy running."""
    house = RealHouse(folder)
    await house.proxy_process.start()
    try:
        yield house
    finally:
        if house.executor is not None:
            await house.executor.drain()
        await house.proxy_process.stop()
        await house.clean()
        await house.engine.close()
        await house.database.close()
