"""The engine is restarted, and is away, beneath ten running sandboxes."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assembly import build_engine, build_images
from bot.settings import read_settings
from tests.end_to_end.stack import LOGS, ROOT

pytestmark = [pytest.mark.engine, pytest.mark.proxy, pytest.mark.timeout(420)]

INSIDE = """
ip link set lo up
mount --make-rprivate /
exec "$@"
"""


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room for a unix socket's: the kernel allows 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="sp-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


async def test_sandboxes_come_back_and_a_destroy_waits_for_the_engine(short_path: Path) -> None:
    """In a network namespace of its own, so that this machine's engine is left alone."""
    engine = build_engine(read_settings())
    image = await build_images(engine, read_settings()).ensure("sandpiper/echo", lambda _: None)
    await engine.close()
    scenario = [sys.executable, "-m", "tests.end_to_end.engine_restart_scenario", str(short_path), image]
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "engine-restart-scenario.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            "unshare",
            "--net",
            "--mount",
            "sh",
            "-ec",
            INSIDE,
            "sh",
            *scenario,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
        )
        code = await process.wait()
    assert code == 0, log.read_text()[-4000:]
