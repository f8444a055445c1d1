"""Rows to records, in one place: a renamed column or field shows here and nowhere else."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from storage.records import (
    Event,
    EventKind,
    Health,
    LogSegment,
    Operation,
    OperationKind,
    OperationStatus,
    Post,
    PostState,
    Route,
    RouteKind,
    Sandbox,
    SandboxStatus,
    Service,
    Step,
    StepStatus,
    StopCause,
)

Record = TypeVar("Record")

_NOT_IN_RECORD = {
    Service: {"position"},
    Route: {"position", "requests_seen", "bytes_seen"},
    LogSegment: {"size_bytes"},
}
"""Columns that order, measure or count, and are no part of what a row says."""

_ENUMS: Mapping[type, Mapping[str, type[Enum]]] = {
    Sandbox: {"status": SandboxStatus, "health": Health, "stop_cause": StopCause},
    Service: {"health": Health},
    Route: {"kind": RouteKind},
    Operation: {"kind": OperationKind, "status": OperationStatus},
    Step: {"status": StepStatus},
    Event: {"kind": EventKind},
    Post: {"state": PostState},
    LogSegment: {},
}


def from_row(record: type[Record], row: RowMapping) -> Record:
    """Make a record of a whole row of its table; an unknown value of a closed set is an error."""
    values: dict[str, Any] = {
        key: value for key, value in row.items() if key not in _NOT_IN_RECORD.get(record, ())
    }
    for key, kind in _ENUMS[record].items():
        if values[key] is not None:
            values[key] = kind(values[key])
    return record(**values)


def to_row(record: object) -> dict[str, Any]:
    """The columns of a record. Enums are stored as their value."""
    return {key: value.value if isinstance(value, Enum) else value for key, value in vars(record).items()}
