"""Reading what HAProxy says of itself and of its stick tables. Pure."""

import re
from collections.abc import Iterable, Mapping

from executor.proxy.protocol import Activity
from storage.records import RouteKind

_FIELD = re.compile(r"([a-z_]+)=(\S+)")

Key = tuple[RouteKind, str]


def version_in(info: str) -> str:
    """The answer to ``show info`` as 'HAProxy 2.6.12'."""
    fields = dict(line.partition(": ")[::2] for line in info.splitlines())
    return f"{fields.get('Name', 'HAProxy')} {fields.get('Version', 'of an unknown version')}"


def activity_in_web(table: str) -> Mapping[Key, Activity]:
    """The answer to ``show table activity_web``: host names, and paths, which begin with a slash."""
    return {
        _web_key(fields["key"]): _activity(fields, "http_req_cnt")
        for fields in _rows(table)
        if "key" in fields
    }


def activity_in_ports(table: str) -> Mapping[Key, Activity]:
    """The answer to ``show table activity_ports``."""
    return {
        (RouteKind.PORT, fields["key"]): _activity(fields, "conn_cnt")
        for fields in _rows(table)
        if "key" in fields
    }


def _rows(table: str) -> Iterable[Mapping[str, str]]:
    return (dict(_FIELD.findall(line)) for line in table.splitlines() if not line.startswith("#"))


def _web_key(key: str) -> Key:
    return (RouteKind.PATH, key[1:]) if key.startswith("/") else (RouteKind.HOST, key)


def _activity(fields: Mapping[str, str], counter: str) -> Activity:
    return Activity(
        requests=int(fields.get(counter, "0")),
        open_connections=int(fields.get("conn_cur", "0")),
        bytes_in=int(fields.get("bytes_in_cnt", "0")),
    )
