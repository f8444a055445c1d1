"""Whether Slack would take a message: its text, blocks and attachments."""

from collections.abc import Iterator, Mapping

from workspace.blockkit.attachments import attachment_problems
from workspace.blockkit.blocks import CATALOGUE
from workspace.blockkit.engine import Engine, count_faults
from workspace.blockkit.kinds import MESSAGE, Fault, Typed
from workspace.blockkit.problem import Problem, as_problems
from workspace.blockkit.tables import cell_characters
from workspace.blockkit.walk import (
    Located,
    all_blocks,
    objects,
    repeated_action_ids,
    repeated_block_ids,
    type_of,
    written_characters,
)

TEXT_LIMIT_CHARS = 40_000
"""chat.postMessage cuts a longer text off."""
UPDATED_TEXT_LIMIT_CHARS = 4_000
"""chat.update refuses a longer text."""
MARKDOWN_LIMIT_CHARS = 12_000
"""For markdown_text, and for all markdown blocks of a payload together."""
BLOCKS_LIMIT_CHARS = 13_200
"""All strings of a message's blocks together, but for tables, which have their own limit. Undocumented;
seen at 13,297 (slackapi/bolt-js#2509)."""
TABLE_LIMIT_CHARS = {"table": 10_000, "data_table": 20_000}
"""All cells of a message's tables together."""
CHARTS_LIMIT_COUNT = 2
BLOCKS_LIMIT_COUNT = 50

_BLOCK = Typed(family="block")
_ENGINE = Engine(catalogue=CATALOGUE, surface=MESSAGE)


def validate_message(payload: Mapping[str, object], *, method: str = "chat.postMessage") -> list[Problem]:
    """Every reason for which Slack would refuse a message, the one it would name first first.

    `payload` holds `text`, `markdown_text`, `blocks` and `attachments` as decoded JSON; absent and null
    mean the same. `method` matters to the text alone: chat.update is stricter.
    """
    given = {name: value for name, value in payload.items() if value is not None}
    return [
        *_text_problems(given, method),
        *_block_problems(given.get("blocks", [])),
        *attachment_problems(given.get("attachments", []), _message_block_faults),
        *_table_problems(given),
    ]


def truncated(text: str) -> str:
    """The text that chat.postMessage keeps of a text of any length."""
    return text[:TEXT_LIMIT_CHARS]


def _text_problems(given: Mapping[str, object], method: str) -> Iterator[Problem]:
    for name in ("text", "markdown_text"):
        if not isinstance(given.get(name, ""), str):
            yield Problem("invalid_arguments", "must provide a string", f"/{name}")
    if not any(
        _says_something(given.get(name)) for name in ("text", "markdown_text", "blocks", "attachments")
    ):
        yield Problem("no_text", "no message text provided", "")
    if "markdown_text" in given:
        yield from _markdown_text_problems(given)
    text = given.get("text")
    if method == "chat.update" and isinstance(text, str) and len(text) > UPDATED_TEXT_LIMIT_CHARS:
        yield Problem("msg_too_long", "message text is too long", "/text")


def _says_something(value: object) -> bool:
    """Whether a part of a message is there; a text of nothing but white space is not."""
    return bool(value.strip() if isinstance(value, str) else value)


def _markdown_text_problems(given: Mapping[str, object]) -> Iterator[Problem]:
    if given.get("text") or given.get("blocks"):
        yield Problem("markdown_text_conflict", "markdown_text stands alone", "/markdown_text")
    if len(str(given["markdown_text"])) > MARKDOWN_LIMIT_CHARS:
        message = f"must be less than {MARKDOWN_LIMIT_CHARS + 1} characters"
        yield Problem("invalid_arguments", message, "/markdown_text")


def _block_problems(blocks: object) -> list[Problem]:
    if not isinstance(blocks, list):
        return [Problem("invalid_blocks_format", "blocks must be an array", "/blocks")]
    problems = as_problems("invalid_blocks", _message_block_faults(blocks, "/blocks"))
    if written_characters(blocks, except_in=TABLE_LIMIT_CHARS) > BLOCKS_LIMIT_CHARS:
        problems.append(Problem("msg_blocks_too_long", "blocks are too long", "/blocks"))
    return problems


def _message_block_faults(blocks: list[object], pointer: str) -> Iterator[Fault]:
    yield from count_faults(blocks, pointer, at_least=None, at_most=BLOCKS_LIMIT_COUNT)
    yield from block_faults(_ENGINE, blocks, pointer)
    yield from _markdown_faults(blocks, pointer)
    yield from _chart_faults(blocks, pointer)


def block_faults(engine: Engine, blocks: list[object], pointer: str) -> Iterator[Fault]:
    """What is wrong with each block, and with the identifiers in and among them."""
    for index, block in enumerate(blocks):
        yield from engine.faults(_BLOCK, block, f"{pointer}/{index}")
    for block, at in all_blocks(blocks, pointer):
        yield from repeated_action_ids(block, at)
    yield from repeated_block_ids(blocks, pointer)


def _markdown_faults(blocks: list[object], pointer: str) -> Iterator[Fault]:
    used = 0
    for block, at in all_blocks(blocks, pointer):
        text = block.get("text")
        if type_of(block) != "markdown" or not isinstance(text, str):
            continue
        used += len(text)
        if used > MARKDOWN_LIMIT_CHARS:
            yield Fault(
                message=f"must be less than {MARKDOWN_LIMIT_CHARS + 1} characters", pointer=f"{at}/text"
            )


def _chart_faults(blocks: list[object], pointer: str) -> Iterator[Fault]:
    charts = [block for block, _ in all_blocks(blocks, pointer) if type_of(block) == "data_visualization"]
    if len(charts) > CHARTS_LIMIT_COUNT:
        yield Fault(message="too many data_visualization blocks", pointer="")


def _table_problems(given: Mapping[str, object]) -> Iterator[Problem]:
    tables = list(_tables(given))
    if len(tables) > 1:
        yield Problem("invalid_attachments", "only_one_table_allowed", "")
    for table, at in tables:
        limit_chars = TABLE_LIMIT_CHARS[type_of(table)]
        if cell_characters(table) > limit_chars:
            yield Problem("invalid_blocks", f"no more than {limit_chars} characters allowed in a table", at)


def _tables(given: Mapping[str, object]) -> Iterator[Located]:
    found = list(all_blocks(given.get("blocks"), "/blocks"))
    for attachment, at in objects(given.get("attachments"), "/attachments"):
        found.extend(all_blocks(attachment.get("blocks"), f"{at}/blocks"))
    yield from ((block, at) for block, at in found if type_of(block) in TABLE_LIMIT_CHARS)
