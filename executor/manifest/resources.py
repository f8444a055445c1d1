"""Memory, CPUs and processes of a service, from either of Compose's two ways to say it."""

from dataclasses import dataclass

from executor.manifest import refusals
from executor.manifest.limits import (
    CPUS_MIN,
    MEMORY_MIN_BYTES,
    PIDS_MAX_COUNT,
    PIDS_MIN_COUNT,
    ResourceLimits,
)
from executor.manifest.spot import Fields, Spot, fields_of, take
from executor.manifest.values import read_integer, read_number, read_size

LIMIT_KEYS = ("memory", "cpus", "pids")
_FLAT_KEYS = {"mem_limit": "memory", "cpus": "cpus", "pids_limit": "pids"}
"""Compose's older keys of the service itself."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one service may use."""

    memory_bytes: int
    cpus: float
    pids: int


def read_share(fields: Fields, usual: Share, limits: ResourceLimits) -> Share:
    """A service's share; what it does not say is as in ``usual``."""
    given = dict(_nested(fields))
    for flat, key in _FLAT_KEYS.items():
        if flat in fields and key in given:
            fields[flat].refuse(f"given twice, also as deploy.resources.limits.{key}")
        elif flat in fields:
            given[key] = fields[flat]
    return read_limits(given, usual, limits)


def _nested(fields: Fields) -> Fields:
    if "deploy" not in fields:
        return {}
    deploy = fields_of(fields["deploy"], known=("resources",), refused=refusals.DEPLOY)
    if "resources" not in deploy:
        return {}
    resources = fields_of(deploy["resources"], known=("limits",), refused=refusals.RESOURCES)
    if "limits" not in resources:
        return {}
    return fields_of(resources["limits"], known=LIMIT_KEYS, refused=refusals.RESOURCE_LIMITS)


def read_limits(fields: Fields, usual: Share, limits: ResourceLimits) -> Share:
    """``memory``, ``cpus`` and ``pids`` within what is allowed."""

    def memory(spot: Spot) -> int | None:
        return read_size(spot, least=MEMORY_MIN_BYTES, most=limits.max_memory_bytes)

    def cpus(spot: Spot) -> float | None:
        return read_number(spot, least=CPUS_MIN, most=limits.max_cpus)

    def pids(spot: Spot) -> int | None:
        return read_integer(spot, least=PIDS_MIN_COUNT, most=PIDS_MAX_COUNT)

    return Share(
        memory_bytes=take(fields, "memory", memory, usual.memory_bytes),
        cpus=take(fields, "cpus", cpus, usual.cpus),
        pids=take(fields, "pids", pids, usual.pids),
    )
