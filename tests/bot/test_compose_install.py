"""The Compose file agrees with itself and with the settings."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assembly import proxy_settings
from bot.settings import Settings, read_settings
from executor.proxy.configuration import render_configuration
from executor.proxy.files import read_templates

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def compose() -> dict[str, Any]:
    """The file as Compose reads it."""
    text = (ROOT / "manifests" / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.fixture
def settings(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the bot is told there."""
    for name, value in compose["services"]["bot"]["environment"].items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_the_proxy_can_be_entered_on_the_own_network_alone(
    compose: dict[str, Any], settings: Settings
) -> None:
    """It is on every sandbox's network: each listener is bound to the name that it has on the file's own."""
    own = compose["services"]["proxy"]["networks"]["front"]["aliases"]
    assert [settings.proxy_bind] == own
    assert "." in settings.proxy_bind, "a service of a sandbox may have any name without a dot"
    assert settings.proxy_tls_bind is not None
    assert settings.proxy_tls_bind.partition(":")[0] == settings.proxy_bind
    text = render_configuration(proxy_settings(settings), read_templates())
    bound = [line.split()[1] for line in text.splitlines() if line.strip().startswith("bind ")]
    assert all(one.startswith((f"{settings.proxy_bind}:", "unix@")) for one in bound), bound


def test_caddy_comes_in_where_it_is_believed(compose: dict[str, Any], settings: Settings) -> None:
    """Behind another listener every visitor would be Caddy, over plain HTTP."""
    assert compose["services"]["caddy"]["environment"]["SANDPIPER_PROXY_UPSTREAM"] == settings.proxy_tls_bind


def test_the_own_network_sorts_before_those_of_sandboxes(compose: dict[str, Any]) -> None:
    """The engine gives a container the default route of its first open network by name."""
    assert compose["networks"]["front"]["name"] < "sandbox-"


def test_the_engine_attaches_and_restarts_the_container_of_that_name(
    compose: dict[str, Any], settings: Settings
) -> None:
    """The bot's settings name the proxy's container, and the helper's image is the bot's own."""
    assert settings.proxy_container == compose["services"]["proxy"]["container_name"]
    assert settings.firewall_image == compose["services"]["bot"]["image"]
