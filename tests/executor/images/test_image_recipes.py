"""The folders of images: what they build on, and the tag that follows from their content."""

from pathlib import Path

import pytest

from executor.errors import ImageUnavailableError
from executor.images.recipes import Recipes, own_name, pin, references_in

DOCKERFILE = """\
# FROM sandpiper/commented
FROM sandpiper/python AS packages
RUN python3 -c "import a; \\
from sandpiper/not-an-image import b"
FROM --platform=linux/amd64 debian:12-slim
COPY --from=packages /a /a
COPY --chown=1:1 --from=sandpiper/tools /b /b
COPY --from=0 /c /c
from packages
"""


def folder(images: Path, name: str, dockerfile: str = "FROM sandpiper/base\n") -> Path:
    """A folder with a Dockerfile."""
    (images / name).mkdir(parents=True, exist_ok=True)
    (images / name / "Dockerfile").write_text(dockerfile)
    return images / name


def reference(images: Path, name: str, base_extra: bytes = b"") -> str:
    """What an image is called on the engine as its folder stands."""
    recipe = Recipes(images, base_extra=base_extra).read(name)
    assert recipe is not None
    return recipe.reference


def test_images_are_found_in_from_and_copy_and_nowhere_else() -> None:
    """Stages, comments and lines that go on are no images."""
    assert references_in(DOCKERFILE) == ("sandpiper/python", "debian:12-slim", "sandpiper/tools")


def test_a_dockerfile_is_pinned_to_the_tags_on_the_engine() -> None:
    """Images of our own get their tag, everything else stays to the letter."""
    pinned = pin(DOCKERFILE, {"python": "sandpiper/python:111", "tools": "sandpiper/tools:222"})
    expected = DOCKERFILE.replace("FROM sandpiper/python AS", "FROM sandpiper/python:111 AS")
    assert pinned == expected.replace("--from=sandpiper/tools", "--from=sandpiper/tools:222")


def test_the_tag_follows_the_content(tmp_path: Path) -> None:
    """Whatever it is made of changes it: a byte, a name, a mode, what it builds on, the certificates."""
    base, web = folder(tmp_path, "base", "FROM debian\n"), folder(tmp_path, "web")
    seen = [reference(tmp_path, "web")]
    assert reference(tmp_path, "web") == seen[0]
    (web / "app.py").write_text("print(1)")
    seen.append(reference(tmp_path, "web"))
    (web / "app.py").rename(web / "main.py")
    seen.append(reference(tmp_path, "web"))
    (web / "main.py").chmod(0o755)
    seen.append(reference(tmp_path, "web"))
    (base / "packages.txt").write_text("python3")
    seen.append(reference(tmp_path, "web"))
    seen.append(reference(tmp_path, "web", b"a certificate"))
    assert len(set(seen)) == len(seen)


def test_what_is_no_part_of_an_image_does_not_change_its_tag(tmp_path: Path) -> None:
    """Byte code that a test run left behind, and links."""
    folder(tmp_path, "base", "FROM debian\n")
    web = folder(tmp_path, "web")
    before = reference(tmp_path, "web")
    (web / "__pycache__").mkdir()
    (web / "__pycache__" / "app.pyc").write_bytes(b"x")
    (web / "link").symlink_to("/etc/passwd")
    assert reference(tmp_path, "web") == before


def test_a_ring_and_a_missing_folder_are_told_by_name(tmp_path: Path) -> None:
    """Neither recursion without end nor a silence."""
    folder(tmp_path, "a", "FROM sandpiper/b\n")
    folder(tmp_path, "b", "FROM sandpiper/a\n")
    folder(tmp_path, "c", "FROM sandpiper/none\n")
    recipes = Recipes(tmp_path, base_extra=b"")
    with pytest.raises(ImageUnavailableError, match="a → b → a"):
        recipes.read("a")
    with pytest.raises(ImageUnavailableError, match="sandpiper/none, which has no folder"):
        recipes.read("c")
    assert recipes.read("nowhere") is None
    assert recipes.names() == ("a", "b", "c")


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("sandpiper/echo", "echo"),
        ("sandpiper/echo:abc", "echo"),
        ("sandpiper/../etc", None),
        ("sandpiper/", None),
        ("grafana/grafana:11", None),
        ("example.org/sandpiper/echo", None),
    ],
)
def test_which_images_are_our_own(image: str, name: str | None) -> None:
    """Only what could be a folder's name is looked for as one."""
    assert own_name(image) == name
