"""How sandboxes end and fail, as the chat tells it."""

from pathlib import Path

from tests.bot.chat import Chat, running_chat
from workspace.client_view import visible_text


async def test_expiry_is_warned_of_stopped_and_undone_by_restore(chat: Chat) -> None:
    """The warning with its buttons, Extend, the stop with its reason, Restore, and the receipt in the end."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=1h idle=10h")
    assert chat.house.executor is not None
    schedule = chat.house.executor.schedule
    chat.house.pass_time(minutes=51)
    await schedule.tick()
    warning = await ada.wait_for("stops in", thread=card)
    assert ada.buttons(warning) == ["Extend 1 h", "Extend 4 h", "Extend 1 d", "Stop now", "Destroy"]
    await ada.wait_for(
        lambda message: "stops in" in visible_text(message) and message["channel"].startswith("D")
    )
    await ada.click(warning, "Extend 1 h")
    await ada.wait_for("extended *my-echo*", thread=card)
    await ada.wait_for(
        lambda message: message["ts"] == warning["ts"] and "has been given more time" in visible_text(message)
    )
    assert not ada.buttons(ada.fresh(warning))
    chat.house.pass_time(minutes=70)
    await schedule.tick()
    ended = await ada.wait_for("was stopped: its time ran out", thread=card)
    await chat.shows(ada, card, "Stopped: its time ran out")
    restore = await chat.shows(ada, ended, "Restore")
    await ada.click(restore, "Restore")
    await ada.wait_for("is ready", thread=card, after=ended)
    await chat.shows(ada, card, "Running")


async def test_a_failed_deploy_says_why_and_offers_what_helps(chat: Chat) -> None:
    """A container that ran out of memory: the cause in words, its last lines, Retry with more."""
    chat.house.engine.dies_at_start["echo:1"] = 1
    ada = await chat.person("ada")
    await ada.slash("/sandbox deploy echo name=my-echo")
    failed = await ada.wait_for("failed*")
    assert "exit code 1" in visible_text(failed) or "ended" in visible_text(failed)
    assert "Retry" in ada.buttons(await chat.shows(ada, failed, "Retry"))
    card = await ada.wait_for("Owner")
    await chat.shows(ada, card, "Failed")
    chat.house.engine.dies_at_start.clear()
    await ada.click(ada.fresh(failed), "Retry")
    await ada.wait_for("is ready")
    await chat.shows(ada, card, "Running")
    await ada.wait_for(lambda message: message["ts"] == failed["ts"] and "Retry" not in ada.buttons(message))


async def test_destroy_while_the_engine_is_down_waits_and_says_so(chat: Chat) -> None:
    """It is queued, the card says why, and it is carried out when the engine is back."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo")
    chat.house.engine.go_down()
    await ada.slash("/sandbox destroy my-echo")
    await ada.wait_for("Destroying *my-echo*")
    await chat.shows(ada, card, "Waiting to go on destroying")
    chat.house.engine.come_back()
    await ada.wait_for("*my-echo* was destroyed", thread=card, within=20)
    await chat.shows(ada, card, "Destroyed")


async def test_a_locked_database_delays_the_answer_and_loses_nothing(tmp_path: Path) -> None:
    """Another process holds the database for longer than Slack waits: the answer comes by itself."""
    async with running_chat(tmp_path) as chat:
        ada = await chat.person("ada")
        await chat.deploy(ada, "deploy echo name=first")
        async with chat.house.database.write():
            await ada.slash("/sandbox deploy echo name=second")
            await ada.wait_for("takes a moment longer than usual")
        await ada.wait_for("Deploying *second*")
        await ada.wait_for("*second* is ready")
