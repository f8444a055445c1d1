"""The proxy's own pages, in Sandpiper's words. Pure: nothing of a request is ever part of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

CALM = ("#3f7d6b", "#7fc4ae")
WAITING = ("#b7791f", "#e8b45a")
WRONG = ("#b0413e", "#e98a86")
"""The mark's colour on a light and on a dark page."""


_PLACEHOLDER = re.compile(r"@\{([a-z_]+)\}")
"""Neither CSS nor the proxy's configuration uses this form for anything."""


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace every ``@{name}`` of a template; a name without a value is a KeyError."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: a headline, paragraphs of HTML of our own, and how soon it looks again."""

    title: str
    paragraphs: tuple[str, ...]
    colours: tuple[str, str]
    refresh_seconds: int | None = None


PAGES: Mapping[str, Page] = {
    "starting": Page(
        title="This sandbox is starting",
        paragraphs=("It is not ready yet. This page looks again by itself every 3 seconds.",),
        colours=WAITING,
        refresh_seconds=3,
    ),
    "stopped": Page(
        title="This sandbox is stopped",
        paragraphs=(
            "What it stored is kept for a while.",
            (
                "To bring it back, press <strong>Start</strong> or <strong>Restore</strong> on its card, "
                "or type <code>/sandbox start</code> and its name."
            ),
        ),
        colours=CALM,
    ),
    "failed": Page(
        title="This sandbox could not be started",
        paragraphs=("Its thread says what went wrong and what can help.",),
        colours=WRONG,
    ),
    "no-such-sandbox": Page(
        title="No such sandbox",
        paragraphs=(
            "No sandbox has this address. It may have been destroyed, or the address may be mistyped.",
            "<code>/sandbox list</code> shows the sandboxes that there are.",
        ),
        colours=CALM,
    ),
    "not-answering": Page(
        title="This sandbox does not answer",
        paragraphs=(
            "It is there, but nothing answered in time. This page tries again by itself every 5 seconds.",
            (
                "If this stays so, <code>/sandbox status</code> and its name say how it is, "
                "and <code>/sandbox logs</code> what it wrote last."
            ),
        ),
        colours=WRONG,
        refresh_seconds=5,
    ),
    "busy": Page(
        title="This sandbox is busy",
        paragraphs=("It has as many open connections as a sandbox may have. Try again in a moment.",),
        colours=WAITING,
        refresh_seconds=5,
    ),
    "bad-request": Page(
        title="This request makes no sense",
        paragraphs=("It is not valid HTTP, or names no host that a sandbox could have.",),
        colours=WRONG,
    ),
}


def render_page(layout: str, page: Page) -> str:
    """Fill the layout, the text of ``page.html``, with one page."""
    light, dark = page.colours
    refresh = f'<meta http-equiv="refresh" content="{page.refresh_seconds}">' if page.refresh_seconds else ""
    return fill(
        layout,
        {
            "title": page.title,
            "refresh": refresh,
            "light": light,
            "dark": dark,
            "body": "\n".join(f"<p>{paragraph}</p>" for paragraph in page.paragraphs),
        },
    )
