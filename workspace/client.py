"""A person at the workspace, for tests: types, presses, fills in, and waits for what appears.

    async with running_workspace(config) as ws:
        alice = await ws.person("alice")
        await alice.slash("/hello there", channel="#general")
        answer = await alice.wait_for("hi, alice", within=5)
        await alice.click(answer, "More")

It works over HTTP against any running server (`Visit`), through the same API as the browser page.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from workspace.client_page import WITHIN_SECONDS, Message, NotDone, Page, View, done, thread_of, where_of
from workspace.client_view import (
    buttons,
    element_named,
    input_named,
    option_value,
    plain_text,
    state_of,
    visible_text,
)

__all__ = ["Message", "NotDone", "Person", "View", "Visit"]


class Visit:
    """A way in to one running workspace, for any number of people."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url.rstrip("/")
        self._people: list[Person] = []

    async def person(self, name: str) -> "Person":
        """A person by name or id, with an open page."""
        summary = await self._get("/_page/api/bootstrap", await self._someone(name))
        person = Person(self.session, self.url, summary)
        self._people.append(person)
        await person.connect()
        return person

    async def _someone(self, name: str) -> str:
        state = await self.control("state", how="GET")
        people: dict[str, str] = state["people"]
        return people.get(name, name)

    async def _get(self, path: str, user: str) -> dict[str, Any]:
        async with self.session.get(self.url + path, headers={"X-Act-As": user}) as response:
            return done(await response.json())

    async def control(
        self, path: str, body: Mapping[str, Any] | None = None, *, how: str = "POST"
    ) -> dict[str, Any]:
        """Use a fault control."""
        async with self.session.request(how, f"{self.url}/_control/{path}", json=body) as response:
            return done(await response.json())

    async def close(self) -> None:
        """Close everybody's page."""
        for person in self._people:
            await person.close()


class Person(Page):
    """Someone who acts. `modals` is their open stack."""

    async def say(
        self,
        text: str,
        *,
        channel: str = "#general",
        thread: Message | str = "",
        files: list[str] | None = None,
    ) -> Message:
        """Write a message, in a thread if one of its messages is given."""
        body = {
            "channel": self.channel(channel),
            "text": text,
            "thread_ts": thread_of(thread),
            "files": files or [],
        }
        return Message((await self._post("messages", body))["message"])

    async def mention(
        self, who: str, text: str = "", *, channel: str = "#general", thread: Message | str = ""
    ) -> Message:
        """Write a message that begins with a mention."""
        return await self.say(f"@{who.lstrip('@')} {text}".strip(), channel=channel, thread=thread)

    async def slash(self, typed: str, *, channel: str = "#general", thread: Message | str = "") -> None:
        """Type a slash command. Raises NotDone if the app did not acknowledge."""
        command, _, text = typed.partition(" ")
        body = {
            "channel": self.channel(channel),
            "command": command,
            "text": text,
            "thread_ts": thread_of(thread),
        }
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
        await self._post(
            "reactions", {"channel": message["channel"], "ts": message["ts"], "name": name, "on": on}
        )

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
            form.add_field("thread_ts", thread_of(thread))
            form.add_field("text", text)
        url = f"{self._url}/_page/api/files"
        async with self._session.post(url, data=form, headers={"X-Act-As": self.id}) as response:
            return [file["id"] for file in done(await response.json())["files"]]

    async def download(self, file: Mapping[str, Any]) -> bytes:
        """A file's bytes."""
        url = f"{self._url}/_page/files/{file['id']}/{file['name']}?as={self.id}"
        async with self._session.get(url) as response:
            response.raise_for_status()
            return await response.read()

    # Pressing and choosing

    async def click(self, place: Message | View, what: str) -> None:
        """Press a button or overflow entry by its text or action_id. Raises NotDone if not acknowledged."""
        block, element, value = element_named(place, what)
        await self.act(place, block["block_id"], element["action_id"], value)

    async def choose(self, place: Message | View, what: str, choice: Any) -> None:
        """Choose in a select, picker or box, by action_id, label or placeholder; options by text or value."""
        block, element = input_named(place, what)
        await self.act(place, block["block_id"], element["action_id"], option_value(element, choice))

    async def act(self, place: Message | View, block_id: str, action_id: str, value: Any) -> None:
        """Send one press or choice as it is."""
        body = {"where": where_of(place), "block_id": block_id, "action_id": action_id, "value": value}
        await self._post("actions", body)

    async def options(self, place: Message | View, what: str, query: str = "") -> list[str]:
        """Load an external select's options; their texts."""
        block, element = input_named(place, what)
        body = {
            "where": where_of(place),
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            "query": query,
        }
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
            return (
                self.modal
                if self.modals and title.lower() in plain_text(self.modal["title"]).lower()
                else None
            )

        return await self.until(found, f"a modal {title!r}", within=within)

    async def submit(self, view: View | None = None, **values: Any) -> None:
        """Fill in and submit a modal; values by action_id, block_id or label (spaces as _).

        Raises NotDone with `errors` by block when it is refused.
        """
        view = view or self.modal
        await self._post(f"views/{view['id']}/submit", {"state": state_of(view, values)})

    async def fill(self, view: View | None = None, **values: Any) -> None:
        """Fill in a modal without submitting it."""
        view = view or self.modal
        await self._post("state", {"where": where_of(view), "state": state_of(view, values)})

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

        return await self.until(found, f"a Home with {text!r}", within=within)

    # Channels

    async def join(self, channel: str) -> None:
        """Join a channel."""
        await self._post(f"channels/{self.channel(channel)}/join", {})

    async def mark_read(self, channel: str, ts: str) -> None:
        """Mark a channel as read up to a message."""
        await self._post(f"channels/{self.channel(channel)}/read", {"ts": ts})

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
