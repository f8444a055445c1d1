"""What a check found, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """Sandpiper works, something is missing or weaker than it could be."""
    FAULT = "fault"
    """Sandpiper does not work, or not safely."""


MARKS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.FAULT: "✗"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the report."""

    subject: str
    verdict: Verdict
    what: str
    todo: str | None = None


def ok(subject: str, what: str) -> Finding:
    """All is well with ``subject``."""
    return Finding(subject=subject, verdict=Verdict.OK, what=what)


def warning(subject: str, what: str, todo: str) -> Finding:
    """It works, but."""
    return Finding(subject=subject, verdict=Verdict.WARNING, what=what, todo=todo)


def fault(subject: str, what: str, todo: str) -> Finding:
    """It does not work."""
    return Finding(subject=subject, verdict=Verdict.FAULT, what=what, todo=todo)


def render(findings: Sequence[Finding]) -> str:
    """Draw the report: a line each, what to do below it where something is to be done."""
    width = max((len(finding.subject) for finding in findings), default=0)
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.verdict]} {finding.subject:<{width}}  {finding.what}")
        if finding.todo:
            lines.append(f"  {'':<{width}}  → {finding.todo}")
    faults = sum(finding.verdict is Verdict.FAULT for finding in findings)
    lines.append(f"\n{faults} to mend." if faults else "\nNothing to mend.")
    return "\n".join(lines)
