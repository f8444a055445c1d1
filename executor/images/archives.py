"""Archives that ``docker save`` wrote, in a folder of the operator's: which image lies in which."""

import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

_ENDINGS = (".tar", ".tar.gz", ".tgz")
_INDEX = "manifest.json"
_INDEX_LIMIT_BYTES = 1024 * 1024


class Archives:
    """Looks into each archive once, and again only when it has changed."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[int, int], tuple[str, ...]]] = {}

    def by_reference(self) -> Mapping[str, Path]:
        """Reference to archive. Reads files, compressed ones in whole: call it in a thread."""
        found: dict[str, Path] = {}
        for path in self._paths():
            for reference in self._references(path):
                found.setdefault(reference, path)
        return found

    def _paths(self) -> list[Path]:
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if path.name.endswith(_ENDINGS))

    def _references(self, path: Path) -> tuple[str, ...]:
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = (stamp, references_of(path))
                self._known[path] = known
        except OSError:
            return ()
        return known[1]


def references_of(archive: Path) -> tuple[str, ...]:
    """The references that an archive holds; none if it is no archive of images."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.name == _INDEX and member.isreg() and member.size <= _INDEX_LIMIT_BYTES:
                    file = tar.extractfile(member)
                    return _tags(file.read()) if file else ()
    except (tarfile.TarError, EOFError, ValueError):
        return ()
    return ()


def _tags(index: bytes) -> tuple[str, ...]:
    images = json.loads(index)
    if not isinstance(images, list):
        return ()
    tags = [image.get("RepoTags") or () for image in images if isinstance(image, dict)]
    return tuple(tag for some in tags for tag in some if isinstance(tag, str))
