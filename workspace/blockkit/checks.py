"""Rules between the fields of one object, named in the schema tables."""

from collections.abc import Iterator, Mapping

from workspace.blockkit.kinds import Check, Fault
from workspace.blockkit.patterns import WHOLE_NUMBER

Fields = Mapping[str, object]


def _names(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def at_least_one_of(*names: str) -> Check:
    """One of the named fields must be given."""

    def check(value: Fields, pointer: str) -> Iterator[Fault]:
        if not any(name in value for name in names):
            yield Fault(message=f"must define either {_names(names)}", pointer=pointer)

    return check


def at_most_one_of(*names: str) -> Check:
    """The named fields exclude one another."""

    def check(value: Fields, pointer: str) -> Iterator[Fault]:
        if sum(name in value for name in names) > 1:
            yield Fault(message=f"must define only one of {_names(names)}", pointer=pointer)

    return check


def exactly_one_of(*names: str) -> Check:
    """One of the named fields must be given, and no other."""
    one, other = at_least_one_of(*names), at_most_one_of(*names)

    def check(value: Fields, pointer: str) -> Iterator[Fault]:
        yield from one(value, pointer)
        yield from other(value, pointer)

    return check


def ordered(low: str, high: str) -> Check:
    """The first of two numbers (or strings that hold one) may not be above the second."""

    def check(value: Fields, pointer: str) -> Iterator[Fault]:
        if low in value and high in value and _number(value[low]) > _number(value[high]):
            yield Fault(message=f"`{low}` cannot be greater than `{high}`", pointer=pointer)

    return check


def section_says_something(value: Fields, pointer: str) -> Iterator[Fault]:
    """A section has text or fields; Slack points at its type when it has neither."""
    yield from at_least_one_of("text", "fields")(value, f"{pointer}/type")


def something_to_filter_by(value: Fields, pointer: str) -> Iterator[Fault]:
    """A conversation filter that filters nothing is refused."""
    if not value:
        yield Fault(message="must provide at least one property", pointer=pointer)


def initial_among_options(value: Fields, pointer: str) -> Iterator[Fault]:
    """What is chosen at first must be among what can be chosen, exactly as it stands there."""
    offered = _offered(value)
    chosen = value.get("initial_options", [])
    for index, option in enumerate(chosen if isinstance(chosen, list) else []):
        if option not in offered:
            yield Fault(
                message="must match one of the provided options", pointer=f"{pointer}/initial_options/{index}"
            )
    if "initial_option" in value and value["initial_option"] not in offered:
        yield Fault(message="must match one of the provided options", pointer=f"{pointer}/initial_option")


def number_input_is_consistent(value: Fields, pointer: str) -> Iterator[Fault]:
    """Bounds in order, the initial value between them, and no decimals where none are allowed."""
    yield from ordered("min_value", "max_value")(value, pointer)
    yield from ordered("min_value", "initial_value")(value, pointer)
    yield from ordered("initial_value", "max_value")(value, pointer)
    if value["is_decimal_allowed"] is True:
        return
    for name in ("initial_value", "min_value", "max_value"):
        if name in value and not WHOLE_NUMBER.fullmatch(str(value[name])):
            yield Fault(message="must be an integer", pointer=f"{pointer}/{name}")


def no_dispatch_of_files(value: Fields, pointer: str) -> Iterator[Fault]:
    """A file input cannot dispatch actions; Slack calls its type unsupported then."""
    element = value["element"]
    holds_file = isinstance(element, dict) and element["type"] == "file_input"
    if holds_file and value.get("dispatch_action") is True:
        yield Fault(message="unsupported type: file_input", pointer=f"{pointer}/element/type")


def divider_only_if_fixed(value: Fields, pointer: str) -> Iterator[Fault]:
    """A container that folds has no line under its header."""
    if value.get("is_collapsible") is True and value.get("has_header_divider") is True:
        yield Fault(
            message="`has_header_divider` cannot be set when `is_collapsible` is true", pointer=pointer
        )


def _offered(value: Fields) -> list[object]:
    options = value.get("options", [])
    offered = list(options) if isinstance(options, list) else []
    groups = value.get("option_groups", [])
    for group in groups if isinstance(groups, list) else []:
        offered.extend(group["options"])
    return offered


def _number(value: object) -> float:
    return float(str(value))
