"""What the thread hears when an operation ends: ready, failed, cancelled, gone."""

from collections.abc import Mapping

from bot.controls import Control
from bot.render import text as t
from bot.render import words
from bot.render.blocks import (
    Block,
    Message,
    Part,
    Snippet,
    actions,
    button,
    context,
    link_button,
    message,
    output,
    section,
)
from storage.records import Event, Operation, OperationKind, Sandbox, SandboxStatus

INLINE_LINES_LIMIT = 15
BEFORE_IT_RUNS = frozenset({"network", "images"})
"""Steps of a deploy before any container runs: there is no data yet that could be kept."""
GIBIBYTE = 1024**3


def ready(sandbox: Sandbox, operation: Operation, *, sign_in_sent: bool) -> Message:
    """It is live: where, and how to get in."""
    url, name = sandbox.url or "", t.one_line(sandbox.name, 60)
    if sandbox.status is not SandboxStatus.RUNNING:
        return message([section(f"✅ *{name}* was ready. Its card says what it is now.")])
    parts = [section(f"✅ *{name}* is ready{words.took(operation, 'after')}: {t.link(url, url)}")]
    if sign_in_sent:
        parts.append(context(f"How to sign in went to {t.person(sandbox.owner_id)} directly."))
    parts.append(context(f"It lives until {words.expires(sandbox)}. {_idle_line(sandbox)}".rstrip()))
    return message([*parts, *actions([link_button("Open", url, style="primary") if url else None])])


def _idle_line(sandbox: Sandbox) -> str:
    if sandbox.idle_seconds is None:
        return "It does not stop by being idle."
    if sandbox.ttl_seconds <= sandbox.idle_seconds:
        return ""  # it ends first; only after an extension can being idle end it earlier
    return f"Unused for {t.length(sandbox.idle_seconds)}, it stops earlier."


def sign_in(sandbox: Sandbox, instructions: str) -> Message:
    """How to sign in. It may hold a password, so it goes to the owner alone."""
    url = sandbox.url or ""
    return message(
        [
            section(f"🔑 How to sign in to *{t.one_line(sandbox.name, 60)}* ({t.link(url, url)}):"),
            section(t.escape(instructions, 2500)),
            context("Only you can see this."),
        ]
    )


def failure(sandbox: Sandbox, operation: Operation) -> Message:
    """Which step, the cause in words, the last lines, and only the buttons that can help."""
    error: Mapping[str, object] = operation.error or {}
    step = _text(error, "step")
    where = f" at the step *{t.one_line(step, 40)}*" if step else ""
    service = _text(error, "service")
    what = f" (service {t.code(service)})" if service else ""
    doing = words.doing(operation.kind).capitalize()
    headline = f"🔴 *{doing} {t.one_line(sandbox.name, 60)} failed*{where}{what}."
    parts = [section(f"{headline}\n{_cause(error)}")]
    lines = t.output_lines(_text(error, "log_tail"), INLINE_LINES_LIMIT)
    if lines:
        parts += [context("The last lines it wrote:"), output("\n".join(lines))]
    return message([*parts, *_undone(operation), *actions(_helping(sandbox, error))])


def _cause(error: Mapping[str, object]) -> str:
    error_id = _text(error, "error_id")
    if error_id:
        return (
            f"This is a fault of Sandpiper's, not yours. It is written down as {t.code(error_id)}: "
            "tell that to whoever runs it."
        )
    message_text = t.escape(_text(error, "message") or "No reason is known.", 1500)
    hint = _text(error, "hint")
    return f"{message_text}\n{t.escape(hint, 600)}" if hint else message_text


def _undone(operation: Operation) -> list[Part]:
    if operation.kind is OperationKind.DEPLOY and _text(operation.error or {}, "step") in BEFORE_IT_RUNS:
        return [context("Nothing of it had run yet.")]
    if operation.kind in (OperationKind.DEPLOY, OperationKind.START):
        return [context("What had been made was undone. Its data is kept.")]
    return []


