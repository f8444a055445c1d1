"""The reference for authors says what the reader knows."""

from pathlib import Path

import pytest

from executor.engine.hardening import CAPABILITIES_ALLOWED
from executor.manifest import reader, sandbox_section, service
from executor.manifest.placeholders import BUILT_IN
from executor.manifest.reader import read_manifest

REFERENCE = Path("docs/manifests.md").read_text(encoding="utf-8")
WORDS = sorted({*reader.KNOWN, *service.KNOWN, *sandbox_section.KNOWN, *CAPABILITIES_ALLOWED})


@pytest.mark.parametrize("word", WORDS)
def test_every_key_is_documented(word: str) -> None:
    """Nobody has to read the source to learn a key."""
    assert f"`{word}`" in REFERENCE


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_placeholder_is_documented(name: str) -> None:
    """The same for what is filled in."""
    assert f"`${{{name}}}`" in REFERENCE


def test_the_example_can_be_deployed() -> None:
    """What the reference shows is itself without fault."""
    example = REFERENCE.split("```yaml\n")[1].split("```")[0]
    assert [service.name for service in read_manifest(example, app="shop").services] == ["db", "web"]
