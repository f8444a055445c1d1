"""What the validators report, and Slack's rejection made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workspace.blockkit.kinds import Fault

_EXPLAINED = frozenset({"invalid_blocks", "invalid_attachments", "invalid_arguments", "invalid_manifest"})
"""The codes that Slack explains; every other one stands alone."""


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a payload.

    `code` is Slack's top-level error; `pointer` the RFC 6901 JSON pointer to what is wrong, empty where
    Slack gives none.
    """

    code: str
    message: str
    pointer: str

    @property
    def text(self) -> str:
        """The problem as Slack writes it."""
        return f"{self.message} [json-pointer:{self.pointer}]" if self.pointer else self.message


def as_problems(code: str, faults: Iterable[Fault]) -> list[Problem]:
    """The faults found in one part of a payload, under the code that Slack gives that part."""
    return [Problem(code, fault.message, fault.pointer) for fault in faults]


def slack_error(problems: Sequence[Problem], method: str) -> dict[str, object]:
    """Slack's answer to a call of `method` (`chat.postMessage`, `views.open`) refused for `problems`.

    The first problem decides the error; the answer lists all that share its code. Methods that take
    messages repeat them under `errors`, apps.manifest.* take them apart there, views.* have no `errors`.
    Raises ValueError without problems.
    """
    if not problems:
        raise ValueError("nothing to refuse")
    code = problems[0].code
    body: dict[str, object] = {"ok": False, "error": code}
    if code not in _EXPLAINED:
        return body
    named = [problem for problem in problems if problem.code == code]
    if method.startswith("apps.manifest."):
        return body | {"errors": [{"message": one.message, "pointer": one.pointer} for one in named]}
    if code == "invalid_blocks":
        body["errors"] = [one.text for one in named]
    return body | {"response_metadata": {"messages": [f"[ERROR] {one.text}" for one in named]}}
