"""Modals on the page: focus, errors, loading, stacking, and what a submission carries."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.workspace.page import gallery
from tests.workspace.page.backend import Backend
from tests.workspace.page.conftest import Opener, wait_for

pytestmark = pytest.mark.browser

NAME = gallery.INPUTS[0]
NOTE = gallery.INPUTS[1]


def view(vid: str, blocks: list[gallery.Json], **more: Any) -> gallery.Json:
    """A view as the stream sends it."""
    return gallery.modal(blocks, id=vid, app_id="A1", app_name="Piper", values={}, **{"hash": "1"} | more)


def show(page: Page, backend: Backend, *stack: gallery.Json) -> None:
    """Puts a stack of views on the page."""
    backend.tell({"type": "modals", "stack": list(stack), "change": "open"})
    if stack:
        page.locator(f"dialog.modal:has-text('{stack[-1]['title']['text']}')").wait_for()


def test_a_modal_takes_the_focus_and_keeps_it(open_page: Opener, backend: Backend) -> None:
    """The first field has the focus, and Tab never leaves the dialog."""
    page = open_page()
    show(page, backend, view("V1", [NAME, NOTE]))
    expect(page.get_by_label("Name")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = page.evaluate("!document.activeElement.closest('.sidebar, .composer, .timeline')")
        assert inside, "the focus left the dialog"


def test_escape_and_the_cross_close_everything_and_cancel_closes_one(
    open_page: Opener, backend: Backend
) -> None:
    """The server hears which of the two it was."""
    page = open_page()
    show(page, backend, view("V1", [NAME]))
    page.keyboard.press("Escape")
    wait_for(page, lambda: len(backend.asked("views/V1/close")) == 1)
    page.get_by_role("button", name="Close", exact=True).click()
    wait_for(page, lambda: len(backend.asked("views/V1/close")) == 2)
    page.get_by_role("button", name="Cancel").click()
    wait_for(page, lambda: len(backend.asked("views/V1/close")) == 3)
    assert backend.asked("views/V1/close") == [{"all": True}, {"all": True}, {"all": False}]


def test_errors_stand_at_their_block_and_the_first_gets_the_focus(
    open_page: Opener, backend: Backend
) -> None:
    """What was typed stays; the words are tied to the field for those who cannot see."""
    page = open_page()
    backend.answers["views/V1/submit"] = {
        "ok": False,
        "error": "invalid",
        "errors": {NOTE["block_id"]: "Too dull"},
    }
    show(page, backend, view("V1", [NAME, NOTE]))
    page.keyboard.type("panda")
    page.get_by_role("button", name="Deploy").click()
    expect(page.locator(".input-error")).to_have_text("Too dull")
    expect(page.get_by_label("Note")).to_be_focused()
    expect(page.get_by_label("Note")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("panda")


def test_submitting_shows_that_it_is_under_way_and_sends_once(open_page: Opener, backend: Backend) -> None:
    """Enter in a field submits; a second Enter while waiting does not."""
    page = open_page()

    def after_a_while(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    show(page, backend, view("V1", [NAME]))
    page.route("**/views/V1/submit", after_a_while)
    page.keyboard.type("panda")
    page.keyboard.press("Enter")
    expect(page.locator(".modal-form")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".modal-form")).to_have_attribute("aria-busy", "false")
    assert backend.asked("views/V1/submit") == [{"state": {NAME["block_id"]: {"v": "panda"}}}]


def test_an_app_that_does_not_answer_leaves_the_modal_as_it_was(open_page: Opener, backend: Backend) -> None:
    """The person reads why, keeps what was typed, and may try again."""
    page = open_page()
    backend.answers["views/V1/submit"] = {
        "ok": False,
        "error": "operation_timeout",
        "message": "Piper did not answer.",
    }
    show(page, backend, view("V1", [NAME]))
    page.keyboard.type("panda")
    page.keyboard.press("Enter")
    expect(page.locator(".modal-message")).to_contain_text("Piper did not answer.")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("panda")


def test_a_pushed_view_lies_on_top_and_back_finds_what_was_typed(open_page: Opener, backend: Backend) -> None:
    """The stack is the server's; the page keeps each view's own form."""
    page = open_page()
    first, second = view("V1", [NAME]), view("V2", [NOTE], title=gallery.plain("Details"))
    show(page, backend, first)
    page.keyboard.type("panda")
    show(page, backend, first, second)
    page.get_by_role("button", name="Back").click()
    wait_for(page, lambda: backend.asked("views/V2/close") == [{"all": False}])
    show(page, backend, first)
    expect(page.get_by_label("Name")).to_have_value("panda")
    show(page, backend)
    expect(page.locator("dialog")).to_have_count(0)


def test_an_update_keeps_what_was_typed_under_the_same_ids(open_page: Opener, backend: Backend) -> None:
    """The field keeps text and focus while blocks around it change."""
    page = open_page()
    show(page, backend, view("V1", [NAME]))
    page.keyboard.type("pan")
    show(page, backend, view("V1", [gallery.section("New above", block_id="n"), NAME], hash="2"))
    expect(page.locator(".modal-body")).to_contain_text("New above")
    page.keyboard.type("da")
    expect(page.get_by_label("Name")).to_have_value("panda")


def test_every_input_sends_its_value_in_the_shape_of_the_contract(
    open_page: Opener, backend: Backend
) -> None:
    """One of each, filled in as a person does, and one submission."""
    page = open_page()
    backend.answers["options"] = {"ok": True, "options": [{"text": gallery.plain("main"), "value": "main"}]}
    show(page, backend, view("V1", gallery.INPUTS))
    fill_everything(page)
    page.get_by_role("button", name="Deploy").click()
    wait_for(page, lambda: bool(backend.asked("views/V1/submit")))
    state = backend.asked("views/V1/submit")[0]["state"]
    typed = [NAME["block_id"], NOTE["block_id"]]
    assert [state.pop(block)["v"] for block in typed] == ["panda", "two\nlines"]
    values = {block.split("_", 2)[2]: actions["v"] for block, actions in state.items()}
    assert values.pop("rich_text_input")["elements"][0]["elements"][1] == {
        "type": "text",
        "text": "loud",
        "style": {"bold": True},
    }
    assert values == {
        "email_text_input": "alice@example.com",
        "url_text_input": "https://example.com/repo",
        "number_input": "6",
        "static_select": "grafana",
        "multi_static_select": ["grafana", "metabase"],
        "external_select": "main",
        "multi_external_select": ["main"],
        "users_select": "U2",
        "multi_users_select": ["U1", "U2"],
        "channels_select": "C1",
        "multi_channels_select": ["C1", "C3"],
        "conversations_select": "C2",
        "multi_conversations_select": ["C2", "D2"],
        "checkboxes": ["tls", "logs"],
        "radio_buttons": "l",
        "datepicker": "2026-12-24",
        "timepicker": "18:30",
        "datetimepicker": 1_798_133_400,
        "file_input": ["F9"],
    }


def fill_everything(page: Page) -> None:
    """Fills in each input as a person does."""
    page.get_by_label("Name").fill("panda")
    page.get_by_label("Note").fill("two\nlines")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Repository").fill("https://example.com/repo")
    page.get_by_label("Hours").fill("6")
    choose(page, "static_select", "Grafana")
    choose(page, "multi_static_select", "Grafana", "Metabase")
    choose(page, "external_select", "main", typed="ma")
    choose(page, "multi_external_select", "main", typed="ma")
    choose(page, "users_select", "Bob Brandt")
    choose(page, "multi_users_select", "Alice Adler", "Bob Brandt")
    choose(page, "channels_select", "#general")
    choose(page, "multi_channels_select", "#general", "#random")
    choose(page, "conversations_select", "sandboxes")
    choose(page, "multi_conversations_select", "sandboxes", "Bob Brandt")
    for name in ("TLS", "Logs"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("radio", name="Large").check()
    page.get_by_label("Day").fill("2026-12-24")
    page.get_by_label("Hour", exact=False).last.fill("18:30")
    page.get_by_label("Until").fill("2026-12-24T18:30")
    page.get_by_label("Description").fill("be *loud*")
    files: list[FilePayload] = [{"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}]
    page.locator(".file-input input").set_input_files(files)
    expect(page.locator(".file-input li")).to_contain_text("notes.txt")


def choose(page: Page, element: str, *names: str, typed: str = "") -> None:
    """Opens a select and chooses by name."""
    page.locator(f"dialog [data-element={element}] [role=combobox]").click()
    if typed:
        page.keyboard.type(typed)
    for name in names:
        page.locator(f"dialog [data-element={element}] [role=option]", has_text=name).first.click()
    if element.startswith("multi_"):
        page.keyboard.press("Escape")
