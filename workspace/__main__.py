"""Run the local Slack workspace: `python -m workspace --config FILE [--port N] [--data FILE]`."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from workspace.config import Config, ConfigError, load_config
from workspace.server import Server, serve

DEFAULT_PORT = 3100


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m workspace", description=__doc__)
    parser.add_argument(
        "--config", type=Path, required=True, help="team, people, channels and apps (YAML or JSON)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port (default: %(default)s; 0: a free one)"
    )
    parser.add_argument("--data", type=Path, help="keep messages, people and files here between runs")
    parser.add_argument("--url", default="", help="the address that apps are told, if not host and port")
    parser.add_argument("--show-secrets", action="store_true", help="print each app's tokens and secrets")
    return parser.parse_args(arguments)


def say(server: Server, *, secrets: bool) -> None:
    """Print where the workspace is, and on request what apps need to connect."""
    print(f"Slack workspace “{server.ws.team.name}”: {server.url}", flush=True)
    if not secrets:
        return
    for app in server.ws.state.apps.values():
        print(f"{app.name} ({app.id}): signing secret {app.signing_secret}")
        for token in server.ws.state.tokens.values():
            if token.app_id == app.id:
                print(f"  {token.kind} token {token.value}", flush=True)


async def run(config: Config, options: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = await serve(config, host=options.host, port=options.port, data=options.data, url=options.url)
    say(server, secrets=options.show_secrets)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await server.stop()


def main() -> int:
    """Entry point; 2 for a configuration that cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = parse_arguments(sys.argv[1:])
    try:
        asyncio.run(run(load_config(options.config), options))
    except ConfigError as error:
        print(f"{options.config}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
