"""Chatting on the page: writing, commands, threads, marks, files, acting as someone else, news."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.workspace.page import gallery
from tests.workspace.page.backend import Backend, Json
from tests.workspace.page.conftest import Opener, wait_for

pytestmark = pytest.mark.browser

DROP_A_FILE = """() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'dropped.py'));
    const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('.composer').dispatchEvent(drop);
}"""


def composer(page: Page) -> Locator:
    """The field one writes in."""
    return page.get_by_role("textbox", name="Message #general")


def test_enter_sends_what_was_typed_and_shift_enter_breaks_the_line(
    open_page: Opener, backend: Backend
) -> None:
    """The text goes to the server as it was typed."""
    page = open_page()
    expect(composer(page)).to_be_focused()
    page.keyboard.type("one <two>")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("three")
    page.keyboard.press("Enter")
    wait_for(page, lambda: bool(backend.asked("messages")))
    assert backend.asked("messages") == [{"channel": "C1", "text": "one <two>\nthree"}]
    expect(composer(page)).to_have_value("")


def test_inside_a_code_fence_enter_is_a_new_line(open_page: Opener, backend: Backend) -> None:
    """Code is typed line by line and sent once the fence is closed."""
    page = open_page()
    page.keyboard.type("```")
    page.keyboard.press("Enter")
    page.keyboard.type("print(1)")
    page.keyboard.press("Enter")
    page.keyboard.type("```")
    assert backend.asked("messages") == []
    page.keyboard.press("Enter")
    wait_for(page, lambda: bool(backend.asked("messages")))
    assert backend.asked("messages")[0]["text"] == "```\nprint(1)\n```"


def test_a_slash_proposes_commands_and_shows_their_usage(open_page: Opener, backend: Backend) -> None:
    """The list says what a command does; its usage stays while arguments are typed."""
    page = open_page()
    page.keyboard.type("/sa")
    expect(page.get_by_role("option")).to_contain_text("deploy APP [ttl=4h]")
    page.keyboard.press("Tab")
    expect(page.locator(".usage")).to_contain_text("Deploy and manage sandboxes")
    page.keyboard.type("deploy grafana ttl=4h")
    page.keyboard.press("Enter")
    wait_for(page, lambda: bool(backend.asked("commands")))
    assert backend.asked("commands") == [
        {"channel": "C1", "command": "/sandbox", "text": "deploy grafana ttl=4h"}
    ]


def test_a_refused_command_says_why_and_is_not_lost(open_page: Opener, backend: Backend) -> None:
    """A typing mistake can be mended."""
    backend.answers["commands"] = {
        "ok": False,
        "error": "invalid_command",
        "message": "/sandbx is not a valid command.",
    }
    page = open_page()
    page.keyboard.type("/sandbx list")
    page.keyboard.press("Enter")
    expect(page.locator(".composer-error")).to_contain_text("not a valid command")
    expect(composer(page)).to_have_value("/sandbx list")
    expect(composer(page)).to_be_focused()


def test_an_at_sign_proposes_people_groups_and_everyone(open_page: Opener, backend: Backend) -> None:
    """Arrow keys choose, Enter takes; what is put in is the name that the server understands."""
    page = open_page()
    page.keyboard.type("ask @b")
    expect(page.get_by_role("option")).to_contain_text("Bob Brandt")
    page.keyboard.press("Enter")
    page.keyboard.type("or @on")
    page.keyboard.press("Tab")
    page.keyboard.type("in #gen")
    page.keyboard.press("Tab")
    expect(composer(page)).to_have_value("ask @bob or @oncall in #general ")


def test_an_ephemeral_message_is_marked_and_lost_on_reload(open_page: Opener, backend: Backend) -> None:
    """Only its reader sees it, and only until the page is loaded again."""
    page = open_page()
    message = backend.message("Did you mean `grafana`?", user="UB", bot_id="B1")
    backend.tell({"type": "ephemeral", "channel": "C1", "message": message})
    expect(page.locator(".message-ephemeral")).to_contain_text("Only visible to you")
    backend.tell({"type": "ephemeral_changed", "channel": "C1", "message": {**message, "text": "changed"}})
    expect(page.locator(".message-ephemeral")).to_contain_text("changed")
    page.reload()
    page.locator(".timeline-start").wait_for()
    expect(page.locator(".message-ephemeral")).to_have_count(0)


def test_a_thread_opens_beside_the_channel_and_replies_stay_in_it(
    open_page: Opener, backend: Backend
) -> None:
    """A reply is drawn in the thread only; the parent shows the count."""
    root = backend.say("C1", "the root", reply_count=1, reply_users=["U1"])
    reply = backend.message("first reply", user="U1", thread_ts=root["ts"])
    backend.answers[f"channels/C1/threads/{root['ts']}"] = {"ok": True, "messages": [root, reply]}
    page = open_page()
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread.locator(".message")).to_have_count(2)
    new = backend.message("second reply", user="UB", thread_ts=root["ts"])
    backend.tell(
        {"type": "message", "channel": "C1", "message": new},
        {"type": "message_changed", "channel": "C1", "message": {**root, "reply_count": 2}},
    )
    expect(thread.locator(".message").last).to_contain_text("second reply")
    expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    expect(page.locator("main .message")).to_have_count(1)
    thread.get_by_role("textbox").fill("third")
    thread.get_by_role("checkbox", name="Also send to the channel").check()
    thread.get_by_role("textbox").press("Enter")
    wait_for(page, lambda: bool(backend.asked("messages")))
    sent = {"channel": "C1", "text": "third", "thread_ts": root["ts"], "broadcast": True}
    assert backend.asked("messages") == [sent]
    thread.get_by_role("textbox").press("Escape")
    expect(thread).to_have_count(0)


def test_a_reaction_is_added_and_taken_back(open_page: Opener, backend: Backend) -> None:
    """Pressing one's own reaction takes it back."""
    root = backend.say("C1", "hello", reactions=[{"name": "tada", "users": ["U1"], "count": 1}])
    page = open_page()
    page.get_by_role("button", name="tada emoji").click()
    page.locator(".message").hover()
    page.get_by_role("button", name="Add reaction").click()
    page.keyboard.type("rock")
    page.get_by_role("button", name="rocket", exact=True).click()
    wait_for(page, lambda: len(backend.asked("reactions")) == 2)
    both = [
        {"channel": "C1", "ts": root["ts"], "name": n, "on": on}
        for n, on in (("tada", False), ("rocket", True))
    ]
    assert backend.asked("reactions") == both


