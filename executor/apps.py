"""What can be deployed: the catalogue's files, numbered as immutable versions in the database."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from executor.errors import InvalidRequestError, ManifestError
from executor.manifest.catalogue import Catalogue
from executor.manifest.limits import ResourceLimits
from executor.manifest.model import Manifest
from executor.manifest.reader import read_manifest
from storage import apps
from storage.database import Tx

NAMED_LIMIT_COUNT = 10
"""How many apps a refusal lists."""


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """One app on offer."""

    app: str
    version: int
    """The newest."""
    manifest: Manifest


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The catalogue as it is at one moment."""

    manifests: Mapping[str, Manifest]
    faults: Mapping[str, ManifestError]


class Apps:
    """Finds the manifest of an app and version."""

    def __init__(self, catalogue: Catalogue, limits: ResourceLimits) -> None:
        self._catalogue = catalogue
        self._limits = limits

    async def offer(self) -> Offer:
        """Read the catalogue; files that did not change are not read again."""
        return await asyncio.to_thread(
            lambda: Offer(manifests=self._catalogue.load(), faults=self._catalogue.faults())
        )

    async def publish(self, tx: Tx, offer: Offer, *, now: datetime) -> Sequence[CatalogueEntry]:
        """Give every changed manifest its next number; all apps on offer, by name."""
        return [
            CatalogueEntry(
                app=app, version=await apps.publish(tx, app, manifest.text, now=now), manifest=manifest
            )
            for app, manifest in sorted(offer.manifests.items())
        ]

    async def find(
        self, tx: Tx, offer: Offer, app: str, version: int | None, *, now: datetime
    ) -> tuple[Manifest, int]:
        """A manifest and its number. Raises InvalidRequestError or ManifestError in a person's words."""
        if version is not None:
            return await self._stored(tx, app, version), version
        if app in offer.faults:
            raise offer.faults[app]
        manifest = offer.manifests.get(app)
        if manifest is None:
            raise unknown_app(app, sorted(offer.manifests))
        return manifest, await apps.publish(tx, app, manifest.text, now=now)

    async def _stored(self, tx: Tx, app: str, version: int) -> Manifest:
        """A version as it was published, whatever the file says now."""
        newest = await apps.newest(tx)
        if app not in newest:
            raise unknown_app(app, sorted(newest))
        found = await apps.get(tx, app, version)
        if found is None:
            raise InvalidRequestError(
                f"{app} has no version {version}; its newest is {newest[app]}.",
                f"For example: deploy {app}@{newest[app]}",
            )
        return self.read(found.text, app=app)

    def read(self, text: str, *, app: str) -> Manifest:
        """Read a manifest that was stored. Raises ManifestError if the rules have become stricter since."""
        return read_manifest(text, app=app, limits=self._limits)


def unknown_app(app: str, known: Sequence[str]) -> InvalidRequestError:
    """There is no such app; perhaps another one was meant."""
    near = get_close_matches(app.lower(), known, n=1)
    if near:
        return InvalidRequestError(f"There is no app called “{app[:60]}”.", f"Did you mean {near[0]}?")
    listed = ", ".join(known[:NAMED_LIMIT_COUNT]) or "none yet"
    return InvalidRequestError(f"There is no app called “{app[:60]}”.", f"Apps: {listed}.")
