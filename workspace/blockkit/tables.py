"""The cells of tables, and the rules between the rows of a data_table."""

from collections.abc import Iterator, Mapping

from workspace.blockkit.kinds import Fault, Kind, Number, Shape, Text
from workspace.blockkit.walk import members

_SHOWN: dict[str, Kind] = {"text": Text(required=True, min_chars=1)}

CELLS: dict[str, Shape] = {
    "raw_text": Shape(fields=_SHOWN),
    "raw_number": Shape(fields=_SHOWN | {"value": Number(required=True)}),
}


def rows_are_even(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """Every row has as many cells as the header."""
    rows = _rows(value)
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield Fault(
                message="all rows must have the same number of cells", pointer=f"{pointer}/rows/{index}"
            )


def header_is_plain(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """The header can be sorted by, so its cells hold no rich text."""
    for index, cell in enumerate(_rows(value)[0]):
        if isinstance(cell, dict) and cell["type"] == "rich_text":
            yield Fault(message="unsupported type: rich_text", pointer=f"{pointer}/rows/0/{index}/type")


def row_header_exists(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """The column that names the rows is one of the table's."""
    index = value.get("row_header_column_index", 0)
    if isinstance(index, int) and index >= len(_rows(value)[0]):
        yield Fault(message="must be the index of a column", pointer=f"{pointer}/row_header_column_index")


def cell_characters(block: Mapping[str, object]) -> int:
    """How many characters the cells of a table or data_table show."""
    shown = members(block.get("rows"))
    return sum(len(text) for name, text in shown if name == "text" and isinstance(text, str))


def _rows(block: Mapping[str, object]) -> list[list[object]]:
    rows = block.get("rows")
    if not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, list)]
