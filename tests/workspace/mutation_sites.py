"""Finds the rules in a module's source, and drops one of them.

A rule is a statement that refuses or pings (`raise SlackError(…)`, `yield Fault(…)`, `yield Mention(…)`, a
returned or appended `Problem`), a `yield from` that brings in such from another function, or one limit in a
schema table: a keyword such as `max_chars=75`, the length given to `plain(75)`, one of several `checks`, or
the type itself where an entry has no limit.
"""

import ast
from dataclasses import dataclass, field

ERRORS = frozenset({"InvalidArguments", "RateLimited", "Refused", "SlackError"})
REFUSALS = frozenset({"Fault", "Mention", "Problem"})
LIMITS = frozenset(
    {
        "above",
        "distinct",
        "max_chars",
        "max_items",
        "maximum",
        "min_chars",
        "min_items",
        "minimum",
        "only",
        "pattern",
        "required",
        "surfaces",
        "values",
        "whole",
    }
)
RULE_ITERATORS = frozenset({"Iterator[Fault]", "Iterator[Mention]", "Iterator[Problem]"})
KINDS = frozenset({"Anything", "Flag", "ListOf", "Number", "Object", "Shape", "Text", "Typed"})
TEXTS = frozenset({"plain", "prose"})
SCALARS = frozenset({"Flag", "Number", "Text"})
ANYTHING = "__import__('workspace.blockkit.kinds', fromlist=['Anything']).Anything()"
HIT = "__rule_is_reached__"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: its number in the module, its line, what it says, and whether a test can be seen to reach it.

    Limits in tables are read when the module is imported, so no test is seen to reach them.
    """

    number: int
    line: int
    text: str
    reachable: bool


def rules_of(source: str) -> list[Rule]:
    """Every rule of a module, in the order of their numbers."""
    walk = _Walk()
    walk.visit(ast.parse(source))
    return walk.rules


def without(source: str, number: int) -> ast.Module:
    """The module without one of its rules."""
    return _compiled(_Walk(drop=number).visit(ast.parse(source)))


def instrumented(source: str, module: str) -> ast.Module:
    """The module with a call of the builtin HIT, with module and number, before each reachable rule."""
    return _compiled(_Walk(report_as=module).visit(ast.parse(source)))


def _compiled(tree: ast.Module) -> ast.Module:
    return ast.fix_missing_locations(tree)


def _name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _nothing(node: ast.AST) -> ast.stmt:
    """What is left of a statement that refused; a generator stays one."""
    left = ast.parse("yield from ()").body[0] if _yields(node) else ast.Pass()
    return ast.copy_location(left, node)


def _yields(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom)


@dataclass
class _Walk(ast.NodeTransformer):
    """Numbers the rules it meets; drops the one it was asked to, or reports each."""

    drop: int | None = None
    report_as: str | None = None
    rules: list[Rule] = field(default_factory=list)
    _in_rules: bool = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Notes whether what the function yields are faults."""
        outside = self._in_rules
        self._in_rules = node.returns is not None and ast.unparse(node.returns) in RULE_ITERATORS
        visited = self.generic_visit(node)
        self._in_rules = outside
        return visited

    def _met(self, node: ast.expr | ast.stmt | ast.keyword, text: str, *, reachable: bool) -> bool:
        """Whether the rule just met is the one to drop."""
        number = len(self.rules)
        self.rules.append(Rule(number=number, line=node.lineno, text=text, reachable=reachable))
        return number == self.drop

    def _statement(self, node: ast.stmt) -> ast.stmt | list[ast.stmt]:
        if self._met(node, ast.unparse(node).partition("\n")[0], reachable=True):
            return _nothing(node)
        if self.report_as is None:
            return node
        report = ast.parse(f"{HIT}({self.report_as!r}, {len(self.rules) - 1})").body[0]
        return [ast.copy_location(report, node), node]

    def visit_Raise(self, node: ast.Raise) -> ast.AST | list[ast.stmt]:
        """A refusal of the server."""
        return self._statement(node) if _name(node.exc) in ERRORS else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        """A refusal that is yielded or appended, or rules brought in from elsewhere."""
        value = node.value
        one = isinstance(value, ast.Yield) and _name(value.value) in REFUSALS
        several = self._in_rules and isinstance(value, ast.YieldFrom)
        appended = (
            isinstance(value, ast.Call) and _name(value) == "append" and _name(value.args[0]) in REFUSALS
        )
        return self._statement(node) if one or several or appended else self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """A refusal that is returned as the only problem."""
        value = node.value
        if isinstance(value, ast.List) and value.elts and _name(value.elts[0]) in REFUSALS:
            if self._met(node, ast.unparse(node), reachable=False):
                value.elts.clear()
            return node
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """An entry of a schema table."""
        name = _name(node)
        if name in TEXTS and self._met(node, ast.unparse(node), reachable=False):
            node.args[0] = ast.copy_location(ast.Constant(None), node)
        unlimited = name in SCALARS and not {keyword.arg for keyword in node.keywords} & (
            LIMITS - {"required"}
        )
        if unlimited and self._met(node, f"the type of {ast.unparse(node)}", reachable=False):
            return ast.copy_location(ast.parse(ANYTHING, mode="eval").body, node)
        if name in KINDS | TEXTS:
            node.keywords = [kept for kept in node.keywords if not self._drops_limit(name, kept)]
        return self.generic_visit(node)

    def _drops_limit(self, kind: str, keyword: ast.keyword) -> bool:
        if keyword.arg == "checks" and isinstance(keyword.value, ast.Tuple):
            keyword.value.elts = [
                check
                for check in keyword.value.elts
                if not self._met(check, f"{kind}(checks: {ast.unparse(check)})", reachable=False)
            ]
        if keyword.arg not in LIMITS:
            return False
        return self._met(keyword, f"{kind}({ast.unparse(keyword)[:80]})", reachable=False)
