"""What an app or a person writes is hostile: none of it becomes markup, code, or an address that runs."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.workspace.page import gallery
from tests.workspace.page.backend import Backend
from tests.workspace.page.conftest import Opener

pytestmark = pytest.mark.browser

ATTACKS = [
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "<svg/onload=window.pwned=1>",
    "<javascript:window.pwned=1|press me>",
    "<JaVaScRiPt:window.pwned=1|press me>",
    "<java\tscript:window.pwned=1|press me>",
    "<data:text/html,<script>window.pwned=1</script>|press me>",
    "<vbscript:window.pwned=1>",
    '<https://ok.example" onmouseover="window.pwned=1|press me>',
    "[press me](javascript:window.pwned=1)",
    "![x](javascript:window.pwned=1) <https://e.example|<img src=x onerror=window.pwned=1>>",
    "```<script>window.pwned=1</script>```",
    "&lt;img src=x onerror=window.pwned=1&gt;",
    "<!date^1^{date}^javascript:window.pwned=1|press me>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "\u202e</textarea><iframe srcdoc='<script>parent.pwned=1</script>'>",
]

BAD_NODES = """() => {
    const page = document.getElementById('page');
    const tags = 'script, iframe, object, embed, base, link, meta, style';
    const bad = [...page.querySelectorAll(tags)].map((element) => element.outerHTML);
    const addresses = ['href', 'src', 'action', 'formaction', 'xlink:href'];
    for (const element of page.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
            if (name.startsWith('on') || name === 'srcdoc') bad.push(`${element.tagName} ${name}`);
            if (addresses.includes(name) && /^\\s*(javascript|data|vbscript):/i.test(value)) bad.push(value);
        }
    }
    return [bad, window.pwned ?? null];
}"""

PARSING_TIME = """async (text) => {
    const { parseMrkdwn } = await import('/js/text/mrkdwn.js');
    const from = performance.now();
    parseMrkdwn(text, { names: true });
    return performance.now() - from;
}"""


def poisoned(value: Any, attack: str) -> Any:
    """The same content with an attack in place of every text that a person reads or an address."""
    if isinstance(value, list):
        return [poisoned(item, attack) for item in value]
    if not isinstance(value, dict):
        return value
    keep = ("type", "style", "action_id", "block_id", "status", "level", "icon", "width", "task_id")
    return {
        k: v if k in keep else attack if isinstance(v, str) else poisoned(v, attack) for k, v in value.items()
    }


def assert_harmless(page: Page) -> None:
    """No element, attribute or address on the page could run anything, and nothing ran."""
    assert page.evaluate(BAD_NODES) == [[], None]


def test_no_text_in_any_block_becomes_markup_or_code(open_page: Opener, backend: Backend) -> None:
    """Every field of every block of the gallery is filled with each attack in turn."""
    for attack in ATTACKS:
        blocks = poisoned(copy.deepcopy([b for m in gallery.MESSAGES.values() for b in m]), attack)
        backend.say("C1", attack, blocks=[{**b, "block_id": f"b{i}"} for i, b in enumerate(blocks)])
        backend.say("C1", attack, username=attack, icons={"emoji": attack, "image_url": attack}, user="UB")
    page = open_page(ignore=("Failed to load resource", "ERR_"))
    expect(page.locator(".message")).to_have_count(len(ATTACKS) * 2)
    assert_harmless(page)
    links = page.get_by_text("press me").all()
    assert links
    assert page.evaluate(
        "[...document.querySelectorAll('main a[href]')].every((a) => /^(https?|mailto):/.test(a.href))"
    )


def test_no_text_in_a_modal_becomes_markup_or_code(open_page: Opener, backend: Backend) -> None:
    """Labels, hints, placeholders, options, titles and errors."""
    page = open_page()
    for attack in ATTACKS:
        view = gallery.modal(
            poisoned(gallery.INPUTS, attack), id=f"V{ATTACKS.index(attack)}", app_name=attack, values={}
        )
        view |= {"title": gallery.plain(attack), "submit": gallery.plain(attack)}
        backend.tell({"type": "modals", "stack": [view], "change": "open"})
        page.locator("dialog h2", has_text=attack[:3].strip()).first.wait_for()
        assert_harmless(page)


def test_names_topics_and_files_are_text_too(open_page: Opener, backend: Backend) -> None:
    """Whatever a person, a channel, an app, a command, a file or the inspector is called."""
    attack = ATTACKS[0]
    backend.boot["users"][1] |= {"real_name": attack, "title": attack, "avatar": "javascript:window.pwned=1"}
    backend.boot["channels"][0] |= {
        "topic": attack,
        "bookmarks": [{"id": "1", "title": attack, "link": ATTACKS[3][1:-10], "emoji": ""}],
    }
    backend.boot["apps"][0] |= {"name": attack, "description": attack}
    backend.boot["commands"][0] |= {"usage_hint": attack, "description": attack}
    file: gallery.Json = {
        "id": "F1",
        "name": attack,
        "title": attack,
        "mimetype": "text/html",
        "mode": "snippet",
        "preview": attack,
    }
    file |= {"size": 1, "pretty_type": attack, "page_url": "/_page/files/F1/x", "filetype": attack}
    colour = "red;background:url(https://evil.example/)"
    backend.say("C1", attack, files=[file], reactions=[{"name": attack, "users": ["U2"], "count": 1}])
    backend.say(
        "C1",
        "",
        attachments=[
            {"color": colour, "text": attack, "title": attack, "title_link": "javascript:window.pwned=1"}
        ],
    )
    page = open_page()
    page.locator(".attachment").wait_for()
    page.keyboard.type("/sand")
    page.locator(".proposal").wait_for()
    page.get_by_role("button", name="Inspector", exact=True).click()
    entry = {
        "seq": 1,
        "at": 1.5,
        "kind": attack,
        "name": attack,
        "verdict": attack,
        "ok": True,
        "request": attack,
        "response": attack,
    }
    page.locator(".side .empty").wait_for()
    backend.tell({"type": "inspector", "entry": entry}, {"type": "toast", "level": "error", "text": attack})
    page.locator(".entry-head").click()
    page.locator(".entry-bodies").wait_for()
    assert_harmless(page)


def test_an_object_where_a_text_belongs_is_not_drawn_as_an_element(
    open_page: Opener, backend: Backend
) -> None:
    """The drawing library's own node shapes, sent as content, stay content."""
    node: gallery.Json = {
        "type": "div",
        "props": {"dangerouslySetInnerHTML": {"__html": ATTACKS[0]}},
        "key": None,
        "ref": None,
        "__v": 1,
        "constructor": None,
    }
    backend.say(
        "C1",
        "x",
        blocks=[
            gallery.section("ok", block_id="a"),
            {"type": "header", "text": node},
            {"type": "section", "text": node},
        ],
    )
    backend.say("C1", node, username=node)
    backend.say("C1", "after")
    page = open_page()
    expect(page.locator(".message").last).to_contain_text("after")
    assert_harmless(page)


def test_what_fails_to_draw_is_replaced_and_drawn_again_when_it_changes(open_page: Opener) -> None:
    """The boundary around every block and message."""
    page = open_page()
    drawn = page.evaluate("""async () => {
        const { Boundary, html, render } = await import('/js/lib.js');
        const box = document.createElement('div');
        const Fails = ({ yes }) => { if (yes) throw new Error('no'); return 'fine'; };
        const draw = (yes) => new Promise((done) => {
            render(html`<${Boundary} subject=${yes} fallback="instead"><${Fails} yes=${yes} /><//>`, box);
            setTimeout(() => done(box.textContent), 50);
        });
        return [await draw(true), await draw(false)];
    }""")
    assert drawn == ["instead", "fine"]


def test_a_very_long_line_of_marks_is_drawn_in_linear_time(open_page: Opener, backend: Backend) -> None:
    """Forty thousand unclosed marks must not stop the page."""
    page = open_page()
    for mark in ("*a ", "_", "<", "`", "~a", "```", "> ", ":a", "&lt;"):
        took = page.evaluate(PARSING_TIME, mark * (40_000 // len(mark)))
        assert took < 1000, f"{mark!r} took {took:.0f} ms"
