"""The card: the one root message of a sandbox."""

from bot.controls import Control
from bot.render import text as t
from bot.render import words
from bot.render.blocks import (
    Block,
    Message,
    Part,
    actions,
    button,
    context,
    fields,
    link_button,
    message,
    overflow,
    section,
)
from storage.records import Operation, Sandbox, SandboxStatus

ALIVE = (SandboxStatus.STARTING, SandboxStatus.RUNNING)
AT_REST = (SandboxStatus.STOPPED, SandboxStatus.FAILED)


def card(
    sandbox: Sandbox, operation: Operation | None = None, gateway_ports: tuple[str, ...] = ()
) -> Message:
    """Draw the card from rows.

    Args:
        sandbox: its row.
        operation: the operation that holds it now, if one does.
        gateway_ports: addresses ``host:port`` under which it answers without a host name.
    """
    parts = [_title(sandbox, operation), _facts(sandbox, gateway_ports)]
    return message([*parts, *_notes(sandbox), *actions(_controls(sandbox, operation))])


def _title(sandbox: Sandbox, operation: Operation | None) -> Part:
    name = t.one_line(sandbox.name, 60)
    title = t.one_line(sandbox.title, 150)
    return section(
        f"{words.mark(sandbox)} *{name}* · {title} ({t.code(words.app(sandbox))})\n"
        f"{words.state(sandbox, operation)}"
    )


def _facts(sandbox: Sandbox, gateway_ports: tuple[str, ...]) -> Part:
    pairs = [("Owner", t.person(sandbox.owner_id))]
    if sandbox.status is SandboxStatus.DESTROYED:
        return fields([*pairs, *_destroyed_at(sandbox)])
    if sandbox.url:
        running = sandbox.status is SandboxStatus.RUNNING
        pairs.append(
            ("Address", t.link(sandbox.url, sandbox.url) if running else t.one_line(sandbox.url, 300))
        )
    if gateway_ports:
        pairs.append(("Gateway", ", ".join(t.code(port) for port in gateway_ports[:5])))
    if sandbox.status in AT_REST:
        if sandbox.retain_until:
            pairs.append(("Kept until", t.clock(sandbox.retain_until)))
    elif sandbox.status is not SandboxStatus.DESTROYING:
        pairs += [("Expires", words.expires(sandbox)), ("Idle until", words.idles(sandbox))]
    pairs.append(("Limits", f"{t.cpus(sandbox.cpus)}, {t.size(sandbox.memory_bytes)} memory"))
    return fields(pairs)


def _destroyed_at(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [("Destroyed", t.clock(sandbox.destroyed_at))] if sandbox.destroyed_at else []


def _notes(sandbox: Sandbox) -> list[Part]:
    if sandbox.status is SandboxStatus.DESTROYED:
        return [
            context("Its thread and its logs stay for a while. Its containers, network and data are gone.")
        ]
    return []


def _controls(sandbox: Sandbox, operation: Operation | None) -> list[Block | None]:
    """At most five: Open, Logs, Extend, Stop or Start, and the rest in a menu."""
    if sandbox.status is SandboxStatus.DESTROYED:
        return [button("Logs", Control(verb="logs", sandbox_id=sandbox.id))]
    running = sandbox.status is SandboxStatus.RUNNING
    at_rest = sandbox.status in AT_REST
    return [
        link_button("Open", sandbox.url, style="primary") if running and sandbox.url else None,
        button("Logs", Control(verb="logs", sandbox_id=sandbox.id)),
        button("Extend", Control(verb="extend", sandbox_id=sandbox.id)) if running else None,
        button("Stop", Control(verb="stop", sandbox_id=sandbox.id)) if running else None,
        button("Start", Control(verb="start", sandbox_id=sandbox.id), style="primary") if at_rest else None,
        overflow(_menu(sandbox, operation)),
    ]


def _menu(sandbox: Sandbox, operation: Operation | None) -> list[tuple[str, Control]]:
    menu: list[tuple[str, Control]] = []
    if sandbox.status is SandboxStatus.RUNNING:
        menu.append(("Restart", Control(verb="restart", sandbox_id=sandbox.id)))
    if operation is not None and operation.status in words.UNFINISHED:
        menu.append(("Cancel what is running", Control(verb="cancel", sandbox_id=sandbox.id)))
    menu.append(("Status", Control(verb="status", sandbox_id=sandbox.id)))
    menu.append(("Destroy…", Control(verb="destroy", sandbox_id=sandbox.id)))
    return menu
