"""A private PostgreSQL for tests: own data folder and socket, an unprivileged user, gone afterwards."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # ships no types

UNPRIVILEGED_USER = "nobody"
START_TIMEOUT_SECONDS = 60


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL installed, if any is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def cluster(programs: Path) -> Iterator[Path]:
    """Start a cluster; yields the folder of its socket."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user: dict[str, Any] = {"cwd": home, "stdout": subprocess.DEVNULL, "timeout": START_TIMEOUT_SECONDS}
    if os.geteuid() == 0:
        shutil.chown(home, UNPRIVILEGED_USER)
        as_user |= {"user": UNPRIVILEGED_USER, "extra_groups": []}
    data = home / "data"
    settings = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off -c max_connections=60"
    try:
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "tests",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        subprocess.run(initdb, check=True, **as_user)
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log")]
        subprocess.run([*control, "-o", settings, "start"], check=True, **as_user)
        try:
            yield home
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **as_user)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def administer(socket: Path, statement: str) -> None:
    """Run one statement in the cluster's own database."""

    async def run() -> None:
        connection = await asyncpg.connect(host=str(socket), user="tests", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def url_of(socket: Path, database: str) -> str:
    """What ``Database`` is given."""
    return f"postgresql://tests@/{database}?host={socket}"
