"""What ``sandpiper manifest check FILE`` says."""

from pathlib import Path

from executor.errors import ManifestError
from executor.manifest.files import ENDINGS, read_file
from executor.manifest.limits import ResourceLimits
from executor.manifest.reader import read_manifest


def check_file(path: Path, *, limits: ResourceLimits | None = None) -> list[str]:
    """Every problem of a manifest's file, as "line N: …"; an empty list if it can be deployed."""
    try:
        if path.suffix not in ENDINGS:
            return [f"line 1: a manifest's file ends in {' or '.join(ENDINGS)}"]
        read_manifest(read_file(path), app=path.stem, limits=limits)
    except ManifestError as error:
        return list(error.problems)
    return []
