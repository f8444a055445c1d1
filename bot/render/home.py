"""App Home: a person's own sandboxes, and the way to a new one."""

from collections.abc import Sequence

from bot.controls import Control
from bot.render import text as t
from bot.render import words
from bot.render.blocks import (
    HOME_BLOCKS_LIMIT,
    Block,
    Part,
    actions,
    button,
    context,
    divider,
    header,
    link_button,
    overflow,
    section,
)
from bot.render.card import AT_REST
from bot.render.lists import Page, page_of
from storage.records import Sandbox, SandboxStatus

HOME_PAGE_SIZE = 20


def home(sandboxes: Sequence[Sandbox], page: int, command: str) -> Block:
    """The Home tab of one person, a page of it."""
    shown = page_of(sandboxes, page, HOME_PAGE_SIZE)
    parts = [
        header("Your sandboxes"),
        *actions(
            [
                button("New sandbox", Control(verb="deploy"), style="primary"),
                button("Help", Control(verb="help")),
            ]
        ),
    ]
    for sandbox in shown.sandboxes:
        parts += [divider(), section(_line(sandbox)), *actions(_controls(sandbox))]
    if not shown.total:
        parts.append(section(f"You have none. Press *New sandbox*, or type {t.code(f'{command} deploy')}."))
    parts += [*_pager(shown), context(f"{t.code(f'{command} help')} explains every command.")]
    return {"type": "home", "blocks": [part.block for part in parts][:HOME_BLOCKS_LIMIT]}


def _line(sandbox: Sandbox) -> str:
    name = f"{words.mark(sandbox)} *{t.one_line(sandbox.name, 60)}* · {t.code(words.app(sandbox))}"
    lines = [f"{name} in <#{t.escape(sandbox.channel_id, 40)}>", t.cut(words.state(sandbox), 300)]
    if sandbox.status is SandboxStatus.RUNNING:
        lines.append(f"Expires {words.expires(sandbox)}, idle until {words.idles(sandbox)}")
    elif sandbox.status in AT_REST and sandbox.retain_until:
        lines.append(f"Kept until {t.clock(sandbox.retain_until)}")
    return "\n".join(lines)


def _controls(sandbox: Sandbox) -> list[Block | None]:
    running = sandbox.status is SandboxStatus.RUNNING
    at_rest = sandbox.status in AT_REST
    return [
        link_button("Open", sandbox.url) if running and sandbox.url else None,
        button("Extend", Control(verb="extend", sandbox_id=sandbox.id)) if running else None,
        button("Stop", Control(verb="stop", sandbox_id=sandbox.id)) if running else None,
        button("Start", Control(verb="start", sandbox_id=sandbox.id)) if at_rest else None,
        overflow(
            [
                ("Status", Control(verb="status", sandbox_id=sandbox.id)),
                ("Logs", Control(verb="logs", sandbox_id=sandbox.id)),
                ("Destroy…", Control(verb="destroy", sandbox_id=sandbox.id)),
            ]
        ),
    ]


def _pager(page: Page) -> list[Part]:
    return actions(
        [
            button("← Newer", Control(verb="home", argument=str(page.page - 1))) if page.page > 1 else None,
            button("Older →", Control(verb="home", argument=str(page.page + 1)))
            if page.page < page.pages
            else None,
        ]
    )
