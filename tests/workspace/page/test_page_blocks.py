"""Block Kit on the page: everything is drawn, everything that can be pressed says so to the server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.workspace.page import gallery
from tests.workspace.page.backend import NOW, Backend, Json
from tests.workspace.page.conftest import Opener, wait_for

pytestmark = pytest.mark.browser

COUNT_CHANGES = """() => {
    window.changes = 0;
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    const watch = new MutationObserver((list) => { window.changes += list.length; });
    watch.observe(document.querySelectorAll('.message')[1], all);
}"""


def post_card(backend: Backend) -> Json:
    """Puts the card into the channel."""
    return backend.say("C1", "card", user="UB", bot_id="B1", blocks=gallery.MESSAGES["card"])


def post_elements(backend: Backend) -> None:
    """Puts every element of an actions block into the channel."""
    backend.say("C1", "elements", user="UB", bot_id="B1", blocks=gallery.MESSAGES["element"])


def last_action(page: Page, backend: Backend) -> Json:
    """What the server was told last, once it was told anything."""
    wait_for(page, lambda: bool(backend.asked("actions")))
    return backend.asked("actions")[-1]


def test_every_block_and_element_type_of_the_gallery_is_drawn(open_page: Opener, backend: Backend) -> None:
    """The page knows every type, the gallery holds every type, and none is drawn as unknown."""
    for name, blocks in gallery.MESSAGES.items():
        backend.say("C1", name, user="UB", bot_id="B1", blocks=blocks)
    view = gallery.modal(gallery.ALERTS + gallery.INPUTS, id="V1", app_name="Piper", values={})
    page = open_page()
    backend.tell({"type": "modals", "stack": [view], "change": "open"})
    page.get_by_role("button", name="Details").evaluate("button => button.click()")
    page.locator(".modal").wait_for()
    types = page.evaluate("""async () => ({
        blocks: (await import('/js/blocks/index.js')).BLOCK_TYPES,
        elements: (await import('/js/elements/index.js')).ELEMENT_TYPES })""")
    for element in types["elements"]:
        if element != "workflow_button":
            assert page.locator(f"[data-element={element}]").count() > 0, element
    for block in types["blocks"]:
        if block not in (
            "card",
            "task_card",
            "file",
        ):  # inside carousel and plan; file only by Slack
            assert page.locator(f"[data-block={block}]").count() > 0, block
    assert page.locator(".card").count() >= 3
    assert page.locator(".task").count() == 3
    assert page.locator(".block-unknown").count() == 0


def test_an_unknown_block_is_named_and_its_neighbours_are_drawn(open_page: Opener, backend: Backend) -> None:
    """What the page does not know is said, not hidden, and harms nothing."""
    blocks = [{"type": "hologram", "block_id": "h"}, gallery.section("still here", block_id="s")]
    backend.say("C1", "x", blocks=blocks)
    page = open_page()
    expect(page.locator(".block-unknown")).to_contain_text("hologram")
    expect(page.locator(".message")).to_contain_text("still here")


BROKEN = [
    None,
    7,
    {"type": "section"},
    {"type": "section", "text": {"type": "mrkdwn", "text": {"a": 1}}, "fields": "no list"},
    {"type": "actions", "elements": [None, {"type": "static_select"}, {"type": "button"}]},
    {"type": "table", "rows": [None, [None]]},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [None, 3]}]},
    {"type": "data_visualization", "chart": {"type": "line", "series": [{"data": [None]}]}},
    {"type": "input", "element": None},
    {"type": "constructor"},
    {"type": "__proto__"},
    {"type": "section", "text": {"type": "mrkdwn", "text": "<!date^99999999999999999^{date}|once>"}},
    {"type": "actions", "elements": [{"type": "datetimepicker", "initial_date_time": 1e20}]},
    {"type": "carousel", "elements": [None]},
]


def test_a_broken_block_never_takes_the_page_down(open_page: Opener, backend: Backend) -> None:
    """Malformed content costs its own block at most."""
    for broken in BROKEN:
        backend.say("C1", "x", blocks=[broken, gallery.section("right below", block_id="ok")])
    page = open_page()
    for i in range(len(BROKEN)):
        expect(page.locator(".message").nth(i)).to_contain_text("right below")


def test_dates_are_shown_in_the_zone_of_the_person_who_looks(open_page: Opener, backend: Backend) -> None:
    """One message, two readers, two clocks."""
    backend.say("C1", f"until <!date^{int(NOW)}^{{date_num}} {{time}}|soon>")
    expect(open_page().locator(".message")).to_contain_text("until 2026-11-20 7:00 PM")
    backend.boot["me"] = "U2"
    expect(open_page().locator(".message")).to_contain_text("until 2026-11-20 1:00 PM")


def test_a_button_tells_where_it_stands_and_what_it_is(open_page: Opener, backend: Backend) -> None:
    """The call names the message, the block and the action."""
    card = post_card(backend)
    page = open_page()
    page.get_by_role("button", name="Logs").click()
    action = last_action(page, backend)
    assert action["where"] == {"type": "message", "channel": "C1", "ts": card["ts"]}
    assert (action["block_id"], action["action_id"], action["value"]) == ("do", "logs", None)


def test_a_missing_acknowledgement_is_shown_beside_the_button(open_page: Opener, backend: Backend) -> None:
    """The person sees that the app did not answer, where they pressed."""
    post_card(backend)
    backend.answers["actions"] = {
        "ok": False,
        "error": "operation_timeout",
        "message": "Piper did not answer in time.",
    }
    page = open_page()
    page.get_by_role("button", name="Logs").click()
    expect(page.locator("[data-action-id=logs]").get_by_role("alert")).to_contain_text(
        "did not answer in time"
    )


def test_a_destructive_button_asks_first_and_no_means_no(open_page: Opener, backend: Backend) -> None:
    """A confirm dialog stands between the button and the app."""
    post_card(backend)
    page = open_page()
    page.get_by_role("button", name="Destroy").click()
    expect(page.get_by_role("dialog")).to_contain_text("This cannot be undone")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Destroy").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert backend.asked("actions") == []
    page.get_by_role("button", name="Destroy").click()
    page.get_by_role("dialog").get_by_role("button", name="Destroy").click()
    assert last_action(page, backend)["action_id"] == "destroy"


def test_a_url_button_opens_its_address_and_tells_the_app(open_page: Opener, backend: Backend) -> None:
    """Slack sends a payload for these too."""
    post_card(backend)
    page = open_page()
    page.context.route("https://example.com/**", lambda route: route.fulfill(body="the sandbox"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open", exact=True).click()
    assert opened.value.url == "https://example.com/cool-panda-123"
    assert last_action(page, backend)["action_id"] == "open"


def test_a_select_is_used_with_the_keyboard_alone(open_page: Opener, backend: Backend) -> None:
    """Arrow keys, typing, Enter; Esc closes without choosing."""
    post_elements(backend)
    page = open_page()
    select = page.get_by_role("combobox", name="App", exact=True)
    select.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(select).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("super")
    page.keyboard.press("Enter")
    assert last_action(page, backend)["value"] == "superset"
    expect(page.locator("[data-action-id=static]")).to_contain_text("Apache Superset")


def test_an_external_select_asks_the_app_once_enough_is_typed(open_page: Opener, backend: Backend) -> None:
    """Options come from the server, for what was typed."""
    post_elements(backend)
    backend.answers["options"] = lambda body: {
        "ok": True,
        "options": [{"text": gallery.plain(f"{body['query']}-branch"), "value": "b1"}],
    }
    page = open_page()
    page.get_by_role("combobox", name="Branch").click()
    expect(page.locator(".option-note")).to_contain_text("Type a letter")
    assert backend.asked("options") == []
    page.keyboard.type("feature")
    page.get_by_role("option", name="feature-branch").click()
    assert last_action(page, backend)["value"] == "b1"


def test_several_options_can_be_chosen_and_taken_back(open_page: Opener, backend: Backend) -> None:
    """A multi select sends the whole list each time."""
    post_elements(backend)
    page = open_page()
    page.get_by_role("combobox", name="Several apps").click()
    for name in ("Grafana", "Metabase", "Grafana"):
        page.get_by_role("option", name=name).click()
    wait_for(page, lambda: len(backend.asked("actions")) == 3)
    assert [a["value"] for a in backend.asked("actions")] == [
        ["grafana"],
        ["grafana", "metabase"],
        ["metabase"],
    ]


def test_people_and_conversations_are_offered_by_name(open_page: Opener, backend: Backend) -> None:
    """The selects of people, conversations and channels need no app."""
    post_elements(backend)
    page = open_page()
    page.get_by_role("combobox", name="Person").click()
    page.get_by_role("option", name="Bob Brandt").click()
    assert last_action(page, backend)["value"] == "U2"
    page.get_by_role("combobox", name="Channel", exact=True).click()
    names = page.get_by_role("option").all_inner_texts()
    assert names == ["#general", "#random"]


def test_pickers_and_choices_send_their_values(open_page: Opener, backend: Backend) -> None:
    """Dates, times, checkboxes and radio buttons, in the contract's own shapes."""
    post_elements(backend)
    page = open_page()
    page.locator("[data-action-id=date] input").fill("2026-12-24")
    page.locator("[data-action-id=date] input").blur()
    page.locator("[data-action-id=datetime] input").fill("2026-12-24T18:30")
    page.locator("[data-action-id=datetime] input").blur()
    page.get_by_role("checkbox", name="Logs").click()
    page.get_by_role("radio", name="Large").click()
    wait_for(page, lambda: len(backend.asked("actions")) == 4)
    values = {a["action_id"]: a["value"] for a in backend.asked("actions")}
    assert values == {"date": "2026-12-24", "datetime": 1_798_133_400, "checks": ["logs"], "radio": "l"}
    assert backend.asked("actions")[-1]["state"]["e4"] == {"checks": ["logs"], "radio": "l"}


