"""The rules of the house, read from the imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("bot", "executor", "storage", "workspace")

MAY_IMPORT = {
    "bot": {"executor", "storage"},
    "executor": {"storage"},
    "storage": set[str](),
    "workspace": set[str](),
}

ROOMS = {
    "slack_bolt": ("bot/",),
    "slack_sdk": ("bot/",),
    "docker": ("executor/engine/",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/",),
    "cryptography": ("storage/vault.py",),
}


def sources(folder: str) -> Iterator[Path]:
    """Every Python file below a folder of the project."""
    return (path for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts)


def imported(path: Path) -> set[str]:
    """The top-level names of the packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_run_down_only(floor: str) -> None:
    """No file imports a floor above its own, and the workspace imports none at all."""
    forbidden = set(FLOORS) - MAY_IMPORT[floor] - {floor}
    offenders = {
        str(path.relative_to(ROOT)): found for path in sources(floor) if (found := imported(path) & forbidden)
    }
    assert offenders == {}


@pytest.mark.parametrize("library", sorted(ROOMS))
def test_each_sdk_stays_in_its_room(library: str) -> None:
    """A library that reaches outside is imported in its own room only."""
    rooms = ROOMS[library]
    offenders = [
        name
        for floor in ("bot", "executor", "storage")
        for path in sources(floor)
        if library in imported(path) and not (name := str(path.relative_to(ROOT))).startswith(rooms)
    ]
    assert offenders == []


def test_every_dependency_says_why() -> None:
    """Each line of the dependency lists in pyproject.toml carries a reason, or its name says it all."""
    plain = {"pytest", "ruff", "mypy", "types-PyYAML", "types-docker"}
    lines = (ROOT / "pyproject.toml").read_text().split("[project.scripts]")[0].splitlines()
    entries = [line.strip() for line in lines if line.startswith('    "')]
    assert entries
    assert [line for line in entries if "# " not in line and line.strip('",') not in plain] == []


def test_lock_files_name_no_registry() -> None:
    """The lock files hold names, versions and hashes, and no address."""
    for path in ROOT.glob("requirements*.lock"):
        assert "://" not in path.read_text(), path
