"""Brings one message to Slack: nothing twice, nothing lost.

A message is written down (``posts``, state *intended*) before the call that posts it, and carries its key as
metadata. After a crash, or an answer that never came, it is looked for by that key before it is posted again.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.outbox.drawing import Drawer, Drawing
from bot.outbox.plan import DIRECT, Kind, card, of_key
from bot.render.blocks import Message, Snippet
from bot.slack.errors import Trouble, code_of, trouble_of
from bot.slack.gateway import Gateway, Posted
from bot.slack.pacer import Priority
from storage import posts
from storage.database import Database
from storage.records import Post, PostState

NOT_SHOWN = "none"
"""The reference of what is settled without a message of its own: a file, or what nobody needs any more."""
POSTED_AGAIN = (
    Kind.CARD,
    Kind.READY,
    Kind.FAILED,
    Kind.CANCELLED,
    Kind.STOPPED,
    Kind.EVENT,
    Kind.SIGN_IN,
    Kind.CANNOT,
)
"""Where a message was perhaps posted and cannot be looked for (no scope to read the channel), these are
posted again: twice is better than never. Progress and direct warnings are not: the card and the thread say
the same."""

_log = structlog.get_logger(__name__)


class NotRedrawnError(Exception):
    """A message stands and still shows an older drawing; ``reason`` is what came of the call."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Courier:
    """Delivers one key at a time; the notifier says which and when."""

    def __init__(
        self, database: Database, gateway: Gateway, drawer: Drawer, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._drawer = drawer
        self._clock = clock
        self._untried: set[str] = set()

    def intended_now(self, key: str) -> None:
        """This process has just written the key down and nobody has tried to post it yet."""
        self._untried.add(key)

    async def deliver(self, key: str, priority: Priority) -> None:
        """Make the message of ``key`` be on Slack as the rows say. Raises what Slack refuses."""
        drawing = await self._drawer.draw(key)
        post = await self._post_of(key)
        if drawing is None:
            await self._settle(post)
        elif isinstance(drawing.content, Snippet):
            await self._upload(key, post, drawing, drawing.content)
        elif post is None or post.state is PostState.INTENDED:
            await self._post(key, post, drawing, drawing.content, priority)
        elif post.reference != NOT_SHOWN and post.digest != drawing.content.digest:
            await self._update(post, drawing, drawing.content, priority)

    async def _post(
        self, key: str, post: Post | None, drawing: Drawing, content: Message, priority: Priority
    ) -> None:
        thread = await self._thread(drawing)
        if post is None:
            post = await self._intend(key, drawing)
        if key not in self._untried:
            reference = await self._look_for(post, drawing, thread)
            if reference is not None:
                await self._remember(key, reference, "")
                return await self.deliver(key, priority)
        self._untried.discard(key)
        try:
            posted = await self._send(key, drawing, content, thread, priority)
        except Exception as error:
            if trouble_of(error) is Trouble.TRANSIENT:
                raise
            self._untried.add(key)
            if trouble_of(error) is not Trouble.GONE or thread is None:
                raise
            await self._forget_card(drawing)
            return await self.deliver(key, priority)
        await self._remember(key, posted.ts, content.digest)
        return None

    async def _send(
        self, key: str, drawing: Drawing, content: Message, thread: str | None, priority: Priority
    ) -> Posted:
        """Post it; in plain words where Slack does not take its blocks."""
        try:
            return await self._gateway.post(
                drawing.channel_id, content, key=key, thread=thread, priority=priority
            )
        except Exception as error:
            if trouble_of(error) is not Trouble.OURS:
                raise
            _log.exception("message_refused", key=key, code=code_of(error))
            plain = Message(text=content.text, blocks=())
            return await self._gateway.post(
                drawing.channel_id, plain, key=key, thread=thread, priority=priority
            )

    async def _update(self, post: Post, drawing: Drawing, content: Message, priority: Priority) -> None:
        posted = Posted(channel=post.channel_id, ts=post.reference or "")
        try:
            await self._gateway.update(posted, content, key=post.key, priority=priority)
        except Exception as error:
            trouble = trouble_of(error)
            if trouble not in (Trouble.GONE, Trouble.OURS):
                raise NotRedrawnError(error) from error
            _log.warning("update_refused", key=post.key, code=code_of(error))
            if post.key.startswith(f"{Kind.CARD}:") and await self._is_deleted(post, code_of(error)):
                await self._forget_card(drawing)
                return await self.deliver(post.key, priority)
        async with self._database.write() as tx:
            await posts.drawn(tx, post.key, digest=content.digest)
        return None

    async def _is_deleted(self, post: Post, code: str) -> bool:
        """Whether somebody deleted a card; with replies below it, Slack leaves a stone in its place."""
        if code != "cant_update_message":
            return code == "message_not_found"
        try:
            found = await self._gateway.find(post.channel_id, post.key, since=post.intended_at, thread=None)
        except Exception as error:
            if trouble_of(error) is not Trouble.ADMIN:
                raise
            return False
        return found is None

    async def _upload(self, key: str, post: Post | None, drawing: Drawing, snippet: Snippet) -> None:
        """At most once: a file cannot be looked for, and the Logs button gives the same."""
        if post is not None and (post.state is PostState.POSTED or key not in self._untried):
            await self._settle(post)
            return
        thread = await self._thread(drawing)
        if post is None:
            await self._intend(key, drawing)
        await self._gateway.upload(drawing.channel_id, snippet, thread=thread)
        self._untried.discard(key)
        await self._remember(key, NOT_SHOWN, "")

    async def _thread(self, drawing: Drawing) -> str | None:
        """The card's ``ts``; the card is posted first if it is not there."""
        if not drawing.in_thread:
            return None
        key = card(drawing.sandbox_id, Priority.FACT).key
        found = await self._post_of(key)
        if found is None or found.reference is None:
            await self.deliver(key, Priority.FACT)
            found = await self._post_of(key)
        return found.reference if found else None

    async def _look_for(self, post: Post, drawing: Drawing, thread: str | None) -> str | None:
        """Where an earlier try got it to; ``NOT_SHOWN`` for one that is better not tried again."""
        halves = of_key(post.key)
        kind = halves[0] if halves else Kind.EVENT
        if kind not in DIRECT:
            try:
                return await self._gateway.find(
                    drawing.channel_id, post.key, since=post.intended_at, thread=thread
                )
            except Exception as error:
                if trouble_of(error) is not Trouble.ADMIN:
                    raise
                _log.warning("history_unreadable", key=post.key, code=code_of(error))
        return None if kind in POSTED_AGAIN else NOT_SHOWN

    async def _intend(self, key: str, drawing: Drawing) -> Post:
        self._untried.add(key)
        post = Post(
            key=key,
            channel_id=drawing.channel_id,
            thread=None,
            reference=None,
            digest=None,
            state=PostState.INTENDED,
            sandbox_id=drawing.sandbox_id,
            intended_at=self._clock(),
        )
        async with self._database.write() as tx:
            return await posts.intend(tx, post)

    async def _remember(self, key: str, reference: str, digest: str) -> None:
        async with self._database.write() as tx:
            await posts.posted(tx, key, reference=reference, digest=digest)

    async def _settle(self, post: Post | None) -> None:
        """Nothing is to be shown: an intention is closed, a message that stands is left."""
        if post is not None and post.state is PostState.INTENDED:
            self._untried.discard(post.key)
            await self._remember(post.key, NOT_SHOWN, "")

    async def _forget_card(self, drawing: Drawing) -> None:
        async with self._database.write() as tx:
            await posts.forget(tx, card(drawing.sandbox_id, Priority.FACT).key)

    async def _post_of(self, key: str) -> Post | None:
        async with self._database.read() as tx:
            return await posts.get(tx, key)
