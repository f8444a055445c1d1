"""A person's open page, for the driver: the event stream, calls, and waiting for what appears."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import aiohttp

from workspace.client_view import visible_text

Message = dict[str, Any]
View = dict[str, Any]
Wanted = str | Callable[[Message], bool]
Found = TypeVar("Found")
WITHIN_SECONDS = 10.0


class NotDone(Exception):  # noqa: N818  # reads better in tests
    """The workspace refused, or an app did not acknowledge; `code` and `errors` say why."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(
            f"{answer.get('error')}: {answer.get('message', '')} {answer.get('errors') or ''}".strip()
        )
        self.code = str(answer.get("error"))
        self.errors: dict[str, str] = dict(answer.get("errors") or {})


def done(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, if the workspace did what was asked. Raises NotDone."""
    if not answer.get("ok"):
        raise NotDone(answer)
    return answer


class Page:
    """Someone's open page. `modals` is the open stack, `ephemerals` what only they were shown."""

    def __init__(self, session: aiohttp.ClientSession, url: str, bootstrap: dict[str, Any]) -> None:
        self._session = session
        self._url = url
        self.id: str = bootstrap["me"]
        self.users: dict[str, dict[str, Any]] = {user["id"]: user for user in bootstrap["users"]}
        self.apps: dict[str, dict[str, Any]] = {app["id"]: app for app in bootstrap["apps"]}
        self.shortcuts: list[dict[str, Any]] = bootstrap["shortcuts"]
        self.channels: dict[str, dict[str, Any]] = {
            channel["id"]: channel for channel in bootstrap["channels"]
        }
        self.modals: list[View] = bootstrap["modals"]
        self.homes: dict[str, View] = {}
        self.events: list[dict[str, Any]] = []
        self.messages: dict[tuple[str, str], Message] = {}
        self._changed = asyncio.Condition()
        self._listening: asyncio.Task[None] | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    @property
    def name(self) -> str:
        """Their name."""
        return str(self.users[self.id]["name"])

    async def connect(self) -> None:
        """Open the page's stream."""
        self._socket = await self._session.ws_connect(f"{self._url}/_page/ws?as={self.id}")
        await self._socket.receive()  # hello: from here on nothing is missed
        self._listening = asyncio.create_task(self._listen(self._socket))

    async def close(self) -> None:
        """Close the page."""
        if self._listening is not None:
            self._listening.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def reload(self) -> None:
        """Reload the page: ephemeral messages are gone."""
        await self.close()
        self.messages.clear()
        self.events.clear()
        self.modals = (await self._get("bootstrap"))["modals"]
        await self.connect()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                async with self._changed:
                    for event in json.loads(frame.data)["events"]:
                        self._take(event)
                    self._changed.notify_all()

    def _take(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind not in ("inspector", "faults"):
            self.events.append(event)
        if kind in ("message", "message_changed", "ephemeral", "ephemeral_changed"):
            self.messages[(event["channel"], event["message"]["ts"])] = event["message"]
        elif kind in ("message_deleted", "ephemeral_deleted"):
            self.messages.pop((event["channel"], event["ts"]), None)
        elif kind == "modals":
            self.modals = event["stack"]
        elif kind == "home":
            self.homes[event["app_id"]] = event["view"]
        elif kind == "channel":
            self.channels[event["channel"]["id"]] = event["channel"]

    async def _get(self, path: str) -> dict[str, Any]:
        url = f"{self._url}/_page/api/{path}"
        async with self._session.get(url, headers={"X-Act-As": self.id}) as response:
            return done(await response.json())

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self._url}/_page/api/{path}"
        async with self._session.post(url, json=body, headers={"X-Act-As": self.id}) as response:
            return done(await response.json())

    def channel(self, name: str) -> str:
        """A channel's id, by id, `#name`, or `@app` or `@person` for a DM that is open."""
        if name in self.channels:
            return name
        for channel in self.channels.values():
            if channel["name"] and channel["name"] == name.lstrip("#"):
                return str(channel["id"])
            others = [self.users[user]["name"] for user in channel["with"] if user in self.users]
            if name.startswith("@") and channel["kind"] == "im" and name[1:] in others:
                return str(channel["id"])
        raise LookupError(f"no channel {name!r}")

    def app(self, name: str = "") -> str:
        """An app's id by name; the only one if no name is given."""
        found = [
            app_id
            for app_id, app in self.apps.items()
            if name.lower() in ("", app["name"].lower(), app_id.lower())
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} apps are called {name!r}")
        return found[0]

    async def read(self, channel: str = "#general", *, thread: Message | str = "") -> list[Message]:
        """The messages of a channel, or of a thread (parent first), oldest first."""
        channel_id = self.channel(channel)
        if thread:
            return list((await self._get(f"channels/{channel_id}/threads/{thread_of(thread)}"))["messages"])
        return list((await self._get(f"channels/{channel_id}/messages?limit=200"))["messages"])

    def seen(self, wanted: Wanted = "", *, channel: str = "", thread: Message | str = "") -> list[Message]:
        """Messages that have appeared on this page and match, oldest first; ephemerals too."""
        channel_id = self.channel(channel) if channel else ""
        thread_ts = thread_of(thread)
        return [
            message
            for (where, ts), message in sorted(self.messages.items(), key=lambda item: item[0][1])
            if channel_id in ("", where)
            and (not thread_ts or thread_ts in (message.get("thread_ts"), ts))
            and _matches(message, wanted)
        ]

    async def wait_for(
        self,
        wanted: Wanted,
        *,
        channel: str = "",
        thread: Message | str = "",
        after: Message | None = None,
        within: float = WITHIN_SECONDS,
    ) -> Message:
        """The latest message that shows a text or satisfies a predicate, as soon as there is one.

        Updates count: a message is looked at again whenever it changes.
        """

        def found() -> Message | None:
            matching = self.seen(wanted, channel=channel, thread=thread)
            newer = [message for message in matching if after is None or message["ts"] > after["ts"]]
            return newer[-1] if newer else None

        return await self.until(found, f"a message with {wanted!r}", within=within)

    def fresh(self, message: Message) -> Message:
        """A message as it is now."""
        return self.messages[(message["channel"], message["ts"])]

    async def until(
        self, found: Callable[[], Found | None], what: str = "something", *, within: float = WITHIN_SECONDS
    ) -> Found:
        """What `found` gives once it is not None; tried again with each event. Raises AssertionError."""
        try:
            async with asyncio.timeout(within), self._changed:
                while (result := found()) is None:
                    await self._changed.wait()
                return result
        except TimeoutError:
            raise AssertionError(f"{self.name} waited {within} s for {what}; {self._latest()}") from None

    def _latest(self) -> str:
        shown = [visible_text(message)[:200] for message in self.seen()][-5:]
        return "the latest messages are:\n" + "\n".join(f"  | {text}" for text in shown)


def thread_of(thread: Message | str) -> str:
    """The ts of the thread that a message stands in or begins."""
    if isinstance(thread, str):
        return thread
    return str(thread.get("thread_ts") or thread["ts"])


def where_of(place: Message | View) -> dict[str, Any]:
    """A message or view as the page names it."""
    if "ts" in place:
        return {"type": "message", "channel": place["channel"], "ts": place["ts"]}
    return {"type": "view", "view_id": place["id"]}


def _matches(message: Message, wanted: Wanted) -> bool:
    return wanted in visible_text(message) if isinstance(wanted, str) else bool(wanted(message))
