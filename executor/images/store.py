"""The images that sandboxes run: planned before anything is created, then made to be there."""

import asyncio
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from executor.engine.protocol import Engine, Progress
from executor.errors import ImageUnavailableError
from executor.images.archives import Archives
from executor.images.certificates import write_certificates
from executor.images.debian import BOOTSTRAP_OPTIONS, bootstrap, can_bootstrap
from executor.images.plan import ImageSource
from executor.images.recipes import BASE, OWN, Recipe, Recipes, own_name, pin

LATEST = "latest"


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """Where images come from on this host."""

    images_dir: Path
    """Folders with Dockerfiles."""
    archives_dir: Path | None = None
    """Archives of ``docker save``."""
    certificates: tuple[str, ...] = ()
    """Authorities that builds must trust beyond Debian's own, as PEM."""
    build_arguments: Mapping[str, str] = field(default_factory=dict)
    """For every build: the host's HTTP proxies, the address of a package mirror."""


@dataclass(frozen=True, kw_only=True)
class OwnImage:
    """A line of ``sandpiper images list``."""

    name: str
    reference: str
    size_bytes: int | None
    """None while it is not built."""
    fault: str | None = None
    """Why it cannot be: its folder builds on something that is not there."""


class Images:
    """Makes images be on the engine. Each is built, loaded or pulled once, however many ask at a time."""

    def __init__(self, engine: Engine, settings: ImageSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._recipes = Recipes(settings.images_dir, base_extra=_base_extra(settings))
        self._archives = Archives(settings.archives_dir)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def plan(self, references: Collection[str]) -> Mapping[str, ImageSource]:
        """Say of each image where it will come from, having made nothing yet.

        Raises ImageUnavailableError for a folder that builds on one that is not there, and
        EngineUnavailableError.
        """
        distinct = list(dict.fromkeys(references))
        archived = await asyncio.to_thread(self._archives.by_reference)
        sources = await asyncio.gather(*(self._source(reference, archived) for reference in distinct))
        return dict(zip(distinct, sources, strict=True))

    async def resolve(self, reference: str) -> str:
        """What an image is called on the engine: with the tag of its content, where it is one of ours."""
        recipe = await self._recipe(reference)
        return recipe.reference if recipe else reference

    async def ensure(self, reference: str, progress: Progress) -> str:
        """Make the image be there, and return what it is called on the engine.

        Raises ImageUnavailableError where it is nowhere to be had, and StepFailedError with the line that
        failed where it does not build.
        """
        recipe = await self._recipe(reference)
        if recipe is None:
            await self._ensure_foreign(reference, progress)
            return reference
        await self._ensure_own(recipe, progress)
        return recipe.reference

    async def list(self) -> list[OwnImage]:
        """All folders, and whether each is built as it stands now."""
        sizes = await self._engine.list_images()
        return await asyncio.to_thread(lambda: [self._line(name, sizes) for name in self._recipes.names()])

    def _line(self, name: str, sizes: Mapping[str, int]) -> OwnImage:
        """One folder as it stands; a fault of it does not hide the others."""
        try:
            recipe = self._recipes.read(name)
        except ImageUnavailableError as error:
            return OwnImage(name=name, reference=f"{OWN}{name}", size_bytes=None, fault=error.message)
        reference = recipe.reference if recipe else f"{OWN}{name}"
        return OwnImage(name=name, reference=reference, size_bytes=sizes.get(reference))

    async def _recipe(self, reference: str) -> Recipe | None:
        name = own_name(reference)
        recipe = await asyncio.to_thread(self._recipes.read, name) if name else None
        # A tag that is not the one of the folder as it stands is an image of before, and not ours to build.
        if recipe is None or reference not in (f"{OWN}{name}", f"{OWN}{name}:{LATEST}", recipe.reference):
            return None
        return recipe

    async def _source(self, reference: str, archived: Mapping[str, Path]) -> ImageSource:
        recipe = await self._recipe(reference)
        wanted = recipe.reference if recipe else reference
        if await self._engine.has_image(wanted):
            return ImageSource.PRESENT
        if wanted in archived or with_tag(wanted) in archived:
            return ImageSource.LOAD
        if recipe is not None:
            buildable = await self._is_buildable(recipe, archived)
            return ImageSource.BUILD if buildable else ImageSource.MISSING
        if own_name(reference) is None and await self._engine.offers_image(reference):
            return ImageSource.PULL
        return ImageSource.MISSING

    async def _is_buildable(self, recipe: Recipe, archived: Mapping[str, Path]) -> bool:
        if recipe.name == BASE and can_bootstrap():
            return True
        needed = [*(need.reference for need in recipe.needs), *recipe.foreign]
        sources = [await self._source(reference, archived) for reference in needed]
        return ImageSource.MISSING not in sources

    async def _ensure_foreign(self, reference: str, progress: Progress) -> None:
        async with self._alone(reference, progress):
            if await self._engine.has_image(reference) or await self._load(reference, progress):
                return
            if own_name(reference) is not None:
                raise ImageUnavailableError(f"There is no folder for the image {reference}.")
            progress(f"Pulling {reference}")
            await self._engine.pull_image(reference, progress=progress)

    async def _ensure_own(self, recipe: Recipe, progress: Progress) -> None:
        async with self._alone(recipe.reference, progress):
            there = await self._engine.has_image(recipe.reference)
            if there or await self._load(recipe.reference, progress):
                return
            for need in recipe.needs:
                await self._ensure_own(need, progress)
            progress(f"Building {OWN}{recipe.name}")
            with tempfile.TemporaryDirectory(prefix="sandpiper-image-") as work:
                await self._make(recipe, Path(work), progress)

    async def _load(self, reference: str, progress: Progress) -> bool:
        archived = await asyncio.to_thread(self._archives.by_reference)
        archive = archived.get(reference) or archived.get(with_tag(reference))
        if archive is None:
            return False
        progress(f"Loading {reference} from {archive.name}")
        await self._engine.load_image(archive)
        return True

    async def _make(self, recipe: Recipe, work: Path, progress: Progress) -> None:
        if recipe.name == BASE and not await self._has_foreign(recipe, progress):
            await self._bootstrap(recipe, work, progress)
        else:
            await self._build(recipe, work, progress)
        await self._name_latest(recipe, work)

    async def _has_foreign(self, recipe: Recipe, progress: Progress) -> bool:
        """Whether what the base builds on is here, or can be had."""
        archived = await asyncio.to_thread(self._archives.by_reference)
        for reference in recipe.foreign:
            if await self._source(reference, archived) is ImageSource.MISSING:
                return False
            await self._ensure_foreign(reference, progress)
        return True

    async def _bootstrap(self, recipe: Recipe, work: Path, progress: Progress) -> None:
        if not can_bootstrap():
            raise ImageUnavailableError(
                f"No registry gives {', '.join(recipe.foreign)}, and mmdebstrap is not installed to make it.",
                "Install mmdebstrap (Debian's package of that name), or load the image from an archive.",
            )
        certificates = work / "certificates"
        write_certificates(self._settings.certificates, certificates)
        packages = (recipe.folder / "packages.txt").read_text(encoding="utf-8").split()
        root = await bootstrap(packages, certificates, work, progress)
        await self._engine.import_image(recipe.reference, root)

    async def _build(self, recipe: Recipe, work: Path, progress: Progress) -> None:
        context = await asyncio.to_thread(self._context, recipe, work)
        await self._engine.build_image(
            recipe.reference, context, arguments=self._settings.build_arguments, progress=progress
        )

    def _context(self, recipe: Recipe, work: Path) -> Path:
        """A copy of the folder whose Dockerfile names the images that it builds on by their tags."""
        context = work / "context"
        shutil.copytree(recipe.folder, context, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        dockerfile = context / "Dockerfile"
        pinned = pin(
            dockerfile.read_text(encoding="utf-8"), {need.name: need.reference for need in recipe.needs}
        )
        dockerfile.write_text(pinned, encoding="utf-8")
        if recipe.name == BASE:
            write_certificates(self._settings.certificates, context / "certificates")
        return context

    async def _name_latest(self, recipe: Recipe, work: Path) -> None:
        """Also call it ``latest``, for people who look around by hand; an empty build only names."""
        alias = work / "alias"
        alias.mkdir()
        (alias / "Dockerfile").write_text(f"FROM {recipe.reference}\n", encoding="utf-8")
        await self._engine.build_image(
            f"{OWN}{recipe.name}:{LATEST}", alias, arguments={}, progress=lambda _: None
        )

    @asynccontextmanager
    async def _alone(self, reference: str, progress: Progress) -> AsyncIterator[None]:
        lock = self._locks[reference]
        if lock.locked():
            progress(f"Waiting for {reference}, which is being made already")
        async with lock:
            yield


def _base_extra(settings: ImageSettings) -> bytes:
    """What the base is made of beside its folder: authorities, and how it is bootstrapped."""
    return "\0".join((*settings.certificates, *BOOTSTRAP_OPTIONS)).encode()


def with_tag(reference: str) -> str:
    """The reference with the tag that it means, as archives and the engine spell it."""
    last = reference.rpartition("/")[2]
    return reference if ":" in last or "@" in last else f"{reference}:{LATEST}"
