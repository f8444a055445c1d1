"""An app written with Bolt for JavaScript, from npm, runs against the workspace unmodified."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.workspace.conversation import talk
from tests.workspace.sample import APP_TOKEN, BOT_TOKEN, sample_config, sample_workspace
from tests.workspace.test_official_python import connected, free_port, over_http
from workspace.testing import Running

HERE = Path(__file__).parent / "javascript"
BUILD = Path(__file__).parents[2] / "build" / "javascript"
INSTALL_SECONDS = 300
START_SECONDS = 30


@pytest.fixture(scope="module")
def bolt() -> Path:
    """A folder with the app and the packages that the lock file names, installed once per lock file."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.fail("this test needs node and npm (Debian: apt-get install nodejs npm)")
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = BUILD / lock
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        install(folder)
    shutil.copy(HERE / "app.js", folder)
    return folder


def install(folder: Path) -> None:
    """Install exactly what the lock file names, without running any package's scripts."""
    result = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False,
    )  # fmt: skip
    if result.returncode:
        pytest.fail(f"npm could not install Bolt for JavaScript:\n{result.stdout}{result.stderr}")
    (folder / "installed").touch()


@asynccontextmanager
async def node_app(folder: Path, running: Running, **more: str) -> AsyncIterator[None]:
    environment = {
        **os.environ,
        "SLACK_API_URL": running.api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": "signing-secret",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        "node", "app.js", cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            while b"started" not in (line := await process.stdout.readline()):
                assert line, "the app ended before it had started"
        yield
    finally:
        process.terminate()
        await process.wait()


async def test_javascript_bolt_over_socket_mode(bolt: Path) -> None:
    async with sample_workspace() as (running, _), node_app(bolt, running):
        await connected(running)
        await talk(await running.person("alice"))


async def test_javascript_bolt_over_signed_http(bolt: Path) -> None:
    port = free_port()
    config = sample_config(manifest=over_http(port))
    async with sample_workspace(config) as (running, _), node_app(bolt, running, PORT=str(port)):
        await talk(await running.person("alice"))
