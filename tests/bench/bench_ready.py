"""From the slash command to the ready message, beside the bare floor: the same made by hand, interleaved.

The floor is a script that knows everything beforehand: it makes the same network and the same container
with the same flags through the engine's API, starts it, asks until its port answers, and adds the same route
to the same proxy.
"""

import asyncio
import tempfile
from http import HTTPStatus
from pathlib import Path
from time import perf_counter

import aiohttp

from executor.engine.container_config import container_body
from executor.engine.protocol import LABEL_SANDBOX, ContainerSpec, NetworkSpec
from executor.proxy.protocol import Entry
from storage.records import RouteKind, SandboxStatus
from tests.bench.figures import median, row
from tests.end_to_end.looking import rows, until
from tests.end_to_end.stack import Stack, running_stack
from workspace.client import Person

ROUNDS = 12
QUIET_SECONDS = 5.0
"""Between rounds: Slack takes one message a second and channel and fifty edits a minute, and what is measured
is one deploy, not the queue of the one before."""
API = "http://engine/v1.41"
SUBNET = "10.217.0.0/28"
ADDRESS = "10.217.0.2"
NETWORK = "sandbox-bench-floor"
NAME = "bench-floor"
PORT = 8080


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sp-", ignore_cleanup_errors=True) as folder:
        async with running_stack(Path(folder), name="bench-ready") as stack:
            ada = await stack.person()
            await stack.start_bot()
            image = await image_of_echo(stack, ada)
            floor, ours = [], []
            connector = aiohttp.UnixConnector(str(stack.engine_socket))
            async with aiohttp.ClientSession(connector=connector) as engine:
                for number in range(ROUNDS):
                    floor.append(await by_hand(stack, engine, image))
                    await asyncio.sleep(QUIET_SECONDS)
                    ours.append(await by_chat(stack, ada, f"ready-{number}"))
    print(row("bare floor: network, container, answers, route", floor))
    print(row("slash command to ready message", ours))
    over = median(ours) - median(floor)
    print(f"ratio of medians {median(ours) / median(floor):.2f}, {over:.2f} s over the floor")


async def image_of_echo(stack: Stack, ada: Person) -> str:
    """Deploy once: the image is built if it must be, and everything is warm."""
    await by_chat(stack, ada, "ready-first")
    images = await stack.engine.list_images()
    return next(name for name in images if name.startswith("sandpiper/echo:") and not name.endswith("latest"))


async def by_chat(stack: Stack, ada: Person, name: str) -> float:
    """From typing to the message with the URL."""
    began = perf_counter()
    await ada.slash(f"/sandbox deploy echo name={name}")
    await ada.wait_for(f"*{name}* is ready", within=60)
    taken = perf_counter() - began
    await ada.slash(f"/sandbox destroy {name}")

    async def gone() -> bool:
        found, active = await rows(stack)
        return not active and {sandbox.status for sandbox in found} == {SandboxStatus.DESTROYED}

    await until(gone, within=60, message="destroyed")
    await ada.wait_for(f"*{name}* was destroyed", within=60)
    return taken


async def by_hand(stack: Stack, engine: aiohttp.ClientSession, image: str) -> float:
    """The same through the engine's API and the proxy's socket; taken away again outside the clock."""
    body = container_body(floor_container(image), installation=stack.installation)
    entry = Entry(kind=RouteKind.HOST, match=f"{NAME}.localhost", target=f"{ADDRESS}:{PORT}")
    began = perf_counter()
    await call(engine, "networks/create", floor_network(stack.installation))
    made = await call(engine, "containers/create", body, name=f"sandbox-{NAME}-echo")
    await call(engine, f"containers/{made['Id']}/start", None)
    await until(lambda: stack.proxy.answers(entry.target, timeout_seconds=1), within=20, message="it answers")
    await stack.proxy.apply([entry])
    while not await stack.proxy.wait_until_live(entry, timeout_seconds=5):
        pass
    taken = perf_counter() - began
    await stack.proxy.remove([(entry.kind, entry.match)])
    await stack.engine.remove_container(f"sandbox-{NAME}-echo")
    await stack.engine.remove_network(NETWORK)
    return taken


def floor_container(image: str) -> ContainerSpec:
    """What manifests/apps/echo.yaml says."""
    return ContainerSpec(
        name=f"sandbox-{NAME}-echo",
        image=image,
        hostname="echo",
        network=NETWORK,
        address=ADDRESS,
        aliases=("echo",),
        labels={LABEL_SANDBOX: "bench"},
        environment={"NAME": NAME, "URL": "http://bench"},
        user="10001:10001",
        read_only=True,
        tmpfs={"/tmp": 16 * 1024**2},
        memory_bytes=64 * 1024**2,
        cpus=1,
        pids=64,
    )


def floor_network(installation: str) -> dict[str, object]:
    """What the engine is asked for a closed network."""
    spec = NetworkSpec(name=NETWORK, subnet=SUBNET, egress=False, labels={LABEL_SANDBOX: "bench"})
    return {
        "Name": spec.name,
        "Driver": "bridge",
        "Internal": True,
        "CheckDuplicate": True,
        "IPAM": {"Config": [{"Subnet": spec.subnet}]},
        "Labels": {**spec.labels, "sandpiper.installation": installation},
        "Options": {"com.docker.network.bridge.name": "sp-benchfloor"},
    }


async def call(
    engine: aiohttp.ClientSession, path: str, body: dict[str, object] | None, **query: str
) -> dict[str, str]:
    """One call of the engine's API that has to succeed."""
    async with engine.post(f"{API}/{path}", json=body, params=query) as answer:
        text = await answer.text()
        assert answer.status < HTTPStatus.BAD_REQUEST, text
        found: dict[str, str] = await answer.json() if text else {}
        return found


if __name__ == "__main__":
    asyncio.run(main())
