"""How mutation gets into a run of the tests: an import hook, and what pytest is told."""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, ModuleType

import pytest

Change = Callable[[str, str], ast.Module]
"""Makes the syntax tree to run of a module's source and path."""


class ChangingLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from a changed syntax tree."""

    def __init__(self, name: str, path: str, change: Change) -> None:
        super().__init__(name, path)
        self._change = change

    def get_code(self, fullname: str) -> CodeType:
        """The code of the changed module; never from a cache."""
        tree = self._change(Path(self.path).read_text(encoding="utf-8"), self.path)
        return compile(tree, self.path, "exec")


class ChangingFinder(importlib.abc.MetaPathFinder):
    """Gives some modules the changing loader."""

    def __init__(self, root: Path, paths: Sequence[str], change: Change) -> None:
        self._names = {module_name(path): str(root / path) for path in paths}
        self._change = change

    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for the modules to change; None for every other."""
        source = self._names.get(fullname)
        if source is None:
            return None
        loader = ChangingLoader(fullname, source, self._change)
        is_package = source.endswith("__init__.py")
        where = [str(Path(source).parent)] if is_package else None
        return importlib.util.spec_from_file_location(
            fullname, source, loader=loader, submodule_search_locations=where
        )


def module_name(path: str) -> str:
    """The name under which a path is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Reached:
    """A pytest plugin that writes down which test reaches which rule, and how long it takes."""

    def __init__(self) -> None:
        self.tests: defaultdict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self._running = ""

    def hit(self, module: str, number: int) -> None:
        """Called by the instrumented module."""
        if self._running:
            self.tests[f"{module}#{number}"].add(self._running)

    @pytest.hookimpl
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        self._running = nodeid

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test is over."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    def passing(self, rule: str) -> list[str]:
        """The tests that reach a rule and pass, the quickest first."""
        return sorted(self.tests[rule] - self.failed, key=lambda test: self.seconds.get(test, 0.0))


class Only:
    """A pytest plugin that runs chosen tests alone, the quickest first."""

    def __init__(self, nodeids: Sequence[str]) -> None:
        self._rank = {nodeid: rank for rank, nodeid in enumerate(nodeids)}

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keeps what was chosen."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank), key=lambda item: self._rank[item.nodeid]
        )
