"""The base image made from Debian's own packages, where no registry gives one."""

import asyncio
import os
import re
import shlex
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from executor.engine.protocol import Progress
from executor.errors import ImageUnavailableError

SUITE = "bookworm"
_SUITES = (SUITE, f"{SUITE}-updates", f"{SUITE}-security")
APT_FOLDER = Path("/etc/apt")
BOOTSTRAP_TIMEOUT_SECONDS = 900
_LAST_LINES_COUNT = 8
_ONE_LINE = re.compile(r"^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$")
_UNUSED = ("doc", "man", "info", "lintian", "bug")
"""Folders of /usr/share that a container has no reader for."""


def can_bootstrap() -> bool:
    """Whether this host has what it takes."""
    return shutil.which("mmdebstrap") is not None


def sources(apt: Path = APT_FOLDER) -> tuple[str, ...]:
    """Lines for sources.list: the mirrors that this host itself uses for Debian.

    None where there is none to be used for the suite: mmdebstrap then takes Debian's own.

    Mirrors that a container can not reach (files, discs) or whose address holds a password are left out.
    """
    found = [pair for pair in dict.fromkeys(_host_mirrors(apt)) if pair[1] in _SUITES and _is_public(pair[0])]
    if not any(suite == SUITE for _, suite in found):
        return ()
    return tuple(f"deb {address} {suite} main" for address, suite in found)


def _is_public(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and "@" not in parts.netloc


def _host_mirrors(apt: Path) -> Iterable[tuple[str, str]]:
    for path in sorted([apt / "sources.list", *apt.glob("sources.list.d/*.list")]):
        if path.is_file():
            yield from _one_line_entries(path.read_text(encoding="utf-8", errors="replace"))
    for path in sorted(apt.glob("sources.list.d/*.sources")):
        for stanza in path.read_text(encoding="utf-8", errors="replace").split("\n\n"):
            yield from _stanza_entries(stanza)


def _one_line_entries(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        match = _ONE_LINE.match(line.strip())
        if match and "main" in match[3].split():
            yield match[1], match[2]


def _stanza_entries(stanza: str) -> Iterable[tuple[str, str]]:
    fields: dict[str, list[str]] = {}
    for line in stanza.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith(("#", " ", "\t")):
            fields[name.strip().lower()] = value.split()
    off = fields.get("enabled", ["yes"])[:1] == ["no"]
    if not off and "deb" in fields.get("types", []) and "main" in fields.get("components", []):
        for address in fields.get("uris", []):
            for suite in fields.get("suites", []):
                yield address, suite


BOOTSTRAP_OPTIONS = (
    "--variant=minbase",
    "--format=tar",
    # Without this hook and its package, a Perl of 47 MB comes along to merge what is merged already.
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    "--include=usr-is-merged",
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Retries "3"',
    # What is bootstrapped is thrown away if it fails, so nothing need be synced to the disk on the way.
    "--dpkgopt=force-unsafe-io",
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in _UNUSED),
    "--dpkgopt=path-exclude=/usr/share/locale/*/LC_MESSAGES/*",
)


def bootstrap_command(
    packages: Sequence[str], certificates: Path, sources_list: Path | None, root: Path
) -> list[str]:
    """The command that writes a tar of Debian's root file system."""
    return [
        "mmdebstrap",
        *BOOTSTRAP_OPTIONS,
        f"--include={','.join(packages)}",
        f"--customize-hook=sync-in {shlex.quote(str(certificates))} /usr/local/share/ca-certificates",
        '--customize-hook=chroot "$1" update-ca-certificates',
        SUITE,
        str(root),
        *([str(sources_list)] if sources_list else []),
    ]


async def bootstrap(packages: Sequence[str], certificates: Path, work: Path, progress: Progress) -> Path:
    """Make the root file system's tar in ``work`` and return it. Takes half a minute, mostly of CPU.

    Raises ImageUnavailableError with the last lines of what went wrong.
    """
    sources_list, root = work / "sources.list", work / "root.tar"
    lines = sources()
    sources_list.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = bootstrap_command(packages, certificates, sources_list if lines else None, root)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(os.environ),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(BOOTSTRAP_TIMEOUT_SECONDS):
            last = await _report(process, progress)
    except TimeoutError:
        raise _failed(f"it took longer than {BOOTSTRAP_TIMEOUT_SECONDS // 60} minutes") from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
            await process.wait()
    if process.returncode != 0:
        raise _failed(last or f"mmdebstrap ended with {process.returncode}")
    return root


def _failed(reason: str) -> ImageUnavailableError:
    return ImageUnavailableError(
        f"The base image could not be made from Debian's packages: {reason}",
        "See whether apt-get update works on this host, or load the image from an archive.",
    )


async def _report(process: asyncio.subprocess.Process, progress: Progress) -> str:
    """Pass its lines on until it ends; return the last ones that are not only progress."""
    last: list[str] = []
    assert process.stderr is not None  # noqa: S101 it was asked for above
    async for raw in process.stderr:
        line = raw.decode("utf-8", "replace").strip()
        if line:
            progress(line.removeprefix("I: "))
            last = [*last, line][-_LAST_LINES_COUNT:] if not line.startswith("I: ") else last
    await process.wait()
    return "\n".join(last)


def _environment(host: Mapping[str, str]) -> dict[str, str]:
    """What apt needs of the environment, and nothing that could speak another language or hold a secret."""
    kept = {
        name: value
        for name, value in host.items()
        if name.lower() in ("http_proxy", "https_proxy", "no_proxy")
    }
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root", **kept}
