"""What our create and start cost beside the bare API with the same body, interleaved in one run.

Run as ``python -m tests.bench.bench_engine [rounds]``; needs an engine with the tests' image.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import aiohttp

from executor.engine.container_config import container_body
from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.protocol import LABEL_SANDBOX, ContainerSpec, NetworkSpec
from tests.engine_images import ensure_python_image

SOCKET = "/var/run/docker.sock"
INSTALLATION = "bench"
NETWORK = NetworkSpec(
    name="sandbox-bench", subnet="10.216.0.0/28", egress=False, labels={LABEL_SANDBOX: "bench"}
)
MILLISECONDS = 1000


async def main(rounds: int) -> None:
    """Measure and print."""
    engine = DockerEngine(DockerSettings(installation=INSTALLATION))
    image = await ensure_python_image(engine)
    await engine.protect()
    await engine.ensure_network(NETWORK)
    spec = ContainerSpec(
        name="sandbox-bench-web",
        image=image,
        hostname="web",
        network=NETWORK.name,
        address="10.216.0.2",
        aliases=("web",),
        labels=NETWORK.labels,
        command=("sleep", "300"),
    )
    ours: list[float] = []
    bare: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(SOCKET)) as session:
        for _ in range(rounds):
            bare.append(await _timed(engine, spec, lambda: _bare(session, spec)))
            ours.append(await _timed(engine, spec, lambda: _ours(engine, spec)))
    _print("bare API", bare)
    _print("our engine", ours)
    print(f"ratio of medians {statistics.median(ours) / statistics.median(bare):.3f}")
    await engine.remove_network(NETWORK.name)
    await engine.close()


async def _timed(engine: DockerEngine, spec: ContainerSpec, make: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await make()
    taken = time.perf_counter() - began
    await engine.remove_container(spec.name)
    return taken * MILLISECONDS


async def _ours(engine: DockerEngine, spec: ContainerSpec) -> None:
    await engine.ensure_container(spec)
    await engine.start_container(spec.name)


async def _bare(session: aiohttp.ClientSession, spec: ContainerSpec) -> None:
    body = container_body(spec, installation=INSTALLATION)
    async with session.post(
        "http://engine/v1.41/containers/create", params={"name": spec.name}, json=body
    ) as made:
        assert made.status == HTTPStatus.CREATED
        identity = (await made.json())["Id"]
    async with session.post(f"http://engine/v1.41/containers/{identity}/start") as started:
        assert started.status == HTTPStatus.NO_CONTENT


def _print(name: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:12} median {statistics.median(ordered):6.1f} ms   p99 {p99:6.1f} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
