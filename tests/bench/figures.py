"""Medians, percentiles and how they are printed."""

import statistics
from collections.abc import Sequence

MILLISECONDS = 1000


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not pass; with fewer than 100 values, the largest."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def median(values: Sequence[float]) -> float:
    """The one in the middle."""
    return statistics.median(values)


def row(name: str, seconds: Sequence[float]) -> str:
    """A line of a table: how many, median and p99 in milliseconds."""
    return (
        f"{name:<44} n={len(seconds):<4} median {median(seconds) * MILLISECONDS:8.1f} ms"
        f"   p99 {p99(seconds) * MILLISECONDS:8.1f} ms"
    )
