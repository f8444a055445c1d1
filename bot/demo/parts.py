"""The parts of the demo: engine, base image, proxy, workspace, bot; each started, awaited, and ended."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import aiohttp

from bot.assembly import build_images, proxy_settings
from bot.demo.children import Child, Kept
from bot.demo.state import DemoState, write_workspace_config
from bot.settings import Settings
from bot.slack_manifest import render_manifest
from executor.engine.protocol import Engine
from executor.errors import EngineUnavailableError, SandboxError
from executor.images import ImageSource
from executor.images.recipes import BASE, OWN
from executor.proxy.process import HAProxyProcess

ENGINE_START_SECONDS = 40
START_SECONDS = 30
POLL_SECONDS = 0.1


def demo_settings(settings: Settings, folder: Path, state: DemoState) -> Settings:
    """The settings of the demo's bot, on top of what was set."""
    first, last = state.gateway_ports
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder / 'sandpiper.db'}",
            "installation": "sandpiper-demo",
            "proxy_dir": folder / "proxy",
            "proxy_port": state.proxy_port,
            "gateway_ports": f"{first}-{last}",
            "http_port": state.bot_port,
            "domain": "localhost",
            "public_scheme": "http",
            "public_port": state.proxy_port,
        }
    )


def bot_environment(settings: Settings, state: DemoState) -> dict[str, str]:
    """What ``sandpiper serve`` is told, as anybody would tell it."""
    return {
        "SLACK_BOT_TOKEN": state.bot_token,
        "SLACK_APP_TOKEN": state.app_token,
        "SLACK_API_URL": f"http://127.0.0.1:{state.workspace_port}/api/",
        "SANDPIPER_KEYS": state.keys,
        "SANDPIPER_DATABASE_URL": settings.database_url,
        "SANDPIPER_INSTALLATION": settings.installation,
        "SANDPIPER_PROXY_DIR": str(settings.proxy_dir),
        "SANDPIPER_PROXY_PORT": str(state.proxy_port),
        "SANDPIPER_GATEWAY_PORTS": settings.gateway_ports,
        "SANDPIPER_HTTP_PORT": str(state.bot_port),
        "SANDPIPER_DOMAIN": "localhost",
        "SANDPIPER_PUBLIC_SCHEME": "http",
        "SANDPIPER_PUBLIC_PORT": str(state.proxy_port),
        "SANDPIPER_LOG_FORMAT": "console",
    }


def say(text: str) -> None:
    """Tell the person what is being done."""
    print(f"» {text}", flush=True)


@asynccontextmanager
async def engine_running(engine: Engine, folder: Path) -> AsyncIterator[None]:
    """Use the engine that answers, else start one and end it afterwards; stop the sandboxes' containers."""
    child = None
    if not await _answers(engine):
        say("Starting the Docker engine")
        child = await _start_engine(engine, folder)
    try:
        yield
    finally:
        await _stop_containers(engine)
        if child is not None:
            await child.stop()


async def _answers(engine: Engine) -> bool:
    try:
        await engine.info()
    except EngineUnavailableError:
        return False
    return True


async def _start_engine(engine: Engine, folder: Path) -> Child:
    if os.geteuid() != 0:
        raise SandboxError(
            "No Docker engine answers.", "Start it (systemctl start docker), or run this as root."
        )
    child = await Child.start("dockerd", ["dockerd"], log=folder / "log" / "dockerd.log")
    deadline = monotonic() + ENGINE_START_SECONDS
    while not await _answers(engine):
        if not child.running or monotonic() > deadline:
            await child.stop()
            raise SandboxError("The Docker engine did not start. The end of its log:", child.last_lines())
        await asyncio.sleep(POLL_SECONDS)
    return child


async def _stop_containers(engine: Engine) -> None:
    """Stop what runs; the next start brings it back from the database."""
    try:
        running = [state.name for state in await engine.list_containers() if state.state == "running"]
        await asyncio.gather(*(engine.stop_container(name, grace_seconds=5) for name in running))
    except EngineUnavailableError:
        say("The engine went away before the sandboxes could be stopped.")


async def build_base(engine: Engine, settings: Settings) -> None:
    """Build the base image ahead: every app of ours stands on it."""
    images = build_images(engine, settings)
    base = f"{OWN}{BASE}"
    if (await images.plan([base]))[base] is not ImageSource.PRESENT:
        say("Making the base image from Debian's packages (once, about a minute)")
        await images.ensure(base, lambda _: None)


@asynccontextmanager
async def proxy_running(settings: Settings, folder: Path) -> AsyncIterator[None]:
    """HAProxy, brought back when it dies."""
    process = HAProxyProcess(proxy_settings(settings), log=folder / "log" / "haproxy.log")
    await process.start()
    try:
        yield
    finally:
        await process.stop()


@asynccontextmanager
async def workspace_running(folder: Path, settings: Settings, state: DemoState) -> AsyncIterator[Child]:
    """The local Slack workspace, with this app in it."""
    manifests = settings.manifests_dir
    config = write_workspace_config(
        folder,
        state,
        people=manifests / "deploy" / "demo" / "workspace.yaml",
        manifest=render_manifest(manifests / "slack" / "app.yaml", url=None),
    )
    argv = [sys.executable, "-m", "workspace", "--config", str(config), "--port", str(state.workspace_port)]
    argv += ["--data", str(folder / "workspace.json")]
    child = await Child.start("workspace", argv, log=folder / "log" / "workspace.log")
    async with _stopping(child):
        await _until_up(child, f"http://127.0.0.1:{state.workspace_port}/api/api.test")
        yield child


@asynccontextmanager
async def bot_running(folder: Path, settings: Settings, state: DemoState) -> AsyncIterator[Kept]:
    """``sandpiper serve``, told of the workspace as of any other Slack; started again when it dies."""
    argv = [sys.executable, "-m", "bot.cli", "serve"]
    environment = bot_environment(settings, state)

    async def start() -> Child:
        child = await Child.start("bot", argv, log=folder / "log" / "bot.log", environment=environment)
        await _until_up(child, f"http://127.0.0.1:{state.bot_port}/readyz")
        return child

    kept = Kept(await start(), start, say)
    try:
        yield kept
    finally:
        await kept.stop()


@asynccontextmanager
async def _stopping(child: Child) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await child.stop()


async def _until_up(child: Child, url: str) -> None:
    """Wait until ``url`` answers 200. Raises SandboxError with the end of the log if it never does."""
    deadline = monotonic() + START_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        while child.running and monotonic() < deadline:
            try:
                async with http.get(url) as response:
                    if response.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(POLL_SECONDS)
    raise SandboxError(f"{child.name} did not start. The end of {child.log}:", child.last_lines())
