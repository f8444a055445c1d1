"""Settings are read once, together, and say every fault without saying a secret."""

import re
from base64 import b64encode
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, parse_keys, read_settings

ROOT = Path(__file__).resolve().parents[2]
KEY = b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "SANDPIPER_KEYS"):
        monkeypatch.delenv(name, raising=False)


def variable_names() -> set[str]:
    """The environment variable of every field."""
    return {
        str(field.validation_alias or f"SANDPIPER_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }


def test_every_setting_is_documented() -> None:
    """docs/settings.md names every variable, and none that does not exist."""
    documented = set(re.findall(r"`((?:SLACK|SANDPIPER)_[A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert documented == variable_names()


def test_faults_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wrong settings give two lines, each naming its variable."""
    monkeypatch.setenv("SANDPIPER_PROXY_PORT", "99999")
    monkeypatch.setenv("SANDPIPER_WORKERS", "none")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "SANDPIPER_PROXY_PORT",
        "SANDPIPER_WORKERS",
    ]


def test_a_wrong_key_is_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault of a key says which key, not what it holds."""
    monkeypatch.setenv("SANDPIPER_KEYS", "new:c2hvcnQ=")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "'new' has 5 bytes" in str(caught.value)
    assert "c2hvcnQ" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "abc", "k:***", f"k:{KEY},k:{KEY}", f":{KEY}"])
def test_keys_written_wrongly_are_refused(text: str) -> None:
    """A key needs a name of its own, a colon and base64."""
    with pytest.raises(ValueError):
        parse_keys(text)


def test_keys_keep_their_order() -> None:
    """The first key is the newest."""
    assert [key_id for key_id, _ in parse_keys(f"b:{KEY}, a:{KEY}")] == ["b", "a"]


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A value in the file holds until the environment says otherwise."""
    file = tmp_path / "sandpiper.env"
    file.write_text("SANDPIPER_DOMAIN=a.example\nSANDPIPER_WORKERS=7\nSLACK_BOT_TOKEN=xoxb-1\n")
    monkeypatch.setenv("SANDPIPER_DOMAIN", "b.example")
    settings = read_settings(file)
    assert (settings.domain, settings.workers) == ("b.example", 7)
    assert settings.slack_bot_token is not None
    assert "xoxb" not in repr(settings)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """Naming a settings file that is not there is a fault, not a default."""
    with pytest.raises(SettingsError, match="no such file"):
        read_settings(tmp_path / "absent.env")


def test_urls_show_the_proxys_port_only_where_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain HTTP off port 80 shows the port; https behind Caddy shows none."""
    monkeypatch.setenv("SANDPIPER_PROXY_PORT", "8081")
    assert read_settings().executor_config().public_port == 8081
    monkeypatch.setenv("SANDPIPER_PUBLIC_SCHEME", "https")
    assert read_settings().executor_config().public_port is None


def test_a_misspelt_setting_is_a_fault_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be passed over in silence is said."""
    monkeypatch.setenv("SANDPIPER_DOMIAN", "a.example")
    with pytest.raises(SettingsError, match="is SANDPIPER_DOMAIN meant"):
        read_settings()


@pytest.mark.parametrize("domain", ["", "a b", "https://a.example", "-a.example", "A.example", "a..b"])
def test_a_domain_is_a_host_name_and_nothing_else(domain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in URLs, in the proxy's maps and in its configuration."""
    monkeypatch.setenv("SANDPIPER_DOMAIN", domain)
    with pytest.raises(SettingsError, match="SANDPIPER_DOMAIN"):
        read_settings()
