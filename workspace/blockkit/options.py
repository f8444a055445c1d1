"""Whether Slack would show the options that an app answers a block_suggestion with."""

from collections.abc import Mapping

from workspace.blockkit.blocks import CATALOGUE
from workspace.blockkit.checks import exactly_one_of
from workspace.blockkit.engine import Engine
from workspace.blockkit.kinds import ListOf, Object, Shape
from workspace.blockkit.objects import OPTION, OPTION_GROUP
from workspace.blockkit.problem import Problem, as_problems

_REPLY = Object(
    shape=Shape(
        fields={
            "options": ListOf(item=OPTION, max_items=100),
            "option_groups": ListOf(item=OPTION_GROUP, max_items=100),
        },
        checks=(exactly_one_of("options", "option_groups"),),
    )
)


def validate_options(payload: Mapping[str, object]) -> list[Problem]:
    """Every reason for which Slack would show no options; none found is `{"options": []}`."""
    return as_problems("invalid_options", Engine(catalogue=CATALOGUE).faults(_REPLY, payload, ""))
