"""An RSA key for id_tokens, as Slack signs them (RS256), with nothing but the standard library.

Only this local server signs with it; it protects nothing beyond a test's sign-in.
Sources: RFC 8017 (RSASSA-PKCS1-v1_5), RFC 7515 and RFC 7517.
"""

import base64
import hashlib
import json
import math
import secrets
from dataclasses import dataclass
from typing import Any

KEY_BITS = 2048
EXPONENT = 65_537
PRIME_ROUNDS = 20
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
SMALL_PRIMES = [n for n in range(3, 2_000) if all(n % d for d in range(2, math.isqrt(n) + 1))]


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """An RSA key: modulus and private exponent."""

    modulus: int
    private: int

    @property
    def id(self) -> str:
        """A name for the key, for `kid`."""
        return hashlib.sha256(str(self.modulus).encode()).hexdigest()[:16]

    def sign(self, message: bytes) -> bytes:
        """The RS256 signature of a message."""
        size = KEY_BITS // 8
        digest = SHA256_PREFIX + hashlib.sha256(message).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return pow(int.from_bytes(padded, "big"), self.private, self.modulus).to_bytes(size, "big")

    def public_jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "n": base64url(self.modulus.to_bytes(KEY_BITS // 8, "big")),
            "e": base64url(EXPONENT.to_bytes(3, "big")),
        }


def base64url(content: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def new_key() -> SigningKey:
    """A fresh key; takes about a second."""
    while True:
        p, q = _prime(KEY_BITS // 2), _prime(KEY_BITS // 2)
        phi = (p - 1) * (q - 1)
        if p != q and math.gcd(EXPONENT, phi) == 1:
            return SigningKey(modulus=p * q, private=pow(EXPONENT, -1, phi))


def _prime(bits: int) -> int:
    while True:
        # The two highest bits are set, so that the product of two such primes has its full length.
        candidate = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if all(candidate % small for small in SMALL_PRIMES) and _probably_prime(candidate):
            return candidate


def _probably_prime(candidate: int) -> bool:
    """Miller-Rabin."""
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(PRIME_ROUNDS):
        power = pow(secrets.randbelow(candidate - 3) + 2, odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % candidate
            if power == candidate - 1:
                break
        else:
            return False
    return True


def signed_jwt(key: SigningKey, claims: dict[str, Any]) -> str:
    """Claims as a JSON Web Token."""
    header = {"alg": "RS256", "typ": "JWT", "kid": key.id}
    parts = [base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)]
    message = ".".join(parts)
    return f"{message}.{base64url(key.sign(message.encode()))}"
