"""The progress message of an operation: its steps with marks and times, edited in place."""

from bot.controls import Control
from bot.render import text as t
from bot.render import words
from bot.render.blocks import Message, actions, button, context, message, section
from storage.records import Operation, OperationStatus, Sandbox, Step, StepStatus

STEPS_LIMIT = 40
TOGETHER = "\N{NO-BREAK SPACE}"
"""Between a step's mark, name and time, which belong on one line however narrow the thread is."""
_MARKS = {
    StepStatus.PENDING: "○",
    StepStatus.RUNNING: "●",
    StepStatus.DONE: "✓",
    StepStatus.FAILED: "✗",
    StepStatus.UNDONE: "↩",
}
_HEADLINES = {
    OperationStatus.QUEUED: "In the queue",
    OperationStatus.RUNNING: "Working",
    OperationStatus.FAILED: "Failed",
    OperationStatus.CANCELLED: "Cancelled and undone",
}


def progress(sandbox: Sandbox, operation: Operation, steps: tuple[Step, ...]) -> Message:
    """Draw how far an operation is."""
    parts = [
        section(f"*{_headline(sandbox, operation)}*\n{'  '.join(map(_step, steps[:STEPS_LIMIT]))}".rstrip())
    ]
    detail = _detail(operation, steps)
    if detail:
        parts.append(context(detail))
    if operation.status in words.UNFINISHED and not operation.cancel_requested_by:
        parts += actions([button("Cancel", Control(verb="cancel", sandbox_id=sandbox.id))])
    return message(parts)


def _headline(sandbox: Sandbox, operation: Operation) -> str:
    name = t.one_line(sandbox.name, 60)
    if operation.status is OperationStatus.SUCCEEDED:
        return f"{words.done(operation.kind)} {name}{words.took(operation, 'in')}"
    if operation.cancel_requested_by and operation.status in words.UNFINISHED:
        return f"Cancelling, asked by {t.person(operation.cancel_requested_by)}"
    if operation.status is OperationStatus.RUNNING:
        return f"{words.doing(operation.kind).capitalize()} {name}"
    return f"{_HEADLINES[operation.status]}: {words.doing(operation.kind)} {name}"


def _step(step: Step) -> str:
    took = ""
    if step.status in (StepStatus.DONE, StepStatus.FAILED) and step.started_at and step.finished_at:
        took = t.elapsed((step.finished_at - step.started_at).total_seconds())
    words = f"{_MARKS[step.status]} {t.one_line(step.name, 40)} {took}".rstrip().replace(" ", TOGETHER)
    return f"*{words}*" if step.status is StepStatus.RUNNING else words


def _detail(operation: Operation, steps: tuple[Step, ...]) -> str | None:
    if operation.status not in words.UNFINISHED:
        return None
    if operation.waiting_reason:
        return f"Waiting: {t.one_line(operation.waiting_reason, 300)}"
    now = next((step for step in steps if step.status is StepStatus.RUNNING and step.detail), None)
    if now is None:
        return None
    since = f", since {t.time_only(now.started_at)}" if now.started_at else ""
    return f"{t.one_line(now.detail or '', 300)}{since}"
