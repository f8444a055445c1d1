"""Proves that the tests notice every rule the workspace would drop: `python tests/workspace/mutate.py`.

It drops the rules of the workspace's modules one at a time, as the module is imported, and runs the tests
that should notice; the code under test has no switches for it. A rule whose loss no test notices is a
survivor; the script lists the survivors and ends with status 1 if there are any.

Options: paths of modules to limit it to, `--jobs N` (2) at a time, `--list` to show the rules only.
"""

import argparse
import ast
import builtins
import importlib
import io
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.workspace.mutation_hooks import ChangingFinder, Only, Reached  # noqa: E402
from tests.workspace.mutation_sites import HIT, Rule, instrumented, rules_of, without  # noqa: E402

MUTANT_TIMEOUT_SECONDS = 120
NOTICED, SURVIVED, BROKEN = "noticed", "survived", "broken"
PASSED, FAILED, INTERRUPTED, INTERNAL_ERROR, NO_TESTS = 0, 1, 2, 3, 5
"""Exit statuses of pytest; a module that cannot even be imported interrupts it."""
BROKEN_STATUS = 70
"""Exit status of a child in which this script itself failed."""

PLAIN = "--assert=plain"
"""Nobody reads why a test fails here, so pytest need not rewrite the tests to tell."""

PURE = "tests/workspace/blockkit"
PURE_TESTS = [PURE, "tests/workspace/test_manifest_rules.py"]
LIKELY = {
    "workspace/blockkit/attachments.py": [f"{PURE}/test_message_rules.py"],
    "workspace/blockkit/blocks.py": [
        f"{PURE}/test_block_refusals.py",
        f"{PURE}/test_modern_block_refusals.py",
    ],
    "workspace/blockkit/charts.py": [f"{PURE}/test_modern_block_refusals.py"],
    "workspace/blockkit/checks.py": [f"{PURE}/test_block_refusals.py", f"{PURE}/test_element_refusals.py"],
    "workspace/blockkit/elements.py": [f"{PURE}/test_element_refusals.py"],
    "workspace/blockkit/message.py": [f"{PURE}/test_message_rules.py"],
    "workspace/blockkit/mrkdwn.py": [f"{PURE}/test_mrkdwn_mentions.py"],
    "workspace/blockkit/objects.py": [f"{PURE}/test_element_refusals.py"],
    "workspace/blockkit/options.py": [f"{PURE}/test_view_rules.py"],
    "workspace/blockkit/rich_text.py": [f"{PURE}/test_rich_text_refusals.py"],
    "workspace/blockkit/tables.py": [f"{PURE}/test_block_refusals.py"],
    "workspace/blockkit/view.py": [f"{PURE}/test_view_rules.py"],
    "workspace/blockkit/walk.py": [f"{PURE}/test_message_rules.py", f"{PURE}/test_block_refusals.py"],
    "workspace/manifest.py": ["tests/workspace/test_manifest_rules.py"],
}
"""Where the tests of a module most likely are; the others run only if these do not notice."""

FAILING = "failing"
"""In the notes, stands before the tests that fail without any mutation; they prove nothing about a rule."""

SERVER_TESTS = [
    "tests/workspace",
    "--ignore=tests/workspace/page",
    *(f"--ignore={path}" for path in PURE_TESTS),
]
"""How pytest is told to run the server's tests; the browser page refuses nothing by itself."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A module of the workspace without one of its rules."""

    path: str
    rule: Rule

    @property
    def place(self) -> str:
        """Where the dropped rule stands."""
        return f"{self.path}:{self.rule.line}"

    @property
    def key(self) -> str:
        """What the rule is called in the notes of which test reaches which rule."""
        return f"{self.path}#{self.rule.number}"


