"""What deliveries say, and which of them are nobody's order."""

from typing import Any

import pytest

from bot.controls import Control
from bot.incoming.payloads import form_values, is_from_person, of_command, of_event, of_interaction
from bot.incoming.pressed import command_of
from bot.incoming.spoken import without_mention
from executor.requests import Extend, Start
from tests.bot.chat import Chat


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"user": "U1", "text": "hi"}, True),
        ({"user": "U1", "bot_id": "B1"}, False),
        ({"user": "U1", "subtype": "message_changed"}, False),
        ({"user": "U1", "edited": {"user": "U1", "ts": "1.0"}}, False),
        ({"text": "nobody"}, False),
    ],
)
def test_only_what_a_person_has_just_written_is_heard(event: dict[str, Any], heard: bool) -> None:
    """No bots, no edits, no notices."""
    assert is_from_person(event) is heard


def test_the_same_delivery_has_the_same_key_and_another_another() -> None:
    """By trigger or event id; by content where Slack sends none."""
    assert of_command({"trigger_id": "1.2"}).key == of_command({"trigger_id": "1.2", "text": "x"}).key
    assert of_command({"text": "a"}).key != of_command({"text": "b"}).key
    assert of_event({"event_id": "Ev1"}).key != of_event({"event_id": "Ev2"}).key


def test_a_press_in_a_shared_channel_is_of_the_persons_own_workspace() -> None:
    """The workspace of the person counts, not that of the app."""
    body = {"user": {"id": "U1", "team_id": "T_OTHER"}, "team": {"id": "T1"}}
    assert of_interaction(body).person_team_id == "T_OTHER"
    assert (
        of_event({"team_id": "T1", "event": {"user": "U1", "user_team": "T_OTHER"}}).person_team_id
        == "T_OTHER"
    )


@pytest.mark.parametrize(
    "body", [{}, {"user": None, "container": []}, {"event": "x"}, {"view": {"state": None}}]
)
def test_a_payload_that_lacks_everything_is_read_without_a_fault(body: dict[str, Any]) -> None:
    """Empty strings, no exception."""
    assert of_interaction(body).person_id == ""
    assert of_event(body).person_id == ""
    assert form_values(body.get("view") or {}) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<@UBOT> logs", "logs"),
        ("<@UBOT|sandpiper> logs web", "logs web"),
        ("hey <@UBOT> stop", "stop"),
        ("stop <@UBOT>", "stop"),
        ("<@UBOT>", ""),
    ],
)
def test_a_mention_is_what_stands_after_our_name(text: str, said: str) -> None:
    """Or before it, where nothing stands after."""
    assert without_mention(text, "UBOT") == said


def test_a_control_survives_its_way_through_slack() -> None:
    """Encoded and decoded it is the same; what is not ours is none."""
    control = Control(verb="extend", sandbox_id="a" * 32, argument="3600")
    assert Control.decode(control.encode()) == control
    assert command_of(control) == Extend(sandbox="a" * 32, seconds=3600)
    more = Control(verb="start", sandbox_id="b", argument=str(2 * 1024**3))
    assert command_of(more) == Start(sandbox="b", memory_bytes=2 * 1024**3)
    for junk in (None, 7, "", "a", "a:b", "Stop:1:", "stop:../x:", "stop:1:2:3", "x" * 5000, {"a": 1}):
        assert Control.decode(junk) is None
    assert command_of(Control(verb="unknown")) is None


async def test_a_question_delivered_twice_is_answered_once(chat: Chat) -> None:
    """A mention that only asks."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await chat.workspace.fault(kind="duplicate")
    await ada.mention("sandpiper", "status", thread=card)
    await ada.wait_for("Ways in")
    await ada.slash("/sandbox extend my-echo 1h")
    await ada.wait_for("extended")
    await chat.settled()
    assert len(ada.seen("Ways in")) == 1
