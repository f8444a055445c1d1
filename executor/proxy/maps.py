"""Entries as lines of HAProxy's map files, and back. Pure.

A host name's value is its target. A path is kept with slashes around it, so that the longest match falls on
whole segments, and its value is ``target|segments to strip|prefix``. A gateway port that leads to a page has
no line: there is no page to show over plain TCP.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from executor.proxy.configuration import HOSTS_MAP, PATHS_MAP, PORTS_MAP
from executor.proxy.entry import InvalidEntryError, check_entry, is_page
from executor.proxy.protocol import Entry
from storage.records import RouteKind

MAP_OF_KIND: Mapping[RouteKind, str] = {
    RouteKind.HOST: HOSTS_MAP,
    RouteKind.PATH: PATHS_MAP,
    RouteKind.PORT: PORTS_MAP,
}

_QUOTED = re.compile(r'(key|value)="([^"]*)"')

Lines = dict[str, str]
"""One map: key to value."""


def has_line(entry: Entry) -> bool:
    """Whether an entry appears in a map at all."""
    return not (entry.kind is RouteKind.PORT and is_page(entry.target))


def key_of(kind: RouteKind, match: str) -> str:
    """The key in its map."""
    return f"/{match}/" if kind is RouteKind.PATH else match


def value_of(entry: Entry) -> str:
    """The value in its map."""
    if entry.kind is not RouteKind.PATH:
        return entry.target
    strip = entry.match.count("/") + 1 if entry.strip_prefix else 0
    return f"{entry.target}|{strip}|/{entry.match}"


def entry_of(kind: RouteKind, key: str, value: str) -> Entry:
    """Read an entry back. Raises :class:`InvalidEntryError` for one that we cannot have written."""
    if kind is not RouteKind.PATH:
        return check_entry(Entry(kind=kind, match=key, target=value))
    target, _, rest = value.partition("|")
    strip = rest.partition("|")[0]
    return check_entry(
        Entry(kind=kind, match=key.strip("/"), target=target, strip_prefix=strip not in ("", "0"))
    )


def lines_by_map(entries: Iterable[Entry]) -> Mapping[str, Lines]:
    """The whole content of every map that these entries make. Raises InvalidEntryError."""
    maps: dict[str, Lines] = {name: {} for name in MAP_OF_KIND.values()}
    for entry in entries:
        check_entry(entry)
        if has_line(entry):
            maps[MAP_OF_KIND[entry.kind]][key_of(entry.kind, entry.match)] = value_of(entry)
    return maps


def entries_in(kind: RouteKind, lines: Lines) -> Sequence[Entry]:
    """The entries of one map; lines that are none of ours are left out."""
    found = []
    for key, value in lines.items():
        try:
            found.append(entry_of(kind, key, value))
        except InvalidEntryError:
            continue
    return found


def parse_map(text: str) -> Lines:
    """Read a map file: one ``key value`` a line."""
    pairs = (line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#"))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def parse_shown_map(text: str) -> Lines:
    """Read the answer to ``show map``: one ``address key value`` a line."""
    triples = (line.split(maxsplit=2) for line in text.splitlines())
    return {triple[1]: triple[2] for triple in triples if len(triple) == 3}


def format_map(lines: Lines) -> str:
    """The text of a map file, sorted, so that equal maps are equal files."""
    return "".join(f"{key} {value}\n" for key, value in sorted(lines.items()))


def value_in_answer(text: str, key: str) -> str | None:
    """Read the answer to ``get map``: the value, if it is that very key's and not a shorter prefix's."""
    fields = dict(_QUOTED.findall(text))
    return fields.get("value") if fields.get("key") == key else None
