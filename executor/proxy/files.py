"""The proxy's files on disk, each written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from executor.proxy.configuration import TEMPLATE_NAMES, ProxySettings, map_files, render_files
from executor.proxy.maps import Lines, format_map, parse_map

TEMPLATES_DIR = Path(__file__).resolve().parents[2] / "manifests" / "deploy" / "haproxy"

FILE_MODE = 0o644
"""HAProxy reads some of them after it has stopped being root. None holds a secret."""


def write_files(settings: ProxySettings) -> None:
    """Write configuration and pages, and empty maps where there are none yet.

    Raises ValueError for a setting that HAProxy cannot be given.
    """
    for path, text in render_files(settings, read_templates()).items():
        write_whole(path, text)
    for path in map_files(settings):
        if not path.exists():
            write_whole(path, "")


def read_templates(folder: Path = TEMPLATES_DIR) -> Mapping[str, str]:
    """The template files' texts by file name."""
    return {name: (folder / name).read_text(encoding="utf-8") for name in TEMPLATE_NAMES}


def read_map(path: Path) -> Lines:
    """A map file's lines; none if there is no file."""
    try:
        return parse_map(path.read_text(encoding="ascii", errors="replace"))
    except FileNotFoundError:
        return {}


def write_map(path: Path, lines: Lines) -> None:
    """Replace a map file."""
    write_whole(path, format_map(lines))


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, so that no reader and no crash sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(FILE_MODE)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
