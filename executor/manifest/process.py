"""What runs in a service: its command, its variables, its health check."""

import re
import shlex
from collections.abc import Mapping

from executor.engine.protocol import HealthCheck
from executor.manifest import refusals
from executor.manifest.limits import (
    ARGUMENT_LIMIT_COUNT,
    HEALTH_RANGE_SECONDS,
    HEALTH_RETRIES_MAX_COUNT,
    START_PERIOD_RANGE_SECONDS,
    VARIABLE_LIMIT_COUNT,
)
from executor.manifest.names import VARIABLE_NAME
from executor.manifest.spot import Fields, Spot, fields_of, take
from executor.manifest.tree import Listing, Scalar
from executor.manifest.values import read_boolean, read_integer, read_seconds, read_text, read_texts

_HEALTH_KEYS = ("test", "interval", "timeout", "retries", "start_period", "disable")
_TEST_KINDS = ("NONE", "CMD", "CMD-SHELL")
"""What a test may begin with; as the name of a program, each would be taken for that by the engine."""
_NO_CHECK = HealthCheck(command=("NONE",))
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


def read_command(spot: Spot) -> tuple[str, ...] | None:
    """A list as it is; text cut into words as a shell would, with no shell involved."""
    if isinstance(spot.node, Listing):
        return read_texts(spot, most=ARGUMENT_LIMIT_COUNT)
    text = read_text(spot)
    if text is None:
        return None
    words = _split(spot, text)
    if words is not None and len(words) > ARGUMENT_LIMIT_COUNT:
        spot.refuse(f"more than {ARGUMENT_LIMIT_COUNT} words")
        return None
    return words


def _split(spot: Spot, text: str) -> tuple[str, ...] | None:
    """Words, with placeholders kept whole: a blank in a default does not end a word."""
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    try:
        words = shlex.split(_PLACEHOLDER.sub(hide, text))
    except ValueError:
        spot.refuse("a quotation mark or backslash is left open")
        return None
    return tuple(re.sub("\0([0-9]+)\0", lambda match: kept[int(match[1])], word) for word in words)


def read_environment(spot: Spot) -> Mapping[str, str] | None:
    """Variables from Compose's list or mapping, as text."""
    pairs = _listed(spot) if isinstance(spot.node, Listing) else _mapped(spot)
    if pairs is None:
        return None
    if len(pairs) > VARIABLE_LIMIT_COUNT:
        spot.refuse(f"more than {VARIABLE_LIMIT_COUNT} variables")
        return None
    return pairs


def _listed(spot: Spot) -> dict[str, str] | None:
    variables: dict[str, str] = {}
    for item in spot.items() or ():
        text = read_text(item)
        if text is None:
            continue
        name, equals, value = text.partition("=")
        if name in variables:
            item.refuse(f"“{name[:60]}” is given twice")
        elif _is_variable(item, name, given=bool(equals)):
            variables[name] = value
    return variables


def _mapped(spot: Spot) -> dict[str, str] | None:
    entries = spot.entries()
    if entries is None:
        return None
    variables: dict[str, str] = {}
    for name, item in entries.items():
        if _is_variable(item, name, given=not item.is_null) and (value := read_text(item)) is not None:
            variables[name] = value
    return variables


def _is_variable(spot: Spot, name: str, *, given: bool) -> bool:
    if not VARIABLE_NAME.fullmatch(name):
        spot.refuse(f"“{name[:60]}” is not the name of a variable")
    elif not given:
        spot.refuse(f'“{name}” has no value, and a sandbox inherits none from the host; write "" for empty')
    else:
        return True
    return False


def read_health(spot: Spot) -> HealthCheck | None:
    """A check of Compose's; ``disable`` and ``NONE`` switch the image's own off."""
    fields = fields_of(spot, known=_HEALTH_KEYS, refused=refusals.HEALTH)
    if take(fields, "disable", read_boolean, False):
        return _NO_CHECK
    if "test" not in fields:
        spot.refuse("needs a test, as in test: curl -f http://localhost:8080/health")
        return None
    command = _read_test(fields["test"])
    return None if command is None else _with_times(command, fields)


def _with_times(command: tuple[str, ...], fields: Fields) -> HealthCheck:
    least, most = HEALTH_RANGE_SECONDS

    def seconds(spot: Spot) -> float | None:
        return read_seconds(spot, least=least, most=most)

    def start(spot: Spot) -> float | None:
        return read_seconds(spot, least=START_PERIOD_RANGE_SECONDS[0], most=START_PERIOD_RANGE_SECONDS[1])

    def retries(spot: Spot) -> int | None:
        return read_integer(spot, least=1, most=HEALTH_RETRIES_MAX_COUNT)

    usual = HealthCheck(command=command)
    return HealthCheck(
        command=command,
        interval_seconds=take(fields, "interval", seconds, usual.interval_seconds),
        timeout_seconds=take(fields, "timeout", seconds, usual.timeout_seconds),
        retries=take(fields, "retries", retries, usual.retries),
        start_period_seconds=take(fields, "start_period", start, usual.start_period_seconds),
    )


def _read_test(spot: Spot) -> tuple[str, ...] | None:
    if isinstance(spot.node, Scalar):
        return _shell_test(spot, spot.node.text)
    words = read_texts(spot, most=ARGUMENT_LIMIT_COUNT)
    if words is None:
        return None
    if words == ("NONE",):
        return words
    if len(words) == 2 and words[0] == "CMD-SHELL":
        return _shell_test(spot, words[1])
    if len(words) > 1 and words[0] == "CMD" and words[1] not in _TEST_KINDS:
        return words[1:]
    spot.refuse("must begin with CMD and the command's words, or CMD-SHELL and one line, or be NONE")
    return None


def _shell_test(spot: Spot, line: str) -> tuple[str, ...] | None:
    if not line.strip():
        spot.refuse("the test is empty")
        return None
    return ("CMD-SHELL", line)
