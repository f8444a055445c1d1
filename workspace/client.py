"""A person at the workspace, for tests: types, presses, fills in, and waits for what appears.

    async with running_workspace(config) as ws:
        alice = await ws.person("alice")
        await alice.slash("/hello there", channel="#general")
        answer = await alice.wait_for("hi, alice", within=5)
        await alice.click(answer, "More")

It works over HTTP against any running server (`Visit`), through the same API as the browser page.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from workspace.client_view import buttons, element_named, input_named, option_value, plain_text, visible_text

Message = dict[str, Any]
View = dict[str, Any]
Wanted = str | Callable[[Message], bool]
WITHIN_SECONDS = 10.0


class NotDone(Exception):
    """The workspace refused, or an app did not acknowledge; `code` and `errors` say why."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(f"{answer.get('error')}: {answer.get('message', '')} {answer.get('errors') or ''}".strip())
        self.code = str(answer.get("error"))
        self.errors: dict[str, str] = dict(answer.get("errors") or {})


class Visit:
    """A way in to one running workspace, for any number of people."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url.rstrip("/")
        self._people: list[Person] = []

    async def person(self, name: str) -> "Person":
        """A person by name or id, with an open page."""
        summary = await self._get("/_page/api/bootstrap", await self._someone(name))
        person = Person(self, summary)
        self._people.append(person)
        await person.connect()
        return person

    async def _someone(self, name: str) -> str:
        state = await self.control("state", how="GET")
        people: dict[str, str] = state["people"]
        return people.get(name, name)

    async def _get(self, path: str, user: str) -> dict[str, Any]:
        async with self.session.get(self.url + path, headers={"X-Act-As": user}) as response:
            return _done(await response.json())

    async def control(self, path: str, body: Mapping[str, Any] | None = None, *, how: str = "POST") -> dict[str, Any]:
        """Use a fault control."""
        async with self.session.request(how, f"{self.url}/_control/{path}", json=body) as response:
            return _done(await response.json())

    async def close(self) -> None:
        """Close everybody's page."""
        for person in self._people:
            await person.close()


def _done(answer: dict[str, Any]) -> dict[str, Any]:
    if not answer.get("ok"):
        raise NotDone(answer)
    return answer


