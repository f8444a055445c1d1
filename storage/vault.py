"""Encryption of what must not be readable in the database: AES-256-GCM, a fresh nonce for every value.

The name of the row is authenticated with the value, so that a value copied into another row does not open.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyLostError, SealBrokenError

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An encrypted value as it is stored."""

    key_id: str
    nonce: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


class Vault:
    """Seals with the newest key and opens with any given one."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        """``keys``: name and 32 bytes of each, newest first. Raises ValueError if they cannot be used."""
        if not keys:
            raise ValueError("no encryption key was given")
        for key_id, key in keys:
            if len(key) != KEY_BYTES:
                raise ValueError(f"the encryption key {key_id!r} has {len(key)} bytes, not {KEY_BYTES}")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}
        if len(self._ciphers) != len(keys):
            raise ValueError("two encryption keys have the same name")
        self._newest = keys[0][0]

    def seal(self, value: str, *, row: str) -> Sealed:
        """Encrypt a value for the row of this name."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, value.encode(), row.encode())
        return Sealed(key_id=self._newest, nonce=nonce, sealed=sealed)

    def open(self, value: Sealed, *, row: str) -> str:
        """Decrypt a row's value. Raises KeyLostError or SealBrokenError, never returns garbage."""
        cipher = self._ciphers.get(value.key_id)
        if cipher is None:
            raise KeyLostError(value.key_id)
        try:
            return cipher.decrypt(value.nonce, value.sealed, row.encode()).decode()
        except InvalidTag:
            raise SealBrokenError(f"the value of {row} does not open with key {value.key_id!r}") from None
