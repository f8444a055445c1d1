"""Every call to Slack, at one pace. Dictionaries end here: above are messages and ids."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.render.blocks import Block, Message, Snippet
from bot.slack.errors import code_of
from bot.slack.pacer import Pacer, Priority

METADATA_EVENT = "sandpiper_message"
SNIPPET_LIMIT_BYTES = 900 * 1024
"""Slack takes snippets up to 1 MB."""
SEARCH_PAGE = 200
SEARCH_PAGES_LIMIT = 10
CLOCK_DIFFERENCE_SECONDS = 300
"""How far Slack's clock and ours may differ when a message of ours is looked for."""
QUICK_SECONDS = 1.5
"""How long something may wait for its turn while a person's trigger is running out."""


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A message as Slack names it."""

    channel: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What Slack says of a person."""

    zone: str | None
    is_guest: bool
    is_bot: bool
    is_active: bool
    team_id: str | None


class Gateway:
    """Slack, as the rest of the bot sees it."""

    def __init__(self, client: AsyncWebClient, pacer: Pacer) -> None:
        self._client = client
        self._pacer = pacer

    async def post(
        self, channel: str, message: Message, *, key: str, thread: str | None, priority: Priority
    ) -> Posted:
        """Post a message that carries its key, by which it can be found again after a crash."""
        answer = await self._pacer.call(
            "chat.postMessage",
            lambda: self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                metadata=_metadata(key),
                unfurl_links=False,
                unfurl_media=False,
                **_content(message),
            ),
            channel=channel,
            priority=priority,
        )
        return Posted(channel=str(answer["channel"]), ts=str(answer["ts"]))

    async def update(self, posted: Posted, message: Message, *, key: str, priority: Priority) -> None:
        """Redraw a message of ours."""
        await self._pacer.call(
            "chat.update",
            lambda: self._client.chat_update(
                channel=posted.channel, ts=posted.ts, metadata=_metadata(key), **_content(message)
            ),
            priority=priority,
        )

    async def find(self, channel: str, key: str, *, since: datetime, thread: str | None) -> str | None:
        """The ``ts`` of the message that carries ``key``, if it was posted since then."""
        oldest = f"{(since - timedelta(seconds=CLOCK_DIFFERENCE_SECONDS)).timestamp():.6f}"
        method = "conversations.replies" if thread else "conversations.history"
        arguments: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": SEARCH_PAGE}
        arguments |= {"ts": thread} if thread else {}
        for _ in range(SEARCH_PAGES_LIMIT):
            answer = await self._pacer.call(method, partial(self._read, method, arguments))
            for message in answer.get("messages") or []:
                if _key_of(message) == key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            arguments = arguments | {"cursor": cursor}
        return None

    async def _read(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        call: Callable[..., Awaitable[Any]] = (
            self._client.conversations_replies
            if method == "conversations.replies"
            else self._client.conversations_history
        )
        answer = await call(include_all_metadata=True, **arguments)
        data: Mapping[str, Any] = answer.data
        return data

    async def whisper(self, channel: str, person_id: str, message: Message, *, thread: str | None) -> None:
        """Show a message to one person only."""
        await self._pacer.call(
            "chat.postEphemeral",
            lambda: self._client.chat_postEphemeral(
                channel=channel, user=person_id, thread_ts=thread, **_content(message)
            ),
        )

    async def respond(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Answer through the address that came with a command or a press."""
        webhook = AsyncWebhookClient(response_url, timeout=10)
        answer = await webhook.send(response_type="ephemeral", replace_original=replace, **_content(message))
        if answer.status_code != 200:
            raise SlackRequestError(f"response_url answered {answer.status_code}: {answer.body[:100]}")

    async def upload(self, channel: str, snippet: Snippet, *, thread: str | None) -> None:
        """Share a text file. Its newest part is kept where it is too long."""
        content = snippet.text.encode()[-SNIPPET_LIMIT_BYTES:].decode(errors="ignore") or "(empty)"
        await self._pacer.call(
            "files.completeUploadExternal",
            lambda: self._client.files_upload_v2(
                channel=channel,
                thread_ts=thread,
                filename=snippet.filename,
                title=snippet.title,
                content=content,
            ),
            channel=channel,
        )

    async def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a modal, while its trigger lasts."""
        await self._pacer.call(
            "views.open",
            lambda: self._client.views_open(trigger_id=trigger_id, view=view),
            patience_seconds=QUICK_SECONDS,
        )

    async def update_view(self, view_id: str, view: Block, *, view_hash: str | None) -> None:
        """Replace an open modal's content."""
        await self._pacer.call(
            "views.update", lambda: self._client.views_update(view_id=view_id, hash=view_hash, view=view)
        )

    async def publish_home(self, person_id: str, view: Block) -> None:
        """Draw a person's Home tab."""
        await self._pacer.call(
            "views.publish",
            lambda: self._client.views_publish(user_id=person_id, view=view),
            priority=Priority.STATE,
        )

    async def is_member(self, channel: str) -> bool:
        """Whether we can post there. A conversation that we cannot see is one that we are not in."""
        try:
            answer = await self._pacer.call(
                "conversations.info",
                lambda: self._client.conversations_info(channel=channel),
                patience_seconds=QUICK_SECONDS,
            )
        except SlackApiError as error:
            if code_of(error) == "channel_not_found":
                return False
            raise
        told = answer["channel"]
        return bool(told.get("is_member") or told.get("is_im")) and not told.get("is_archived")

    async def profile(self, person_id: str) -> Profile:
        """Time zone and standing of a person."""
        answer = await self._pacer.call(
            "users.info",
            lambda: self._client.users_info(user=person_id),
            patience_seconds=QUICK_SECONDS,
        )
        user = answer["user"]
        return Profile(
            zone=user.get("tz"),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_bot=bool(user.get("is_bot")),
            is_active=not user.get("deleted"),
            team_id=user.get("team_id"),
        )


def _content(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": list(message.blocks)}


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA_EVENT, "event_payload": {"key": key}}


def _key_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA_EVENT:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return key if isinstance(key, str) else None