def test_an_update_keeps_an_open_menu_and_redraws_only_its_message(
    open_page: Opener, backend: Backend
) -> None:
    """A menu stays open and focused while its message changes; other messages are not touched at all."""
    card = post_card(backend)
    backend.say("C1", "another one")
    page = open_page()
    expect(page.locator(".message")).to_have_count(2)
    page.evaluate(COUNT_CHANGES)
    page.get_by_role("button", name="More actions", exact=True).click()
    expect(page.get_by_role("menuitem", name="Clone")).to_be_focused()
    blocks = [
        *card["blocks"][:1],
        gallery.section("*Grafana* is stopped", block_id="facts"),
        *card["blocks"][2:],
    ]
    backend.tell({"type": "message_changed", "channel": "C1", "message": {**card, "blocks": blocks}})
    expect(page.locator(".message").first).to_contain_text("is stopped")
    expect(page.get_by_role("menuitem", name="Clone")).to_be_focused()
    assert page.evaluate("window.changes") == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert last_action(page, backend)["value"] == "history"


def test_a_data_table_is_sorted_filtered_and_paged(open_page: Opener, backend: Backend) -> None:
    """Numbers sort as numbers."""
    backend.say("C1", "work", user="UB", blocks=gallery.MESSAGES["work"])
    page = open_page()
    table = page.locator(".data-table")
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("button", name=re.compile("Memory")).click()
    assert table.locator("tbody tr").first.inner_text().split() == ["proxy", "1", "18"]
    table.get_by_role("button", name="Next").click()
    assert table.locator("tbody tr").first.inner_text().split() == ["grafana", "12", "212"]
    table.get_by_role("searchbox").fill("db")
    expect(table.locator("tbody tr")).to_have_count(1)
