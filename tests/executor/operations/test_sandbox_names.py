"""Names made up and given."""

import random
import re

import pytest

from executor import names
from executor.errors import InvalidRequestError
from executor.words import ADJECTIVES, ANIMALS

LABEL = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")


def test_made_up_names_are_valid() -> None:
    """Ten thousand made-up names are DNS labels of at most 40 characters that pass our own check."""
    made = names.made_up(random.Random(1))
    for _ in range(10_000):
        name = next(made)
        assert LABEL.fullmatch(name)
        assert names.check(name) == name


def test_word_lists_are_clean() -> None:
    """The words are lower-case letters, each once, and many enough."""
    for words in (ADJECTIVES, ANIMALS):
        assert len(words) == len(set(words)) > 100
        assert all(re.fullmatch(r"[a-z]{2,12}", word) for word in words)


def test_made_up_names_avoid_what_is_taken() -> None:
    """A name in use or cooling off is never made up, even if nearly all short ones are taken."""

    class Stuck(random.Random):
        """Chance that gives the same short number until numbers grow longer."""

        def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
            return 123 if stop == 1000 else 123456

        def choice(self, seq):  # type: ignore[no-untyped-def]  # as in the standard library
            return seq[0]

    first = f"{ADJECTIVES[0]}-{ANIMALS[0]}-123"
    picked = names.pick(None, in_use={first}, cooling=set(), chance=Stuck())
    assert picked == f"{ADJECTIVES[0]}-{ANIMALS[0]}-123456"


@pytest.mark.parametrize(
    "wish",
    [
        "a",
        "",
        "x" * 41,
        "-ab",
        "ab-",
        "1ab",
        "a_b",
        "a b",
        "a.b",
        "ab--cd",
        "ähm",
        "www",
        "ADMIN",
        "a\nb",
        "xn--ab",
    ],
)
def test_wishes_refused(wish: str) -> None:
    """What is no DNS label, or a word of ours, is refused in words."""
    with pytest.raises(InvalidRequestError, match=r"name"):
        names.pick(wish, in_use=set(), cooling=set(), chance=random.Random())


def test_wishes_granted_and_taken() -> None:
    """A wish is lower-cased and granted, unless somebody has it or has had it lately."""
    chance = random.Random()
    assert names.pick(" Cool-Panda ", in_use=set(), cooling=set(), chance=chance) == "cool-panda"
    with pytest.raises(InvalidRequestError, match="already a sandbox"):
        names.pick("cool-panda", in_use={"cool-panda"}, cooling=set(), chance=chance)
    with pytest.raises(InvalidRequestError, match="somebody else's"):
        names.pick("cool-panda", in_use=set(), cooling={"cool-panda"}, chance=chance)
