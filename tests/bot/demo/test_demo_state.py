"""What the demo keeps between two starts."""

import json
import socket
from pathlib import Path

import yaml

from bot.demo.state import free_port, free_range, load_or_make, write_workspace_config

ROOT = Path(__file__).resolve().parents[3]


def test_a_second_start_finds_the_first_ones_ports_and_credentials(tmp_path: Path) -> None:
    """Addresses in old messages stay right."""
    assert load_or_make(tmp_path) == load_or_make(tmp_path)


def test_credentials_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    """state.json has mode 0600."""
    load_or_make(tmp_path)
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600
    assert "xoxb-" in json.loads((tmp_path / "state.json").read_text())["bot_token"]


def test_a_taken_port_is_passed_by() -> None:
    """A port that another program listens on is not chosen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_a_range_with_a_taken_port_is_passed_by() -> None:
    """Gateway ports are side by side, and none of them is another program's."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        first, last = free_range(port - 2, 5)
        assert last - first == 4
        assert first > port


def test_the_workspace_config_names_this_app_and_its_channels(tmp_path: Path) -> None:
    """The app is put into public channels; private ones invite it themselves."""
    people = ROOT / "manifests/deploy/demo/workspace.yaml"
    state = load_or_make(tmp_path)
    config = yaml.safe_load(
        write_workspace_config(
            tmp_path, state, people=people, manifest="display_information: {name: Any}"
        ).read_text()
    )
    assert config["apps"][0]["channels"] == ["general", "data"]
    assert config["apps"][0]["bot_token"] == state.bot_token
