"""The folder of manifests: what can be deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from executor.errors import ManifestError
from executor.manifest.files import ENDINGS, read_file
from executor.manifest.limits import ResourceLimits
from executor.manifest.model import Manifest
from executor.manifest.reader import read_manifest


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A file as it was when it was read."""

    stamp: tuple[int, int]
    """Time of change in nanoseconds and size in bytes."""
    outcome: Manifest | ManifestError


class Catalogue:
    """Reads the folder each time it is asked, and each file again only when it has changed.

    A file at fault is left out of what can be deployed and never hides the others; ``faults`` names it.
    """

    def __init__(self, folder: Path, limits: ResourceLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or ResourceLimits()
        self._read: dict[str, _Read] = {}

    def load(self) -> Mapping[str, Manifest]:
        """Every manifest without fault, by app, in alphabetical order."""
        return {app: read.outcome for app, read in self._files() if isinstance(read.outcome, Manifest)}

    def faults(self) -> Mapping[str, ManifestError]:
        """Every file at fault, by the app it would be."""
        return {app: read.outcome for app, read in self._files() if isinstance(read.outcome, ManifestError)}

    def _files(self) -> list[tuple[str, _Read]]:
        found: dict[str, _Read] = {}
        for path in sorted(self._paths()):
            known = self._read.get(path.name)
            stamp = _stamp(path)
            if stamp is None:
                continue
            if known is None or known.stamp != stamp:
                known = _Read(stamp=stamp, outcome=self._outcome(path))
                self._read[path.name] = known
            found.setdefault(path.stem, known)
        return list(found.items())

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [
            path
            for path in self._folder.iterdir()
            if path.suffix in ENDINGS and not path.name.startswith(".")
        ]

    def _outcome(self, path: Path) -> Manifest | ManifestError:
        try:
            return read_manifest(read_file(path), app=path.stem, limits=self._limits)
        except ManifestError as error:
            return error


def _stamp(path: Path) -> tuple[int, int] | None:
    """None for a file that went away between listing and reading."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
