"""The main job as a chat: deploy, look, extend, stop, restore, destroy."""

from storage.records import SandboxStatus
from tests.bot.chat import Chat
from workspace.client import Message, Person
from workspace.client_view import visible_text


async def texts(person: Person, card: Message) -> list[str]:
    """What the card's thread says, the card first."""
    return [visible_text(message) for message in await person.read(thread=card)]


async def test_a_deploy_is_answered_and_told_in_its_thread(chat: Chat) -> None:
    """An answer at once, the card, the address; what is ready before its progress is told needs none."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=4h")
    assert ada.seen("Deploying *my-echo*")
    said = await texts(ada, card)
    assert "Running" in said[0]
    assert "*my-echo* is ready after" in said[1]
    assert len(said) == 2


async def test_a_deploy_that_takes_longer_shows_its_progress_in_one_message(chat: Chat) -> None:
    """Posted while the deploy runs, edited through its steps; in the end it says how long it took."""
    held = chat.house.engine.hold("start_container")
    ada = await chat.person("ada")
    await ada.slash("/sandbox deploy echo name=my-echo")
    progress = await ada.wait_for("*●\N{NO-BREAK SPACE}containers*")
    assert ada.buttons(progress) == ["Cancel"]
    held.set()
    done = await ada.wait_for("Deployed my-echo in")
    assert done["ts"] == progress["ts"]
    assert "✓\N{NO-BREAK SPACE}route" in visible_text(done)
    await ada.wait_for("*my-echo* is ready after")


async def test_how_to_sign_in_goes_to_the_owner_alone(chat: Chat) -> None:
    """The password is in a direct message and in the owner's own status, and nowhere in the channel."""
    ada, grace = await chat.person("ada"), await chat.person("grace")
    await chat.deploy(ada, "deploy notes name=my-notes")
    direct = await ada.wait_for("How to sign in to *my-notes*")
    password = visible_text(direct).split("The password is ")[1].split(".")[0]
    assert len(password) == 24
    await grace.slash("/sandbox status my-notes")
    await grace.wait_for("Ways in")
    assert not grace.seen(password)
    await ada.slash("/sandbox status my-notes")
    await ada.wait_for(
        lambda message: "Ways in" in visible_text(message) and password in visible_text(message)
    )


async def test_a_sandbox_lives_by_its_buttons(chat: Chat) -> None:
    """Stop, Start, Restart, Extend and Destroy do what they say; the card follows."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=4h")
    await ada.click(card, "Stop")
    stopped = await ada.wait_for("stopped *my-echo*")
    await chat.settled()
    assert ada.buttons(await chat.shows(ada, card, "Start"))[:2] == ["Logs", "Start"]
    await ada.click(stopped, "Restore")
    await ada.wait_for("is ready", after=stopped)
    await chat.settled()
    await ada.wait_for(
        lambda message: message["ts"] == stopped["ts"] and "Restore" not in ada.buttons(message)
    )
    await ada.click(await chat.shows(ada, card, "Restart"), "Restart")
    await ada.wait_for("Restarted my-echo")
    await chat.settled()
    await ada.click(await chat.shows(ada, card, "Extend"), "Extend")
    await ada.submit(await ada.wait_for_modal("Extend"), length="4 h")
    await ada.wait_for("extended *my-echo*")
    await ada.click(ada.fresh(card), "Destroy…")
    await ada.submit(await ada.wait_for_modal("Destroy?"))
    await ada.wait_for("*my-echo* was destroyed")
    await chat.shows(ada, card, "Destroyed")


async def test_in_the_thread_a_mention_needs_no_name(chat: Chat) -> None:
    """``@sandpiper extend 2h`` in a sandbox's thread extends that sandbox."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=1h")
    await ada.mention("sandpiper", "extend 2h", thread=card)
    await ada.wait_for("extended *my-echo*", thread=card)
    await ada.mention("sandpiper", "logs", thread=card)
    await ada.wait_for("*my-echo* wrote nothing", thread=card)
    await ada.mention("sandpiper", "extend soon", thread=card)
    await ada.wait_for("not a length of time")


async def test_a_press_is_answered_where_it_was_made(chat: Chat) -> None:
    """The card stands in the channel, though it has a thread; what stands in the thread is answered there."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=1h")
    await ada.click(await chat.shows(ada, card, "Stop"), "Logs")
    answer = await ada.wait_for("*my-echo* wrote nothing")
    assert "thread_ts" not in answer
    await ada.click(ada.fresh(card), "Stop")
    stopped = await ada.wait_for("stopped *my-echo*", thread=card)
    await chat.settled()
    await ada.click(ada.fresh(stopped), "Logs")
    await ada.wait_for("*my-echo* wrote nothing", thread=card)


async def test_an_edited_mention_and_a_bots_mention_do_nothing(chat: Chat) -> None:
    """Only what a person has just written is a command."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=1h")
    said = await ada.mention("sandpiper", "status", thread=card)
    await ada.wait_for("Ways in")
    await ada.edit(said, "@sandpiper destroy")
    await ada.slash("/sandbox open my-echo")
    await ada.wait_for("*my-echo* is at")
    await chat.settled()
    assert (await chat.house.view((await chat.only_sandbox()).id)).sandbox.status is SandboxStatus.RUNNING


async def test_long_logs_come_inline_and_as_a_file_in_the_thread(chat: Chat) -> None:
    """Fifteen lines in the answer, all of them in a file."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    container = next(name for name in chat.house.engine.containers if "my-echo" in name)
    for number in range(40):
        chat.house.engine.say(container, f"line {number} <!channel> ```")
    await chat.logged("line 39")
    await ada.slash("/sandbox logs my-echo")
    answer = await ada.wait_for("The last 15 of 40 lines")
    assert "line 39" in visible_text(answer)
    shared = await ada.wait_for(lambda message: bool(message.get("files")), thread=card)
    content = await ada.download(shared["files"][0])
    assert content.decode().count("line") == 40
