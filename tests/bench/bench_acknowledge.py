"""How long ``/sandbox deploy`` takes to be acknowledged: idle, and while 20 deploys are under way."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from storage.records import SandboxStatus
from tests.bench.figures import row
from tests.end_to_end.looking import rows, until
from tests.end_to_end.stack import Stack, running_stack
from workspace.client import Person

IDLE_ROUNDS = 40
UNDER_WAY = 20
LOADED_ROUNDS = 20


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sp-", ignore_cleanup_errors=True) as folder:
        async with running_stack(Path(folder), name="bench-acknowledge", gateway_ports=100) as stack:
            stack.overrides["SANDPIPER_MAX_SANDBOXES"] = "500"
            ada = await stack.person()
            await stack.start_bot()
            idle = [await timed(ada, f"idle-{number}", stack) for number in range(IDLE_ROUNDS)]
            print(row("acknowledge /sandbox deploy, idle", idle), flush=True)
            loaded = await under_load(stack, ada)
            print(row(f"acknowledge /sandbox deploy, {UNDER_WAY} under way", loaded), flush=True)


async def timed(ada: Person, name: str, stack: Stack) -> float:
    """One deploy's acknowledgement; then the sandbox is taken away and the bot is idle again."""
    began = perf_counter()
    await ada.slash(f"/sandbox deploy echo name={name}")
    taken = perf_counter() - began
    await ada.slash(f"/sandbox destroy {name}")
    await until(lambda: all_gone(stack), within=60, message="idle again")
    return taken


async def under_load(stack: Stack, ada: Person) -> list[float]:
    """Acknowledgements while the queue of deploys is worked on."""
    await asyncio.gather(
        *(ada.slash(f"/sandbox deploy echo name=load-{number}") for number in range(UNDER_WAY))
    )
    taken = []
    for number in range(LOADED_ROUNDS):
        began = perf_counter()
        await ada.slash(f"/sandbox deploy echo name=more-{number}")
        taken.append(perf_counter() - began)
    return taken


async def all_gone(stack: Stack) -> bool:
    """Whether nothing is under way and every sandbox is destroyed."""
    found, active = await rows(stack)
    return not active and {sandbox.status for sandbox in found} <= {SandboxStatus.DESTROYED}


if __name__ == "__main__":
    asyncio.run(main())
