"""Slack's app manifest with this installation's addresses filled in."""

import re
from pathlib import Path

import yaml

from executor.errors import SandboxError

_HTTP_ONLY = re.compile(r"\s+# http$")
_ADDRESS = re.compile(r"https://[^\s\"'/]+(?:/[^\s\"']*)?")


def render_manifest(path: Path, *, url: str | None) -> str:
    """The manifest at ``path`` for HTTP at ``url``, or for Socket Mode where that is None.

    Raises:
        SandboxError: for an address that Slack would not call, or where there is no such file.
    """
    if url is not None and not _ADDRESS.fullmatch(url):
        raise SandboxError(
            f"{url} is not an address that Slack can call.", "It has to be public and begin with https://"
        )
    socket = "true" if url is None else "false"
    lines = []
    for line in _read(path).splitlines():
        if url is not None or not _HTTP_ONLY.search(line):
            lines.append(_HTTP_ONLY.sub("", line))
    return "\n".join(lines).replace("{URL}", (url or "").rstrip("/")).replace("{SOCKET}", socket) + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "SANDPIPER_MANIFESTS_DIR names the folder that holds apps/, images/, slack/ and deploy/."
        raise SandboxError(f"{path} cannot be read: {error.strerror}.", hint) from error


def bot_scopes(path: Path) -> frozenset[str]:
    """The scopes that the manifest at ``path`` asks for the bot."""
    document = yaml.safe_load(render_manifest(path, url=None))
    return frozenset(document["oauth_config"]["scopes"]["bot"])