def test_what_is_unread_is_marked_and_what_is_seen_is_read(open_page: Opener, backend: Backend) -> None:
    """Another channel gets a mark; the open one is reported as read."""
    page = open_page()
    marks = {"unread": 2, "mentions": 1, "last_read": "", "latest": "9.0"}
    backend.tell({"type": "unread", "channel_id": "C2", **marks})
    expect(page.get_by_role("button", name="sandboxes, 1 mentions")).to_be_visible()
    expect(page).to_have_title("(1) #general · Driftwood")
    message = backend.message("new here")
    backend.tell({"type": "message", "channel": "C1", "message": message})
    wait_for(page, lambda: backend.asked("channels/C1/read") == [{"ts": message["ts"]}])


def test_a_line_stands_above_what_was_unread_and_not_above_what_arrives(
    open_page: Opener, backend: Backend
) -> None:
    """It is drawn once, where reading stopped, and only for what was there before the reader came."""
    read, unread = backend.say("C2", "read"), backend.say("C2", "unread")
    backend.boot["channels"][1] |= {"unread": 1, "last_read": read["ts"], "latest": unread["ts"]}
    page = open_page()
    backend.tell({"type": "message", "channel": "C1", "message": backend.message("arrives")})
    expect(page.get_by_text("arrives")).to_be_visible()
    expect(page.locator(".fresh")).to_have_count(0)
    page.get_by_role("button", name="sandboxes, 1 unread").click()
    expect(page.locator(".fresh")).to_have_count(1)
    expect(page.locator(".fresh + .message")).to_contain_text("unread")


def test_acting_as_someone_else_leaves_nothing_of_the_first(open_page: Opener, backend: Backend) -> None:
    """Every call after the switch says who acts; ephemerals of the first are gone."""
    page = open_page()
    only_alice = backend.message("only for alice", user="UB")
    backend.tell({"type": "ephemeral", "channel": "C1", "message": only_alice})
    expect(page.locator(".message-ephemeral")).to_be_visible()
    backend.boot["me"] = "U2"
    page.get_by_role("button", name="You are Alice Adler").click()
    page.get_by_role("menuitem", name="Bob Brandt").click()
    expect(page.get_by_role("button", name="You are Bob Brandt")).to_be_visible()
    expect(page.locator(".message-ephemeral")).to_have_count(0)
    backend.actors.clear()
    composer(page).fill("from bob")
    composer(page).press("Enter")
    wait_for(page, lambda: bool(backend.asked("messages")))
    assert backend.actors == {"U2"}


