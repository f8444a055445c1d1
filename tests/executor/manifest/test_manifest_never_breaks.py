"""Whatever is fed to the reader, it answers with a manifest or with a ManifestError, and soon."""

# ruff: noqa: E501 the list of words reads best as a block

import re
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.errors import InvalidRequestError, ManifestError
from executor.manifest import refusals
from executor.manifest.model import Manifest
from executor.manifest.placeholders import fault_of, fill, find_placeholders
from executor.manifest.reader import read_manifest

WORDS = st.sampled_from(
    [
        *refusals.SERVICE, *refusals.TOP_LEVEL, "services", "volumes", "x-sandbox", "front", "service", "port",
        "web", "image", "build", "command", "environment", "ports", "expose", "healthcheck", "test", "depends_on",
        "tmpfs", "deploy", "resources", "limits", "memory", "cpus", "generated", "routes", "label", "sign_in",
        "${NAME}", "${", "$", "8080", "8080:80", "/data", "data:/data", "1g", "30s", "true", "~", "", "-", "a\0b",
        "١٢", "1e9", "9" * 400, "\u2028", "NaN", ".", "..", "context", "type", "source", "target", "condition",
    ]
)  # fmt: skip
SCALARS = st.one_of(WORDS, st.text(max_size=30), st.integers(), st.booleans(), st.none(), st.floats())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.one_of(WORDS, st.text(max_size=10)), inner, max_size=6),
    ),
    max_leaves=40,
)
SERVICES = st.dictionaries(st.sampled_from(["web", "db", "x"]), TREES, max_size=3)


def read(text: str) -> Manifest | None:
    """Read, letting nothing but a ManifestError with well-formed lines pass."""
    try:
        return read_manifest(text, app="web")
    except ManifestError as error:
        problems = error.problems
    assert problems
    assert all(re.fullmatch(r"line [0-9]+: .+", problem, re.DOTALL) for problem in problems)
    return None


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    """Text without meaning."""
    read(text)


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes(raw: bytes) -> None:
    """Bytes as a careless program would decode them."""
    read(raw.decode("latin-1"))
    read(raw.decode("utf-8", "surrogateescape"))


@given(TREES)
@settings(max_examples=150, deadline=None)
def test_any_document(tree: object) -> None:
    """Well-formed YAML of any shape."""
    read(yaml.safe_dump(tree, allow_unicode=True))


@given(SERVICES, TREES, TREES)
@settings(max_examples=300, deadline=None)
def test_any_document_in_the_shape_of_a_manifest(services: object, volumes: object, section: object) -> None:
    """The known keys with anything in them."""
    read(yaml.safe_dump({"services": services, "volumes": volumes, "x-sandbox": section}, allow_unicode=True))


@given(
    st.lists(
        st.sampled_from(["$", "{", "}", ":-", "A", "NAME", "x y", "$$", "${NAME}", "${A:-b}"]), max_size=12
    )
)
@settings(max_examples=300, deadline=None)
def test_what_is_found_without_fault_can_be_filled_in(pieces: list[str]) -> None:
    """The check at reading time and the filling at start agree on every text."""
    text = "".join(pieces)
    faults = [fault for found in find_placeholders(text) if (fault := fault_of(found, {"NAME"}))]
    if faults:
        with pytest.raises(InvalidRequestError):
            fill(text, {"NAME": "panda"})
    else:
        fill(text, {"NAME": "panda"})


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000,
        "{" * 60_000,
        "? " * 30_000,
        "- " * 30_000,
        "a: " + "&a [*a, *a]\n" * 4_000,
        "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(3_000)),
        "a: " + "x" * 10_000_000,
        "".join(f"k{n}: v\n" for n in range(6_000)),
        "a: '" + "\n" * 60_000,
        "%YAML 1." + "9" * 5_000 + "\n---\na: b\n",
        '"' + "\\x41" * 15_000 + '": b',
        "a: |" + "9" * 5_000 + "\n x\n",
    ],
    ids=[
        "lists",
        "maps",
        "keys",
        "dashes",
        "aliases",
        "bomb",
        "large",
        "wide",
        "open",
        "version",
        "escapes",
        "indent",
    ],
)
def test_a_bomb_is_refused_within_two_seconds(text: str) -> None:
    """Neither memory nor time grows with the malice of the file."""
    began = time.monotonic()
    assert read(text) is None
    assert time.monotonic() - began < 2
