"""What end-to-end tests look at: the rows, the engine, the proxy, the channel; and that they agree."""

import asyncio
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any

import aiohttp

from executor.engine.protocol import Owned
from executor.errors import ProxyUnavailableError
from executor.proxy.protocol import Entry
from executor.proxy.routes import entries_for
from storage import events, leases, operations, routes, sandboxes, services
from storage.database import Database
from storage.records import Event, Operation, Sandbox, SandboxStatus
from tests.end_to_end.stack import Stack
from workspace.client import Person

POLL_SECONDS = 0.02
EVENTS_LIMIT = 10_000
Message = dict[str, Any]


async def rows(stack: Stack) -> tuple[list[Sandbox], list[Operation]]:
    """Every sandbox, and every operation that is queued or running."""
    database = Database(stack.database_url)
    try:
        async with database.read() as tx:
            return list(await sandboxes.find(tx, statuses=tuple(SandboxStatus))), list(
                await operations.active(tx)
            )
    finally:
        await database.close()


async def events_of(stack: Stack) -> list[Event]:
    """Every event so far."""
    database = Database(stack.database_url)
    try:
        async with database.read() as tx:
            return list(await events.after(tx, 0, limit=EVENTS_LIMIT))
    finally:
        await database.close()


async def until(what: Callable[[], Any], *, within: float, message: str) -> Any:
    """Wait until ``what()`` (a coroutine function) returns something true; return it."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        if found := await what():
            return found
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"not within {within:.0f} s: {message}")


async def settled(stack: Stack, *statuses: SandboxStatus, within: float = 40.0) -> Sandbox:
    """The only sandbox, once no operation is active and it is in one of these states."""

    async def look() -> Sandbox | None:
        found, active = await rows(stack)
        if active or len(found) != 1:
            return None
        return found[0] if found[0].status in statuses else None

    wanted = ", ".join(status.value for status in statuses)
    sandbox = await until(look, within=within, message=f"settled as {wanted}; {await rows(stack)}")
    assert isinstance(sandbox, Sandbox)
    return sandbox


async def assert_nothing_is_left_without_a_row(stack: Stack) -> None:
    """Containers, networks, volumes, routes, ports and addresses are exactly those of the rows."""

    async def agree() -> bool:
        try:
            return not await disagreements(stack)
        except ProxyUnavailableError:
            return False  # it has been killed, and is not back yet

    try:
        await until(agree, within=15, message="rows and world agree")
    except AssertionError:
        raise AssertionError("\n".join(await disagreements(stack))) from None


async def disagreements(stack: Stack) -> list[str]:
    """In words, how the engine and the proxy differ from the rows."""
    database = Database(stack.database_url)
    try:
        async with database.read() as tx:
            known = {
                sandbox.id: sandbox for sandbox in await sandboxes.find(tx, statuses=tuple(SandboxStatus))
            }
            wanted_entries: list[Entry] = []
            running: set[str] = set()
            for sandbox in known.values():
                own_routes = await routes.of_sandbox(tx, sandbox.id)
                own_services = await services.of_sandbox(tx, sandbox.id)
                wanted_entries += entries_for(sandbox, own_routes, own_services)
                if sandbox.status is SandboxStatus.RUNNING:
                    running |= {f"sandbox-{sandbox.name}-{service.name}" for service in own_services}
            ports = await leases.ports(tx)
    finally:
        await database.close()
    owned = await stack.engine.list_owned()
    alive = {id_ for id_, sandbox in known.items() if sandbox.status is not SandboxStatus.DESTROYED}
    found = [f"{thing.kind} {thing.name} has no row" for thing in owned if thing.sandbox_id not in alive]
    found += [f"port {port} is leased to nobody" for port, owner in ports.items() if owner not in alive]
    up = {state.name for state in await stack.engine.list_containers() if state.state == "running"}
    found += [f"{name} should run" for name in running - up] + [f"{name} should not" for name in up - running]
    have = {(entry.kind, entry.match, entry.target) for entry in await stack.proxy.entries()}
    want = {(entry.kind, entry.match, entry.target) for entry in wanted_entries}
    found += [f"the proxy lacks {entry}" for entry in want - have]
    found += [f"the proxy should not have {entry}" for entry in have - want]
    return found


def of_kind(owned: list[Owned], kind: str) -> list[Owned]:
    """Those of one kind."""
    return [thing for thing in owned if thing.kind == kind]


def spoken(person: Person, channel: str = "#general") -> list[Message]:
    """The bot's lasting messages in a channel, oldest first."""
    where = person.channel(channel)
    found = [
        message
        for (place, _), message in person.messages.items()
        if place == where and message.get("bot_id") and not message.get("ephemeral")
    ]
    return sorted(found, key=lambda message: str(message["ts"]))


async def assert_said_once(person: Person, channel: str = "#general") -> None:
    """No two lasting messages of the bot in this channel have the same key."""
    keys = Counter(
        str((message.get("metadata") or {}).get("event_payload", {}).get("key", message["ts"]))
        for message in spoken(person, channel)
    )
    assert [key for key, count in keys.items() if count > 1] == []


async def fetch(stack: Stack, sandbox: Sandbox, path: str = "/") -> tuple[int, str]:
    """What a browser gets at a sandbox's address."""
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http,
        http.get(
            f"http://127.0.0.1:{stack.proxy_port}{path}", headers={"Host": f"{sandbox.name}.localhost"}
        ) as response,
    ):
        return response.status, await response.text()
