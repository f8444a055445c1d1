"""What happens around us: Home opened, channels joined, the installation ended."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncBoltContext

from bot.incoming.channels import Channels
from bot.incoming.payloads import of_event
from bot.incoming.reception import Inside, Reception
from bot.incoming.spoken import own_team
from bot.outbox.home import Homes
from bot.render import answers
from bot.slack.pacer import Priority

_log = structlog.get_logger(__name__)


class Happened:
    """Handlers of events."""

    def __init__(self, inside: Inside, reception: Reception, homes: Homes, channels: Channels) -> None:
        self._inside = inside
        self._reception = reception
        self._homes = homes
        self._channels = channels

    async def home_opened(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Draw Home, or say hello in the messages tab."""
        source, team_id = of_event(body), own_team(context)
        if source.person_team_id != team_id:
            return
        if body["event"].get("tab") == "home":
            self._homes.turn(source.person_id, team_id)
            self._inside.notifier.redraw_home(source.person_id)
        else:
            self._inside.answering.afterwards(self._reception.welcome(source, team_id, directly=True))

    async def joined(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """We were invited somewhere: what waited for that is sent, and the channel hears what we do."""
        source = of_event(body)
        if source.person_id != context.bot_user_id:
            return
        self._inside.notifier.let_in(source.channel_id)
        self._inside.answering.afterwards(self._greet(body))

    async def _greet(self, body: dict[str, Any]) -> None:
        source = of_event(body)
        if await self._reception.is_new(source):
            hello = answers.greeting(self._inside.command)
            await self._inside.gateway.post(
                source.channel_id, hello, key=f"greeting:{source.key}", thread=None, priority=Priority.STATE
            )

    async def left(self, body: dict[str, Any]) -> None:
        """We were removed from a channel."""
        self._channels.forget(of_event(body).channel_id)

    async def uninstalled(self, body: dict[str, Any]) -> None:
        """Nothing can be said any more; whoever runs us should know."""
        _log.error("installation_ended", kind=body.get("event", {}).get("type"))
