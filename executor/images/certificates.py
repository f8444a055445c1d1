"""The operator's own certificate authorities, so that builds reach package registries.

A host behind an inspecting proxy trusts authorities that no image knows. Those that it trusts beyond what
Debian ships are put into the base image; the rest of the host's bundle the base has by itself.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from executor.errors import InvalidRequestError

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE")
"""Where programs on the host are told of a bundle, in the order in which they are believed."""
HOST_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
DEBIAN_AUTHORITIES = Path("/usr/share/ca-certificates")
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def find_bundle(setting: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The bundle that the host trusts: the setting, else what the environment names, else the system's own.

    Raises InvalidRequestError if the setting names a file that is not there.
    """
    if setting is not None:
        if not setting.is_file():
            raise InvalidRequestError(f"There is no file {setting} with certificates.")
        return setting
    named = [Path(environment[name]) for name in BUNDLE_VARIABLES if environment.get(name)]
    return next((path for path in (*named, HOST_BUNDLE) if path.is_file()), None)


def operator_certificates(bundle: Path | None, shipped: Path = DEBIAN_AUTHORITIES) -> tuple[str, ...]:
    """The PEM blocks of a bundle that Debian does not ship, in a stable order."""
    if bundle is None:
        return ()
    known = {_plain(block) for path in shipped.rglob("*.crt") for block in _blocks(path)}
    return tuple(sorted({block for block in _blocks(bundle) if _plain(block) not in known}))


def write_certificates(certificates: tuple[str, ...], folder: Path) -> None:
    """One file for each, named after its content, as update-ca-certificates wants them."""
    folder.mkdir(exist_ok=True)
    for block in certificates:
        name = hashlib.sha256(block.encode()).hexdigest()[:16]
        (folder / f"operator-{name}.crt").write_text(block + "\n", encoding="ascii")


def _blocks(path: Path) -> list[str]:
    return _BLOCK.findall(path.read_text(encoding="ascii", errors="replace"))


def _plain(block: str) -> str:
    return "".join(block.split())
