"""The configuration file: team, people, channels, user groups, apps and limits. YAML or JSON.

Everything is optional but the apps' manifests. A fault is reported with its place.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

import yaml

from workspace.ids import named_id
from workspace.manifest import validate_manifest

RETRY_SECONDS = (0.0, 60.0, 300.0)
GUESTS = ("", "single", "multi")


class ConfigError(Exception):
    """The configuration cannot be used; the text says where and why."""


@dataclass(frozen=True, kw_only=True)
class TeamConfig:
    """The one team that this server plays."""

    id: str = "T0WORKSPACE"
    name: str = "Workspace"
    domain: str = "workspace"


@dataclass(frozen=True, kw_only=True)
class UserConfig:
    """A person. `guest` is "", "single" (one channel) or "multi"; `external` belongs to another team."""

    name: str
    id: str = ""
    real_name: str = ""
    display_name: str = ""
    email: str = ""
    tz: str = "Etc/UTC"
    title: str = ""
    locale: str = "en-US"
    admin: bool = False
    owner: bool = False
    guest: str = ""
    external: bool = False
    deactivated: bool = False


@dataclass(frozen=True, kw_only=True)
class ChannelConfig:
    """A channel; `members` are names, or "all"."""

    name: str
    id: str = ""
    private: bool = False
    members: str | list[str] = "all"
    topic: str = ""
    purpose: str = ""
    archived: bool = False


@dataclass(frozen=True, kw_only=True)
class GroupConfig:
    """A user group such as `@qa`."""

    handle: str
    id: str = ""
    name: str = ""
    users: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AppConfig:
    """An app: its manifest (a mapping, or the path of a YAML/JSON file) and its credentials.

    Credentials left out are made at random and kept with the data. `scopes` overrides what the manifest asks.
    """

    manifest: dict[str, Any]
    id: str = ""
    client_id: str = ""
    client_secret: str = ""
    signing_secret: str = ""
    verification_token: str = ""
    bot_token: str = ""
    app_token: str = ""
    scopes: list[str] | None = None
    user_tokens: dict[str, str] = field(default_factory=dict)
    channels: list[str] = field(default_factory=list)
    installed: bool = True


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Slack's clocks and budgets. The defaults are Slack's; tests may shorten them."""

    rate_limits: bool = True
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    retry_seconds: list[float] = field(default_factory=lambda: list(RETRY_SECONDS))
    shares_seconds: float = 0.3
    connection_seconds: float = 18_060.0
    debug_connection_seconds: float = 360.0
    connection_warning_seconds: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole file."""

    team: TeamConfig = field(default_factory=TeamConfig)
    users: list[UserConfig] = field(default_factory=list)
    channels: list[ChannelConfig] = field(default_factory=list)
    groups: list[GroupConfig] = field(default_factory=list)
    apps: list[AppConfig] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)


Part = TypeVar("Part")


def _part(kind: type[Part], value: Any, place: str) -> Part:
    if not isinstance(value, dict):
        raise ConfigError(f"{place}: expected a mapping")
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]  # every part is a dataclass
    for key in value:
        if key not in known:
            raise ConfigError(f"{place}: unknown key {key!r}; known are {', '.join(sorted(known))}")
    try:
        return kind(**value)
    except TypeError as error:
        raise ConfigError(f"{place}: {error}") from error


def _parts(kind: type[Part], values: Any, place: str) -> list[Part]:
    if not isinstance(values, list):
        raise ConfigError(f"{place}: expected a list")
    return [_part(kind, value, f"{place}[{index}]") for index, value in enumerate(values)]


def _app(value: Any, place: str, folder: Path) -> AppConfig:
    if isinstance(value, dict) and isinstance(value.get("manifest"), str):
        value = {**value, "manifest": read_document(folder / value["manifest"])}
    app = _part(AppConfig, value, place)
    if not isinstance(app.manifest, dict):
        raise ConfigError(f"{place}.manifest: expected a mapping or a path")
    for problem in validate_manifest(app.manifest):
        raise ConfigError(f"{place}.manifest{problem.pointer}: {problem.message}")
    return app


def parse_config(document: Any, folder: Path = Path()) -> Config:
    """A configuration out of a parsed file; relative manifest paths start at `folder`. Raises ConfigError."""
    if not isinstance(document, dict):
        raise ConfigError("expected a mapping with team, users, channels, groups, apps, limits")
    unknown = set(document) - set(Config.__dataclass_fields__)
    if unknown:
        raise ConfigError(f"unknown key {sorted(unknown)[0]!r}")
    apps = document.get("apps", [])
    if not isinstance(apps, list):
        raise ConfigError("apps: expected a list")
    users = _parts(UserConfig, document.get("users", []), "users")
    for index, user in enumerate(users):
        if user.tz not in available_timezones():
            raise ConfigError(f"users[{index}].tz: no time zone {user.tz!r}")
        if user.guest not in GUESTS:
            raise ConfigError(f"users[{index}].guest: expected one of {', '.join(filter(None, GUESTS))}")
    return Config(
        team=_part(TeamConfig, document.get("team", {}), "team"),
        users=users,
        channels=_parts(ChannelConfig, document.get("channels", []), "channels"),
        groups=_parts(GroupConfig, document.get("groups", []), "groups"),
        apps=[_app(value, f"apps[{index}]", folder) for index, value in enumerate(apps)],
        limits=_part(Limits, document.get("limits", {}), "limits"),
    )


def read_document(path: Path) -> Any:
    """The parsed content of a YAML or JSON file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error


def load_config(path: Path) -> Config:
    """The configuration in a file. Raises ConfigError."""
    return parse_config(read_document(path), path.parent)


def user_id(user: UserConfig) -> str:
    """A configured person's id."""
    return user.id or named_id("U", user.name)
