"""The running workspace: its state and the parts that everything else works with."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace.bus import Bus
from workspace.clock import Clock
from workspace.config import Config
from workspace.delivery.deliverer import Deliverer
from workspace.delivery.sockets import Sockets
from workspace.ephemerals import Ephemerals
from workspace.events import Events
from workspace.faults import Faults
from workspace.grants import Grants
from workspace.ids import Timestamps
from workspace.inspector import Inspector
from workspace.modals import Modals
from workspace.model import App, Channel, User
from workspace.present import app_page_object
from workspace.rates import Rates
from workspace.setup import forget_all_but_credentials, populate
from workspace.state import State
from workspace.storage import Storage
from workspace.uploads import Uploads


@dataclass(frozen=True, kw_only=True)
class Login:
    """A code that OAuth or OpenID Connect exchanges for tokens."""

    app_id: str
    user: str
    redirect_uri: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    nonce: str
    expires_at: float


class Workspace:
    """One team, its apps, and everything that is going on."""

    def __init__(self, config: Config, data: Path | None) -> None:
        self.config = config
        self.limits = config.limits
        self.team = config.team
        self.base_url = ""
        self.clock = Clock()
        self.ts = Timestamps(self.clock)
        self.bus = Bus()
        self.faults = Faults(self.clock, self._faults_changed)
        self.inspector = Inspector(lambda entry: self.bus.tell_all({"type": "inspector", "entry": entry}))
        self.rates = Rates(self.clock)
        self.grants = Grants(self.clock)
        self.ephemerals = Ephemerals()
        self.modals = Modals()
        self.uploads = Uploads()
        self.logins: dict[str, Login] = {}
        self.used_codes: set[str] = set()
        self.inputs: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        self.loaded_options: dict[tuple[str, str, str, str], dict[str, Any]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.state = State(Storage(data))
        self.sockets = Sockets(self.limits, self._connections_changed)
        self.deliverer = Deliverer(
            clock=self.clock,
            limits=self.limits,
            sockets=self.sockets,
            faults=self.faults,
            inspector=self.inspector,
        )
        self.events = Events(
            team_id=self.team.id,
            clock=self.clock,
            limits=self.limits,
            state=self.state,
            deliverer=self.deliverer,
        )

    def start(self) -> None:
        """Load what was kept and add what the configuration names."""
        self.state.load()
        for messages in self.state.messages.values():
            for ts in messages:
                self.ts.seen(ts)
        populate(self.state, self.config, now=int(self.clock.now()))

    def reset(self) -> None:
        """Back to the configuration: forget messages, faults, grants and everything else that happened.

        Credentials that were made at random stay, so that connected apps go on.
        """
        forget_all_but_credentials(self.state, self.config)
        self.faults.clear()
        self.rates.clear()
        self.clock.offset_seconds = 0.0
        self.inspector.clear()
        self.ephemerals = Ephemerals()
        self.modals = Modals()
        self.uploads = Uploads()
        self.inputs.clear()
        self.loaded_options.clear()
        populate(self.state, self.config, now=int(self.clock.now()))
        self.bus.tell_all({"type": "reset"})

    async def close(self) -> None:
        """Stop deliveries and close the data file."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.events.close()
        await self.deliverer.close()
        await self.sockets.drop("", "close")
        self.state.storage.close()

    def _faults_changed(self) -> None:
        self.bus.tell_all({"type": "faults", "faults": self.faults.list()})

    def _connections_changed(self, app_id: str) -> None:
        app = self.state.apps.get(app_id)
        if app is not None:
            self.bus.tell_all({"type": "app", "app": app_page_object(app, self.sockets.count(app_id) > 0)})

    def audience(self, channel: Channel) -> list[str]:
        """Who may see a channel: everyone but guests for a public one, else its members."""
        if channel.kind != "public":
            return channel.members
        return [user.id for user in self.state.users.values() if not user.guest or user.id in channel.members]

    def may_see(self, user: str, channel: Channel) -> bool:
        """Whether a person may read a channel."""
        return user in self.audience(channel)

    def bot(self, app: App) -> User:
        """The bot user of an app."""
        return self.state.users[app.bot_user]