def _run_pytest(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Pytest's exit status; its output is thrown away."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    quiet = ["-q", "-x", "-p", "no:cacheprovider", "--no-header", "--no-summary", "-m", "not browser"]
    return int(pytest.main([*quiet, PLAIN, *arguments], plugins=list(plugins)))


def _import_once() -> None:
    """Imports here what each child would otherwise import anew: pytest's plugins, and what tests stand on."""
    for name in ("aiohttp", "hypothesis.strategies", "slack_sdk.models.blocks", "slack_bolt.async_app"):
        importlib.import_module(name)
    with redirect_stdout(io.StringIO()):
        pytest.main(["--version", PLAIN])


def _in_child(work: Callable[[], int], seconds: int) -> int:
    """Starts a child of this process that does some work within a time, and returns its process id."""
    child = os.fork()
    if child:
        return child
    try:
        os.chdir(ROOT)
        signal.alarm(seconds)
        os._exit(work())
    finally:
        os._exit(BROKEN_STATUS)


def _reach(paths: Sequence[str], notes: Path) -> int:
    """Runs the server's tests whole, and notes for each rule the tests that reach it, quickest first."""

    def change(source: str, path: str) -> ast.Module:
        return instrumented(source, str(Path(path).relative_to(ROOT)))

    reached = Reached()
    setattr(builtins, HIT, reached.hit)
    sys.meta_path.insert(0, ChangingFinder(ROOT, paths, change))
    status = _run_pytest([*SERVER_TESTS, "--maxfail=100000"], [reached])
    with notes.open("w") as file:
        for rule in reached.tests:
            file.write("\t".join([rule, *reached.passing(rule)]) + "\n")
        file.write("\t".join([FAILING, *sorted(reached.failed)]) + "\n")
    return status


def _is_pure(path: str) -> bool:
    """Whether a module is made of rules alone, and so quick to test that all its tests can run."""
    return path.startswith("workspace/blockkit/") or path in LIKELY


def _attempts(mutant: Mutant, reach: dict[str, list[str]]) -> Iterator[tuple[list[str], list[object]]]:
    """The runs of pytest, one after the other, that may notice a mutant."""
    if _is_pure(mutant.path):
        if mutant.path in LIKELY:
            yield LIKELY[mutant.path], []
        yield PURE_TESTS, []
        return
    tests = reach.get(mutant.key, [])
    if tests:
        yield sorted({test.partition("::")[0] for test in tests}), [Only(tests)]


def _judge(mutant: Mutant, reach: dict[str, list[str]]) -> int:
    """0 if the loss of the rule goes unnoticed."""

    def change(source: str, path: str) -> ast.Module:
        return without(source, mutant.rule.number)

    sys.meta_path.insert(0, ChangingFinder(ROOT, [mutant.path], change))
    for arguments, plugins in _attempts(mutant, reach):
        status = _run_pytest(arguments, plugins)
        if status not in {PASSED, NO_TESTS}:
            return status
    return PASSED


def _all_mutants(paths: Sequence[str]) -> list[Mutant]:
    return [
        Mutant(path=path, rule=rule)
        for path in paths
        for rule in rules_of((ROOT / path).read_text(encoding="utf-8"))
    ]


def _modules(wanted: Sequence[str]) -> list[str]:
    found = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "workspace").rglob("*.py"))
    return [path for path in found if not wanted or any(path.startswith(prefix) for prefix in wanted)]


def _read_reach(paths: Sequence[str]) -> dict[str, list[str]]:
    """Which tests of the server reach which rules, and under FAILING those that fail as they are."""
    if not paths:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "reach"
        child = _in_child(lambda: _reach(paths, notes), 1200)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status not in {PASSED, FAILED, NO_TESTS}:
            sys.exit(f"the server's tests cannot be run (pytest status {status})")
        lines = [line.split("\t") for line in notes.read_text().splitlines()]
    return {rule: tests for rule, *tests in lines}


def _require_passing() -> None:
    """Ends the script if the tests of the pure modules fail as they are."""
    child = _in_child(lambda: _run_pytest(PURE_TESTS), 300)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != PASSED:
        sys.exit("the tests fail without any mutation")


def _verdicts(
    mutants: Sequence[Mutant], reach: dict[str, list[str]], jobs: int
) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with its verdict, as they come; so many children at a time."""
    waiting = list(reversed(mutants))
    running: dict[int, Mutant] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[_in_child(lambda mutant=mutant: _judge(mutant, reach), MUTANT_TIMEOUT_SECONDS)] = mutant  # type: ignore[misc]  # bound now
        child, status = os.wait()
        yield running.pop(child), _verdict(os.waitstatus_to_exitcode(status))


def _verdict(status: int) -> str:
    """What the end of a child says about its mutant; one that hung or upset pytest itself was noticed."""
    if status == PASSED:
        return SURVIVED
    return NOTICED if status in {FAILED, INTERRUPTED, INTERNAL_ERROR, -signal.SIGALRM} else BROKEN


def _report(verdicts: Sequence[tuple[Mutant, str]], reach: dict[str, list[str]], seconds: float) -> int:
    totals: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    survivors = [mutant for mutant, verdict in verdicts if verdict != NOTICED]
    broken = [mutant for mutant, verdict in verdicts if verdict == BROKEN]
    for mutant, verdict in verdicts:
        totals[mutant.path][0] += 1
        totals[mutant.path][1] += verdict == NOTICED
    for path in sorted(totals):
        print(f"{path:40} {totals[path][1]:4} of {totals[path][0]:4} noticed")
    for test in reach.get(FAILING, []):
        print(f"LEFT OUT {test}  (fails without any mutation)")
    for mutant in sorted(survivors, key=lambda survivor: (survivor.path, survivor.rule.line)):
        unreached = "" if _is_pure(mutant.path) or mutant.key in reach else "  (no test reaches it)"
        what = "BROKEN  " if mutant in broken else "SURVIVED"
        print(f"{what} {mutant.place}  {mutant.rule.text}{unreached}")
    share = 100 * (len(verdicts) - len(survivors)) / max(len(verdicts), 1)
    noticed = len(verdicts) - len(survivors)
    print(f"{noticed} of {len(verdicts)} dropped rules noticed ({share:.1f} %) in {seconds:.0f} s")
    return 1 if survivors or reach.get(FAILING) else 0


def main() -> int:
    """Runs the whole thing; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", help="workspace modules or folders (default: all)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="list the rules and stop")
    options = parser.parse_args()
    mutants = _all_mutants(_modules(options.modules))
    if options.list:
        for mutant in mutants:
            print(mutant.place, mutant.rule.text)
        return 0
    started = time.monotonic()
    _import_once()
    if any(_is_pure(mutant.path) for mutant in mutants):
        _require_passing()
    reach = _read_reach(sorted({mutant.path for mutant in mutants if not _is_pure(mutant.path)}))
    verdicts = list(_verdicts(mutants, reach, options.jobs))
    return _report(verdicts, reach, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
