"""Delivers payloads over signed HTTP, as Slack does to a request URL."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from workspace.delivery.payload import FAILED, Delivery, Outcome, timed_out
from workspace.delivery.signing import signature_headers

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
MAX_REDIRECTS = 2
ANSWER_LIMIT_BYTES = 3 * 1024 * 1024


def encode(delivery: Delivery) -> tuple[str, bytes]:
    """Content type and body: events as JSON, commands as a form, the rest as one form field `payload`."""
    if delivery.envelope == "events_api":
        return "application/json", json.dumps(delivery.payload).encode()
    form = delivery.payload
    if delivery.envelope == "interactive":
        form = {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def parse_answer(body: str) -> dict[str, Any] | str | None:
    """A 200 answer's body: nothing, a JSON object, or plain text."""
    if not body.strip():
        return None
    try:
        value = json.loads(body)
    except ValueError:
        return body
    return value if isinstance(value, dict) else body


class HttpDelivery:
    """Posts payloads. `now` gives Unix seconds for the signature."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        delivery: Delivery,
        *,
        seconds: float,
        retry: tuple[int, str] | None = None,
        signature_fault: str = "",
    ) -> Outcome:
        """Post once and wait up to `seconds`; `retry` is the attempt's number and the reason for it."""
        content_type, body = encode(delivery)
        headers = {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            **signature_headers(delivery.app.signing_secret, self._now(), body, signature_fault),
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        try:
            async with asyncio.timeout(seconds):
                return await self._post(delivery.url, headers, body)
        except TimeoutError:
            return timed_out()
        except aiohttp.TooManyRedirects:
            return Outcome(ok=False, error=FAILED, reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Outcome(ok=False, error=FAILED, reason="ssl_error")
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL):
            return Outcome(ok=False, error=FAILED, reason="connection_failed")
        except aiohttp.ClientError:
            return Outcome(ok=False, error=FAILED, reason="unknown_error")

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(
            url, data=body, headers=headers, max_redirects=MAX_REDIRECTS
        ) as response:
            content = await response.content.read(ANSWER_LIMIT_BYTES)
            answer = parse_answer(content.decode("utf-8", "replace"))
            if 200 <= response.status < 300:
                return Outcome(ok=True, answer=answer, status=response.status)
            final = response.headers.get("X-Slack-No-Retry") == "1"
            return Outcome(
                ok=False,
                error=FAILED,
                reason="http_error",
                status=response.status,
                final=final,
                answer=answer,
            )

    async def close(self) -> None:
        """Close kept connections."""
        if self._session is not None:
            await self._session.close()
