"""Whatever is typed, the grammar answers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import VERBS, Context, GrammarError, parse
from bot.grammar.clean import clean, words
from bot.grammar.values import read_length, read_memory
from executor.requests import Deploy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONTEXT = Context(
    now=NOW, channel_id="C1", zone=ZoneInfo("America/New_York"), names={"cool-panda-123"}, apps={"echo"}
)
VERB_NAMES = [verb.name for verb in VERBS]
OTHER = [
    "cool-panda-123",
    "echo",
    "ttl=",
    "ttl",
    "=",
    ":",
    "4h",
    "until",
    "18:00",
    "--",
    "--ttl",
    "@",
    "page=2",
]
CLUTTER = ["<http://a|b>", "grep=", "&amp;", "“", '"', "'", "`", "\u00a0"]
PIECES = st.sampled_from(VERB_NAMES + OTHER + CLUTTER)


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=8).map(" ".join)))
def test_any_text_gives_a_command_or_a_grammar_error(text: str) -> None:
    """Nothing else is ever raised, and the answer has words."""
    try:
        said = repr(parse(text, CONTEXT))
    except GrammarError as error:
        said = error.message
    assert said


@given(st.text(max_size=200))
def test_cleaned_text_loses_no_words_to_quotes(text: str) -> None:
    """Cutting into words keeps every character but spaces and closed quotes."""
    cleaned = clean(text)
    kept = "".join(words(cleaned)).replace(" ", "")
    assert sorted(kept.replace('"', "").replace("'", "")) == sorted(
        cleaned.replace(" ", "").replace('"', "").replace("'", "")
    )


@given(st.integers(1, 300), st.integers(0, 23), st.integers(0, 59))
def test_lengths_are_read_as_written(days: int, hours: int, minutes: int) -> None:
    """Days, hours and minutes add up."""
    expected = timedelta(days=days, hours=hours, minutes=minutes)
    assert read_length(f"{days}d{hours}h{minutes}m", CONTEXT) == expected
    assert read_length(f"{days} days {hours} hours {minutes} min", CONTEXT) == expected


@given(st.integers(1, 4096))
def test_memory_is_read_as_written(mebibytes: int) -> None:
    """The unit may be written in any of the usual ways."""
    forms = (f"{mebibytes}m", f"{mebibytes}MB", f"{mebibytes} MiB")
    assert {read_memory(form, CONTEXT) for form in forms} == {mebibytes * 1024**2}


@given(st.integers(0, 23), st.integers(0, 59))
def test_until_is_within_the_next_day(hour: int, minute: int) -> None:
    """A time of day is the next time the person's own clock shows it."""
    command = parse(f"deploy echo until {hour}:{minute:02d}", CONTEXT)
    assert isinstance(command, Deploy)
    assert command.ttl_seconds is not None
    assert 0 < command.ttl_seconds <= 24 * 3600
    local = (NOW + timedelta(seconds=command.ttl_seconds)).astimezone(ZoneInfo("America/New_York"))
    assert (local.hour, local.minute) == (hour, minute)
