"""Everything HAProxy is started with, rendered from settings: configuration, pages, names of maps. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from executor.proxy.pages import PAGES, fill, render_page

TEMPLATE_NAMES = ("haproxy.cfg.template", "gateway.cfg.template", "metrics.cfg.template", "page.html")
SOCKET_PATH_LIMIT_CHARACTERS = 90
"""The kernel's limit is 107 bytes, of which HAProxy uses some for a temporary name."""
ACTIVITY_ROWS = "50k"

HOSTS_MAP = "hosts.map"
PATHS_MAP = "paths.map"
PORTS_MAP = "ports.map"

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Sent with every page of our own."""

_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._/~+=-]+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9._:\[\]*-]+")
_MODE = re.compile(r"[0-7]{3}")


@dataclass(frozen=True, kw_only=True)
class ProxySettings:
    """What HAProxy needs to know at start. Whatever changes later is in the maps."""

    folder: Path
    """Holds configuration, pages, maps and sockets; absolute, and the same path for HAProxy and for us."""
    domain: str = "localhost"
    """Paths ``/t/…`` are served under this host name."""
    bind_address: str = "*"
    bind_port: int = 8080
    tls_bind: str | None = None
    """``address:port`` for the TLS front alone: what it says of the client is believed."""
    gateway_address: str = "*"
    gateway_ports: tuple[int, int] | None = (20000, 20099)
    """First and last port of the range, bound once."""
    metrics_bind: str | None = "127.0.0.1:8405"
    """``address:port`` of the Prometheus endpoint ``/metrics``."""
    user: str | None = None
    """Who HAProxy becomes after it has bound its ports; only when it is started as root."""
    socket_mode: str = "600"
    """Of the runtime and probe sockets. Whoever may open them may change every route."""
    max_connections: int = 8_000
    connections_per_sandbox: int = 2_000
    """Requests and WebSockets open at once on one host name, path or port; more get 429."""
    connect_timeout_seconds: int = 4
    client_timeout_seconds: int = 120
    server_timeout_seconds: int = 300
    request_head_timeout_seconds: int = 15
    keep_alive_timeout_seconds: int = 75
    tunnel_timeout_seconds: int = 24 * 60 * 60
    """WebSockets and gateway ports, without a byte either way."""

    @property
    def configuration_file(self) -> Path:
        """What ``haproxy -f`` is given."""
        return self.folder / "haproxy.cfg"

    @property
    def pages_dir(self) -> Path:
        """Our own pages, rendered."""
        return self.folder / "pages"

    @property
    def maps_dir(self) -> Path:
        """The map files."""
        return self.folder / "maps"

    @property
    def runtime_socket(self) -> Path:
        """Where commands go."""
        return self.folder / "admin.sock"

    @property
    def probe_socket(self) -> Path:
        """Where our own probes enter the web front end."""
        return self.folder / "probe.sock"

    @property
    def gateway_probe_socket(self) -> Path:
        """Where our own probes enter the gateway ports."""
        return self.folder / "ports.sock"


def render_configuration(settings: ProxySettings, templates: Mapping[str, str]) -> str:
    """Return HAProxy's configuration. ``templates`` are the texts of the template files by file name.

    Raises ValueError, naming the setting, for a value that could mean something else in a configuration.
    """
    values = _checked_values(settings)
    parts = [fill(templates["haproxy.cfg.template"], values)]
    if settings.gateway_ports is not None:
        parts.append(fill(templates["gateway.cfg.template"], values))
    if settings.metrics_bind is not None:
        parts.append(fill(templates["metrics.cfg.template"], values))
    return "".join(parts)


def render_files(settings: ProxySettings, templates: Mapping[str, str]) -> Mapping[Path, str]:
    """Return every file that HAProxy reads at start, except the maps, by its absolute path."""
    files = {settings.configuration_file: render_configuration(settings, templates)}
    for name, page in PAGES.items():
        files[settings.pages_dir / f"{name}.html"] = render_page(templates["page.html"], page)
    return files


def map_files(settings: ProxySettings) -> Sequence[Path]:
    """The map files that HAProxy wants to find at start, even if they are empty."""
    return tuple(settings.maps_dir / name for name in (HOSTS_MAP, PATHS_MAP, PORTS_MAP))


def _checked_values(settings: ProxySettings) -> dict[str, str]:
    """Every placeholder's value, each safe to stand in a configuration line."""
    first, last = settings.gateway_ports or (0, 0)
    numbers = {
        name: str(getattr(settings, name))
        for name in (
            "max_connections",
            "connections_per_sandbox",
            "connect_timeout_seconds",
            "client_timeout_seconds",
            "server_timeout_seconds",
            "request_head_timeout_seconds",
            "keep_alive_timeout_seconds",
            "tunnel_timeout_seconds",
        )
    }
    return numbers | {
        "runtime_socket": _socket(settings.runtime_socket),
        "probe_socket": _socket(settings.probe_socket),
        "gateway_probe_socket": _socket(settings.gateway_probe_socket),
        "socket_mode": _matching(_MODE, "socket_mode", settings.socket_mode),
        "pages_dir": _path("folder", settings.pages_dir),
        "hosts_map": _path("folder", settings.maps_dir / HOSTS_MAP),
        "paths_map": _path("folder", settings.maps_dir / PATHS_MAP),
        "ports_map": _path("folder", settings.maps_dir / PORTS_MAP),
        "bind": _word("bind_address", f"{settings.bind_address}:{settings.bind_port}"),
        "tls_bind": f"bind {_word('tls_bind', settings.tls_bind)} name tls" if settings.tls_bind else "",
        "identity": f"    user {_word('user', settings.user)}\n" if settings.user else "",
        "gateway_address": _word("gateway_address", settings.gateway_address),
        "gateway_first": str(first),
        "gateway_last": str(last),
        "metrics_bind": _word("metrics_bind", settings.metrics_bind or "none"),
        "own_hosts": " ".join(dict.fromkeys((_word("domain", settings.domain).lower(), "localhost"))),
        "activity_rows": ACTIVITY_ROWS,
        "page_headers": " ".join(f'hdr {name} "{value}"' for name, value in PAGE_HEADERS.items()),
    }


def _socket(path: Path) -> str:
    if len(str(path)) > SOCKET_PATH_LIMIT_CHARACTERS:
        raise ValueError(
            f"the proxy's folder has too long a path for a socket in it "
            f"({len(str(path))} characters, at most {SOCKET_PATH_LIMIT_CHARACTERS}): {path}"
        )
    return _path("folder", path)


def _path(setting: str, path: Path) -> str:
    return _matching(_PLAIN_PATH, setting, str(path))


def _word(setting: str, value: str) -> str:
    return _matching(_PLAIN_WORD, setting, value)


def _matching(pattern: re.Pattern[str], setting: str, value: str) -> str:
    if pattern.fullmatch(value) is None:
        raise ValueError(f"the proxy's setting {setting} may not be {value!r}")
    return value
