"""The folders under manifests/images: what each builds on, and the tag that follows from its content.

An image of our own is ``sandpiper/{folder}``, and on the engine its tag is a digest of all that it is made
of: its folder, the folders of the images it builds on, and the certificates put into the base. Whatever
changes gives another tag, and so is built before it is used, while the sandboxes that run keep theirs.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from executor.errors import ImageUnavailableError

OWN = "sandpiper/"
BASE = "base"
TAG_CHARS = 12
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_FROM = re.compile(r"^(\s*FROM\s+(?:--platform=\S+\s+)?)(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_COPY_FROM = re.compile(r"^(\s*COPY\s+(?:--\S+\s+)*--from=)(\S+)", re.IGNORECASE)
_IGNORED = frozenset({"__pycache__", ".git"})


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One image of our own, as its folder stands now."""

    name: str
    folder: Path
    needs: tuple["Recipe", ...]
    """Images of our own that it builds on."""
    foreign: tuple[str, ...]
    """Images of others that it builds on."""
    digest: str

    @property
    def reference(self) -> str:
        """What it is called on the engine."""
        return f"{OWN}{self.name}:{self.digest[:TAG_CHARS]}"


def own_name(reference: str) -> str | None:
    """The folder of an image of our own; None for an image of others."""
    name = reference.removeprefix(OWN).partition(":")[0]
    return name if reference.startswith(OWN) and _NAME.fullmatch(name) else None


class Recipes:
    """Reads the folders anew each time it is asked, so that a change needs no restart."""

    def __init__(self, folder: Path, *, base_extra: bytes) -> None:
        """``base_extra`` is what the base is made of beside its folder."""
        self._folder = folder
        self._base_extra = base_extra

    def names(self) -> tuple[str, ...]:
        """All folders with a Dockerfile, the base first, then in alphabetical order."""
        if not self._folder.is_dir():
            return ()
        found = {path.parent.name for path in self._folder.glob("*/Dockerfile")}
        return tuple(sorted(filter(_NAME.fullmatch, found), key=lambda name: (name != BASE, name)))

    def read(self, name: str) -> Recipe | None:
        """The recipe of a folder; None if there is none. Reads files: call it in a thread.

        Raises ImageUnavailableError where it builds on a folder that is not there, or on itself in a ring.
        """
        return self._read(name, above=())

    def _read(self, name: str, *, above: tuple[str, ...]) -> Recipe | None:
        folder = self._folder / name
        if not (folder / "Dockerfile").is_file():
            return None
        if name in above:
            ring = " → ".join((*above, name))
            raise ImageUnavailableError(f"The images build on each other in a ring: {ring}.")
        built_on = references_in((folder / "Dockerfile").read_text(encoding="utf-8"))
        own = [need for reference in built_on if (need := own_name(reference))]
        needs = tuple(self._need(name, need, above) for need in dict.fromkeys(own))
        return Recipe(
            name=name,
            folder=folder,
            needs=needs,
            foreign=tuple(dict.fromkeys(ref for ref in built_on if not own_name(ref) and ref != "scratch")),
            digest=self._digest(name, folder, needs),
        )

    def _need(self, name: str, need: str, above: tuple[str, ...]) -> Recipe:
        recipe = self._read(need, above=(*above, name))
        if recipe is None:
            raise ImageUnavailableError(
                f"The image {OWN}{name} builds on {OWN}{need}, which has no folder.",
                f"Add the folder {need} with a Dockerfile to the images.",
            )
        return recipe

    def _digest(self, name: str, folder: Path, needs: tuple[Recipe, ...]) -> str:
        digest = hashlib.sha256()
        for path in files_in(folder):
            executable = path.stat().st_mode & 0o111 != 0
            for part in (
                str(path.relative_to(folder)).encode(),
                b"x" if executable else b"-",
                path.read_bytes(),
            ):
                digest.update(len(part).to_bytes(8, "big") + part)
        digest.update("".join(need.digest for need in needs).encode())
        if name == BASE:
            digest.update(self._base_extra)
        return digest.hexdigest()


def files_in(folder: Path) -> list[Path]:
    """The regular files of a folder that count, in order. Links are no part of an image's folder."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(path for path in found if _IGNORED.isdisjoint(path.relative_to(folder).parts))


def _lines(dockerfile: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether an instruction begins on it: one that goes on from the line above may hold any
    word, "from" of a Python program among them."""
    goes_on = False
    for line in dockerfile.splitlines():
        comment = line.lstrip().startswith("#")
        yield line, not goes_on and not comment
        if not comment:
            goes_on = line.rstrip().endswith("\\")


def references_in(dockerfile: str) -> tuple[str, ...]:
    """Images that a Dockerfile builds on or copies from, without its own earlier stages."""
    found: list[str] = []
    stages: set[str] = set()
    for line, begins in _lines(dockerfile):
        if not begins:
            continue
        if match := _FROM.match(line):
            if match[2].lower() not in stages:
                found.append(match[2])
            if match[3]:
                stages.add(match[3].lower())
        elif (
            (match := _COPY_FROM.match(line)) and match[2].lower() not in stages and not match[2].isdecimal()
        ):
            found.append(match[2])
    return tuple(found)


def pin(dockerfile: str, references: Mapping[str, str]) -> str:
    """The Dockerfile with images of our own under the tags that they have on the engine.

    ``references`` maps a folder's name to the reference on the engine.
    """

    def pinned(match: re.Match[str]) -> str:
        reference = references.get(own_name(match[2]) or "")
        return match[0].replace(match[2], reference, 1) if reference else match[0]

    lines = [
        _COPY_FROM.sub(pinned, _FROM.sub(pinned, line)) if begins else line
        for line, begins in _lines(dockerfile)
    ]
    return "\n".join(lines) + "\n"
