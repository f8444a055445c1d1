"""Where we can post: asked of Slack before a sandbox is made whose card could stand nowhere."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.slack.errors import code_of, trouble_of
from bot.slack.gateway import Gateway
from bot.slack.pacer import TooLateError

KEEP_FOR = timedelta(minutes=10)
CHANNELS_LIMIT = 5000

_log = structlog.get_logger(__name__)


class Channels:
    """Remembers for a while which channels we are in; never that we are not, which is put right at once."""

    def __init__(self, gateway: Gateway, *, clock: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._clock = clock
        self._member: dict[str, datetime] = {}

    async def can_post(self, channel_id: str) -> bool:
        """Whether a card can be posted there. Where Slack does not tell, the post itself will."""
        now = self._clock()
        known = self._member.get(channel_id)
        if known is not None and now - known < KEEP_FOR:
            return True
        try:
            member = await self._gateway.is_member(channel_id)
        except TooLateError:
            return True
        except Exception as error:
            if trouble_of(error) is None:
                raise
            _log.warning("channel_unknown", channel=channel_id, reason=code_of(error))
            return True
        if member:
            if len(self._member) >= CHANNELS_LIMIT:
                self._member.clear()
            self._member[channel_id] = now
        return member

    def forget(self, channel_id: str) -> None:
        """We were removed from it, or it refused us."""
        self._member.pop(channel_id, None)
