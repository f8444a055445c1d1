"""How large a manifest, and what it asks for, may be."""

from dataclasses import dataclass

from executor.config import DAY, GIBIBYTE, HOUR, MEBIBYTE, MINUTE

TEXT_LIMIT_BYTES = 64 * 1024
"""Of the whole file."""
DEPTH_LIMIT_LEVELS = 12
NODE_LIMIT_COUNT = 5_000
PROBLEM_LIMIT_COUNT = 100
"""How many faults of one file are told; the rest are counted."""

SERVICE_LIMIT_COUNT = 8
"""A sandbox's network has room for thirteen containers; some is kept for the proxy and for later."""
VOLUME_LIMIT_COUNT = 8
ROUTE_LIMIT_COUNT = 8
GENERATED_LIMIT_COUNT = 16
VARIABLE_LIMIT_COUNT = 100
ARGUMENT_LIMIT_COUNT = 64
PORT_LIMIT_COUNT = 16
TMPFS_LIMIT_COUNT = 8

TITLE_LIMIT_CHARS = 60
DESCRIPTION_LIMIT_CHARS = 300
SIGN_IN_LIMIT_CHARS = 1_000
VALUE_LIMIT_CHARS = 8_000
"""Of one variable or one argument."""
PATH_LIMIT_CHARS = 200

MEMORY_MIN_BYTES = 16 * MEBIBYTE
CPUS_MIN = 0.05
PIDS_MIN_COUNT = 8
PIDS_MAX_COUNT = 4_096
TMPFS_DEFAULT_BYTES = 64 * MEBIBYTE
TMPFS_MAX_BYTES = 2 * GIBIBYTE
SECRET_MIN_CHARS = 12
SECRET_MAX_CHARS = 128
SECRET_DEFAULT_CHARS = 24

TTL_RANGE_SECONDS = (1 * MINUTE, 30 * DAY)
IDLE_RANGE_SECONDS = (1 * MINUTE, 30 * DAY)
READY_RANGE_SECONDS = (5, 1 * HOUR)
HEALTH_RANGE_SECONDS = (0.5, HOUR)
"""The engine begins a program for each look, on the host's account and not on the container's."""
START_PERIOD_RANGE_SECONDS = (0, HOUR)
HEALTH_RETRIES_MAX_COUNT = 100
STOP_GRACE_RANGE_SECONDS = (0, 5 * MINUTE)


@dataclass(frozen=True, kw_only=True)
class ResourceLimits:
    """What one service gets where its manifest is silent, and the most it may ask for."""

    memory_bytes: int = 512 * MEBIBYTE
    cpus: float = 0.5
    pids: int = 256
    max_memory_bytes: int = 4 * GIBIBYTE
    max_cpus: float = 2.0
