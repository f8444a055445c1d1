"""A busy channel: many messages, many updates, nothing lost and nothing disturbed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.workspace.page.backend import Backend
from tests.workspace.page.conftest import Opener
from tests.workspace.page.flood import MESSAGES, Updates, fill

pytestmark = pytest.mark.browser

AT_READER = "document.elementFromPoint(600, 400).closest('.message').dataset.ts"

SCREENFUL = 40
"""Messages that more than fill the channel's pane."""
AT_END = """() => {
    const box = document.querySelector('.timeline');
    return box.scrollHeight - box.scrollTop - box.clientHeight < 2;
}"""
GROW_IN_A_FRAME = """async ([short, tall]) => {
    const { takeEvents } = await import('/js/state/events.js');
    const pause = () => new Promise((done) => { setTimeout(done); });
    await new Promise(requestAnimationFrame);
    takeEvents([{ type: 'message', channel: 'C1', message: short }]);
    await pause();
    takeEvents([{ type: 'message_changed', channel: 'C1', message: tall }]);
}"""


def test_five_hundred_messages_take_fifty_updates_a_second(open_page: Opener, backend: Backend) -> None:
    """Each message ends up showing its last update, and what someone is typing meanwhile is not disturbed."""
    said = fill(backend)
    page = open_page()
    expect(page.locator(".message")).to_have_count(MESSAGES, timeout=30_000)
    flood = Updates(backend, said, seconds=3)
    flood.start()
    for letter in "typing all the while":
        page.keyboard.type(letter)
        page.wait_for_timeout(100)
    flood.join()
    expect(page.get_by_role("textbox", name="Message #general")).to_have_value("typing all the while")
    assert flood.sent >= 140
    for ts, text in flood.last.items():
        expect(page.locator(f".message[data-ts='{ts}'] .message-body")).to_contain_text(text)
    expect(page.locator(".message")).to_have_count(MESSAGES)


def test_new_messages_keep_the_end_in_view_and_the_reader_in_place(
    open_page: Opener, backend: Backend
) -> None:
    """At the end one stays at the end; scrolled up one stays at what one reads."""
    fill(backend)
    page = open_page()
    expect(page.locator(".message")).to_have_count(MESSAGES, timeout=30_000)
    newest = backend.message("the newest")
    backend.tell({"type": "message", "channel": "C1", "message": newest})
    expect(page.get_by_text("the newest")).to_be_in_viewport()
    page.locator(".timeline").evaluate("box => { box.scrollTop = 4000; }")
    page.wait_for_timeout(500)  # the browser lays out what came into view
    reading = page.evaluate(AT_READER)
    for _ in range(5):
        backend.tell({"type": "message", "channel": "C1", "message": backend.message("even newer")})
    expect(page.locator(".message")).to_have_count(MESSAGES + 6)
    assert page.evaluate(AT_READER) == reading


def test_a_message_that_grows_at_once_is_followed_to_its_end(open_page: Opener, backend: Backend) -> None:
    """Even if the browser tells of the scrolling to it only when it has grown."""
    for number in range(SCREENFUL):
        backend.say("C1", f"before {number}")
    page = open_page()
    expect(page.locator(".message")).to_have_count(SCREENFUL)
    short = backend.message("short")
    tall = {**short, "text": "\n".join([*["a line"] * 20, "its end"])}
    page.evaluate(GROW_IN_A_FRAME, [short, tall])
    expect(page.locator(".message").last).to_contain_text("its end")
    page.wait_for_function(AT_END)


def test_older_messages_come_in_as_one_scrolls_up(open_page: Opener, backend: Backend) -> None:
    """The page asks for what came before the oldest it has, and the place one reads at stays."""
    older = [backend.message(f"older {i}") for i in range(60)]
    newer = [backend.message(f"newer {i}") for i in range(60)]
    answers = [
        {"ok": True, "messages": older, "has_more": False},
        {"ok": True, "messages": newer, "has_more": True},
    ]
    backend.answers["channels/C1/messages"] = lambda _: answers.pop()
    page = open_page()
    expect(page.locator(".message")).to_have_count(60)
    page.locator(".timeline").evaluate("box => { box.scrollTop = 10; }")
    expect(page.locator(".message")).to_have_count(120)
    expect(page.get_by_text("newer 0", exact=True)).to_be_in_viewport()


def test_a_change_between_drawing_and_watching_is_not_lost(open_page: Opener) -> None:
    """A value that changes while it is being drawn for the first time is drawn again."""
    page = open_page()
    drawn = page.evaluate("""async () => {
        const { html, render, useLayoutEffect } = await import('/js/lib.js');
        const { set, useStore } = await import('/js/state/store.js');
        set('probe', 'before');
        const Changes = () => { useLayoutEffect(() => set('probe', 'after'), []); return null; };
        const Shows = () => html`${useStore('probe')}<${Changes} />`;
        const box = document.createElement('div');
        render(html`<${Shows} />`, box);
        await new Promise((done) => { setTimeout(done, 50); });
        return box.textContent;
    }""")
    assert drawn == "after"
