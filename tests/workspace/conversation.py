"""What a person does with the small app, whatever it is written in; it must answer the same."""

import pytest

from workspace.client import NotDone, Person


async def talk(alice: Person) -> None:
    """Command, card, form with an error and without, mention, Home, shortcut."""
    await alice.slash("/help-me with this")
    assert (await alice.wait_for("On it: with this"))["ephemeral"] is True
    await alice.wait_for("And more")
    await alice.click(await alice.wait_for("Card"), "Form")
    await alice.wait_for_modal("Form")
    with pytest.raises(NotDone) as refused:
        await alice.submit(name="bad")
    assert refused.value.errors == {"name": "Another one, please."}
    await alice.submit(name="Ada")
    assert (await alice.wait_for("Hello Ada"))["channel"].startswith("D")
    message = await alice.mention("helper", "hello?")
    assert (await alice.wait_for("You called?"))["thread_ts"] == message["ts"]
    await alice.open_home()
    await alice.wait_for_home("Welcome home")
    await alice.shortcut("New")
    await alice.wait_for_modal("Form")
