"""Who presses and types: time zone and standing, as Slack tells it, remembered for a while."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.grammar import Role
from bot.slack.errors import Trouble, code_of, trouble_of
from bot.slack.gateway import Gateway, Profile
from bot.slack.pacer import TooLateError
from executor.errors import SandboxError

KEEP_FOR = timedelta(hours=1)
PEOPLE_LIMIT = 5000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of our workspace who asks for something."""

    id: str
    team_id: str
    role: Role
    zone: ZoneInfo | None = None


class Directory:
    """Knows people. Slack is asked once an hour for each."""

    def __init__(self, gateway: Gateway, *, admins: Collection[str], clock: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._admins = frozenset(admins)
        self._clock = clock
        self._known: dict[str, tuple[datetime, Profile]] = {}

    async def person(self, person_id: str, team_id: str) -> Person:
        """The person behind an id of our own workspace.

        Raises:
            SandboxError: for guests, bots, people who left and people of other workspaces.
        """
        profile = await self._profile(person_id)
        if profile is not None:
            _refuse_outsiders(profile, team_id)
        role = Role.ADMIN if person_id in self._admins else Role.DEVELOPER
        zone = _zone(profile.zone) if profile else None
        return Person(id=person_id, team_id=team_id, role=role, zone=zone)

    async def _profile(self, person_id: str) -> Profile | None:
        """None where Slack does not tell: the delivery itself was signed and from our workspace."""
        now = self._clock()
        known = self._known.get(person_id)
        if known and now - known[0] < KEEP_FOR:
            return known[1]
        try:
            profile = await self._gateway.profile(person_id)
        except TooLateError:
            return known[1] if known else None
        except Exception as error:
            if trouble_of(error) in (None, Trouble.OURS):
                raise
            _log.warning("person_unknown", person=person_id, reason=code_of(error))
            return known[1] if known else None
        if len(self._known) >= PEOPLE_LIMIT:
            self._known.clear()
        self._known[person_id] = (now, profile)
        return profile


def _refuse_outsiders(profile: Profile, team_id: str) -> None:
    if profile.is_bot or not profile.is_active:
        raise SandboxError("Sandboxes are for the people of this workspace.")
    if profile.is_guest:
        raise SandboxError("Guests cannot use Sandpiper.", "Ask a member of this workspace to do it for you.")
    if profile.team_id is not None and profile.team_id != team_id:
        raise other_workspace()


def other_workspace() -> SandboxError:
    """The refusal for people of other workspaces in shared channels."""
    return SandboxError(
        "Sandpiper serves the people of its own workspace only.",
        "Ask somebody of the workspace that this channel is shared with.",
    )


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
