"""What a person can say: one table of verbs drives parsing, help, usage errors and "did you mean".

Everything here is pure: text and a context in, a frozen command (or a ``GrammarError``) out.
"""

from bot.grammar.commands import (
    Command,
    DeployForm,
    Help,
    List,
    Logs,
    Open,
    Query,
    Scope,
    Status,
    Wizard,
)
from bot.grammar.parse import parse
from bot.grammar.spec import Argument, Context, GrammarError, Group, Role, Verb
from bot.grammar.table import VERB_OF, VERBS, find_verb

__all__ = [
    "VERBS",
    "VERB_OF",
    "Argument",
    "Command",
    "Context",
    "DeployForm",
    "GrammarError",
    "Group",
    "Help",
    "List",
    "Logs",
    "Open",
    "Query",
    "Role",
    "Scope",
    "Status",
    "Verb",
    "Wizard",
    "find_verb",
    "parse",
]
