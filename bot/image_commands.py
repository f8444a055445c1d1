"""``sandpiper images``: what the catalogue needs, and how it comes onto the engine."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from bot.assembly import build_engine, build_images
from bot.settings import Settings
from executor.engine.protocol import Engine
from executor.errors import InvalidRequestError, SandboxError
from executor.images import Images, ImageSource
from executor.images.recipes import BASE, OWN
from executor.manifest.catalogue import Catalogue

MEBIBYTE = 1024 * 1024
TEST_IMAGES = (BASE, "echo", "notes", "postgres", "csv-explorer")
WORDS = {
    ImageSource.PRESENT: "here",
    ImageSource.BUILD: "built at first use",
    ImageSource.LOAD: "loaded at first use",
    ImageSource.PULL: "pulled at first use",
    ImageSource.MISSING: "missing: load it with sandpiper images load FILE",
}


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Engine, Images]]:
    engine = build_engine(settings)
    try:
        yield engine, build_images(engine, settings)
    finally:
        await engine.close()


async def list_images(settings: Settings) -> int:
    """Print every image of the catalogue with its size, or where it will come from."""
    needed = sorted(_catalogue_images(settings))
    async with _opened(settings) as (engine, images):
        sizes = await engine.list_images()
        plan = await images.plan(needed)
        names = {reference: await images.resolve(reference) for reference in needed}
    width = max(map(len, names.values()), default=0)
    for reference in needed:
        size = sizes.get(names[reference])
        how = WORDS[plan[reference]] if size is None else f"{size / MEBIBYTE:.0f} MB"
        print(f"{names[reference]:<{width}}  {how}")
    return 0


async def build_images_named(settings: Settings, names: Sequence[str], *, for_tests: bool = False) -> int:
    """Build our own images: all, those named, or those that the tests use."""
    async with _opened(settings) as (_, images):
        known = [image.name for image in await images.list()]
        wanted = list(TEST_IMAGES if for_tests else names or known)
        if unknown := sorted(set(wanted) - set(known)):
            raise InvalidRequestError(
                f"There is no image {unknown[0]!r}.", f"There are: {', '.join(sorted(known))}."
            )
        for name in wanted:
            await _make(images, f"{OWN}{name}", quiet=for_tests)
    return 0


async def load_images(settings: Settings, archives: Sequence[Path]) -> int:
    """Load archives made by ``docker save``; say what was in them."""
    async with _opened(settings) as (engine, _):
        for archive in archives:
            if not archive.is_file():
                raise InvalidRequestError(f"There is no file {archive}.")
            for reference in await engine.load_image(archive):
                print(f"{reference}  loaded from {archive}")
    return 0


async def pull_images(settings: Settings, references: Sequence[str]) -> int:
    """Pull third-party images: those named, or all that the catalogue needs."""
    wanted = list(references) or [
        name for name in sorted(_catalogue_images(settings)) if not name.startswith(OWN)
    ]
    failed = 0
    async with _opened(settings) as (_, images):
        for reference in wanted:
            try:
                await _make(images, reference)
            except SandboxError as error:
                failed += 1
                print(f"{reference}  {error.message}")
    return 1 if failed else 0


async def _make(images: Images, reference: str, *, quiet: bool = False) -> None:
    """Make one image be there; say so unless it was, and for a quiet caller say nothing in that case."""
    plan = await images.plan([reference])
    if plan[reference] is ImageSource.PRESENT:
        if not quiet:
            print(f"{await images.resolve(reference)}  here")
        return
    print(f"» {reference}: this can take a minute", flush=True)
    began = monotonic()
    name = await images.ensure(reference, lambda _: None)
    print(f"{name}  ready after {monotonic() - began:.0f} s", flush=True)


def _catalogue_images(settings: Settings) -> set[str]:
    manifests = Catalogue(settings.manifests_dir / "apps").load().values()
    return {service.image for manifest in manifests for service in manifest.services}
