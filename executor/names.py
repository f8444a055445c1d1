"""Names of sandboxes: made up by us or given by a person, always one DNS label. Pure."""

import random
import re
from collections.abc import Collection, Iterator

from executor.errors import InvalidRequestError
from executor.words import ADJECTIVES, ANIMALS

NAME_LIMIT_CHARS = 40
NAME_LEAST_CHARS = 2
TRIES = 50
"""Names made up before longer numbers are used."""

_RESERVED = """
admin administrator all api app apps assets auth autodiscover blog bot cdn channel console dashboard
db dev dns docs ftp gateway git grafana health help home host imap internal list local localhost
login logs mail main me metrics mine mx new ns ns1 ns2 ntp page pages ping pop portal private prod
production proxy public root run sandbox sandboxes sandpiper security server settings shared slack
smtp ssh sso staging static status support system t test tls vpn webmail wpad www www1 www2
"""
RESERVED = frozenset(_RESERVED.split())
"""What a visitor would take for a part of the house, and words that commands use."""

_LABEL = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")


def made_up(chance: random.Random) -> Iterator[str]:
    """Names such as ``cool-panda-123``, without end; after ``TRIES`` the numbers grow longer."""
    tried = 0
    while True:
        number = chance.randrange(100, 1000) if tried < TRIES else chance.randrange(1000, 10**8)
        yield f"{chance.choice(ADJECTIVES)}-{chance.choice(ANIMALS)}-{number}"
        tried += 1


def check(name: str) -> str:
    """The name in lower case, if a sandbox may have it. Raises InvalidRequestError with the rule broken."""
    plain = name.strip().lower()
    if not NAME_LEAST_CHARS <= len(plain) <= NAME_LIMIT_CHARS:
        raise InvalidRequestError(
            f"A name has {NAME_LEAST_CHARS} to {NAME_LIMIT_CHARS} characters; this one has {len(plain)}.",
            "Choose another one, or leave it out and get one made up.",
        )
    if not _LABEL.fullmatch(plain) or "--" in plain:
        raise InvalidRequestError(
            "A name is made of a-z, 0-9 and single hyphens; a letter begins it and no hyphen ends it.",
            f"For example: {_nearest(plain)}",
        )
    if plain in RESERVED:
        raise InvalidRequestError(f"The name “{plain}” is reserved.", "Choose another one.")
    return plain


def _nearest(name: str) -> str:
    """A name that is allowed and looks like what was typed."""
    letters = re.sub(r"[^a-z0-9]+", "-", name).strip("-0123456789")
    return letters if letters and letters not in RESERVED else "cool-panda"


def pick(
    wish: str | None, *, in_use: Collection[str], cooling: Collection[str], chance: random.Random
) -> str:
    """The name for a new sandbox.

    ``cooling``: names that somebody else gave up a short while ago; people still have links to those.
    Raises InvalidRequestError for a wish that cannot be had.
    """
    if wish is None:
        return next(name for name in made_up(chance) if name not in in_use and name not in cooling)
    name = check(wish)
    if name in in_use:
        raise InvalidRequestError(f"There is already a sandbox called {name}.", "Choose another name.")
    if name in cooling:
        raise InvalidRequestError(
            f"The name {name} was somebody else's until a short while ago, and links to it are still around.",
            "Choose another name for now.",
        )
    return name
