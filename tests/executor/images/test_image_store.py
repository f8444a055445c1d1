"""Images planned and made, on an engine that only keeps a list."""

import asyncio
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from executor.engine.protocol import Engine, Progress
from executor.errors import ImageUnavailableError, StepFailedError
from executor.images import Images, ImageSource, require
from executor.images.store import ImageSettings

DEBIAN = "debian:12-slim"


@dataclass
class ListedEngine:
    """The part of an engine that deals in images. Builds wait for ``gate`` and note what they were given."""

    present: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    built: list[str] = field(default_factory=list)
    pulled: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    dockerfiles: dict[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False

    async def has_image(self, reference: str) -> bool:
        """As the engine."""
        return reference in self.present

    async def offers_image(self, reference: str) -> bool:
        """As the registry."""
        return reference in self.offered

    async def list_images(self) -> Mapping[str, int]:
        """All of one size."""
        return dict.fromkeys(self.present, 1000)

    async def pull_image(self, reference: str, *, progress: Progress) -> None:
        """At once."""
        self.pulled.append(reference)
        self.present.add(reference)

    async def load_image(self, archive: Path) -> Sequence[str]:
        """Whatever the archive, one image."""
        self.loaded.append(archive.name)
        self.present.add("example/app:1")
        return ["example/app:1"]

    async def build_image(
        self, reference: str, context: Path, *, arguments: Mapping[str, str], progress: Progress
    ) -> None:
        """Behind the gate, and failing if asked to."""
        await self.gate.wait()
        if self.fails:
            raise StepFailedError("Step 2/2 : RUN false", retryable=False)
        self.dockerfiles[reference] = (context / "Dockerfile").read_text()
        self.present.add(reference)
        if not reference.endswith(":latest"):
            self.built.append(reference.partition(":")[0])
            self.arguments = arguments


@pytest.fixture
def engine() -> ListedEngine:
    """An engine with nothing on it and a registry that gives Debian."""
    engine = ListedEngine(offered={DEBIAN})
    engine.gate.set()
    return engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images that build on each other."""
    for name, dockerfile in (
        ("base", f"FROM {DEBIAN}\n"),
        ("python", "FROM sandpiper/base\n"),
        ("web", "FROM sandpiper/python\nFROM sandpiper/base\n"),
    ):
        (tmp_path / "images" / name).mkdir(parents=True)
        (tmp_path / "images" / name / "Dockerfile").write_text(dockerfile)
    return tmp_path / "images"


@pytest.fixture(autouse=True)
def no_bootstrap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the host can not make a base by itself."""
    monkeypatch.setattr("executor.images.store.can_bootstrap", lambda: False)


def images_on(engine: ListedEngine, folder: Path, archives: Path | None = None) -> Images:
    """Images of a folder on an engine."""
    settings = ImageSettings(
        images_dir=folder, archives_dir=archives, build_arguments={"HTTP_PROXY": "http://p"}
    )
    return Images(cast(Engine, engine), settings)


def ignore(_: str) -> None:
    """Progress that nobody follows."""


async def test_a_plan_names_where_each_image_will_come_from(
    engine: ListedEngine, folder: Path, tmp_path: Path
) -> None:
    """Every source there is, and nothing made."""
    archives = tmp_path / "archives"
    archives.mkdir()
    with tarfile.open(archives / "app.tar", "w") as tar:
        index = json.dumps([{"RepoTags": ["example/app:1"]}]).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(index)
        tar.addfile(entry, io.BytesIO(index))
    engine.present.add("here:1")
    engine.offered.add("there:1")
    images = images_on(engine, folder, archives)
    wanted = ["sandpiper/web", "here:1", "there:1", "example/app:1", "nowhere:1", "sandpiper/unknown"]
    assert await images.plan(wanted) == {
        "sandpiper/web": ImageSource.BUILD,
        "here:1": ImageSource.PRESENT,
        "there:1": ImageSource.PULL,
        "example/app:1": ImageSource.LOAD,
        "nowhere:1": ImageSource.MISSING,
        "sandpiper/unknown": ImageSource.MISSING,
    }
    assert (engine.built, engine.pulled, engine.loaded) == ([], [], [])
    assert await images.ensure("example/app:1", ignore) == "example/app:1"
    assert engine.loaded == ["app.tar"]


def test_missing_images_are_all_named_with_what_to_do() -> None:
    """One error for the whole plan, and none for a good one."""
    require({"a:1": ImageSource.PULL})
    with pytest.raises(ImageUnavailableError, match="The images a:1, b:1 are not on this engine") as refused:
        require({"b:1": ImageSource.MISSING, "a:1": ImageSource.MISSING, "c:1": ImageSource.BUILD})
    assert refused.value.hint is not None
    assert "docker save -o image.tar a:1 b:1" in refused.value.hint


async def test_an_image_without_its_base_is_missing(engine: ListedEngine, folder: Path) -> None:
    """What cannot be built is told before it is tried."""
    engine.offered.clear()
    assert await images_on(engine, folder).plan(["sandpiper/web"]) == {"sandpiper/web": ImageSource.MISSING}
    with pytest.raises(ImageUnavailableError, match="debian:12-slim"):
        await images_on(engine, folder).ensure("sandpiper/web", ignore)


async def test_what_an_image_builds_on_is_built_first_and_pinned(engine: ListedEngine, folder: Path) -> None:
    """Each once, in order, by the tags of their content."""
    images = images_on(engine, folder)
    reference = await images.ensure("sandpiper/web", ignore)
    assert engine.pulled == [DEBIAN]
    assert engine.built == ["sandpiper/base", "sandpiper/python", "sandpiper/web"]
    base, python = await images.resolve("sandpiper/base"), await images.resolve("sandpiper/python")
    assert engine.dockerfiles[reference] == f"FROM {python}\nFROM {base}\n"
    assert engine.dockerfiles["sandpiper/web:latest"] == f"FROM {reference}\n"
    assert engine.arguments == {"HTTP_PROXY": "http://p"}
    assert await images.ensure(reference, ignore) == reference
    assert len(engine.built) == 3
    assert {image.name: image.size_bytes for image in await images.list()} == dict.fromkeys(
        ("base", "python", "web"), 1000
    )


async def test_twenty_who_ask_at_once_wait_for_one_build(engine: ListedEngine, folder: Path) -> None:
    """And are told that they wait."""
    engine.gate.clear()
    images = images_on(engine, folder)
    told: list[str] = []
    all_wait = asyncio.Event()

    def tell(text: str) -> None:
        told.append(text)
        if sum("being made already" in line for line in told) == 19:
            all_wait.set()

    asked = [asyncio.create_task(images.ensure("sandpiper/web", tell)) for _ in range(20)]
    async with asyncio.timeout(10):
        await all_wait.wait()
        engine.gate.set()
        references = await asyncio.gather(*asked)
    assert len(set(references)) == 1
    assert engine.built == ["sandpiper/base", "sandpiper/python", "sandpiper/web"]


async def test_a_changed_folder_is_built_anew(engine: ListedEngine, folder: Path) -> None:
    """And the image of before stays where it is."""
    images = images_on(engine, folder)
    before = await images.ensure("sandpiper/web", ignore)
    (folder / "web" / "app.py").write_text("print(2)")
    assert await images.plan(["sandpiper/web"]) == {"sandpiper/web": ImageSource.BUILD}
    after = await images.ensure("sandpiper/web", ignore)
    assert after != before
    assert {before, after} <= engine.present
    assert await images.plan([before]) == {before: ImageSource.PRESENT}


async def test_a_folder_at_fault_hides_no_other_from_the_list(engine: ListedEngine, folder: Path) -> None:
    """It is listed with what is wrong with it."""
    (folder / "web" / "Dockerfile").write_text("FROM sandpiper/nothing\n")
    listed = {image.name: image.fault for image in await images_on(engine, folder).list()}
    assert listed["base"] is None
    assert "sandpiper/nothing, which has no folder" in (listed["web"] or "")


async def test_a_build_that_fails_is_told_and_may_be_tried_again(engine: ListedEngine, folder: Path) -> None:
    """A failure holds no lock."""
    images = images_on(engine, folder)
    engine.fails = True
    with pytest.raises(StepFailedError, match="RUN false"):
        await images.ensure("sandpiper/web", ignore)
    engine.fails = False
    assert await images.ensure("sandpiper/web", ignore) in engine.present
