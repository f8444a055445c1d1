"""The bot's memory with 200 sandboxes of which 20 run and are followed; its start with 1,000 to compare."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from storage import routes, sandboxes, services
from storage.database import Database
from storage.records import SandboxStatus, StopCause
from tests.end_to_end.looking import rows, until
from tests.end_to_end.stack import Stack, running_stack

RUNNING = 20
KNOWN = 200
MANY = 1000
FOLLOWED_SECONDS = 20
KIBIBYTE = 1024
MEBIBYTE = 1024 * 1024


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sp-", ignore_cleanup_errors=True) as folder:
        async with running_stack(Path(folder), name="bench-memory", gateway_ports=100) as stack:
            stack.overrides["SANDPIPER_MAX_SANDBOXES"] = "5000"
            ada = await stack.person()
            await stack.start_bot()
            for number in range(RUNNING):
                await ada.slash(f"/sandbox deploy echo name=run-{number}")
            await until(lambda: all_running(stack), within=180, message="twenty run")
            print(f"memory with {RUNNING} running: {resident(stack) / MEBIBYTE:.0f} MB", flush=True)
            await restart_with(stack, KNOWN)
            await asyncio.sleep(FOLLOWED_SECONDS)
            used = resident(stack) / MEBIBYTE
            print(f"memory with {KNOWN} known, {RUNNING} running and followed: {used:.0f} MB", flush=True)
            seconds = await restart_with(stack, MANY)
            print(f"start with {MANY} to compare, until ready: {seconds:.1f} s")


async def all_running(stack: Stack) -> bool:
    """Whether all deploys are done."""
    found, active = await rows(stack)
    return not active and [s.status for s in found] == [SandboxStatus.RUNNING] * RUNNING


def resident(stack: Stack) -> int:
    """The bot's resident memory in bytes."""
    assert stack.bot is not None
    for line in Path(f"/proc/{stack.bot.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * KIBIBYTE
    raise AssertionError("no VmRSS")


async def restart_with(stack: Stack, count: int) -> float:
    """Stop the bot, add stopped sandboxes until there are ``count``, start it; seconds until it is ready."""
    assert stack.bot is not None
    await stack.bot.stop()
    await add_stopped(stack, count)
    began = perf_counter()
    await stack.start_bot()
    return perf_counter() - began


async def add_stopped(stack: Stack, count: int) -> None:
    """Copies of the first sandbox, stopped by a person."""
    database = Database(f"sqlite:///{stack.database_file}")
    try:
        async with database.read() as tx:
            known = await sandboxes.find(tx)
            own_services = await services.of_sandbox(tx, known[0].id)
            own_routes = await routes.of_sandbox(tx, known[0].id)
        now = datetime.now(UTC)
        async with database.write() as tx:
            for number in range(len(known), count):
                copy = replace(
                    known[0],
                    id=uuid4().hex,
                    name=f"stopped-{number}",
                    status=SandboxStatus.STOPPED,
                    stop_cause=StopCause.PERSON,
                    stopped_at=now,
                    retain_until=now + timedelta(days=3),
                )
                await sandboxes.add(tx, copy)
                await services.add_all(
                    tx,
                    [replace(s, sandbox_id=copy.id, state="absent", container_id=None) for s in own_services],
                )
                await routes.add_all(
                    tx,
                    [
                        replace(r, sandbox_id=copy.id, match=r.match.replace(known[0].name, copy.name))
                        for r in own_routes
                        if known[0].name in r.match
                    ],
                )
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
