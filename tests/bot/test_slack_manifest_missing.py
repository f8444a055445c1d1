"""Slack's manifest where it cannot be read."""

from pathlib import Path

import pytest

from bot.slack_manifest import render_manifest
from executor.errors import SandboxError


def test_a_folder_without_the_manifest_is_named_in_words(tmp_path: Path) -> None:
    """Whoever points the setting at the wrong folder is told which file and which setting."""
    missing = tmp_path / "slack" / "app.yaml"
    with pytest.raises(SandboxError) as caught:
        render_manifest(missing, url=None)
    assert str(missing) in caught.value.message
    assert "SANDPIPER_MANIFESTS_DIR" in (caught.value.hint or "")
