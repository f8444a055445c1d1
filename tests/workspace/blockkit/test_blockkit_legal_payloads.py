"""Legal payloads pass, and no longer do when a part is of the wrong type or has a strange field."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.workspace.blockkit.block_samples import BLOCKS, HOME, MODAL
from tests.workspace.blockkit.places import (
    BLOCK_SURFACES,
    ELEMENT_SURFACES,
    SURFACES,
    home_of,
    hosted,
    problems_with,
)
from tests.workspace.blockkit.samples import ELEMENTS
from workspace.blockkit import Problem, validate_view

Path = tuple[str | int, ...]
Validate = Callable[[object], list[Problem]]

WRONG: tuple[object, ...] = ("stranger", 1.5, True, None, [[]], {})
"""A value of each JSON type."""


def _element_in_place(name: str) -> Validate:
    surface = home_of(ELEMENT_SURFACES[name])
    return lambda element: problems_with(hosted(name, element)[0], surface)


def _block_in_place(name: str) -> Validate:
    surface = home_of(BLOCK_SURFACES[name])
    return lambda block: problems_with(block, surface)


SAMPLES: Mapping[str, tuple[object, Validate]] = (
    {f"block {name}": (BLOCKS[name], _block_in_place(name)) for name in BLOCKS}
    | {f"element {name}": (ELEMENTS[name], _element_in_place(name)) for name in ELEMENTS}
    | {
        "view modal": (MODAL, lambda view: validate_view(view, surface="modal")),
        "view home": (HOME, lambda view: validate_view(view, surface="home")),
    }
)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_payload_that_uses_every_field_to_its_limit_is_accepted(name: str) -> None:
    """A payload with every field there is, each as long as it may be, has no problems."""
    sample, validate = SAMPLES[name]
    assert validate(sample) == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_stands_only_on_its_surfaces(name: str, surface: str) -> None:
    """On another surface its type is not supported."""
    problems = problems_with(BLOCKS[name], surface)
    if surface in BLOCK_SURFACES[name]:
        assert problems == []
    else:
        assert problems[0].message == f"unsupported type: {BLOCKS[name]['type']}"


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_stands_only_on_its_surfaces(name: str, surface: str) -> None:
    """On another surface its type, or that of the block around it, is not supported."""
    problems = problems_with(hosted(name, ELEMENTS[name])[0], surface)
    assert (problems == []) == (surface in ELEMENT_SURFACES[name])


def _nodes(value: object, path: Path = ()) -> Iterator[Path]:
    """The paths to every value inside a JSON value; of long arrays, only to the first three items."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _nodes(member, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value if len(value) <= 10 else value[:3]):
            yield from _nodes(item, (*path, index))


def _at(value: object, path: Path) -> object:
    for step in path:
        value = value[step]  # type: ignore[index]  # the path was read off this value
    return value


def _replaced(value: object, path: Path, new: object) -> object:
    if not path:
        return new
    copy = value.copy()  # type: ignore[attr-defined]  # a path leads through lists and dicts
    copy[path[0]] = _replaced(copy[path[0]], path[1:], new)
    return copy


def _may_be_null(name: str, path: Path) -> bool:
    """A view's own fields count as absent when null, and a null skips a column."""
    return (name.startswith("view") and len(path) == 1) or path[:-1] == ("column_settings",)


def _json_type(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


@pytest.mark.parametrize("name", SAMPLES)
def test_any_value_of_the_wrong_type_is_refused_where_it_stands(name: str) -> None:
    """No value inside a payload can be replaced by one of another JSON type."""
    sample, validate = SAMPLES[name]
    for path in _nodes(sample):
        if "customizable_input_parameters" in path and path[-1] == "value":
            continue  # a workflow's parameters are of the types its author chose
        present = _at(sample, path)
        for wrong in WRONG:
            if wrong is None and _may_be_null(name, path):
                continue
            if present is not None and _json_type(wrong) != _json_type(present):
                assert validate(_replaced(sample, path, wrong)), f"{wrong!r} passed at {path}"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_field_that_does_not_belong_is_refused_in_every_object(name: str) -> None:
    """No object inside a payload, however deep, takes a field that Slack does not know."""
    sample, validate = SAMPLES[name]
    for path in _nodes(sample):
        inner = _at(sample, path)
        if isinstance(inner, dict):
            problems = validate(_replaced(sample, path, inner | {"stranger": 1}))
            assert any(problem.message == "invalid additional property: stranger" for problem in problems), (
                path
            )
