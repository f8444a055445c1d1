"""The page on the real workspace, with a Bolt app behind it: from the composer to the app and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.workspace.page import gallery
from tests.workspace.page.live import Live

pytestmark = pytest.mark.browser

As = Callable[[str], Page]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """The workspace and its app; each test uses its own words, so one of them serves all."""
    workspace = Live()
    workspace.start()
    yield workspace
    workspace.stop()


@pytest.fixture
def page_of(browser: Browser, live: Live) -> Iterator[As]:
    """Opens the page as a person, by name."""
    contexts = []

    def opened(name: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 860}, timezone_id="Asia/Tokyo")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live.url}/?as={live.people[name]}")
        expect(page.locator(".composer textarea")).to_be_focused()
        return page

    yield opened
    for context in contexts:
        context.close()


def say(page: Page, text: str) -> None:
    """Types into the composer and sends; Esc first puts proposals away."""
    field = page.locator("main .composer textarea")
    field.fill(text)
    field.press("Escape")
    field.press("Enter")


def test_every_block_of_the_gallery_passes_the_workspace_and_is_drawn(page_of: As) -> None:
    """The gallery is legal, so what the tests of drawing draw is what apps may post."""
    page = page_of("alice")
    say(page, "/gallery all")
    expect(page.locator(".message-body > .blocks")).to_have_count(len(gallery.MESSAGES))
    expect(page.locator(".block-unknown")).to_have_count(0)
    expect(page.locator(".message").get_by_role("button", name="Logs")).to_be_visible()


def test_a_button_reaches_the_app_and_its_update_comes_back(page_of: As) -> None:
    """Pressed, acknowledged, updated, redrawn without a reload."""
    page = page_of("alice")
    say(page, "/gallery all")
    page.get_by_role("button", name="Logs").last.click()
    expect(page.get_by_text("The logs were asked for.").last).to_be_visible()


def test_what_one_person_writes_the_other_sees_with_their_own_marks(page_of: As) -> None:
    """A mention becomes a name, is marked for whom it names, and the thread is shared."""
    alice, bob = page_of("alice"), page_of("bob")
    say(alice, "ready, @bob? See #general & <b>this</b>")
    message = bob.locator(".message", has_text="ready,").last
    expect(message).to_contain_text("See #general & <b>this</b>")
    expect(message.locator(".mention-me")).to_have_text("@bob")
    expect(alice.locator(".message", has_text="ready,").last.locator(".mention-me")).to_have_count(0)
    message.hover()
    bob.get_by_role("button", name="Reply in thread").click()
    bob.locator(".side textarea").fill("yes")
    bob.locator(".side textarea").press("Enter")
    alice.get_by_role("button", name="1 reply").last.click()
    expect(alice.get_by_role("complementary", name="Thread").locator(".message").last).to_contain_text("yes")


def test_an_ephemeral_answer_is_for_one_person_and_gone_on_reload(page_of: As) -> None:
    """Bob never sees it, and Alice only once."""
    alice, bob = page_of("alice"), page_of("bob")
    say(alice, "/gallery quiet")
    expect(alice.get_by_text("Only you can read this.")).to_be_visible()
    expect(alice.get_by_text("Only visible to you").last).to_be_visible()
    say(bob, "bob was here")
    expect(bob.get_by_text("bob was here").last).to_be_visible()
    expect(bob.get_by_text("Only you can read this.")).to_have_count(0)
    alice.reload()
    expect(alice.get_by_text("bob was here").last).to_be_visible()
    expect(alice.get_by_text("Only you can read this.")).to_have_count(0)


def test_an_app_that_never_acknowledges_is_shown_as_slack_shows_it(page_of: As) -> None:
    """The person reads operation_timeout, once, where they are."""
    page = page_of("alice")
    say(page, "/gallery slow")
    expect(page.locator(".message-ephemeral")).to_contain_text('failed with the error "operation_timeout"')
    expect(page.locator(".composer-error")).to_have_count(0)


def test_a_modal_is_filled_in_refused_mended_and_answered(page_of: As) -> None:
    """Options come from the app, its error stands at the field, the next view is pushed, closing ends it."""
    page = page_of("bob")
    say(page, "/gallery modal")
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    assert page.locator("dialog").evaluate("dialog => dialog.matches(':modal')")
    deploy = page.get_by_role("dialog").get_by_role("button", name="Deploy")
    deploy.click()
    expect(page.locator(".input-error")).to_have_count(1)
    name.fill("taken")
    page.locator("dialog [data-element=external_select] [role=combobox]").click()
    page.keyboard.type("feat")
    page.get_by_role("option", name="feat-branch").click()
    deploy.click()
    expect(page.locator(".input-error")).to_have_text("That name is taken")
    name.fill("panda")
    deploy.click()
    expect(page.get_by_role("heading", name="Deploying")).to_be_visible()
    expect(page.locator(".modal-body")).to_contain_text("panda is on its way")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_shortcuts_and_home_reach_the_app(page_of: As) -> None:
    """From a message, from the composer, and from the list of apps."""
    page = page_of("bob")
    say(page, "three short words")
    page.locator(".message", has_text="three short words").last.hover()
    page.get_by_role("button", name="More message actions").click()
    page.get_by_role("menuitem", name="Count words").click()
    expect(page.locator(".modal-body")).to_contain_text("3 words")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Attach a file or run a shortcut").click()
    page.get_by_role("menuitem", name="New sandbox").click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("navigation").get_by_role("button", name="Gallery").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Welcome home, @bob")


def test_a_file_is_sent_shown_and_opened(page_of: As) -> None:
    """A text file becomes a message with its words in it."""
    page = page_of("alice")
    files: list[FilePayload] = [
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"first line\nsecond line"}
    ]
    page.locator(".composer input[type=file]").set_input_files(files)
    say(page, "my notes")
    message = page.locator(".message", has_text="my notes").last
    expect(message).to_contain_text("notes.txt")
    message.get_by_role("link", name="Download").wait_for()


def test_faults_and_inspector_speak_to_the_real_server(page_of: As) -> None:
    """A fault ordered in the panel bites, and the inspector says so."""
    page = page_of("alice")
    page.get_by_role("button", name="Faults").click()
    page.get_by_label("Payload").select_option("slash_commands")
    page.get_by_label("Times").fill("1")
    page.get_by_role("button", name="Add fault").click()
    expect(page.locator(".fault-list li")).to_have_count(1)
    page.get_by_role("button", name="Inspector", exact=True).click()
    say(page, "/gallery quiet")
    expect(page.locator(".message-ephemeral").last).to_contain_text("operation_timeout")
    expect(page.locator(".entry-bad", has_text="slash_commands").first).to_be_visible()


def test_a_channel_is_created_and_someone_invited(page_of: As) -> None:
    """What one person makes appears at the other's without a reload."""
    alice, bob = page_of("alice"), page_of("bob")
    alice.get_by_role("button", name="Create a channel").click()
    alice.get_by_label("Name").fill("harbour")
    alice.get_by_label("Private").check()
    alice.get_by_role("button", name="Create channel").click()
    expect(alice.get_by_role("heading", name="harbour")).to_be_visible()
    expect(bob.get_by_role("button", name="harbour")).to_have_count(0)
    alice.get_by_role("button", name="harbour").last.click()
    alice.get_by_role("menuitem", name="bob").last.click()
    expect(bob.get_by_role("button", name="harbour")).to_be_visible()
