"""The main job as a chat: deploy, look, extend, stop, restore, destroy."""

from tests.bot.chat import Chat
from workspace.client_view import visible_text


async def test_a_deploy_is_answered_and_told_in_its_thread(chat: Chat) -> None:
    """An answer at once, the card, progress, the address; the card is true afterwards."""
    ada = await chat.person("ada")
    card = await chat.deploy(ada, "deploy echo name=my-echo ttl=4h")
    assert ada.seen("Deploying *my-echo*")
    assert "Running" in visible_text(ada.fresh(card))
    thread = [visible_text(message) for message in await ada.read(thread=card)]
    assert any("Deployed my-echo" in text and "✓ route" in text for text in thread)
    assert any("is ready" in text for text in thread)
    assert len(thread) == 3
