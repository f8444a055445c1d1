"""The forms: what they offer, what they refuse and at which field, and that they lead to the same."""

import pytest

from tests.bot.chat import Chat
from workspace.client import NotDone
from workspace.client_view import visible_text


async def test_deploy_without_more_opens_the_form(chat: Chat) -> None:
    """The form deploys like the command."""
    ada = await chat.person("ada")
    await ada.slash("/sandbox deploy")
    form = await ada.wait_for_modal("New sandbox")
    await ada.submit(form, app="Echo", name="my-echo", ttl="3h", memory="1 GB")
    await ada.wait_for("*my-echo* is ready")
    await ada.wait_for("1 GB memory")
    assert not ada.modals


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"app": "Echo", "name": "Not A Name"}, "name", "cannot be a name"),
        ({"app": "Echo", "ttl": "forever"}, "ttl", "not a length of time"),
        ({"app": "Echo", "ttl": "300d"}, "ttl", "live"),
        ({"app": "Echo", "name": "taken"}, "name", "taken"),
    ],
)
async def test_a_fault_is_shown_at_its_field(
    chat: Chat, values: dict[str, str], field: str, says: str
) -> None:
    """The form stays open and says what is wrong, where."""
    ada = await chat.person("ada")
    await chat.deploy(ada, "deploy echo name=taken")
    await ada.slash("/sandbox deploy")
    form = await ada.wait_for_modal("New sandbox")
    with pytest.raises(NotDone) as refused:
        await ada.submit(form, **values)
    assert says in refused.value.errors[field]
    assert ada.modals


async def test_the_wizard_leads_from_the_app_to_its_form(chat: Chat) -> None:
    """Choosing an app opens its form with the app filled in."""
    ada = await chat.person("ada")
    await ada.slash("/sandbox new")
    wizard = await ada.wait_for_modal("New sandbox")
    assert "Answers with what it was asked." in visible_text(wizard)
    await ada.click(wizard, "Choose")
    form = await ada.until(lambda: ada.modal if "Memory" in visible_text(ada.modal) else None, "the form")
    await ada.submit(form, name="by-wizard")
    await ada.wait_for("*by-wizard* is ready")


async def test_extend_by_form_takes_a_time_of_day(chat: Chat) -> None:
    """``until 18:00`` in the person's own zone."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=1h")
    await ada.click(card, "Extend")
    form = await ada.wait_for_modal("Extend")
    with pytest.raises(NotDone) as refused:
        await ada.submit(form, exactly="soon")
    assert "not a length of time" in refused.value.errors["exactly"]
    await ada.submit(form, exactly="until tomorrow 23:30")
    await ada.wait_for("extended *my-echo*")


async def test_home_shows_ones_own_and_deploys_into_a_chosen_channel(chat: Chat) -> None:
    """Home is empty, offers a form that asks for a channel, and shows the sandbox by itself."""
    ada = await chat.person("ada")
    await ada.open_home()
    home = await ada.wait_for_home("You have none")
    await ada.click(home, "New sandbox")
    form = await ada.wait_for_modal("New sandbox")
    await ada.submit(form, app="Echo", name="from-home", channel=ada.channel("#general"))
    home = await ada.wait_for_home("Running")
    await ada.click(home, "Status")
    status = await ada.wait_for_modal("Sandpiper")
    assert "Ways in" in visible_text(status)