def test_files_are_attached_dropped_and_sent_with_the_text(open_page: Opener, backend: Backend) -> None:
    """They wait in the composer, can be taken out again, and go in one call."""
    page = open_page()
    files: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": b"words"} for name in ("a.txt", "b.txt")
    ]
    page.locator(".composer input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Remove a.txt").click()
    page.evaluate(DROP_A_FILE)
    expect(page.locator(".attached li")).to_have_count(2)
    composer(page).fill("see these")
    composer(page).press("Enter")
    wait_for(page, lambda: bool(backend.asked("files")))
    assert backend.asked("files")[0] == {"channel": "C1", "text": "see these", "file": "dropped.py"}
    expect(page.locator(".attached li")).to_have_count(0)


def test_pictures_open_large_and_snippets_unfold(open_page: Opener, backend: Backend) -> None:
    """A picture fills the window until Esc; a snippet shows all of its text on demand."""
    common = {"title": "", "size": 2048, "pretty_type": "Text", "page_url": "/_page/files/F1/picture.png"}
    picture: Json = {
        **common,
        "id": "F1",
        "name": "chart.png",
        "mimetype": "image/png",
        "mode": "hosted",
        "alt_txt": "a chart",
    }
    lines = "\n".join(f"line {i}" for i in range(8))
    snippet: Json = {
        **common,
        "id": "F2",
        "name": "log",
        "mimetype": "text/plain",
        "mode": "snippet",
        "preview": lines,
        "lines": 50,
    }
    backend.say("C1", "files", files=[picture, snippet])
    backend.answers["files/F2/text"] = {"ok": True, "text": lines + "\nthe last line", "truncated": False}
    page = open_page()
    page.get_by_role("button", name="Open picture: a chart").click()
    expect(page.get_by_role("dialog", name="a chart")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".snippet")).to_contain_text("the last line")


def test_shortcuts_are_run_from_a_message_and_from_the_composer(open_page: Opener, backend: Backend) -> None:
    """A message shortcut names its message, a global one does not."""
    said = backend.say("C1", "print(1)")
    page = open_page()
    page.locator(".message").hover()
    page.get_by_role("button", name="More message actions").click()
    page.get_by_role("menuitem", name="Run this code").click()
    page.get_by_role("button", name="Attach a file or run a shortcut").click()
    page.get_by_role("menuitem", name="New sandbox").click()
    wait_for(page, lambda: len(backend.asked("shortcuts")) == 2)
    of_message = {"app_id": "A1", "callback_id": "run", "channel": "C1", "message_ts": said["ts"]}
    assert backend.asked("shortcuts") == [of_message, {"app_id": "A1", "callback_id": "new"}]


def test_the_last_own_message_is_edited_with_the_arrow_key(open_page: Opener, backend: Backend) -> None:
    """What is edited is the text as it was typed, not Slack's marks."""
    mine = backend.say("C1", "hi <@U2> &amp; co", user="U1")
    page = open_page()
    page.locator(".message").wait_for()
    page.keyboard.press("ArrowUp")
    box = page.get_by_role("textbox", name="Edit message")
    expect(box).to_have_value("hi @bob & co")
    box.fill("bye @bob")
    box.press("Enter")
    wait_for(page, lambda: bool(backend.asked("messages/edit")))
    assert backend.asked("messages/edit") == [{"channel": "C1", "ts": mine["ts"], "text": "bye @bob"}]


def test_messages_are_walked_with_the_arrow_keys(open_page: Opener, backend: Backend) -> None:
    """From the list, up goes to the newest message and on to older ones; its tools follow the focus."""
    backend.say("C1", "older")
    backend.say("C1", "newer")
    page = open_page()
    expect(page.locator(".message")).to_have_count(2)
    page.get_by_role("log").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".message").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".message").nth(0)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add reaction")).to_be_focused()


def test_a_lost_stream_is_opened_again_and_what_was_missed_is_there(
    open_page: Opener, backend: Backend
) -> None:
    """The page connects by itself and loads the open channel anew."""
    page = open_page()
    backend.drop_streams()
    backend.say("C1", "said while away")
    expect(page.locator(".message")).to_contain_text("said while away")
    assert len(backend.asked("bootstrap")) == 2


