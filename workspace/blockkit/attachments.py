"""Attachments: the legacy fields, and those that carry blocks."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from workspace.blockkit.engine import Engine
from workspace.blockkit.kinds import Anything, Fault, Flag, Kind, ListOf, Object, Shape, Text
from workspace.blockkit.problem import Problem, as_problems

ATTACHMENTS_LIMIT_COUNT = 100

_WITH_BLOCKS = frozenset({"blocks", "color", "fallback"})
_STRINGS = (
    "author_icon",
    "author_link",
    "author_name",
    "author_subname",
    "callback_id",
    "color",
    "fallback",
    "footer_icon",
    "image_url",
    "pretext",
    "text",
    "thumb_url",
    "title",
    "title_link",
)
_FIELD = Object(shape=Shape(fields={"title": Text(), "value": Text(), "short": Flag()}))
_LEGACY: dict[str, Kind] = {name: Text() for name in _STRINGS} | {
    "actions": ListOf(item=Anything(), max_items=5),
    "attachment_type": Text(),
    "fields": ListOf(item=_FIELD),
    "footer": Text(max_chars=300),
    "mrkdwn_in": ListOf(item=Text(values=frozenset({"fields", "pretext", "text"}))),
    "ts": Anything(),
}
_ATTACHMENT = Object(shape=Shape(fields=_LEGACY | {"blocks": ListOf(item=Anything())}))

BlockRules = Callable[[list[object], str], Iterable[Fault]]


def attachment_problems(attachments: object, block_rules: BlockRules) -> Iterator[Problem]:
    """Why Slack would refuse the attachments of a message; `block_rules` judges the blocks in them."""
    if not isinstance(attachments, list):
        yield Problem("invalid_attachments", "must provide an array", "/attachments")
        return
    if len(attachments) > ATTACHMENTS_LIMIT_COUNT:
        yield Problem("too_many_attachments", f"no more than {ATTACHMENTS_LIMIT_COUNT} items allowed", "")
    blame = partial(as_problems, "invalid_attachments")
    for index, attachment in enumerate(attachments):
        pointer = f"/attachments/{index}"
        faults = list(Engine(catalogue={}).faults(_ATTACHMENT, attachment, pointer))
        yield from blame(faults)
        if not faults and "blocks" in attachment:
            yield from blame(_faults_with_blocks(attachment, pointer, block_rules))


def _faults_with_blocks(
    attachment: dict[str, object], pointer: str, block_rules: BlockRules
) -> Iterator[Fault]:
    """An attachment with blocks has next to nothing beside them."""
    if not attachment.keys() <= _WITH_BLOCKS:
        yield Fault(message="invalid_keys", pointer="")
    blocks = attachment["blocks"]
    if isinstance(blocks, list):
        yield from block_rules(blocks, f"{pointer}/blocks")
