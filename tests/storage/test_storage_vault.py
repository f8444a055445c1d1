"""Encrypted values: readable with their key and in their row only."""

import pytest

from storage import sandboxes, secrets
from storage.database import Database
from storage.errors import KeyLostError, SealBrokenError
from storage.tables import sandbox_secrets
from storage.vault import Sealed, Vault
from tests.storage.records_for_tests import a_sandbox

OLD, NEW = ("2025", b"o" * 32), ("2026", b"n" * 32)


def test_seals_with_the_newest_key_and_opens_with_any() -> None:
    """Sealing takes the newest key; opening takes the one that the value names."""
    vault = Vault([NEW, OLD])
    assert vault.seal("x", row="r").key_id == "2026"
    assert vault.open(Vault([OLD]).seal("x", row="r"), row="r") == "x"


def test_never_the_same_twice() -> None:
    """The same value sealed twice looks different."""
    vault = Vault([NEW])
    assert vault.seal("x", row="r").nonce != vault.seal("x", row="r").nonce


def test_lost_key_is_named() -> None:
    """A lost key is reported by its name."""
    with pytest.raises(KeyLostError, match="2025"):
        Vault([NEW]).open(Vault([OLD]).seal("x", row="r"), row="r")


def test_a_value_of_another_row_or_a_changed_one_does_not_open() -> None:
    """A value copied to another row, changed, or under a wrong key of the same name is refused."""
    vault = Vault([NEW])
    sealed = vault.seal("x", row="r")
    changed = Sealed(key_id=sealed.key_id, nonce=sealed.nonce, sealed=sealed.sealed[:-1] + b"\0")
    other = Vault([("2026", b"z" * 32)])
    for opener, value, row in ((vault, sealed, "q"), (vault, changed, "r"), (other, sealed, "r")):
        with pytest.raises(SealBrokenError):
            opener.open(value, row=row)


@pytest.mark.parametrize("keys", [[], [("a", b"short")], [OLD, OLD]])
def test_keys_that_cannot_be_used(keys: list[tuple[str, bytes]]) -> None:
    """No key, a short key and two of one name are refused at once."""
    with pytest.raises(ValueError, match="key"):
        Vault(keys)


async def test_stored_values_are_unreadable(database: Database) -> None:
    """What is stored of a secret does not hold its value, and comes back through the vault."""
    vault = Vault([NEW])
    async with database.write() as tx:
        await sandboxes.add(tx, a_sandbox())
        await secrets.put(tx, vault, "5a1d0c", {"PASSWORD": "correct-horse"})
    async with database.read() as tx:
        row = (await tx.execute(sandbox_secrets.select())).one()
        assert b"correct-horse" not in row.sealed
        assert await secrets.values_of(tx, vault, "5a1d0c") == {"PASSWORD": "correct-horse"}
