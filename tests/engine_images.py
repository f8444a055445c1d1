"""The image that engine tests run: Debian with Python, iptables and ip, made once from Debian's packages."""

import shutil
import subprocess
from pathlib import Path

import pytest

from executor.engine.protocol import Engine

PYTHON_IMAGE = "sandpiper-test/python:latest"
ROOT_ARCHIVE = Path("build/engine-test-root.tar")
PACKAGES = "python3,iptables,iproute2"
BOOTSTRAP_TIMEOUT_SECONDS = 300


async def ensure_python_image(engine: Engine) -> str:
    """Put the image on the engine where it is not; return its reference."""
    if not await engine.has_image(PYTHON_IMAGE):
        if not ROOT_ARCHIVE.is_file():
            _bootstrap()
        await engine.import_image(PYTHON_IMAGE, ROOT_ARCHIVE)
    return PYTHON_IMAGE


def _bootstrap() -> None:
    if shutil.which("mmdebstrap") is None:
        pytest.skip("mmdebstrap is not installed, so there is no image to run")
    ROOT_ARCHIVE.parent.mkdir(exist_ok=True)
    unfinished = ROOT_ARCHIVE.with_suffix(".unfinished")
    command = ["mmdebstrap", "--variant=minbase", "--mode=root", "--format=tar", f"--include={PACKAGES}"]
    subprocess.run([*command, "bookworm", str(unfinished)], check=True, timeout=BOOTSTRAP_TIMEOUT_SECONDS)
    unfinished.rename(ROOT_ARCHIVE)
