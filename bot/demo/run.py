"""``sandpiper demo``: start everything in order, say what is being done, end it all on Ctrl-C."""

import asyncio
import fcntl
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from time import monotonic

from bot.assembly import build_engine
from bot.demo.children import Child, Kept
from bot.demo.parts import (
    bot_running,
    build_base,
    demo_settings,
    engine_running,
    proxy_running,
    say,
    workspace_running,
)
from bot.demo.state import DemoState, is_free, load_or_make
from bot.settings import Settings
from executor.errors import EngineUnavailableError, SandboxError


async def run_demo(folder: Path, settings: Settings) -> int:
    """Run until Ctrl-C; return the exit code."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    began = monotonic()
    ending = _on_signals()
    async with AsyncExitStack() as stack:
        stack.enter_context(_only_demo(folder))
        state = load_or_make(folder)
        settings = demo_settings(settings, folder, state)
        _check_ports(state)
        engine = build_engine(settings)
        stack.push_async_callback(engine.close)
        await stack.enter_async_context(engine_running(engine, folder))
        await build_base(engine, settings)
        say("Starting the proxy")
        await stack.enter_async_context(proxy_running(settings, folder))
        say("Starting the local Slack workspace")
        workspace = await stack.enter_async_context(workspace_running(folder, settings, state))
        say("Starting Sandpiper")
        bot = await stack.enter_async_context(bot_running(folder, settings, state))
        _greet(state, folder, seconds=monotonic() - began)
        code = await _until_over(ending, [workspace, bot])
        say("Ending. Sandboxes, channels and messages are kept for the next `make demo`.")
    return code


async def reset(folder: Path, settings: Settings) -> int:
    """Remove every container, network and volume that demos left on the engine; the folder itself stays."""
    folder = folder.resolve()
    if not (folder / "state.json").is_file():
        return 0
    state = load_or_make(folder)
    engine = build_engine(demo_settings(settings, folder, state))
    try:
        owned = await engine.list_owned()
        for container in (thing for thing in owned if thing.kind == "container"):
            await engine.remove_container(container.name)
        for network in (thing for thing in owned if thing.kind == "network"):
            await engine.remove_network(network.name)
        for volume in (thing for thing in owned if thing.kind == "volume"):
            await engine.remove_volume(volume.name)
    except EngineUnavailableError:
        say("No engine answers, so there is nothing running to remove.")
    finally:
        await engine.close()
    return 0


def _on_signals() -> asyncio.Event:
    """Set when the person has had enough."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ending.set)
    return ending


@contextmanager
def _only_demo(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: two demos in one folder would fight over everything."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SandboxError(
                f"A demo is already running from {folder}.", "Use its address, or end it with Ctrl-C first."
            ) from None
        yield


def _check_ports(state: DemoState) -> None:
    """The ports of the first start are in people's messages, so they are not changed in silence."""
    first, last = state.gateway_ports
    ours = [state.workspace_port, state.proxy_port, state.bot_port, *range(first, last + 1)]
    taken = [port for port in ours if not is_free(port)]
    if taken:
        raise SandboxError(
            f"Port {taken[0]} is the demo's, and another program holds it.",
            "End that program (ss -ltnp shows it), or start afresh: make clean.",
        )


def _greet(state: DemoState, folder: Path, *, seconds: float) -> None:
    print(
        f"""
  Open  http://localhost:{state.workspace_port}/  in a browser on this machine ({seconds:.0f} s to here).

  Type in #general:     /sandbox deploy csv-explorer
  A short life:         /sandbox deploy echo ttl=3m
  Everything there is:  /sandbox help

  Logs are in {folder / "log"}.  Ctrl-C ends it all and keeps what is there.
""",
        flush=True,
    )


async def _until_over(ending: asyncio.Event, children: list[Child | Kept]) -> int:
    """Wait for Ctrl-C (0), or for a child that ends and is not started again (1, and its last words)."""
    stop = asyncio.create_task(ending.wait())
    lives = {asyncio.create_task(child.wait()): child for child in children}
    done, pending = await asyncio.wait([stop, *lives], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    ended = [lives[task] for task in done if task in lives]
    for child in ended:
        print(f"{child.name} ended by itself. The end of {child.log}:\n{child.last_lines()}", file=sys.stderr)
    return 1 if ended else 0
