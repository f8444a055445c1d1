"""An image of the HAProxy that is installed here, made from its own files: nothing is downloaded."""

import subprocess
import tarfile
from pathlib import Path

from executor.engine.protocol import Engine

IMAGE = "sandpiper-test/haproxy:latest"


async def ensure_haproxy_image(engine: Engine, folder: Path) -> str:
    """Put the image on the engine where it is not; return its reference."""
    if not await engine.has_image(IMAGE):
        archive = folder / "haproxy.tar"
        with tarfile.open(archive, "w", dereference=True) as tar:
            for path in _files(Path("/usr/sbin/haproxy")):
                tar.add(path)
        await engine.import_image(IMAGE, archive)
    return IMAGE


def _files(program: Path) -> list[Path]:
    """A program and the libraries that it is linked with."""
    told = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True).stdout
    words = [word for line in told.splitlines() for word in line.split() if word.startswith("/")]
    return [program, *map(Path, dict.fromkeys(words))]
