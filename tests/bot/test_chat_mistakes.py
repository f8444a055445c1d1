"""Whatever goes wrong for a person: a clear answer for them alone, never a traceback, never silence."""

import pytest

from tests.bot.chat import Chat
from tests.bot.malformed import MALFORMED
from workspace.client_view import visible_text


async def test_every_malformed_command_is_answered_to_the_person_alone(chat: Chat) -> None:
    """Each gets what was wrong and what works, as an ephemeral message; nothing happens."""
    ada = await chat.person("ada")
    for typed, says in MALFORMED:
        ada.messages.clear()
        await ada.slash(f"/sandbox {typed}")
        answer = await ada.wait_for("⚠️")
        shown = visible_text(answer)
        if "time zone" not in says:
            assert says in shown or says in shown.replace("&lt;", "<"), (typed, shown)
        assert "Traceback" not in shown
        assert "inside Sandpiper" not in shown, (typed, shown)
        assert answer.get("is_ephemeral"), typed
    assert not chat.house.engine.containers


@pytest.mark.parametrize(
    ("typed", "says", "helps"),
    [
        ("deploy nope", "no app called “nope”", ""),
        ("deploy eho", "no app called “eho”", "Did you mean echo?"),
        ("deploy echo@9", "9", ""),
        ("deploy echo ttl=300d", "", "14"),
        ("status my-ecko", "no sandbox called “my-ecko”", "Did you mean my-echo?"),
        ("stop nope", "no sandbox called “nope”", "list all"),
        ("start my-echo", "my-echo", ""),
        ("logs my-echo wep", "no service “wep”", "Did you mean web?"),
        ("restart my-echo db", "no service", "web"),
        ("cancel my-echo", "Nothing", ""),
        ("deploy echo name=my-echo", "my-echo", ""),
    ],
)
async def test_what_cannot_be_done_says_why_and_what_helps(
    chat: Chat, typed: str, says: str, helps: str
) -> None:
    """The executor's refusals reach the person in words."""
    ada = await chat.person("ada")
    await chat.deploy(ada, "deploy echo name=my-echo")
    await ada.slash(f"/sandbox {typed}")
    shown = visible_text(await ada.wait_for("⚠️"))
    assert says in shown
    assert helps in shown


async def test_others_may_look_and_not_change(chat: Chat) -> None:
    """By command and by button alike; admins may."""
    ada, grace = await chat.person("ada"), await chat.person("grace")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await grace.slash("/sandbox status my-echo")
    await grace.wait_for("Ways in")
    await grace.slash("/sandbox destroy my-echo")
    await grace.wait_for("belongs to somebody else, so you cannot destroy it")
    grace.messages.clear()
    await grace.click(card, "Stop")
    await grace.wait_for("belongs to somebody else, so you cannot stop it")
    grace.messages.clear()
    await grace.click(card, "Extend")
    await grace.wait_for("belongs to somebody else, so you cannot extend it")
    await chat.stop_bot()
    await chat.start_bot(admins=[grace.id])
    await grace.slash("/sandbox stop my-echo")
    await grace.wait_for("stopped *my-echo*")


async def test_guests_and_outsiders_are_refused_in_words(chat: Chat) -> None:
    """A guest's command and another workspace's press do nothing."""
    ada, gus, eve = [await chat.person(name) for name in ("ada", "gus", "eve")]
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await gus.slash("/sandbox list")
    await gus.wait_for("Guests cannot use Sandpiper")
    await eve.click(card, "Stop")
    await eve.wait_for("serves the people of its own workspace only")
    await chat.settled()
    assert "Running" in visible_text(ada.fresh(card))


async def test_a_stale_button_explains_itself_and_the_card_is_redrawn(chat: Chat) -> None:
    """Stop on a card that was drawn before it stopped."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    await chat.workspace.fault(kind="api", method="chat.update", status=503)
    await ada.slash("/sandbox stop my-echo")
    await ada.wait_for("stopped *my-echo*")
    await ada.click(card, "Stop")
    await ada.wait_for("⚠️")
    await chat.workspace.control("faults", how="DELETE")
    await chat.shows(ada, card, "Start")


async def test_a_channel_without_the_bot_is_told_to_invite_it(chat: Chat) -> None:
    """Before anything is made."""
    ada = await chat.person("ada")
    await ada.slash("/sandbox deploy echo", channel="#lonely")
    await ada.wait_for("Type /invite @sandpiper")
    assert not chat.house.engine.containers
    await ada.invite("#lonely", "sandpiper")
    await ada.wait_for("I am Sandpiper. In this channel", channel="#lonely")
    await chat.deploy(ada, "deploy echo name=my-echo", channel="#lonely")


async def test_the_first_message_comes_once(chat: Chat) -> None:
    """On first use, for that person alone."""
    ada, grace = await chat.person("ada"), await chat.person("grace")
    await ada.slash("/sandbox list")
    await ada.wait_for("Hello, I am Sandpiper")
    await ada.slash("/sandbox list")
    await ada.slash("/sandbox help")
    await ada.wait_for("Start something")
    assert len(ada.seen("Hello, I am Sandpiper")) == 1
    assert not grace.seen("Hello, I am Sandpiper")
