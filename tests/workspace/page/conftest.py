"""A browser, a scripted server, and a page opened on it whose console must stay clean."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.workspace.page.backend import Backend

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"
"""What Chromium says of requests under way when a network interface comes or goes; the page tries again."""
EXPECT_TIMEOUT_MS = 15_000
"""Long, since it costs nothing where all is well and machines that run tests are busy."""
expect.set_options(timeout=EXPECT_TIMEOUT_MS)
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; one per module, so that no event loop outlives the module."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def backend() -> Iterator[Backend]:
    """The scripted server."""
    server = Backend()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_page(browser: Browser, backend: Backend) -> Iterator[Opener]:
    """Opens the page (once the stream is there) and fails the test on any error in its console."""
    complaints: list[str] = []
    expected = [NETWORK_CHANGED]
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        known = any(words in message.text for words in expected)
        if message.type in ("error", "warning") and not known:
            complaints.append(message.text)

    def opened(route: str = "", ignore: Sequence[str] = (), **context_options: Any) -> Page:
        expected.extend(ignore)
        options = {"timezone_id": "Europe/Berlin", "viewport": {"width": 1280, "height": 860}}
        context = browser.new_context(**{**options, **context_options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(EXPECT_TIMEOUT_MS)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(f"{error}\n{error.stack}"))
        page.goto(backend.url + route)
        expect(page.locator(".composer textarea")).to_be_focused()
        wait_for(page, lambda: backend.streams > 0)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def wait_for(page: Page, condition: Callable[[], bool], seconds: float = 15) -> None:
    """Waits until something is so, letting the page run meanwhile; fails after a deadline."""
    for _ in range(int(seconds * 50)):
        if condition():
            return
        page.wait_for_timeout(20)
    pytest.fail("what was waited for did not happen")