def _helping(sandbox: Sandbox, error: Mapping[str, object]) -> list[Block | None]:
    """Retry where the same again may succeed; with more memory where memory was the cause."""
    startable = sandbox.status in (SandboxStatus.FAILED, SandboxStatus.STOPPED)
    starved = startable and bool(error.get("out_of_memory"))
    more = more_memory_bytes(sandbox.memory_bytes)
    retry = startable and bool(error.get("retryable")) and not starved
    return [
        button("Retry", Control(verb="start", sandbox_id=sandbox.id), style="primary") if retry else None,
        button(
            f"Retry with {t.size(more)}",
            Control(verb="start", sandbox_id=sandbox.id, argument=str(more)),
            style="primary",
        )
        if starved
        else None,
        button("Logs", Control(verb="logs", sandbox_id=sandbox.id)),
    ]


def more_memory_bytes(now_bytes: int) -> int:
    """The next amount worth trying after running out of ``now_bytes``: twice it, in whole gigabytes."""
    return max(1, -(-2 * now_bytes // GIBIBYTE)) * GIBIBYTE


def failure_log(sandbox: Sandbox, operation: Operation, text: str) -> Snippet:
    """The whole log that goes with a failure card."""
    return Snippet(
        filename=f"{sandbox.name}-{operation.kind}.log",
        title=f"{sandbox.name}: log of the failed {operation.kind}",
        text=t.printable(text),
    )


def cancelled(sandbox: Sandbox, operation: Operation, by: str) -> Message:
    """Somebody cancelled it."""
    doing = words.doing(operation.kind)
    parts = [
        section(f"🚫 {doing.capitalize()} *{t.one_line(sandbox.name, 60)}* was cancelled by {t.person(by)}.")
    ]
    again = sandbox.status in (SandboxStatus.FAILED, SandboxStatus.STOPPED)
    start = button("Start", Control(verb="start", sandbox_id=sandbox.id)) if again else None
    return message([*parts, *actions([start])])


def receipt(sandbox: Sandbox, event: Event) -> Message:
    """After a destroy: by whom or by which signal, what is kept, until when."""
    by = _text(event.data, "by")
    cause = _text(event.data, "cause")
    who = f" by {t.person(by)}" if by else ""
    why = f"\nWhy: {t.one_line(cause, 300)}" if cause else ""
    kept = _text(event.data, "kept") or "nothing"
    until = t.moment(_text(event.data, "until"))
    kept_words = f"\nKept: {t.one_line(kept, 300)}{f', until {until}' if until else ''}"
    return message([section(f"⚫ *{t.one_line(sandbox.name, 60)}* was destroyed{who}.{why}{kept_words}")])


def died(sandbox: Sandbox, event: Event) -> Message:
    """A service ended by itself and was not brought back."""
    service = _text(event.data, "service")
    reason = _text(event.data, "reason") or "it ended"
    name = t.one_line(sandbox.name, 60)
    parts = [section(f"🔴 The service {t.code(service)} of *{name}* ended: {t.escape(reason, 1000)}")]
    lines = t.output_lines(_text(event.data, "log_tail"), INLINE_LINES_LIMIT)
    if lines:
        parts += [context("The last lines it wrote:"), output("\n".join(lines))]
    restart = button("Restart", Control(verb="restart", sandbox_id=sandbox.id), style="primary")
    running = sandbox.status is SandboxStatus.RUNNING
    return message(
        [
            *parts,
            *actions(
                [restart if running else None, button("Logs", Control(verb="logs", sandbox_id=sandbox.id))]
            ),
        ]
    )


def repaired(sandbox: Sandbox, event: Event) -> Message:
    """The reconciler put something right."""
    what = t.escape(_text(event.data, "what") or "something was not as it should be", 1500)
    return message([section(f"🔧 Put right for *{t.one_line(sandbox.name, 60)}*: {what}")])


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
