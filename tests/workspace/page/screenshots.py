"""Pictures of the page for people to look at: `python -m tests.workspace.page.screenshots [folder]`.

They show a short story on the scripted server: someone deploys, the thread tells how it went, a form is open,
the Home tab, the inspector at work. Light and dark, wide and narrow.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.workspace.page import gallery
from tests.workspace.page.backend import Backend, Json
from tests.workspace.page.conftest import CHROMIUM_ARGS

FOLDER = Path("build/screenshots")
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 400, "height": 800}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
STORY: Json = json.loads(Path(__file__).with_name("story.json").read_text(encoding="utf-8"))


def tell_story(backend: Backend) -> Json:
    """Fills the channel, the thread, Home and the inspector; the message that has the thread."""
    for line in STORY["before"]:
        backend.say("C1", **line)
    card = gallery.MESSAGES["card"]
    root = backend.say(
        "C1", "cool-panda-123 is running", user="UB", bot_id="B1", blocks=card, **STORY["replies"]
    )
    thread = [
        backend.message(user="UB", bot_id="B1", thread_ts=root["ts"], **line) for line in STORY["thread"]
    ]
    thread[0]["blocks"] = gallery.MESSAGES["work"][:1]
    backend.answers[f"channels/C1/threads/{root['ts']}"] = {"ok": True, "messages": [root, *thread]}
    backend.answers["inspector"] = {"ok": True, "entries": STORY["inspector"]}
    home = {"id": "VH", "type": "home", "app_name": "Piper", "values": {}, "blocks": home_blocks()}
    backend.answers["home/A1/open"] = {"ok": True, "view": home, "channel": "D1"}
    return root


def home_blocks() -> list[Json]:
    """A Home with a sandbox, a table and a chart."""
    return [*gallery.MESSAGES["card"], {"type": "divider", "block_id": "line"}, *gallery.MESSAGES["work"][1:]]


def form() -> Json:
    """A modal with the inputs that a person meets most."""
    wanted = ("Name", "App", "Hours", "Options", "Until")
    inputs = [block for block in gallery.INPUTS if block["label"]["text"] in wanted]
    return gallery.modal(inputs, id="V1", app_name="Piper", values={})


@contextmanager
def visit(
    browser: Browser, backend: Backend, *, scheme: Scheme, size: ViewportSize, route: str = ""
) -> Iterator[Page]:
    """The page in the colours and the size given, ready to be pictured."""
    context = browser.new_context(color_scheme=scheme, viewport=size, timezone_id="Europe/Berlin")
    page = context.new_page()
    page.goto(backend.url + route)
    expect(page.locator(".pane")).to_be_visible()
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def picture(page: Page, folder: Path, name: str) -> None:
    """Saves what is seen once it has come to rest."""
    page.wait_for_timeout(500)
    page.screenshot(path=folder / f"{name}.png")
    print(folder / f"{name}.png")


def take_wide(browser: Browser, backend: Backend, root: Json, folder: Path, scheme: Scheme) -> None:
    """The screens of a wide window in one set of colours."""
    with visit(browser, backend, scheme=scheme, size=WIDE, route=f"#/channel/C1/{root['ts']}") as page:
        expect(page.locator(".side .message").first).to_be_visible()
        page.locator("main textarea").fill("/sandbox logs cool-panda-123 ")
        picture(page, folder, f"channel-{scheme}")
        backend.tell({"type": "modals", "stack": [form()], "change": "open"})
        page.get_by_label("Name").fill("cool-panda-124")
        picture(page, folder, f"modal-{scheme}")
        backend.tell({"type": "modals", "stack": [], "change": "close"})
        page.get_by_role("button", name="Inspector", exact=True).click()
        page.locator(".entry-bad .entry-head").first.click()
        picture(page, folder, f"inspector-{scheme}")
    with visit(browser, backend, scheme=scheme, size=WIDE, route="#/app/A1") as page:
        expect(page.get_by_role("tabpanel")).to_contain_text("cool-panda-123")
        picture(page, folder, f"home-{scheme}")


def main() -> None:
    """Takes all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    backend = Backend()
    backend.start()
    root = tell_story(backend)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS)
        for scheme in SCHEMES:
            take_wide(browser, backend, root, folder, scheme)
            with visit(browser, backend, scheme=scheme, size=NARROW) as page:
                picture(page, folder, f"narrow-{scheme}")
        browser.close()
    backend.stop()


if __name__ == "__main__":
    main()
