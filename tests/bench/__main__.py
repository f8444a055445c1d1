"""``make bench``: every measurement, one after another. ``make bench ARGS=ready`` runs one of them."""

import asyncio
import sys

from tests.bench import bench_acknowledge, bench_memory_and_start, bench_ready

ALL = {
    "acknowledge": bench_acknowledge.main,
    "ready": bench_ready.main,
    "memory": bench_memory_and_start.main,
}


async def main(wanted: list[str]) -> None:
    """Run those named, or all."""
    for name in wanted or ALL:
        print(f"\n== {name}", flush=True)
        await ALL[name]()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
