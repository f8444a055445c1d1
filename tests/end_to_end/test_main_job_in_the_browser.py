"""The whole main job in a browser, by a person's own means: typing, pressing, reading.

Every state is pictured in ``build/screenshots/main-job-*.png``.
"""

import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect
from playwright.async_api import Error as BrowserError

from storage.records import SandboxStatus
from tests.end_to_end.looking import assert_nothing_is_left_without_a_row, settled, until
from tests.end_to_end.stack import ROOT, Stack
from tests.workspace.page.conftest import CHROMIUM_ARGS, EXPECT_TIMEOUT_MS

pytestmark = [pytest.mark.engine, pytest.mark.proxy, pytest.mark.browser, pytest.mark.timeout(240)]

PICTURES = ROOT / "build" / "screenshots"
READY_WITHIN_MS = 60_000
"""Two services with a database to make, on a busy machine."""
NAME = "team-notes"
PEOPLE_HERE = ("ada", "grace")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    expect.set_options(timeout=EXPECT_TIMEOUT_MS)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield chromium
        await chromium.close()


class Desk:
    """A person before the workspace's page."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page

    @property
    def card(self) -> Locator:
        """The sandbox's card in the channel."""
        return self.page.locator("main .message", has=self.page.get_by_text("Owner", exact=True))

    @property
    def thread(self) -> Locator:
        """The thread's pane."""
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def dialog(self) -> Locator:
        """The modal that is open, or the question that is asked."""
        return self.page.get_by_role("dialog")

    def whisper(self, text: str) -> Locator:
        """A message that only this person sees, in the channel."""
        return self.page.locator("main .message-ephemeral", has_text=text)

    async def say(self, text: str) -> None:
        """Type into the channel's composer and send; Esc first puts the suggestions away."""
        field = self.page.locator("main .composer textarea")
        await field.fill(text)
        await field.press("Escape")
        await field.press("Enter")

    async def press(self, where: Locator, name: str) -> None:
        """Press a button."""
        await where.get_by_role("button", name=name, exact=True).click()

    async def choose(self, where: Locator, item: str) -> None:
        """Choose from the menu of more actions."""
        await self.press(where, "More actions")
        await self.page.get_by_role("menuitem", name=item).click()

    async def open_thread(self) -> None:
        """Open the card's thread."""
        await self.card.get_by_role("button", name=re.compile(r"\d+ repl")).click()
        await expect(self.thread).to_be_visible()

    async def act_as(self, name: str) -> None:
        """Be somebody else from now on."""
        await self.page.get_by_role("button", name="Act as someone else").click()
        await self.page.get_by_role("menuitem", name=name).click()
        await expect(self.page.get_by_role("button", name=f"You are {name}.")).to_be_visible()

    async def picture(self, state: str, page: Page | None = None) -> None:
        """Keep a picture of what is seen."""
        path = PICTURES / f"main-job-{state}.png"
        await (page or self.page).screenshot(path=path, animations="disabled")


@pytest.fixture
async def desk(stack: Stack, browser: Browser) -> AsyncIterator[Desk]:
    """Ada in #general, with the bot running."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    ada = await stack.person("ada")
    await stack.start_bot()
    context = await browser.new_context(
        viewport={"width": 1280, "height": 860}, timezone_id="Europe/Berlin", color_scheme="light"
    )
    page = await context.new_page()
    await page.goto(f"{stack.workspace.url}/?as={ada.id}")
    await expect(page.locator(".composer textarea")).to_be_focused()
    yield Desk(context, page)
    await context.close()


async def test_the_main_job_from_the_command_to_the_receipt(desk: Desk, stack: Stack) -> None:
    """Deployed by the form, opened, extended, looked into, stopped, started with its data, destroyed."""
    await fill_in_the_form(desk)
    await watch_it_get_ready(desk)
    app = await open_the_app(desk)
    await read_its_logs(desk)
    await extend_it(desk)
    await be_refused_as_somebody_else(desk)
    await stop_and_start_it(desk, stack, app)
    await destroy_it(desk, stack)
    await assert_nothing_is_left_without_a_row(stack)


async def test_the_end_of_a_short_life_is_announced_and_put_off_by_a_button(desk: Desk, stack: Stack) -> None:
    """The shortest life there is, warned of in its last third; the warning's button extends it."""
    await desk.say("/sandbox deploy echo name=short-lived ttl=1m")
    await expect(desk.card).to_contain_text("Running, healthy", timeout=READY_WITHIN_MS)
    await desk.open_thread()
    await expect(desk.thread).to_contain_text("short-lived stops in", timeout=READY_WITHIN_MS)
    await desk.picture("13-warning")
    await desk.press(desk.thread, "Extend 1 h")
    await expect(desk.thread).to_contain_text("extended short-lived: it now lives until")
    await expect(desk.thread.get_by_role("button", name="Extend 1 h")).to_have_count(0)
    await desk.picture("14-warning-answered")
    lives_until = (await settled(stack, SandboxStatus.RUNNING)).expires_at
    assert lives_until is not None
    assert lives_until > datetime.now(UTC) + timedelta(minutes=50)


