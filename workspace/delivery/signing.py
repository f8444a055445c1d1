"""Slack's request signature. Source: docs.slack.dev/authentication/verifying-requests-from-slack."""

import hashlib
import hmac

STALE_SECONDS = 600


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-Slack-Signature` for a raw body."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signature_headers(secret: str, now: float, body: bytes, fault: str = "") -> dict[str, str]:
    """The two signature headers; `fault` is "", "forged", "stale" or "missing"."""
    if fault == "missing":
        return {}
    timestamp = int(now) - (STALE_SECONDS if fault == "stale" else 0)
    signed_with = secret + "x" if fault == "forged" else secret
    return {
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": signature(signed_with, timestamp, body),
    }
