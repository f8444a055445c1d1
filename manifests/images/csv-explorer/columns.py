"""From the bytes of a file to a table whose columns have kinds, and the filters that suit each kind."""

import csv
import io
from dataclasses import dataclass

import pandas as pd
from pandas.api import types

ENCODINGS = ("utf-8-sig", "utf-16", "latin-1")
SNIFFED_CHARS = 64 * 1024
DELIMITERS = ",;\t|"
FEW_VALUES_COUNT = 30
"""Text with at most so many different values is a category, chosen from a list."""
DATE_SHARE = 0.9
"""A column is one of dates when at least this share of its values reads as one."""

NUMBER, DATE, CATEGORY, TEXT, BOOLEAN = "number", "date", "category", "text", "yes/no"


class NotATableError(Exception):
    """The file holds no table that can be read; the message is for whoever uploaded it."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is kept of one column: ``low`` to ``high``, one of ``chosen``, or text that holds ``part``."""

    column: str
    low: object = None
    high: object = None
    chosen: tuple = ()
    part: str = ""


def read_table(raw):
    """Read a CSV file of any common encoding and delimiter, with dates found."""
    text = decode(raw)
    if not text.strip():
        raise NotATableError("The file is empty.")
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=delimiter_of(text), skipinitialspace=True, on_bad_lines="skip"
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, ValueError) as error:
        raise NotATableError(f"This does not read as a table: {error}") from error
    if table.empty:
        raise NotATableError("The file has a header but no rows.")
    table.columns = [str(name).strip() or f"column {n}" for n, name in enumerate(table.columns, 1)]
    return table.apply(tidy)


def decode(raw):
    """Text of the file; UTF-16 only where the file says so at its beginning."""
    for encoding in ENCODINGS:
        if encoding == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def delimiter_of(text):
    """The delimiter that the first lines agree on; a comma where they do not."""
    try:
        return csv.Sniffer().sniff(text[:SNIFFED_CHARS], DELIMITERS).delimiter
    except csv.Error:
        return ","


def tidy(column):
    """The column as what it holds: dates, or numbers that are all finite."""
    if types.is_numeric_dtype(column) and not types.is_bool_dtype(column):
        return column.replace([float("inf"), float("-inf")], float("nan"))
    values = column.dropna()
    if types.is_bool_dtype(values) or values.empty:
        return column
    if types.is_object_dtype(column):
        # Whole numbers beyond 64 bits are kept as objects, which nothing can draw.
        numbers = pd.to_numeric(values.astype("string"), errors="coerce")
        if numbers.notna().all():
            return pd.to_numeric(column.astype("string"), errors="coerce").astype("float64")
    # In one time zone, since a column has one: files that mix them exist.
    if pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True).notna().mean() >= DATE_SHARE:
        return pd.to_datetime(column, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    return column


def kind_of(column):
    """Which of the five kinds a column is."""
    if types.is_bool_dtype(column):
        return BOOLEAN
    if types.is_numeric_dtype(column):
        return NUMBER
    if types.is_datetime64_any_dtype(column):
        return DATE
    return CATEGORY if column.nunique() <= FEW_VALUES_COUNT else TEXT


def kinds_of(table):
    """Kind by column, in the table's order."""
    return {name: kind_of(table[name]) for name in table.columns}


def describe(table):
    """One row for each column: kind, what is missing, what it holds."""
    rows = []
    for name, kind in kinds_of(table).items():
        column = table[name]
        rows.append(
            {
                "Column": name,
                "Kind": kind,
                "Missing": int(column.isna().sum()),
                "Different": int(column.nunique()),
                "From": _edge(column, kind, "min"),
                "To": _edge(column, kind, "max"),
                "Most frequent": _most_frequent(column),
            }
        )
    return pd.DataFrame(rows)


def _edge(column, kind, end):
    if kind not in (NUMBER, DATE) or column.notna().sum() == 0:
        return ""
    value = getattr(column, end)()
    return value.date().isoformat() if kind == DATE else f"{value:,.6g}"


def _most_frequent(column):
    counts = column.value_counts()
    return "" if counts.empty else f"{str(counts.index[0])[:40]} ({counts.iloc[0]}×)"


def apply(table, filters):
    """The rows that every filter keeps."""
    for kept in filters:
        column = table[kept.column]
        if kept.low is not None:
            table = table[column.between(kept.low, kept.high)]
        elif kept.chosen:
            table = table[column.astype("string").isin(list(kept.chosen))]
        elif kept.part:
            table = table[column.astype("string").str.contains(kept.part, case=False, regex=False, na=False)]
    return table