async def fill_in_the_form(desk: Desk) -> None:
    """The command without more opens the form; a mistake is shown at its field, mended, and sent again."""
    await desk.say("/sandbox deploy")
    await expect(desk.dialog.get_by_role("heading", name="New sandbox")).to_be_visible()
    await desk.dialog.get_by_label("App").click()
    await desk.page.get_by_role("option", name="Notes").click()
    await desk.dialog.get_by_label("Name").fill(NAME)
    await desk.dialog.get_by_label("How long it lives").fill("a while")
    await desk.press(desk.dialog, "Deploy")
    await expect(desk.dialog.locator(".input-error")).to_contain_text("not a length of time")
    await desk.picture("01-form-with-a-mistake")
    await desk.dialog.get_by_label("How long it lives").fill("3h")
    await desk.press(desk.dialog, "Deploy")
    await expect(desk.dialog).to_have_count(0)


async def watch_it_get_ready(desk: Desk) -> None:
    """The card, its progress in the thread, and the address, without a reload."""
    await expect(desk.card).to_contain_text("Starting")
    await desk.open_thread()
    await expect(desk.thread).to_contain_text("Deploying team-notes")
    await expect(desk.thread).to_contain_text("✓\N{NO-BREAK SPACE}network")
    await desk.picture("02-progress")
    await expect(desk.thread).to_contain_text("team-notes is ready after", timeout=READY_WITHIN_MS)
    await expect(desk.thread).to_contain_text("Deployed team-notes in")
    await expect(desk.card).to_contain_text("Running, healthy")
    await desk.picture("03-ready")


async def open_the_app(desk: Desk) -> Page:
    """The address opens in the same browser, and the app works there."""
    async with desk.context.expect_page() as opened:
        await desk.card.get_by_role("link", name="Open", exact=True).click()
    app = await opened.value
    await see(app, "New note")
    await app.get_by_label("Title").fill("Release on Friday")
    await app.get_by_label("Text").fill("Try the import with the big file first.")
    await app.get_by_role("button", name="Add note").click()
    await see(app, "Release on Friday")
    await desk.picture("04-app", app)
    await desk.page.bring_to_front()
    return app


async def read_its_logs(desk: Desk) -> None:
    """By the card's button and by the command; what is asked for is for the one who asks."""
    await desk.press(desk.card, "Logs")
    await expect(desk.whisper("lines of team-notes:")).to_contain_text("database system is ready")
    await desk.say(f"/sandbox logs {NAME} web")
    await expect(desk.whisper("of team-notes (of web):")).to_contain_text("notes listens on 8080")
    await desk.picture("05-logs")


async def extend_it(desk: Desk) -> None:
    """By the card's button, which asks by how much."""
    await desk.press(desk.card, "Extend")
    await expect(desk.dialog).to_contain_text("lives longer")
    await desk.dialog.get_by_role("radio", name="4 h").check()
    await desk.picture("06-extend-form")
    await desk.press(desk.dialog, "Extend")
    await expect(desk.dialog).to_have_count(0)
    await expect(desk.thread).to_contain_text("extended team-notes: it now lives until")
    await desk.picture("07-extended")


async def be_refused_as_somebody_else(desk: Desk) -> None:
    """Another person sees the same card; pressing its buttons explains why not."""
    mine, other = PEOPLE_HERE
    await desk.act_as(other)
    await desk.press(desk.card, "Stop")
    await expect(desk.whisper("belongs to somebody else, so you cannot stop it")).to_be_visible()
    await expect(desk.card).to_contain_text("Running, healthy")
    await desk.picture("08-refused")
    await desk.act_as(mine)
    await expect(desk.page.locator(".message-ephemeral", has_text="belongs to somebody else")).to_have_count(
        0
    )


async def stop_and_start_it(desk: Desk, stack: Stack, app: Page) -> None:
    """Stopped, its address says so; started again, it has what was written."""
    await desk.press(desk.card, "Stop")
    await expect(desk.card).to_contain_text("Stopped by a person", timeout=READY_WITHIN_MS)
    await settled(stack, SandboxStatus.STOPPED)
    await see(app, "stopped")
    await desk.picture("09-app-stopped", app)
    await desk.page.bring_to_front()
    await desk.picture("10-stopped")
    await desk.press(desk.card, "Start")
    await expect(desk.card).to_contain_text("Running, healthy", timeout=READY_WITHIN_MS)
    await settled(stack, SandboxStatus.RUNNING)
    await see(app, "Release on Friday")


async def destroy_it(desk: Desk, stack: Stack) -> None:
    """Asked twice; then the card and the thread say that it is gone."""
    await desk.choose(desk.card, "Destroy…")
    await expect(desk.dialog).to_contain_text("This cannot be undone.")
    await desk.picture("11-destroy-asked")
    await desk.press(desk.dialog, "Destroy it")
    await expect(desk.card).to_contain_text("Destroyed", timeout=READY_WITHIN_MS)
    await settled(stack, SandboxStatus.DESTROYED)
    await expect(desk.card.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    await desk.open_thread()
    await expect(desk.thread).to_contain_text("team-notes was destroyed by")
    await expect(desk.page.get_by_role("link", name="Open", exact=True)).to_have_count(0)
    await desk.picture("12-destroyed")


async def see(app: Page, words: str) -> None:
    """Load the app's page anew until it shows these words.

    Chromium gives up loading when a network comes or goes on this machine, as they do in other tests.
    """

    async def shown() -> bool:
        try:
            await app.reload()
        except BrowserError:
            return False
        return words.casefold() in (await app.inner_text("body")).casefold()

    await until(shown, within=EXPECT_TIMEOUT_MS / 1000, message=f"{app.url} shows {words!r}")
