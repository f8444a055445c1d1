"""All records of the workspace, found by id, and saved as they change."""

from collections.abc import Iterable

from workspace.model import (
    App,
    Channel,
    File,
    Group,
    Home,
    Message,
    Scheduled,
    Token,
    User,
    from_row,
    row,
)
from workspace.storage import Storage

Saved = User | Channel | Group | Message | File | Home | Token | Scheduled | App


class State:
    """Everything that survives a restart. Changes are made on the records, then `save`d."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.threads: dict[tuple[str, str], list[str]] = {}
        self.files: dict[str, File] = {}
        self.homes: dict[tuple[str, str], Home] = {}
        self.tokens: dict[str, Token] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self.apps: dict[str, App] = {}

    def save(self, record: Saved) -> None:
        """Keep a new or changed record."""
        kind, key = _address(record)
        self._index(record)
        self.storage.put(kind, key, row(record))

    def remove(self, record: Saved) -> None:
        """Forget a record."""
        kind, key = _address(record)
        self._unindex(record)
        self.storage.delete(kind, key)

    def load(self) -> None:
        """Read all records from storage."""
        for kind in (User, Channel, Group, Message, File, Home, Token, Scheduled, App):
            for stored in self.storage.load(kind.__name__):
                self._index(from_row(kind, stored))  # type: ignore[arg-type]  # the tuple lists Saved's members

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self.storage.clear()
        for records in (
            self.users, self.channels, self.groups, self.messages, self.threads,
            self.files, self.homes, self.tokens, self.scheduled, self.apps,
        ):  # fmt: skip
            records.clear()

    def _index(self, record: Saved) -> None:
        if isinstance(record, Message):
            self._index_message(record)
        elif isinstance(record, Home):
            self.homes[(record.app_id, record.user)] = record
        elif isinstance(record, Token):
            self.tokens[record.value] = record
        else:
            self._table(record)[record.id] = record

    def _unindex(self, record: Saved) -> None:
        if isinstance(record, Message):
            self.messages[record.channel].pop(record.ts, None)
            if record.is_reply:
                self.threads[(record.channel, record.thread_ts)].remove(record.ts)
        elif isinstance(record, Home):
            self.homes.pop((record.app_id, record.user), None)
        elif isinstance(record, Token):
            self.tokens.pop(record.value, None)
        else:
            self._table(record).pop(record.id, None)

    def _table(self, record: object) -> dict[str, object]:
        tables: dict[type, object] = {
            User: self.users, Channel: self.channels, Group: self.groups,
            File: self.files, Scheduled: self.scheduled, App: self.apps,
        }  # fmt: skip
        return tables[type(record)]  # type: ignore[return-value]  # each table holds its own kind

    def _index_message(self, message: Message) -> None:
        known = self.messages.setdefault(message.channel, {})
        if message.is_reply and message.ts not in known:
            self.threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        known[message.ts] = message

    def message(self, channel: str, ts: str) -> Message | None:
        """The message at `ts`, if there is one."""
        return self.messages.get(channel, {}).get(ts)

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The replies under `ts`, oldest first."""
        known = self.messages.get(channel, {})
        return [known[reply] for reply in self.threads.get((channel, ts), [])]

    def top_level(self, channel: str) -> Iterable[Message]:
        """What the channel itself shows, oldest first: no replies but those that were broadcast."""
        for message in self.messages.get(channel, {}).values():
            if not message.is_reply or message.body.get("subtype") == "thread_broadcast":
                yield message

    def direct(self, users: set[str]) -> Channel | None:
        """The DM or group DM of exactly these people."""
        for channel in self.channels.values():
            if channel.is_direct and set(channel.members) == users:
                return channel
        return None

    def user_named(self, name: str) -> User | None:
        """The user with this `name`."""
        return next((user for user in self.users.values() if user.name == name), None)

    def channel_named(self, name: str) -> Channel | None:
        """The public or private channel with this name."""
        return next((channel for channel in self.channels.values() if channel.name == name), None)

    def members_apps(self, channel: Channel) -> list[App]:
        """Apps whose bot is in the channel."""
        return [app for app in self.apps.values() if app.bot_user in channel.members]


def _address(record: Saved) -> tuple[str, str]:
    if isinstance(record, Message):
        return "Message", f"{record.channel} {record.ts}"
    if isinstance(record, Home):
        return "Home", f"{record.app_id} {record.user}"
    if isinstance(record, Token):
        return "Token", record.value
    return type(record).__name__, record.id
