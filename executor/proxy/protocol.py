"""What the executor asks of the proxy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from storage.records import RouteKind


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One map entry: a host name, path or port, and what is there."""

    kind: RouteKind
    match: str
    target: str
    """'10.213.0.2:8501', or 'page:starting', 'page:stopped', 'page:failed' for one of our own pages."""
    strip_prefix: bool = False
    """For a path: whether the service sees the path without it."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What the stick table counted for one host name, path or port since the proxy started."""

    requests: int
    """Cumulative; a smaller number than before means that the proxy restarted. Connections, for a port."""
    open_connections: int
    """Requests under way, WebSockets included."""
    bytes_in: int = 0
    """Cumulative, from clients: tells an open WebSocket in use from one that only stays open."""


class Proxy(Protocol):
    """HAProxy, as the executor sees it. Every method may raise ProxyUnavailableError."""

    async def version(self) -> str:
        """Who answers on the runtime socket."""

    async def apply(self, entries: Sequence[Entry]) -> None:
        """Add or change these entries, in the running proxy and in the map files, and read them back."""

    async def remove(self, matches: Sequence[tuple[RouteKind, str]]) -> None:
        """Take entries away; already gone is success."""

    async def entries(self) -> Sequence[Entry]:
        """What the running proxy has."""

    async def replace(self, entries: Sequence[Entry]) -> Sequence[str]:
        """Make the running proxy and the files hold exactly these; say in words what was different."""

    async def wait_until_live(self, entry: Entry, *, timeout_seconds: float) -> bool:
        """Probe through the proxy until the target itself answers, with any status; False if it never does.

        The entry must have been applied.
        """

    async def answers(self, target: str, *, timeout_seconds: float) -> bool:
        """Whether an HTTP server answers at ``address:port``, asked once through the proxy, routed or not.

        This is the probe of a front door before its route is public, and wherever the bot itself cannot
        reach the containers. False if it does not answer within ``timeout_seconds``.
        """

    async def activity(self) -> Mapping[tuple[RouteKind, str], Activity]:
        """Requests counted, our own probes left out."""