def test_an_app_home_is_opened_drawn_and_redrawn(open_page: Opener, backend: Backend) -> None:
    """The app hears of the tab; a new publication replaces the old without a reload."""
    home: Json = {
        "id": "H1",
        "type": "home",
        "app_name": "Piper",
        "values": {},
        "blocks": gallery.MESSAGES["card"],
    }
    backend.answers["home/A1/open"] = {"ok": True, "view": home, "channel": "D1"}
    page = open_page()
    page.get_by_role("button", name="Piper", exact=True).click()
    expect(page.get_by_role("tabpanel")).to_contain_text("cool-panda-123")
    page.get_by_role("button", name="Logs").click()
    wait_for(page, lambda: bool(backend.asked("actions")))
    assert backend.asked("actions")[0]["where"] == {"type": "view", "view_id": "H1"}
    backend.tell(
        {
            "type": "home",
            "app_id": "A1",
            "view": {**home, "blocks": [gallery.section("All stopped", block_id="a")]},
        }
    )
    expect(page.get_by_role("tabpanel")).to_have_text("All stopped")
    page.get_by_role("tab", name="Home").press("ArrowRight")
    expect(page.get_by_role("textbox", name="Message Piper")).to_be_visible()
    wait_for(page, lambda: [call["tab"] for call in backend.asked("home/A1/open")] == ["home", "messages"])


def test_the_inspector_lists_calls_as_they_happen(open_page: Opener, backend: Backend) -> None:
    """Newest first, with verdict; the bodies unfold; a filter narrows the list."""
    page = open_page()
    page.get_by_role("button", name="Inspector", exact=True).click()
    page.locator(".inspector-list").wait_for(state="attached")
    entry = {
        "seq": 1,
        "at": 1795197600.5,
        "kind": "call",
        "app_name": "Piper",
        "name": "chat.update",
        "ok": False,
        "attempt": 0,
    }
    entry |= {
        "request": {"text": "hi"},
        "response": {"ok": False},
        "verdict": "msg_too_long",
        "duration_ms": 3,
        "status": 200,
    }
    wait_for(page, lambda: bool(backend.asked("inspector")))
    page.locator(".side .empty").wait_for()
    backend.tell(
        {"type": "inspector", "entry": entry},
        {"type": "inspector", "entry": {**entry, "seq": 2, "ok": True, "verdict": "ok"}},
    )
    expect(page.locator(".entry")).to_have_count(2)
    page.get_by_role("checkbox", name="Failed only").check()
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_role("button", name="chat.update").click()
    expect(page.locator(".entry-bodies")).to_contain_text('"text": "hi"')


def test_a_fault_is_added_and_removed_in_its_panel(open_page: Opener, backend: Backend) -> None:
    """The panel speaks the contract of the fault controls."""
    page = open_page()
    page.get_by_role("button", name="Faults").click()
    page.get_by_label("What").select_option(label="API answers an error")
    page.get_by_label("Method").fill("chat.update")
    page.get_by_label("Times").fill("2")
    page.get_by_role("button", name="Add fault").click()
    wait_for(page, lambda: any(body for body in backend.asked("faults")))
    added = next(body for body in backend.asked("faults") if body)
    assert added == {
        "kind": "api",
        "method": "chat.update",
        "status": 429,
        "retry_after": 2,
        "delay_seconds": 0,
    } | {
        "after": False,
        "count": 2,
    }
    fault = {
        "id": "f1",
        "kind": "ack",
        "mode": "lost",
        "payload": "*",
        "app_id": "",
        "count": 1,
        "until": None,
    }
    backend.tell({"type": "faults", "faults": [fault]})
    page.get_by_role("button", name="Remove fault").click()
    wait_for(page, lambda: "faults/f1" in [path for path, _ in backend.calls])


def test_colours_follow_the_system_until_someone_chooses(open_page: Opener, backend: Backend) -> None:
    """Dark by the system's wish, light by one's own, remembered after a reload."""
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(23, 28, 30)"
    page.get_by_role("button", name="Colours: as the system").click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.reload()
    page.locator(".pane").wait_for()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_a_narrow_window_shows_one_column_and_the_list_on_demand(open_page: Opener, backend: Backend) -> None:
    """Nothing is wider than the window; the list comes and goes."""
    backend.say("C1", "card", user="UB", blocks=gallery.MESSAGES["card"])
    page = open_page(viewport={"width": 390, "height": 780})
    page.locator(".message").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_role("navigation", name="Channels and apps")).not_to_be_visible()
    page.get_by_role("button", name="Show the list of channels").click()
    page.get_by_role("button", name="sandboxes").click()
    expect(page.get_by_role("textbox", name="Message #sandboxes")).to_be_visible()
    expect(page.get_by_role("navigation", name="Channels and apps")).not_to_be_visible()
