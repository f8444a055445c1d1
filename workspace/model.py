"""What the workspace remembers: people, channels, messages, files, views, apps and their tokens.

These are the server's own mutable records. `row` and `from_row` turn each into the JSON that is stored.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass(kw_only=True)
class User:
    """A person or an app's bot user."""

    id: str
    name: str
    real_name: str
    display_name: str = ""
    email: str = ""
    tz: str = "Etc/UTC"
    title: str = ""
    locale: str = "en-US"
    admin: bool = False
    owner: bool = False
    guest: str = ""
    external: bool = False
    deleted: bool = False
    app_id: str = ""
    bot_id: str = ""
    status_text: str = ""
    status_emoji: str = ""
    updated: int = 0

    @property
    def is_bot(self) -> bool:
        """Whether an app speaks through this user."""
        return bool(self.app_id)


@dataclass(kw_only=True)
class Channel:
    """A conversation. `marks` holds each reader's last read ts."""

    id: str
    kind: ChannelKind
    name: str = ""
    members: list[str] = field(default_factory=list)
    topic: Json = field(default_factory=dict)
    purpose: Json = field(default_factory=dict)
    creator: str = ""
    created: int = 0
    archived: bool = False
    marks: dict[str, str] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)

    @property
    def is_direct(self) -> bool:
        """Whether it is a DM or a group DM."""
        return self.kind in ("im", "mpim")


@dataclass(kw_only=True)
class Group:
    """A user group."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    created: int = 0


@dataclass(kw_only=True)
class Message:
    """A posted message. `body` is Slack's own message object, without what is worked out when it is shown."""

    channel: str
    ts: str
    body: Json
    link_names: bool = False
    pings: list[str] = field(default_factory=list)

    @property
    def thread_ts(self) -> str:
        """The parent's ts; "" outside threads (a parent has its own ts here)."""
        return str(self.body.get("thread_ts", ""))

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def user(self) -> str:
        """Who posted it."""
        return str(self.body.get("user", ""))


@dataclass(kw_only=True)
class File:
    """An uploaded file, its bytes kept apart.

    `shares` maps channel ids to [ts, thread_ts]; `handed_to` are apps that got it through a file_input.
    """

    id: str
    user: str
    name: str
    title: str
    size: int
    mimetype: str
    filetype: str
    mode: str = "hosted"
    alt_txt: str = ""
    created: int = 0
    app_id: str = ""
    complete: bool = False
    deleted: bool = False
    private: bool = True
    secret: str = ""
    preview: str = ""
    lines: int = 0
    width: int = 0
    height: int = 0
    shares: dict[str, list[list[str]]] = field(default_factory=dict)
    handed_to: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Home:
    """The Home tab that an app has published for one person."""

    app_id: str
    user: str
    view: Json


@dataclass(kw_only=True)
class Token:
    """A credential: `kind` is bot, user or app."""

    value: str
    kind: str
    app_id: str
    user: str = ""
    scopes: list[str] = field(default_factory=list)
    revoked: bool = False
    expires_at: float = 0.0
    refresh_token: str = ""


@dataclass(kw_only=True)
class Scheduled:
    """A message that is posted later."""

    id: str
    app_id: str
    user: str
    channel: str
    post_at: int
    created: int
    arguments: Json


@dataclass(kw_only=True)
class App:
    """An app as the workspace knows it: what its manifest says and its credentials."""

    id: str
    name: str
    manifest: Json
    client_id: str
    client_secret: str
    signing_secret: str
    verification_token: str
    bot_user: str
    bot_id: str
    installed: bool = True
    scopes: list[str] = field(default_factory=list)
    url_verified: bool = False

    def _settings(self, *path: str) -> Any:
        value: Any = self.manifest
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    @property
    def description(self) -> str:
        """The short text of its manifest."""
        return str(self._settings("display_information", "description") or "")

    @property
    def color(self) -> str:
        """Its background colour, for the page."""
        return str(self._settings("display_information", "background_color") or "#4a6fa5")

    @property
    def socket_mode(self) -> bool:
        """Whether deliveries go through Socket Mode (HTTP then gets nothing)."""
        return bool(self._settings("settings", "socket_mode_enabled"))

    @property
    def commands(self) -> list[Json]:
        """Slash commands of the manifest."""
        return list(self._settings("features", "slash_commands") or [])

    @property
    def shortcuts(self) -> list[Json]:
        """Global and message shortcuts of the manifest."""
        return list(self._settings("features", "shortcuts") or [])

    @property
    def bot_events(self) -> list[str]:
        """Events it subscribes to."""
        return list(self._settings("settings", "event_subscriptions", "bot_events") or [])

    @property
    def events_url(self) -> str:
        """Where events go over HTTP."""
        return str(self._settings("settings", "event_subscriptions", "request_url") or "")

    @property
    def interactive(self) -> bool:
        """Whether it takes presses, submissions and shortcuts at all."""
        return bool(self._settings("settings", "interactivity", "is_enabled"))

    @property
    def interactivity_url(self) -> str:
        """Where presses, submissions and shortcuts go over HTTP."""
        return str(self._settings("settings", "interactivity", "request_url") or "")

    @property
    def options_url(self) -> str:
        """Where external selects load their options over HTTP."""
        return str(
            self._settings("settings", "interactivity", "message_menu_options_url") or self.interactivity_url
        )

    @property
    def home_tab(self) -> bool:
        """Whether it has a Home."""
        return bool(self._settings("features", "app_home", "home_tab_enabled"))

    @property
    def messages_tab(self) -> bool:
        """Whether people and the app may write to each other directly (on unless the manifest says no)."""
        value = self._settings("features", "app_home", "messages_tab_enabled")
        return True if value is None else bool(value)

    @property
    def messages_read_only(self) -> bool:
        """Whether people cannot write in its Messages tab."""
        return bool(self._settings("features", "app_home", "messages_tab_read_only_enabled"))

    @property
    def token_rotation(self) -> bool:
        """Whether its tokens expire."""
        return bool(self._settings("settings", "token_rotation_enabled"))

    @property
    def redirect_urls(self) -> list[str]:
        """Where OAuth may send a browser back to."""
        return list(self._settings("oauth_config", "redirect_urls") or [])


Record = TypeVar("Record")


def row(record: Any) -> Json:
    """A record as the JSON object that is stored."""
    return {entry.name: getattr(record, entry.name) for entry in fields(record)}


def from_row(kind: type[Record], stored: Json) -> Record:
    """A record out of its stored form; fields that are no longer known are left out."""
    known = {entry.name for entry in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    return kind(**{key: value for key, value in stored.items() if key in known})
