"""What an app may do for a short while after a person acted: open a view (trigger), answer (response_url)."""

import secrets
from dataclasses import dataclass

from workspace.clock import Clock
from workspace.errors import SlackError

KEPT_GRANTS = 5_000


@dataclass(kw_only=True)
class Trigger:
    """Lets one app open or push one view for one person."""

    app_id: str
    user: str
    expires_at: float
    used: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    """Lets one app answer one act of one person. `source_ts` is the message acted on, "" for a command."""

    app_id: str
    user: str
    channel: str
    uses_left: int
    expires_at: float
    source_ts: str = ""
    source_ephemeral: bool = False
    thread_ts: str = ""


class Grants:
    """Hands out triggers and response URLs and redeems them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, *, app_id: str, user: str, seconds: float) -> str:
        """A trigger id in Slack's format."""
        key = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[key] = Trigger(app_id=app_id, user=user, expires_at=self._clock.now() + seconds)
        _forget_oldest(self._triggers)
        return key

    def redeem_trigger(self, key: str, app_id: str) -> Trigger:
        """The trigger, now used. Raises SlackError as views.open does."""
        trigger = self._triggers.get(key)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if trigger.expires_at <= self._clock.now():
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, url: ResponseUrl) -> str:
        """The secret part of a response URL."""
        key = secrets.token_urlsafe(24)
        self._urls[key] = url
        _forget_oldest(self._urls)
        return key

    def response_url(self, key: str) -> ResponseUrl:
        """The response URL with this secret, without using it. Raises KeyError."""
        return self._urls[key]

    def redeem_response_url(self, key: str) -> ResponseUrl:
        """The response URL, one use fewer. Raises SlackError(expired_url, used_url)."""
        url = self._urls.get(key)
        if url is None:
            raise SlackError("invalid_url", status=404)
        if url.expires_at <= self._clock.now():
            raise SlackError("expired_url", status=404)
        if url.uses_left <= 0:
            raise SlackError("used_url", status=404)
        url.uses_left -= 1
        return url


def _forget_oldest(grants: dict[str, Trigger] | dict[str, ResponseUrl]) -> None:
    while len(grants) > KEPT_GRANTS:
        grants.pop(next(iter(grants)))
