"""Manifests as files."""

from pathlib import Path

from executor.errors import ManifestError
from executor.manifest.limits import TEXT_LIMIT_BYTES

ENDINGS = (".yaml", ".yml")


def read_file(path: Path) -> str:
    """The text of a manifest's file, at most one byte over the limit that the reader then refuses.

    Raises ManifestError where it cannot be read or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(TEXT_LIMIT_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, f"the file cannot be read: {error.strerror}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(raw) > TEXT_LIMIT_BYTES:
            # The cut may have gone through a character; its size is the fault to tell.
            return raw.decode("utf-8", "replace")
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, "not UTF-8 text", line=line) from None


def _unreadable(path: Path, reason: str, *, line: int = 1) -> ManifestError:
    return ManifestError(f"The manifest {path.name} has a problem.", problems=(f"line {line}: {reason}",))
