"""What the demo keeps between two starts: its ports, its credentials, its folder."""

import json
import os
import secrets
import socket
from base64 import b64encode
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

KEY_BYTES = 32
WORKSPACE_PORT = 8065
PROXY_PORT = 8080
BOT_PORT = 3000
GATEWAY_PORT = 20000
GATEWAY_PORTS_COUNT = 50
PORT_TRIES = 50


@dataclass(frozen=True, kw_only=True)
class DemoState:
    """The first start makes it up; every later one finds it, so that addresses stay what they were."""

    workspace_port: int
    proxy_port: int
    bot_port: int
    gateway_ports: tuple[int, int]
    bot_token: str
    app_token: str
    signing_secret: str
    keys: str


def load_or_make(folder: Path) -> DemoState:
    """Read ``folder/state.json``; the first time, make it with free ports and fresh credentials."""
    path = folder / "state.json"
    if path.is_file():
        values = json.loads(path.read_text())
        first, last = values.pop("gateway_ports")
        return DemoState(gateway_ports=(first, last), **values)
    state = DemoState(
        workspace_port=free_port(WORKSPACE_PORT),
        proxy_port=free_port(PROXY_PORT),
        bot_port=free_port(BOT_PORT),
        gateway_ports=free_range(GATEWAY_PORT, GATEWAY_PORTS_COUNT),
        bot_token=f"xoxb-{secrets.token_hex(20)}",
        app_token=f"xapp-1-{secrets.token_hex(20)}",
        signing_secret=secrets.token_hex(16),
        keys=f"demo:{b64encode(secrets.token_bytes(KEY_BYTES)).decode()}",
    )
    write_private(path, json.dumps(asdict(state), indent=2))
    return state


def free_port(wanted: int) -> int:
    """Return the first free TCP port of this machine's loopback from ``wanted`` on."""
    for port in range(wanted, wanted + PORT_TRIES):
        if is_free(port):
            return port
    raise OSError(f"no free port between {wanted} and {wanted + PORT_TRIES - 1}")


def free_range(wanted: int, count: int) -> tuple[int, int]:
    """Return the first and last of ``count`` free ports side by side, at ``wanted`` or some steps above."""
    for first in range(wanted, wanted + PORT_TRIES * count, count):
        if all(is_free(port) for port in range(first, first + count)):
            return first, first + count - 1
    raise OSError(f"no {count} free ports side by side from {wanted} on")


def is_free(port: int) -> bool:
    """Whether a server could listen on the loopback's ``port`` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_workspace_config(folder: Path, state: DemoState, *, people: Path, manifest: str) -> Path:
    """Write the local workspace's configuration: the people of ``people`` and this app; return its path."""
    config = yaml.safe_load(people.read_text())
    config["apps"] = [
        {
            "manifest": yaml.safe_load(manifest),
            "bot_token": state.bot_token,
            "app_token": state.app_token,
            "signing_secret": state.signing_secret,
            "channels": [channel["name"] for channel in config["channels"] if not channel.get("private")],
        }
    ]
    path = folder / "workspace.yaml"
    write_private(path, yaml.safe_dump(config, sort_keys=False))
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    part.replace(path)
