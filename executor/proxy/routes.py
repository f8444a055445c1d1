"""What the proxy should have, computed from records, and how that differs from what it has. Pure."""

from collections.abc import Mapping, Sequence

from executor.proxy.entry import check_entry
from executor.proxy.protocol import Entry
from storage.records import Route, RouteKind, Sandbox, SandboxStatus, Service

DIFFERENCES_LIMIT = 50
"""How many differences are put in words; the rest are counted."""

PAGE_OF_STATUS: Mapping[SandboxStatus, str] = {
    SandboxStatus.PENDING: "page:starting",
    SandboxStatus.STARTING: "page:starting",
    SandboxStatus.STOPPING: "page:stopped",
    SandboxStatus.STOPPED: "page:stopped",
    SandboxStatus.FAILED: "page:failed",
}
"""What its visitors see while a sandbox does not serve. Running ones serve; destroyed ones have no entry."""


def entries_for(sandbox: Sandbox, routes: Sequence[Route], services: Sequence[Service]) -> Sequence[Entry]:
    """Every entry that the proxy should have for one sandbox as it is now.

    ``routes`` and ``services`` are that sandbox's own. While it does not run, a gateway port keeps its lease
    but leads nowhere, so it has no entry.
    """
    if sandbox.status is SandboxStatus.RUNNING:
        return live_entries(routes, services)
    page = PAGE_OF_STATUS.get(sandbox.status)
    if page is None:
        return ()
    return tuple(
        check_entry(Entry(kind=route.kind, match=route.match, target=page))
        for route in routes
        if route.kind is not RouteKind.PORT
    )


def live_entries(routes: Sequence[Route], services: Sequence[Service]) -> Sequence[Entry]:
    """The entries that lead to a sandbox's services, whatever its status: what the step ``route`` applies."""
    addresses = {service.name: service.address for service in services}
    return tuple(
        check_entry(
            Entry(
                kind=route.kind,
                match=route.match,
                target=f"{addresses[route.service]}:{route.port}",
                strip_prefix=route.kind is RouteKind.PATH and route.strip_prefix,
            )
        )
        for route in routes
    )


def without_entry(routes: Sequence[Route], entries: Sequence[Entry]) -> Sequence[tuple[RouteKind, str]]:
    """The routes that have no entry now: gateway ports of what does not run. The proxy must not have them."""
    kept = {(entry.kind, entry.match) for entry in entries}
    return [(route.kind, route.match) for route in routes if (route.kind, route.match) not in kept]


def differences(*, wanted: Sequence[Entry], running: Sequence[Entry]) -> Sequence[str]:
    """Say in words how what runs differs from what is wanted; empty when it does not."""
    want = {(entry.kind, entry.match): entry for entry in wanted}
    have = {(entry.kind, entry.match): entry for entry in running}
    words = [f"put back {_named(entry)}" for key, entry in want.items() if key not in have]
    words += [
        f"took away {_named(entry)}, which no sandbox has" for key, entry in have.items() if key not in want
    ]
    words += [
        f"pointed {_named(entry)} at {entry.target}; it was at {have[key].target}"
        for key, entry in want.items()
        if key in have and have[key] != entry
    ]
    if len(words) > DIFFERENCES_LIMIT:
        return [*words[:DIFFERENCES_LIMIT], f"and {len(words) - DIFFERENCES_LIMIT} more"]
    return words


def _named(entry: Entry) -> str:
    """An entry as a person would call it."""
    if entry.kind is RouteKind.HOST:
        return f"the host name {entry.match}"
    if entry.kind is RouteKind.PATH:
        return f"the path /{entry.match}"
    return f"the gateway port {entry.match}"
