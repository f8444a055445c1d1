"""What the mutation script takes for a rule, and what is left of a module when one is dropped."""

import ast

import pytest

from tests.workspace.mutation_sites import instrumented, rules_of, without

GENERATOR = """
def faults(value: object) -> Iterator[Fault]:
    if not value:
        yield Fault(message="empty", pointer="")
    yield from more_faults(value)

def texts(value: object) -> Iterator[str]:
    yield from inner_texts(value)
"""
SERVER = """
def send(channel):
    if channel.archived:
        raise SlackError("is_archived")
    raise KeyError(channel)
"""
TABLE = """
FIELDS = {"text": plain(75, required=True), "flag": Flag(), "name": Text(max_chars=9, min_chars=1)}
SHAPE = Shape(fields=FIELDS, checks=(one, other))
"""
RETURNED = """
def problems(view):
    found = []
    found.append(Problem("a", "b", "c"))
    if not view:
        return [Problem("code", "message", "pointer")]
    return [view]
"""


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        (GENERATOR, ["yield Fault(message='empty', pointer='')", "yield from more_faults(value)"]),
        (SERVER, ["raise SlackError('is_archived')"]),
        (
            TABLE,
            [
                "plain(75, required=True)",
                "plain(required=True)",
                "the type of Flag()",
                "Text(max_chars=9)",
                "Text(min_chars=1)",
                "Shape(checks: one)",
                "Shape(checks: other)",
            ],
        ),
        (
            RETURNED,
            [
                "found.append(Problem('a', 'b', 'c'))",
                "return [Problem('code', 'message', 'pointer')]",
            ],
        ),
        ("def free(value):\n    return value\n", []),
    ],
)
def test_the_rules_of_a_module_are_found(source: str, rules: list[str]) -> None:
    """Refusals, faults brought in from elsewhere and every limit in a table; nothing else."""
    assert [rule.text for rule in rules_of(source)] == rules


@pytest.mark.parametrize("source", [GENERATOR, SERVER, TABLE, RETURNED])
def test_dropping_a_rule_takes_that_one_away_and_no_other(source: str) -> None:
    """The module still compiles, and has all its other rules."""
    rules = rules_of(source)
    for rule in rules:
        left = without(source, rule.number)
        compile(left, "module.py", "exec")
        texts = [other.text for other in rules_of(ast.unparse(left))]
        assert len(texts) < len(rules) or rule.text not in texts


def test_a_generator_stays_one_without_its_only_rule() -> None:
    """Else its callers would fail, whatever the rule was."""
    source = "def faults(value):\n    yield Fault(value)\n"
    module: dict[str, object] = {}
    exec(compile(without(source, 0), "module.py", "exec"), module)
    assert list(module["faults"](1)) == []  # type: ignore[operator]  # the function just made


def test_each_reachable_rule_reports_that_it_is_reached() -> None:
    """By a call with its module and number, right before it."""
    calls: list[tuple[str, int]] = []
    module: dict[str, object] = {
        "__rule_is_reached__": lambda path, number: calls.append((path, number)),
        "SlackError": ValueError,
    }
    source = "def send(archived):\n    if archived:\n        raise SlackError('is_archived')\n"
    exec(compile(instrumented(source, "chat.py"), "module.py", "exec"), module)
    module["send"](False)  # type: ignore[operator]  # the function just made
    assert calls == []
    with pytest.raises(ValueError, match="is_archived"):
        module["send"](True)  # type: ignore[operator]  # the function just made
    assert calls == [("chat.py", 0)]