class Person:
    """Someone at the page. `modals` is the open stack, `ephemerals` what only they were shown."""

    def __init__(self, visit: Visit, bootstrap: dict[str, Any]) -> None:
        self._visit = visit
        self.id: str = bootstrap["me"]
        self.users: dict[str, dict[str, Any]] = {user["id"]: user for user in bootstrap["users"]}
        self.apps: dict[str, dict[str, Any]] = {app["id"]: app for app in bootstrap["apps"]}
        self.shortcuts: list[dict[str, Any]] = bootstrap["shortcuts"]
        self.channels: dict[str, dict[str, Any]] = {channel["id"]: channel for channel in bootstrap["channels"]}
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

    # The stream

    async def connect(self) -> None:
        """Open the page's stream."""
        self._socket = await self._visit.session.ws_connect(f"{self._visit.url}/_page/ws?as={self.id}")
        hello = await self._socket.receive()
        assert "hello" in str(hello.data)
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

    # Calls

    async def _get(self, path: str) -> dict[str, Any]:
        url = f"{self._visit.url}/_page/api/{path}"
        async with self._visit.session.get(url, headers={"X-Act-As": self.id}) as response:
            return _done(await response.json())

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self._visit.url}/_page/api/{path}"
        async with self._visit.session.post(url, json=body, headers={"X-Act-As": self.id}) as response:
            return _done(await response.json())

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
        found = [app_id for app_id, app in self.apps.items() if name.lower() in ("", app["name"].lower(), app_id.lower())]
        if len(found) != 1:
            raise LookupError(f"{len(found)} apps are called {name!r}")
        return found[0]

    # Typing

    async def say(self, text: str, *, channel: str = "#general", thread: Message | str = "", files: list[str] | None = None) -> Message:
        """Write a message, in a thread if one of its messages is given."""
        body = {"channel": self.channel(channel), "text": text, "thread_ts": _thread_ts(thread), "files": files or []}
        return Message((await self._post("messages", body))["message"])

    async def mention(self, who: str, text: str = "", *, channel: str = "#general", thread: Message | str = "") -> Message:
        """Write a message that begins with a mention."""
        return await self.say(f"@{who.lstrip('@')} {text}".strip(), channel=channel, thread=thread)

    async def slash(self, typed: str, *, channel: str = "#general", thread: Message | str = "") -> None:
        """Type a slash command. Raises NotDone if the app did not acknowledge."""
        command, _, text = typed.partition(" ")
        body = {"channel": self.channel(channel), "command": command, "text": text, "thread_ts": _thread_ts(thread)}
        await self._post("commands", body)

    async def edit(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        body = {"channel": message["channel"], "ts": message["ts"], "text": text}
        return Message((await self._post("messages/edit", body))["message"])

    async def delete(self, message: Message) -> None:
        """Delete one's own message."""
        await self._post("messages/delete", {"channel": message["channel"], "ts": message["ts"]})

    async def react(self, message: Message, name: str, *, on: bool = True) -> None:
        """React to a message, or take it back."""
        await self._post("reactions", {"channel": message["channel"], "ts": message["ts"], "name": name, "on": on})

    async def upload(
        self, *files: Path | tuple[str, bytes], channel: str = "", thread: Message | str = "", text: str = ""
    ) -> list[str]:
        """Upload files, into a channel if one is given; their ids."""
        form = aiohttp.FormData()
        for file in files:
            name, content = (file.name, file.read_bytes()) if isinstance(file, Path) else file
            form.add_field("file", content, filename=name, content_type="application/octet-stream")
        if channel:
            form.add_field("channel", self.channel(channel))
            form.add_field("thread_ts", _thread_ts(thread))
            form.add_field("text", text)
        url = f"{self._visit.url}/_page/api/files"
        async with self._visit.session.post(url, data=form, headers={"X-Act-As": self.id}) as response:
            return [file["id"] for file in _done(await response.json())["files"]]

    async def download(self, file: Mapping[str, Any]) -> bytes:
        """A file's bytes."""
        url = f"{self._visit.url}/_page/files/{file['id']}/{file['name']}?as={self.id}"
        async with self._visit.session.get(url) as response:
            response.raise_for_status()
            return await response.read()

    # Pressing and choosing

    async def click(self, place: Message | View, what: str) -> None:
        """Press a button or overflow entry by its text or action_id. Raises NotDone if the app does not acknowledge."""
        block, element, value = element_named(place, what)
        await self._act(place, block["block_id"], element["action_id"], value)

    async def choose(self, place: Message | View, what: str, choice: Any) -> None:
        """Choose in a select, picker or box, named by action_id, label or placeholder; options by text or value."""
        block, element = input_named(place, what)
        await self._act(place, block["block_id"], element["action_id"], option_value(element, choice))

    async def _act(self, place: Message | View, block_id: str, action_id: str, value: Any) -> None:
        body = {"where": _where(place), "block_id": block_id, "action_id": action_id, "value": value}
        await self._post("actions", body)

    async def options(self, place: Message | View, what: str, query: str = "") -> list[str]:
        """Load an external select's options; their texts."""
        block, element = input_named(place, what)
        body = {"where": _where(place), "block_id": block["block_id"], "action_id": element["action_id"], "query": query}
        answer = await self._post("options", body)
        groups = answer.get("option_groups") or [{"options": answer.get("options", [])}]
        return [plain_text(option["text"]) for group in groups for option in group["options"]]

    def buttons(self, place: Message | View) -> list[str]:
        """The texts of all buttons."""
        return buttons(place)

    # Modals, shortcuts, Home

    @property
    def modal(self) -> View:
        """The modal on top. Raises LookupError if none is open."""
        if not self.modals:
            raise LookupError("no modal is open")
        return self.modals[-1]

    async def wait_for_modal(self, title: str = "", *, within: float = WITHIN_SECONDS) -> View:
        """The modal on top, once its title contains `title`."""

        def found() -> View | None:
            return self.modal if self.modals and title.lower() in plain_text(self.modal["title"]).lower() else None

        return await self._until(found, within, f"a modal {title!r}")

    async def submit(self, view: View | None = None, **values: Any) -> None:
        """Fill in and submit a modal; values by action_id, block_id or label (spaces as _).

        Raises NotDone with `errors` by block when it is refused.
        """
        view = view or self.modal
        state: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            block, element = input_named(view, name)
            state.setdefault(block["block_id"], {})[element["action_id"]] = option_value(element, value)
        await self._post(f"views/{view['id']}/submit", {"state": state})

    async def cancel(self, view: View | None = None, *, everything: bool = False) -> None:
        """Cancel a modal; `everything`: the ×, which closes the whole stack."""
        await self._post(f"views/{(view or self.modal)['id']}/close", {"all": everything})

    async def shortcut(self, name: str, message: Message | None = None) -> None:
        """Use a shortcut by its name or callback_id; a message shortcut on `message`."""
        kind = "message" if message else "global"
        for entry in self.shortcuts:
            if entry["type"] == kind and name in (entry["name"], entry["callback_id"]):
                body = {"app_id": entry["app_id"], "callback_id": entry["callback_id"]}
                if message:
                    body |= {"channel": message["channel"], "message_ts": message["ts"]}
                await self._post("shortcuts", body)
                return
        raise LookupError(f"no {kind} shortcut {name!r}")

    async def open_home(self, app: str = "", *, tab: str = "home") -> View | None:
        """Show an app's Home (or Messages) tab; what it shows at once."""
        answer = await self._post(f"home/{self.app(app)}/open", {"tab": tab})
        if answer["view"]:
            self.homes[self.app(app)] = answer["view"]
        return View(answer["view"]) if answer["view"] else None

    async def wait_for_home(self, text: str = "", *, app: str = "", within: float = WITHIN_SECONDS) -> View:
        """An app's Home, once it shows `text`."""

        def found() -> View | None:
            home = self.homes.get(self.app(app))
            return home if home and text in visible_text(home) else None

        return await self._until(found, within, f"a Home with {text!r}")

    # Channels

    async def join(self, channel: str) -> None:
        """Join a channel."""
        await self._post(f"channels/{self.channel(channel)}/join", {})

    async def invite(self, channel: str, *users: str) -> None:
        """Bring people or bots (by name) into a channel."""
        ids = [user["id"] for user in self.users.values() if user["name"] in users]
        await self._post(f"channels/{self.channel(channel)}/invite", {"users": ids})

    async def new_channel(self, name: str, *, private: bool = False) -> str:
        """Make a channel; its id."""
        channel = (await self._post("channels", {"name": name, "is_private": private}))["channel"]
        self.channels[channel["id"]] = channel
        return str(channel["id"])

    async def dm(self, *names: str) -> str:
        """Open a DM with people or bots; its id."""
        ids = [user["id"] for user in self.users.values() if user["name"] in names]
        channel = (await self._post("dms", {"users": ids}))["channel"]
        self.channels[channel["id"]] = channel
        return str(channel["id"])

    # Reading

    async def read(self, channel: str = "#general", *, thread: Message | str = "") -> list[Message]:
        """The messages of a channel, or of a thread (parent first), oldest first."""
        channel_id = self.channel(channel)
        if thread:
            return list((await self._get(f"channels/{channel_id}/threads/{_thread_ts(thread)}"))["messages"])
        return list((await self._get(f"channels/{channel_id}/messages?limit=200"))["messages"])

    def seen(self, wanted: Wanted = "", *, channel: str = "", thread: Message | str = "") -> list[Message]:
        """Messages that have appeared on this page and match, oldest first; ephemerals too."""
        channel_id = self.channel(channel) if channel else ""
        thread_ts = _thread_ts(thread)
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

        return await self._until(found, within, f"a message with {wanted!r}")

    def fresh(self, message: Message) -> Message:
        """A message as it is now."""
        return self.messages[(message["channel"], message["ts"])]

    async def _until(self, found: Callable[[], Any], within: float, what: str) -> Any:
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


def _thread_ts(thread: Message | str) -> str:
    if isinstance(thread, str):
        return thread
    return str(thread.get("thread_ts") or thread["ts"])


def _where(place: Message | View) -> dict[str, Any]:
    if "ts" in place:
        return {"type": "message", "channel": place["channel"], "ts": place["ts"]}
    return {"type": "view", "view_id": place["id"]}


def _matches(message: Message, wanted: Wanted) -> bool:
    return wanted in visible_text(message) if isinstance(wanted, str) else bool(wanted(message))
