"""Rows of ``app_versions``: every manifest that was ever offered, immutable and numbered from 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import app_versions


@dataclass(frozen=True, kw_only=True)
class AppVersion:
    """One version of an app."""

    app: str
    version: int
    text: str
    """The manifest, as it was read."""
    created_at: datetime


async def publish(tx: AsyncConnection, app: str, text: str, *, now: datetime) -> int:
    """The number of this manifest: that of the newest version if nothing changed, else the next one."""
    digest = sha256(text.encode()).hexdigest()
    query = (
        select(app_versions.c.version, app_versions.c.digest)
        .where(app_versions.c.app == app)
        .order_by(app_versions.c.version.desc())
        .limit(1)
    )
    newest = (await tx.execute(query)).one_or_none()
    if newest is not None and newest.digest == digest:
        return int(newest.version)
    version = 1 if newest is None else int(newest.version) + 1
    row = {"app": app, "version": version, "digest": digest, "text": text, "created_at": now}
    await tx.execute(insert(app_versions).values(row))
    return version


async def get(tx: AsyncConnection, app: str, version: int) -> AppVersion | None:
    """One version of an app."""
    columns = (app_versions.c[name] for name in ("app", "version", "text", "created_at"))
    query = select(*columns).where(app_versions.c.app == app, app_versions.c.version == version)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else AppVersion(**row)


async def newest(tx: AsyncConnection) -> Mapping[str, int]:
    """Every app there ever was and its newest version."""
    query = select(app_versions.c.app, func.max(app_versions.c.version)).group_by(app_versions.c.app)
    return {app: int(version) for app, version in await tx.execute(query)}
