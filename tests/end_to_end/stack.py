"""The whole of Sandpiper for a test: workspace, real proxy, real engine, and the bot as its own process."""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import yaml

from bot.demo.children import Child
from bot.slack_manifest import render_manifest
from executor.engine.docker import DockerEngine, DockerSettings
from executor.errors import EngineUnavailableError
from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.process import HAProxyProcess
from workspace.client import Person
from workspace.testing import Running, running_workspace

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"
UP_WITHIN_SECONDS = 30.0
POLL_SECONDS = 0.05
GATEWAY_PORTS = 12
PEOPLE = [
    {"name": "ada", "real_name": "Ada Marsh", "tz": "Europe/Berlin", "owner": True, "admin": True},
    {"name": "grace", "real_name": "Grace Hollis", "tz": "America/New_York"},
    {"name": "lin", "real_name": "Lin Duarte", "tz": "Asia/Tokyo"},
]
PUBLIC_URL = "https://bot.example.org"
CHANNELS = [{"name": "general"}, {"name": "data"}, {"name": "quiet"}]


def free_ports(count: int) -> int:
    """The first of ``count`` consecutive ports that are free on the loopback."""
    for first in range(21000 + secrets.randbelow(8000), 60000, count):
        taken = False
        for port in range(first, first + count):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    taken = True
                    break
        if not taken:
            return first
    raise OSError("no free ports")


