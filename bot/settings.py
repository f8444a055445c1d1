"""Settings: read once, at the edge, from the environment and one file; every fault reported together."""

import base64
import binascii
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from executor.config import DAY, HOUR, MEBIBYTE, MINUTE, ExecutorConfig

PROJECT_DIR = Path(__file__).resolve().parent.parent
"""Where ``manifests/`` lies when nothing else is said."""

KEY_BYTES = 32
PREFIX = "SANDPIPER_"
OF_OTHERS = (
    "SANDPIPER_CADDY_",
    "SANDPIPER_BOT_UPSTREAM",
    "SANDPIPER_PROXY_UPSTREAM",
    "SANDPIPER_HTTP_PORT_OUTSIDE",
)
"""Beginnings of names that Caddy and Compose read, perhaps from the same file."""
DOMAIN = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
SLACK_API_URL = "https://slack.com/api/"


class SettingsError(Exception):
    """The settings are wrong; ``faults`` holds a line for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _split(value: object) -> object:
    """Read ``a, b`` as a list of words, as environment variables are written."""
    return (
        tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value
    )


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else url + "/"


class Settings(BaseSettings):
    """Everything that can be set. ``SLACK_…`` for Slack's own, ``SANDPIPER_…`` for the rest."""

    model_config = SettingsConfigDict(
        env_prefix="SANDPIPER_", extra="ignore", frozen=True, populate_by_name=True
    )

    # Slack
    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    """With it, Socket Mode."""
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    """Without an app token, signed HTTP at ``/slack/events``."""
    slack_api_url: Annotated[str, AfterValidator(_with_slash)] = Field(
        SLACK_API_URL, validation_alias="SLACK_API_URL"
    )
    command: str = "/sandbox"
    admins: Annotated[tuple[str, ...], NoDecode] = ()
    """Slack user ids that may change every sandbox."""

    # What is kept, and where
    database_url: str = "sqlite:///var/sandpiper.db"
    keys: SecretStr | None = None
    """``id:base64 of 32 bytes``, newest first, separated by commas."""
    manifests_dir: Path = PROJECT_DIR / "manifests"
    archives_dir: Path | None = None
    build_ca_file: Path | None = None
    """Certificates that image builds must trust; else those that this host's environment names."""

    # The bot's own server
    http_host: str = "127.0.0.1"
    http_port: int = Field(3000, ge=0, le=65535)

    # Engine and proxy
    engine_socket: Path = Path("/var/run/docker.sock")
    installation: str = Field("sandpiper", pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")
    subnet_range: str = "10.213.0.0/16"
    firewall: Literal["host", "helper", "off"] = "host"
    """Who makes firewall rules: this process, a helper container on the host's network, or somebody else."""
    firewall_image: str | None = None
    """The image of that helper; it holds ``sh``, ``iptables`` and ``ip6tables``."""
    proxy_dir: Path = Path("var/proxy")
    """Where the proxy's configuration, maps and pages lie."""
    proxy_container: str | None = None
    """Name of the container that HAProxy runs in, where it does not run on the host."""
    proxy_managed: bool = False
    """Whether Sandpiper starts HAProxy itself."""
    proxy_bind: str = "127.0.0.1"
    proxy_port: int = Field(8080, ge=1, le=65535)
    proxy_tls_bind: str | None = None
    """``address:port`` where Caddy, and nobody else, reaches the proxy: its X-Forwarded-For is believed."""
    proxy_user: str | None = None
    """Who HAProxy becomes once it has its ports, where it is started as root and not by us."""
    metrics_bind: str | None = None
    """``address:port`` of HAProxy's own Prometheus endpoint."""
    gateway_ports: str = Field("20000-20099", pattern=r"^\d{1,5}-\d{1,5}$")

    # Addresses that people see
    domain: str = Field("localhost", pattern=DOMAIN)
    public_scheme: Literal["http", "https"] = "http"
    public_port: int | None = None
    """The port in URLs; the proxy's own when the scheme is http and nothing is said."""

    # Lives and limits
    default_ttl_seconds: int = Field(8 * HOUR, ge=MINUTE)
    max_ttl_seconds: int = Field(14 * DAY, ge=MINUTE)
    default_idle_seconds: int | None = Field(2 * HOUR, ge=MINUTE)
    retention_seconds: int = Field(3 * DAY, ge=0)
    log_retention_seconds: int = Field(7 * DAY, ge=0)
    max_sandboxes: int = Field(200, ge=1)
    max_memory_mebibytes: int = Field(4096, ge=16)
    workers: int = Field(4, ge=1, le=64)
    reconcile_seconds: float = Field(30.0, ge=1, le=3600)
    """How often rows, engine and proxy are compared."""
    lease_seconds: float = Field(15.0, ge=1, le=600)
    """After so long without a sign of life, another worker takes over an operation."""

    # How it speaks of itself
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("admins", mode="before")
    @classmethod
    def _read_words(cls, value: object) -> object:
        return _split(value)

    @field_validator("keys")
    @classmethod
    def _check_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_keys(value.get_secret_value())
        return value

    @field_validator("gateway_ports")
    @classmethod
    def _check_ports(cls, value: str) -> str:
        first, last = (int(part) for part in value.split("-"))
        if not 1024 <= first <= last <= 65535:
            raise ValueError("must be FIRST-LAST with 1024 <= FIRST <= LAST <= 65535")
        return value

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        if self.default_ttl_seconds > self.max_ttl_seconds:
            raise ValueError("SANDPIPER_DEFAULT_TTL_SECONDS is above SANDPIPER_MAX_TTL_SECONDS")
        if self.firewall == "helper" and not self.firewall_image:
            raise ValueError("SANDPIPER_FIREWALL=helper needs SANDPIPER_FIREWALL_IMAGE")
        return self

    def key_list(self) -> tuple[tuple[str, bytes], ...]:
        """The encryption keys, newest first; empty where none is set."""
        return parse_keys(self.keys.get_secret_value()) if self.keys else ()

    def executor_config(self) -> ExecutorConfig:
        """What the executor needs of this."""
        first, last = (int(part) for part in self.gateway_ports.split("-"))
        port = self.public_port
        if port is None and self.public_scheme == "http" and self.proxy_port != 80:
            port = self.proxy_port
        return ExecutorConfig(
            installation=self.installation,
            domain=self.domain,
            public_scheme=self.public_scheme,
            public_port=port,
            subnet_range=self.subnet_range,
            gateway_ports=(first, last),
            apps_dir=self.manifests_dir / "apps",
            images_dir=self.manifests_dir / "images",
            archives_dir=self.archives_dir,
            default_ttl_seconds=self.default_ttl_seconds,
            max_ttl_seconds=self.max_ttl_seconds,
            default_idle_seconds=self.default_idle_seconds,
            retention_seconds=self.retention_seconds,
            log_retention_seconds=self.log_retention_seconds,
            max_sandboxes=self.max_sandboxes,
            max_memory_bytes=self.max_memory_mebibytes * MEBIBYTE,
            workers=self.workers,
            lease_seconds=self.lease_seconds,
            reconcile_every_seconds=self.reconcile_seconds,
        )


def parse_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """Read ``id:base64,…``; raise ValueError that names the key at fault and never its value."""
    keys: list[tuple[str, bytes]] = []
    for position, entry in enumerate(text.split(","), start=1):
        key_id, colon, encoded = entry.strip().partition(":")
        if not colon or not key_id:
            raise ValueError(f"key {position} is not written as id:base64")
        try:
            value = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError(f"key {key_id!r} is not base64") from None
        if len(value) != KEY_BYTES:
            raise ValueError(f"key {key_id!r} has {len(value)} bytes and needs {KEY_BYTES}")
        if any(key_id == known for known, _ in keys):
            raise ValueError(f"key {key_id!r} stands there twice")
        keys.append((key_id, value))
    return tuple(keys)


def read_settings(file: Path | None = None) -> Settings:
    """Read the settings from the environment and, below it, from ``file`` (lines of ``NAME=value``).

    Raises:
        SettingsError: with one line for each fault, and never the value of a secret.
    """
    if file is not None and not file.is_file():
        raise SettingsError([f"{file}: there is no such file"])
    faults = _misspelt(file)
    try:
        settings = Settings(_env_file=file)
    except ValidationError as error:
        faults += [_fault_line(fault) for fault in error.errors(include_input=False)]
    if faults:
        raise SettingsError(faults)
    return settings


def _misspelt(file: Path | None) -> list[str]:
    """A line for each name with our prefix that is no setting: it would be passed over in silence."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *(dotenv_values(file) if file else {}))}
    faults = []
    for name in sorted(given - known):
        if not name.startswith(PREFIX) or name.startswith(OF_OTHERS):
            continue
        near = get_close_matches(name, known, n=1)
        faults.append(f"{name}: there is no such setting" + (f"; is {near[0]} meant?" if near else ""))
    return faults


def _fault_line(fault: ErrorDetails) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    name = where if where.isupper() else f"SANDPIPER_{where.upper()}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if where else message
