"""The Events API: which apps hear of a fact, the envelope, and delivery with Slack's retries.

Sources: docs.slack.dev/apis/events-api; scopes per event from each event's reference page.
"""

import asyncio
import secrets
from typing import Any

from workspace.clock import Clock
from workspace.config import Limits
from workspace.delivery.deliverer import Deliverer
from workspace.delivery.payload import Delivery, Outcome
from workspace.ids import new_id
from workspace.model import App, Channel
from workspace.state import State

MESSAGE_EVENTS = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
HISTORY_SCOPES = {
    "public": "channels:history", "private": "groups:history", "im": "im:history", "mpim": "mpim:history",
}  # fmt: skip
READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "file_shared": "files:read",
    "file_created": "files:read",
    "file_deleted": "files:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "channel_created": "channels:read",
    "channel_rename": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "subteam_members_changed": "usergroups:read",
}
CHANNEL_READ_EVENTS = ("member_joined_channel", "member_left_channel")


def needed_scope(event: dict[str, Any], channel: Channel | None) -> str:
    """The scope without which an app is not told; "" if none is needed."""
    if event["type"] == "message" and channel is not None:
        return HISTORY_SCOPES[channel.kind]
    if event["type"] in CHANNEL_READ_EVENTS and channel is not None:
        return READ_SCOPES[channel.kind]
    return EVENT_SCOPES.get(event["type"], "")


def subscription(event: dict[str, Any], channel: Channel | None) -> str:
    """The name under which a manifest subscribes to the event."""
    if event["type"] == "message" and channel is not None:
        return MESSAGE_EVENTS[channel.kind]
    return str(event["type"])


class Events:
    """Sends facts to the apps that subscribed to them."""

    def __init__(
        self, *, team_id: str, clock: Clock, limits: Limits, state: State, deliverer: Deliverer
    ) -> None:
        self._team_id = team_id
        self._clock = clock
        self._limits = limits
        self._state = state
        self._deliverer = deliverer
        self._tasks: set[asyncio.Task[None]] = set()
        self._verified: set[tuple[str, str]] = set()

    def tell(self, event: dict[str, Any], *, channel: Channel | None = None, only: App | None = None) -> None:
        """Deliver a fact to every app that subscribed, has the scope and (for channels) is a member."""
        for app in [only] if only else list(self._state.apps.values()):
            if self._hears(app, event, channel):
                task = asyncio.create_task(self._deliver(self._delivery(app, event)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _hears(self, app: App, event: dict[str, Any], channel: Channel | None) -> bool:
        if not app.installed or subscription(event, channel) not in app.bot_events:
            return False
        if channel is not None and app.bot_user not in channel.members:
            return False
        scope = needed_scope(event, channel)
        return not scope or scope in app.scopes

    def _delivery(self, app: App, event: dict[str, Any]) -> Delivery:
        payload = {
            "token": app.verification_token,
            "team_id": self._team_id,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self._clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._team_id,
                    "user_id": app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_urlsafe(30)}",
        }
        return Delivery(
            app=app, envelope="events_api", name=event["type"], payload=payload, url=app.events_url
        )

    async def _deliver(self, delivery: Delivery) -> None:
        outcome = await self._attempt(delivery, None)
        for number, seconds in enumerate(self._limits.retry_seconds, 1):
            if outcome.ok or outcome.final:
                return
            await asyncio.sleep(seconds)
            outcome = await self._attempt(delivery, (number, outcome.reason))

    async def _attempt(self, delivery: Delivery, retry: tuple[int, str] | None) -> Outcome:
        if not delivery.app.socket_mode and not await self.verify_url(delivery.app):
            return Outcome(ok=False, reason="connection_failed")
        return await self._deliverer.send(delivery, retry=retry)

    async def verify_url(self, app: App) -> bool:
        """Whether the app's events URL answers the challenge; asked once per URL."""
        key = (app.id, app.events_url)
        if key not in self._verified:
            challenge = secrets.token_urlsafe(36)
            payload = {"token": app.verification_token, "challenge": challenge, "type": "url_verification"}
            outcome = await self._deliverer.send(
                Delivery(
                    app=app,
                    envelope="events_api",
                    name="url_verification",
                    payload=payload,
                    url=app.events_url,
                )
            )
            if not outcome.ok or not answers_challenge(outcome.answer, challenge):
                return False
            self._verified.add(key)
        return True

    async def close(self) -> None:
        """Give up what is still to be delivered."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def answers_challenge(answer: dict[str, Any] | str | None, challenge: str) -> bool:
    """Whether a url_verification answer is the challenge as text, form or JSON."""
    if isinstance(answer, dict):
        return answer.get("challenge") == challenge
    return answer is not None and answer.strip() in (challenge, f"challenge={challenge}")
