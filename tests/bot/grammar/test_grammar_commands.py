"""What people type becomes the command they meant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar import (
    VERBS,
    Command,
    Context,
    DeployForm,
    Help,
    List,
    Logs,
    Open,
    Scope,
    Status,
    Wizard,
    find_verb,
    parse,
)
from executor.requests import Cancel, Deploy, Destroy, Extend, Restart, Start, Stop

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
CHANNEL = Context(now=NOW, channel_id="C1", zone=BERLIN, names={"cool-panda-123"}, apps={"echo", "grafana"})
THREAD = Context(
    now=NOW,
    channel_id="C1",
    zone=BERLIN,
    sandbox="cool-panda-123",
    names={"cool-panda-123", "shy-otter-7"},
    apps={"echo"},
)


def deploy(**given: object) -> Deploy:
    """A deploy of echo in this channel, with what else is given."""
    return Deploy(**({"app": "echo", "channel_id": "C1"} | given))  # type: ignore[arg-type]  # built by name


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Help()),
        ("   ", Help()),
        ("help", Help()),
        ("help rm", Help(verb="destroy")),
        ("logs --help", Help(verb="logs")),
        ("deploy", DeployForm()),
        ("new", Wizard()),
        ("deploy echo", deploy()),
        ("DEPLOY Echo", deploy()),
        ("deploy echo@3", deploy(version=3)),
        ("deploy echo@v3", deploy(version=3)),
        ("deploy app=echo", deploy()),
        ("deploy echo name=My-Box", deploy(name="my-box")),
        ("deploy echo ttl=4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo --ttl 4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo --ttl=4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo —ttl 4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo –ttl 4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo ttl: 4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo ttl = 4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy echo ttl=4 hours", deploy(ttl_seconds=4 * HOUR)),
        ("deploy ttl=90m echo", deploy(ttl_seconds=90 * 60)),
        ("deploy echo ttl=1h30m", deploy(ttl_seconds=90 * 60)),
        ("deploy echo ttl=“1h 30m”", deploy(ttl_seconds=90 * 60)),
        ("deploy echo ttl=2d", deploy(ttl_seconds=48 * HOUR)),
        ("deploy echo ttl=1.5h", deploy(ttl_seconds=90 * 60)),
        ("deploy echo until 18:00", deploy(ttl_seconds=5 * HOUR)),
        ("deploy echo ttl=until 18:00", deploy(ttl_seconds=5 * HOUR)),
        ("deploy echo until 6pm memory=1 GB", deploy(ttl_seconds=5 * HOUR, memory_bytes=1024**3)),
        ("deploy echo until 9:00", deploy(ttl_seconds=20 * HOUR)),
        ("deploy echo until tomorrow 9:00", deploy(ttl_seconds=20 * HOUR)),
        ("deploy echo until 2026-11-21 13:00", deploy(ttl_seconds=24 * HOUR)),
        ("deploy echo idle=30m mem=512m", deploy(idle_seconds=1800, memory_bytes=512 * 1024**2)),
        ("deploy `echo` ttl=`4h`", deploy(ttl_seconds=4 * HOUR)),
        ("```deploy echo```", deploy()),
        ("deploy\u00a0echo\u2003ttl=4h", deploy(ttl_seconds=4 * HOUR)),
        ("deploy \u200becho", deploy()),
        ("deploy “echo”", deploy()),
        ("deploy <http://echo|echo>", deploy()),
        ("ls", List(scope=Scope.MINE)),
        ("list channel page=2", List(scope=Scope.CHANNEL, page=2)),
        ("list all", List(scope=Scope.ALL)),
        ("status cool-panda-123", Status(sandbox="cool-panda-123")),
        ("status http://cool-panda-123.localhost:8080/x", Status(sandbox="cool-panda-123")),
        (
            "open <http://cool-panda-123.localhost:8080|cool-panda-123.localhost:8080>",
            Open(sandbox="cool-panda-123"),
        ),
        ("logs cool-panda-123", Logs(sandbox="cool-panda-123", lines=100)),
        ("logs cool-panda-123 web lines=20", Logs(sandbox="cool-panda-123", service="web", lines=20)),
        (
            "logs cool-panda-123 grep=“a &lt;b&gt; &amp; c” since=10m",
            Logs(sandbox="cool-panda-123", lines=100, grep="a <b> & c", since_seconds=600),
        ),
        (
            "logs cool-panda-123 grep=<mailto:bob@example.org|bob@example.org>",
            Logs(sandbox="cool-panda-123", lines=100, grep="bob@example.org"),
        ),
        ("logs cool-panda-123 grep=don't", Logs(sandbox="cool-panda-123", lines=100, grep="don't")),
        ("start cool-panda-123", Start(sandbox="cool-panda-123")),
        ("restore cool-panda-123 ttl=2h", Start(sandbox="cool-panda-123", ttl_seconds=2 * HOUR)),
        ("suspend cool-panda-123", Stop(sandbox="cool-panda-123")),
        ("restart cool-panda-123 web", Restart(sandbox="cool-panda-123", service="web")),
        ("extend cool-panda-123 2h", Extend(sandbox="cool-panda-123", seconds=2 * HOUR)),
        ("extend cool-panda-123 4 hours", Extend(sandbox="cool-panda-123", seconds=4 * HOUR)),
        ("extend cool-panda-123 by=2h", Extend(sandbox="cool-panda-123", seconds=2 * HOUR)),
        (
            "extend cool-panda-123 until 18:00",
            Extend(sandbox="cool-panda-123", until_epoch_seconds=int(NOW.timestamp()) + 5 * HOUR),
        ),
        ("rm cool-panda-123", Destroy(sandbox="cool-panda-123")),
        ("cancel cool-panda-123", Cancel(sandbox="cool-panda-123")),
    ],
)
def test_a_command_is_read_as_it_was_meant(text: str, command: Command) -> None:
    """Whatever a chat client made of it, the words become the command."""
    assert parse(text, CHANNEL) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("logs", Logs(sandbox="cool-panda-123", lines=100)),
        ("logs web", Logs(sandbox="cool-panda-123", service="web", lines=100)),
        ("logs shy-otter-7", Logs(sandbox="shy-otter-7", lines=100)),
        ("logs shy-otter-7 web", Logs(sandbox="shy-otter-7", service="web", lines=100)),
        ("extend 2h", Extend(sandbox="cool-panda-123", seconds=2 * HOUR)),
        ("extend 2 h", Extend(sandbox="cool-panda-123", seconds=2 * HOUR)),
        ("extend shy-otter-7 2h", Extend(sandbox="shy-otter-7", seconds=2 * HOUR)),
        ("stop", Stop(sandbox="cool-panda-123")),
        ("destroy shy-otter-7", Destroy(sandbox="shy-otter-7")),
        ("restart web", Restart(sandbox="cool-panda-123", service="web")),
        ("start ttl=1h", Start(sandbox="cool-panda-123", ttl_seconds=HOUR)),
    ],
)
def test_in_a_thread_the_sandbox_may_go_unnamed(text: str, command: Command) -> None:
    """The thread says which sandbox is meant, unless another is named."""
    assert parse(text, THREAD) == command


def test_every_word_of_the_table_names_one_verb() -> None:
    """No two verbs share a name or an alias."""
    words = [word for verb in VERBS for word in (verb.name, *verb.aliases)]
    assert len(words) == len(set(words))
    assert all(find_verb(word) is not None for word in words)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_example_of_each_verb_works(verb: object) -> None:
    """Help never shows a command that is refused."""
    row = find_verb(verb.name)  # type: ignore[attr-defined]  # parametrised with verbs
    assert row is not None
    parse(row.example, CHANNEL)
    assert row.example.startswith(row.name)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_argument_may_be_given_by_name(verb: object) -> None:
    """No argument's name or other word is shared with another one of the same verb."""
    words = [word for row in verb.arguments for word in (row.name, *row.aliases)]  # type: ignore[attr-defined]
    assert len(words) == len(set(words))
