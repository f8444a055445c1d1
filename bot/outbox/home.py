"""App Home: drawn for those who opened it, and again when their sandboxes change."""

from dataclasses import dataclass

from bot.render.blocks import Block
from bot.render.home import home
from bot.slack.gateway import Gateway
from storage import sandboxes
from storage.database import Database

HOME_LANE = "home"
OPEN_LIMIT = 2000
"""People whose Home is kept true; who opened it longest ago is dropped, and drawn when they look again."""


@dataclass(kw_only=True)
class _Open:
    """What one person's Home shows."""

    team_id: str
    page: int
    shown: Block | None = None


class Homes:
    """Who has Home open, and on which page."""

    def __init__(self, database: Database, gateway: Gateway, *, command: str) -> None:
        self._database = database
        self._gateway = gateway
        self._command = command
        self._open: dict[str, _Open] = {}

    def is_open(self, person_id: str) -> bool:
        """Whether their Home should be kept true."""
        return person_id in self._open

    def turn(self, person_id: str, team_id: str, page: int = 1) -> None:
        """They opened it, or turned to a page."""
        self._open.pop(person_id, None)
        self._open[person_id] = _Open(team_id=team_id, page=page)
        while len(self._open) > OPEN_LIMIT:
            del self._open[next(iter(self._open))]

    async def draw(self, person_id: str) -> None:
        """Publish it as the rows say. Raises what Slack refuses."""
        known = self._open.get(person_id)
        if known is None:
            return
        async with self._database.read() as tx:
            mine = await sandboxes.find(tx, owner_id=person_id, team_id=known.team_id)
        view = home(mine, known.page, self._command)
        if view != known.shown:
            await self._gateway.publish_home(person_id, view)
            known.shown = view
