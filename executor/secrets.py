"""Values that a sandbox is started with: what it knows of itself, and passwords made up for it."""

import secrets
import string
from collections.abc import Mapping

from executor import addresses
from executor.config import ExecutorConfig
from executor.manifest.model import Manifest

ALPHABET = string.ascii_letters + string.digits
"""Letters and digits only: they need no quoting in a URL, a shell or a configuration file."""


def generate(manifest: Manifest) -> Mapping[str, str]:
    """Make up every generated value of a manifest."""
    return {
        name: "".join(secrets.choice(ALPHABET) for _ in range(length))
        for name, length in manifest.generated.items()
    }


def values(
    config: ExecutorConfig, sandbox: str, manifest: Manifest, generated: Mapping[str, str]
) -> Mapping[str, str]:
    """Everything that the manifest's placeholders may name, for one sandbox."""
    return {
        **generated,
        "NAME": sandbox,
        "URL": addresses.url(config, sandbox),
        "HOST": addresses.host(sandbox, config.domain),
        "PATH_PREFIX": f"/{addresses.path(sandbox)}" if manifest.front.path else "",
    }
