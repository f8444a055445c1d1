"""What a button carries: a verb, the sandbox's immutable id, and perhaps an argument.

A button is checked when it is pressed, so it carries no state. The value stays below the 75 characters
that Slack's overflow options may have.
"""

import re
from dataclasses import dataclass

CONTROL_ACTION = re.compile(r"^control\.")
"""The ``action_id`` of every control."""
LINK_ACTION = "link"
"""The ``action_id`` of buttons that only open an address. Slack reports their press all the same."""
_VALUE = re.compile(r"([a-z-]{1,20}):([A-Za-z0-9_-]{0,40}):([A-Za-z0-9._-]{0,12})")


@dataclass(frozen=True, kw_only=True)
class Control:
    """One press of one control."""

    verb: str
    sandbox_id: str = ""
    """Empty where no sandbox is meant: 'New sandbox'."""
    argument: str = ""

    def encode(self) -> str:
        """As a button's value."""
        return f"{self.verb}:{self.sandbox_id}:{self.argument}"

    @property
    def action_id(self) -> str:
        """Unique among the controls of one message block."""
        return f"control.{self.verb}.{self.argument}" if self.argument else f"control.{self.verb}"

    @staticmethod
    def decode(value: object) -> "Control | None":
        """The control of a button's value; None where it is not one of ours."""
        match = _VALUE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return None
        return Control(verb=match.group(1), sandbox_id=match.group(2), argument=match.group(3))
