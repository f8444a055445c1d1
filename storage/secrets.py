"""Rows of ``sandbox_secrets``: generated values of a sandbox, stored only encrypted."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import sandbox_secrets
from storage.vault import Sealed, Vault


async def put(tx: AsyncConnection, vault: Vault, sandbox_id: str, values: Mapping[str, str]) -> None:
    """Encrypt and write the values of a new sandbox."""
    rows = [
        _row(vault.seal(value, row=_name(sandbox_id, key)), sandbox_id, key) for key, value in values.items()
    ]
    if rows:
        await tx.execute(insert(sandbox_secrets), rows)


async def values_of(tx: AsyncConnection, vault: Vault, sandbox_id: str) -> Mapping[str, str]:
    """Read and decrypt. Raises KeyLostError by the key's name."""
    query = select(sandbox_secrets).where(sandbox_secrets.c.sandbox_id == sandbox_id)
    return {
        row.name: vault.open(
            Sealed(key_id=row.key_id, nonce=row.nonce, sealed=row.sealed), row=_name(sandbox_id, row.name)
        )
        for row in await tx.execute(query)
    }


async def remove_of(tx: AsyncConnection, sandbox_id: str) -> None:
    """Forget them."""
    await tx.execute(delete(sandbox_secrets).where(sandbox_secrets.c.sandbox_id == sandbox_id))


def _name(sandbox_id: str, key: str) -> str:
    """What the vault binds a value to."""
    return f"sandbox_secrets/{sandbox_id}/{key}"


def _row(value: Sealed, sandbox_id: str, key: str) -> dict[str, object]:
    """The columns of one value."""
    return {
        "sandbox_id": sandbox_id,
        "name": key,
        "key_id": value.key_id,
        "nonce": value.nonce,
        "sealed": value.sealed,
    }
