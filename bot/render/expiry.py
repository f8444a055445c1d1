"""The end of a sandbox: the warning, the extension, the stop, with what can still be done."""

from datetime import datetime

from bot.controls import Control
from bot.render import text as t
from bot.render.blocks import Block, Message, actions, button, confirm, context, message, section
from storage.records import Event, Sandbox, SandboxStatus

EXTENSIONS_SECONDS = (3600, 4 * 3600, 24 * 3600)


def warning(sandbox: Sandbox, event: Event) -> Message:
    """It will stop soon: which clock bites, when, and what can be done; with more time since, only that."""
    deadline = datetime.fromisoformat(str(event.data["deadline"]))
    name = t.one_line(sandbox.name, 60)
    if event.data.get("clock") != "idle" and sandbox.expires_at and sandbox.expires_at > deadline:
        was = f"⏰ *{name}* was to stop at {t.time_only(deadline)}, and has been given more time since."
        return message([section(was)])
    left = t.length(max(0.0, (deadline - event.at).total_seconds()))
    if event.data.get("clock") == "idle":
        idle = t.length(sandbox.idle_seconds or 0)
        why = f"nobody has used it lately, and it stops after {idle} unused. Any request to it keeps it"
    else:
        why = "its time runs out. Stopping keeps its data"
    lines = f"⏰ {t.person(sandbox.owner_id)}, *{name}* stops in {left}, at {t.time_only(deadline)}: {why}."
    running = sandbox.status is SandboxStatus.RUNNING
    return message([section(lines), *actions(warning_controls(sandbox) if running else [])])


def warning_controls(sandbox: Sandbox) -> list[Block | None]:
    """Extend by one of three lengths, stop now, destroy."""
    extensions: list[Block | None] = [
        button(
            f"Extend {t.length(seconds)}",
            Control(verb="extend", sandbox_id=sandbox.id, argument=str(seconds)),
            style="primary" if seconds == EXTENSIONS_SECONDS[0] else None,
        )
        for seconds in EXTENSIONS_SECONDS
    ]
    return [
        *extensions,
        button("Stop now", Control(verb="stop", sandbox_id=sandbox.id)),
        destroy_button(sandbox),
    ]


def destroy_button(sandbox: Sandbox) -> Block:
    """Destroy, asked twice."""
    return button(
        "Destroy",
        Control(verb="destroy", sandbox_id=sandbox.id),
        style="danger",
        confirm=confirm(
            f"Destroy {t.cut(sandbox.name, 60)}?",
            "Its containers, its network and all its data are removed. This cannot be undone.",
            "Destroy it",
        ),
    )


def extended(sandbox: Sandbox, event: Event) -> Message:
    """Somebody gave it more time."""
    by = t.person(str(event.data.get("by", "system")))
    deadline = t.moment(str(event.data.get("deadline", ""))) or "later"
    return message(
        [section(f"🕒 {by} extended *{t.one_line(sandbox.name, 60)}*: it now lives until {deadline}.")]
    )


def expired(sandbox: Sandbox, event: Event) -> Message:
    """It was stopped by a clock: not destroyed, and how to have it back."""
    name = t.one_line(sandbox.name, 60)
    if event.data.get("clock") == "idle":
        why = f"nobody used it for {t.length(sandbox.idle_seconds or 0)}"
    else:
        why = "its time ran out"
    last = _last_use(event)
    kept = t.clock(sandbox.retain_until) if sandbox.retain_until else None
    keep = (
        f"Its data is kept until {kept}, then it is destroyed." if kept else "Its data is kept for a while."
    )
    parts = [section(f"⏹️ *{name}* was stopped: {why}. {keep}")]
    if last:
        parts.append(context(last))
    return message([*parts, *actions(_after(sandbox))])


def _last_use(event: Event) -> str | None:
    at = t.moment(str(event.data.get("last_active_at") or ""))
    signal = str(event.data.get("last_signal") or "")
    if not at:
        return None
    return f"Last used {at}{f' ({t.one_line(signal, 100)})' if signal else ''}."


def _after(sandbox: Sandbox) -> list[Block | None]:
    if sandbox.status in (SandboxStatus.DESTROYED, SandboxStatus.DESTROYING, SandboxStatus.RUNNING):
        return []
    return [
        button("Restore", Control(verb="start", sandbox_id=sandbox.id), style="primary"),
        button("Logs", Control(verb="logs", sandbox_id=sandbox.id)),
        destroy_button(sandbox),
    ]


def stopped(sandbox: Sandbox, by: str) -> Message:
    """A person stopped it."""
    kept = f" Its data is kept until {t.clock(sandbox.retain_until)}." if sandbox.retain_until else ""
    text = f"⏹️ {t.person(by)} stopped *{t.one_line(sandbox.name, 60)}*.{kept}"
    return message([section(text), *actions(_after(sandbox))])
