"""What the host knows and images need: certificates, Debian's mirrors, archives."""

import io
import json
import tarfile
from pathlib import Path
from typing import Literal

import pytest

from executor.errors import InvalidRequestError
from executor.images.archives import Archives, references_of
from executor.images.certificates import find_bundle, operator_certificates, write_certificates
from executor.images.debian import bootstrap_command, sources


def pem(body: str) -> str:
    """Something in the shape of a certificate."""
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"


def test_only_certificates_that_debian_does_not_ship_are_the_operators(tmp_path: Path) -> None:
    """A bundle of a hundred and forty becomes the one or two that matter, whatever their line breaks."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "known.crt").write_text(pem("AAAA\nBBBB"))
    bundle = tmp_path / "bundle.crt"
    bundle.write_text("\n# comment\n".join([pem("AAAABBBB"), pem("CCCC"), pem("CCCC")]))
    assert operator_certificates(bundle, shipped) == (pem("CCCC"),)
    assert operator_certificates(None, shipped) == ()
    write_certificates((pem("CCCC"), pem("DDDD")), tmp_path / "out")
    written = sorted((tmp_path / "out").glob("operator-*.crt"))
    assert {path.read_text() for path in written} == {pem("CCCC") + "\n", pem("DDDD") + "\n"}


def test_the_bundle_is_the_setting_then_the_environment_then_the_systems(tmp_path: Path) -> None:
    """A setting that names nothing is told; an environment that does is passed over."""
    mine, theirs = tmp_path / "mine.crt", tmp_path / "theirs.crt"
    mine.touch()
    theirs.touch()
    environment = {"SSL_CERT_FILE": str(tmp_path / "none"), "PIP_CERT": str(theirs)}
    assert find_bundle(mine, environment) == mine
    assert find_bundle(None, environment) == theirs
    with pytest.raises(InvalidRequestError, match="certificates"):
        find_bundle(tmp_path / "none", environment)


def apt(folder: Path, name: str, text: str) -> None:
    """A file of APT's configuration."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_hosts_own_mirror_is_used(tmp_path: Path) -> None:
    """Both formats are read; other suites, other people's archives and sources are left alone."""
    apt(tmp_path, "sources.list", "# c\ndeb [arch=amd64] http://mirror.test/debian bookworm main contrib\n"
        "deb-src http://mirror.test/debian bookworm main\ndeb http://else.test stable extra\n")  # fmt: skip
    apt(tmp_path, "sources.list.d/security.sources", "Types: deb\nURIs: http://mirror.test/security\n"
        "Suites: bookworm-security\nComponents: main\n\nTypes: deb\nEnabled: no\n"
        "URIs: http://off.test\nSuites: bookworm\nComponents: main\n")  # fmt: skip
    assert sources(tmp_path) == (
        "deb http://mirror.test/debian bookworm main",
        "deb http://mirror.test/security bookworm-security main",
    )


@pytest.mark.parametrize(
    "line",
    ["", "deb file:/mnt bookworm main", "deb http://me:pw@mirror.test/debian bookworm main", "nonsense"],
)
def test_a_mirror_that_must_not_or_can_not_be_in_an_image_is_left_out(tmp_path: Path, line: str) -> None:
    """No password and no disc of the host ends in an image: the bootstrap takes Debian's own mirror."""
    apt(tmp_path, "sources.list", line + "\n")
    assert sources(tmp_path) == ()
    assert bootstrap_command(["python3"], tmp_path, None, tmp_path / "r")[-1] == str(tmp_path / "r")


def test_the_bootstrap_command_quotes_what_a_shell_will_see(tmp_path: Path) -> None:
    """Hooks are run by a shell, so a folder with a blank stays one word."""
    command = bootstrap_command(["python3"], Path("/tmp/a b"), tmp_path / "s", tmp_path / "r")
    assert "--customize-hook=sync-in '/tmp/a b' /usr/local/share/ca-certificates" in command


def archive(path: Path, tags: list[str], mode: Literal["w", "w:gz"] = "w") -> Path:
    """A file as ``docker save`` writes it, as far as we look."""
    index = json.dumps([{"Config": "c.json", "RepoTags": tags, "Layers": []}]).encode()
    with tarfile.open(path, mode) as tar:
        for name, data in (("c.json", b"{}"), ("manifest.json", index)):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def test_archives_say_what_they_hold(tmp_path: Path) -> None:
    """Plain and compressed ones; other files and broken ones hold nothing."""
    plain = archive(tmp_path / "a.tar", ["grafana/grafana:11", "b:1"])
    packed = archive(tmp_path / "b.tar.gz", ["c:1"], "w:gz")
    (tmp_path / "broken.tar").write_bytes(b"x" * 2000)
    (tmp_path / "cut.tar.gz").write_bytes(packed.read_bytes()[:60])
    (tmp_path / "notes.txt").write_text("hello")
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(tmp_path / "notes.txt", "manifest.json")
    archives = Archives(tmp_path)
    assert archives.by_reference() == {"grafana/grafana:11": plain, "b:1": plain, "c:1": packed}
    plain.unlink()
    assert archives.by_reference() == {"c:1": packed}
    assert Archives(None).by_reference() == {}
    assert references_of(tmp_path / "broken.tar") == ()
