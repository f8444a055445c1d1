"""The folder of manifests, and the manifests that ship."""

from pathlib import Path

import pytest

from executor.manifest.catalogue import Catalogue
from executor.manifest.check import check_file
from executor.manifest.limits import TEXT_LIMIT_BYTES
from executor.manifest.render import render_services, render_text

GOOD = "services:\n  web: {image: web:1}\nx-sandbox: {front: web:80}\n"
SHIPPED = Path("manifests/apps")


def test_a_bad_file_never_hides_the_others(tmp_path: Path) -> None:
    """The good ones can be deployed, the bad ones are named with their faults."""
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yml").write_text(GOOD.replace("web:1", "web:1, privileged: true"))
    (tmp_path / "binary.yaml").write_bytes(b"services:\n\xff\xfe")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "README.md").write_text("not a manifest")
    catalogue = Catalogue(tmp_path)
    assert list(catalogue.load()) == ["good"]
    faults = catalogue.faults()
    assert sorted(faults) == ["bad", "binary", "folder"]
    assert faults["binary"].problems == ("line 2: not UTF-8 text",)
    assert faults["folder"].problems == ("line 1: the file cannot be read: Is a directory",)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """New, changed and removed files need no restart."""
    catalogue = Catalogue(tmp_path)
    assert catalogue.load() == {}
    path = tmp_path / "web.yaml"
    path.write_text(GOOD)
    first = catalogue.load()["web"]
    assert catalogue.load()["web"] is first
    path.write_text(GOOD.replace("front: web:80", "front: web:80, title: Shop"))
    assert catalogue.load()["web"].title == "Shop"
    path.unlink()
    assert catalogue.load() == {}


def test_no_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    """A missing folder is no reason to fail."""
    assert Catalogue(tmp_path / "none").load() == {}


def test_checking_a_file_says_what_the_reader_says(tmp_path: Path) -> None:
    """An empty list for a good one; missing, misnamed and oversized files are told, too."""
    path = tmp_path / "web.yaml"
    path.write_text(GOOD)
    assert check_file(path) == []
    path.write_text("a: 1\n")
    assert any(problem.startswith("line 1: a: unknown key") for problem in check_file(path))
    path.write_text("é" * TEXT_LIMIT_BYTES)
    assert check_file(path) == ["line 1: the file is larger than 64 KiB"]
    assert check_file(tmp_path / "none.yaml") == [
        "line 1: the file cannot be read: No such file or directory"
    ]
    assert check_file(tmp_path / "web.json") == ["line 1: a manifest's file ends in .yaml or .yml"]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_manifest_can_be_deployed(path: Path) -> None:
    """It reads without fault, fills in without an unknown name, and its text is written for people."""
    assert check_file(path) == []
    manifest = Catalogue(SHIPPED).load()[path.stem]
    values = dict.fromkeys(("NAME", "URL", "HOST", "PATH_PREFIX", *manifest.generated), "x")
    assert render_services(manifest, values)
    assert render_text(manifest.sign_in or "", values) is not None
    assert manifest.title != manifest.app
    assert manifest.description.endswith(".")


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_image_of_our_own_has_its_folder(path: Path) -> None:
    """Whatever a manifest wants built can be built."""
    for service in Catalogue(SHIPPED).load()[path.stem].services:
        assert service.build is None or Path("manifests/images", service.build, "Dockerfile").is_file()