class Stack:
    """One installation, apart from every other on this machine. The bot is started by the test."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        engine_socket: Path | None = None,
        gateway_ports: int = GATEWAY_PORTS,
        by_http: bool = False,
    ) -> None:
        """``by_http``: deliveries come signed, over HTTP, instead of by Socket Mode."""
        self.folder = folder
        self.by_http = by_http
        self.installation = f"e2e-{secrets.token_hex(4)}"
        self.log = LOGS / f"{name}-{self.installation}.log"
        self.engine_socket = engine_socket or Path("/var/run/docker.sock")
        self.engine = DockerEngine(DockerSettings(socket=self.engine_socket, installation=self.installation))
        first = free_ports(gateway_ports + 2)
        self.proxy_port, self.bot_port, self.gateway = (
            first,
            first + 1,
            (first + 2, first + gateway_ports + 1),
        )
        self.proxy_settings = ProxySettings(
            folder=folder / "proxy",
            bind_address="127.0.0.1",
            bind_port=self.proxy_port,
            gateway_address="127.0.0.1",
            gateway_ports=self.gateway,
            metrics_bind=None,
        )
        self.proxy = HAProxyProxy(self.proxy_settings)
        self.proxy_process = HAProxyProcess(self.proxy_settings)
        self.workspace: Running
        self.bot: Child | None = None
        self.overrides: dict[str, str] = {}
        self._app_token = f"xapp-1-{secrets.token_hex(12)}"
        self._bot_token = f"xoxb-{secrets.token_hex(12)}"
        self._signing_secret = secrets.token_hex(16)
        self.key = secrets.token_bytes(32)

    def workspace_config(self) -> Mapping[str, Any]:
        """The team that the bot works in."""
        text = render_manifest(ROOT / "manifests/slack/app.yaml", url=PUBLIC_URL if self.by_http else None)
        app = {
            "manifest": yaml.safe_load(text.replace(PUBLIC_URL, f"http://127.0.0.1:{self.bot_port}")),
            "bot_token": self._bot_token,
            "app_token": self._app_token,
            "signing_secret": self._signing_secret,
            "channels": ["general", "data"],
        }
        return {"team": {"name": "Harbour"}, "users": PEOPLE, "channels": CHANNELS, "apps": [app]}

    def environment(self) -> dict[str, str]:
        """What the bot is told."""
        first, last = self.gateway
        subnet = 16 + secrets.randbelow(190)  # apart from 10.213, where a demo on the same engine is
        by_socket, by_http = (
            {"SLACK_APP_TOKEN": self._app_token},
            {"SLACK_SIGNING_SECRET": self._signing_secret},
        )
        return {
            "SLACK_BOT_TOKEN": self._bot_token,
            **(by_http if self.by_http else by_socket),
            "SLACK_API_URL": self.workspace.api_url,
            "SANDPIPER_KEYS": f"k1:{b64encode(self.key).decode()}",
            "SANDPIPER_DATABASE_URL": self.database_url,
            "SANDPIPER_INSTALLATION": self.installation,
            "SANDPIPER_ENGINE_SOCKET": str(self.engine_socket),
            "SANDPIPER_SUBNET_RANGE": self.overrides.get("SANDPIPER_SUBNET_RANGE", f"10.{subnet}.0.0/18"),
            "SANDPIPER_PROXY_DIR": str(self.proxy_settings.folder),
            "SANDPIPER_PROXY_PORT": str(self.proxy_port),
            "SANDPIPER_PUBLIC_PORT": str(self.proxy_port),
            "SANDPIPER_GATEWAY_PORTS": f"{first}-{last}",
            "SANDPIPER_HTTP_PORT": str(self.bot_port),
            "SANDPIPER_LOG_FORMAT": "console",
            **self.overrides,
        }

    @property
    def database_file(self) -> Path:
        """The bot's SQLite file."""
        return self.folder / "sandpiper.db"

    @property
    def database_url(self) -> str:
        """Where the bot keeps its rows."""
        return self.overrides.get("SANDPIPER_DATABASE_URL", f"sqlite:///{self.database_file}")

    async def start_bot(self, *, die_at: str | None = None, wait: bool = True) -> Child:
        """Start the bot; ``die_at`` names the point at which it kills itself with SIGKILL."""
        # Kept for later starts: addresses must not change with each of them.
        self.overrides.setdefault("SANDPIPER_SUBNET_RANGE", self.environment()["SANDPIPER_SUBNET_RANGE"])
        argv = [sys.executable, "-m", "tests.end_to_end.bot_process", *([die_at] if die_at else [])]
        environment = {**self.environment(), "PYTHONPATH": str(ROOT)}
        self.bot = await Child.start("bot", argv, log=self.log, environment=environment)
        if wait:
            await self.until_ready()
        return self.bot

    async def until_ready(self) -> None:
        """Wait until the bot says that it is ready."""
        assert self.bot is not None
        deadline = monotonic() + UP_WITHIN_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            while self.bot.running and monotonic() < deadline:
                try:
                    async with http.get(f"http://127.0.0.1:{self.bot_port}/readyz") as response:
                        if response.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(POLL_SECONDS)
        raise AssertionError(f"the bot is not ready:\n{self.bot.last_lines(40)}")

    async def kill_bot(self) -> None:
        """``kill -9``."""
        assert self.bot is not None
        os.killpg(self.bot.pid, signal.SIGKILL)
        await self.bot.wait()

    def add_app(self, app: str, service: Mapping[str, Any], sandbox: Mapping[str, Any] | None = None) -> str:
        """Put an app beside the catalogue's: the echo server with other values for its service; its name."""
        folder = self.folder / "manifests"
        if not folder.exists():
            shutil.copytree(ROOT / "manifests" / "apps", folder / "apps")
            for name in ("images", "slack", "deploy"):
                (folder / name).symlink_to(ROOT / "manifests" / name)
            self.overrides["SANDPIPER_MANIFESTS_DIR"] = str(folder)
        manifest = yaml.safe_load((folder / "apps" / "echo.yaml").read_text())
        manifest["services"]["echo"].update(service)
        manifest["x-sandbox"].update(sandbox or {})
        (folder / "apps" / f"{app}.yaml").write_text(yaml.safe_dump(manifest))
        return app

    async def person(self, name: str = "ada") -> Person:
        """Somebody at the workspace."""
        return await self.workspace.person(name)

    async def clean(self) -> None:
        """Remove what is left on the engine, if there still is one."""
        try:
            owned = await self.engine.list_owned()
        except EngineUnavailableError:
            return
        for kind, remove in (
            ("container", self.engine.remove_container),
            ("network", self.engine.remove_network),
            ("volume", self.engine.remove_volume),
        ):
            for thing in owned:
                if thing.kind == kind:
                    await remove(thing.name)


@asynccontextmanager
async def running_stack(
    folder: Path,
    *,
    name: str,
    engine_socket: Path | None = None,
    gateway_ports: int = GATEWAY_PORTS,
    by_http: bool = False,
) -> AsyncIterator[Stack]:
    """Everything but the bot runs while the block does; whatever is left afterwards is removed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    stack = Stack(
        folder, name=name, engine_socket=engine_socket, gateway_ports=gateway_ports, by_http=by_http
    )
    async with running_workspace(stack.workspace_config()) as workspace:
        stack.workspace = workspace
        await stack.proxy_process.start()
        try:
            yield stack
        finally:
            if stack.bot is not None:
                await stack.bot.stop()
            await stack.proxy_process.stop()
            await stack.clean()
            await stack.engine.close()
