"""What Slack accepts and refuses in messages, views and option lists. Pure: JSON in, problems out.

The rules stand in tables (`blocks`, `elements`, `objects`, `rich_text`, `charts`), one entry per type,
and `engine` reads them; a new block is one more entry. Sources: docs.slack.dev/reference/block-kit, and
for the wording of refusals the answers of the real API quoted in public issue trackers.
"""

from workspace.blockkit.message import TEXT_LIMIT_CHARS, truncated, validate_message
from workspace.blockkit.options import validate_options
from workspace.blockkit.problem import Problem, slack_error
from workspace.blockkit.view import validate_view

__all__ = [
    "TEXT_LIMIT_CHARS",
    "Problem",
    "slack_error",
    "truncated",
    "validate_message",
    "validate_options",
    "validate_view",
]
