"""The executor's settings: plain values, read by whoever starts it."""

from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1024 * 1024
GIBIBYTE = 1024 * MEBIBYTE
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class ExecutorConfig:
    """What the executor needs to know. Times in seconds, sizes in bytes."""

    installation: str = "sandpiper"
    """Label value that tells this installation's containers from another's on the same engine."""
    domain: str = "localhost"
    """Sandboxes answer under ``{name}.{domain}``."""
    public_scheme: str = "http"
    public_port: int | None = 8080
    """Shown in URLs; None where it is the scheme's own."""
    subnet_range: str = "10.213.0.0/16"
    """Every sandbox's network is a /28 of it."""
    gateway_ports: tuple[int, int] = (20000, 20099)
    """First and last port of the range that the proxy binds once."""
    apps_dir: Path = Path("manifests/apps")
    images_dir: Path = Path("manifests/images")
    archives_dir: Path | None = None
    """Where image archives lie that may be loaded."""
    default_ttl_seconds: int = 8 * HOUR
    max_ttl_seconds: int = 14 * DAY
    default_idle_seconds: int | None = 2 * HOUR
    min_ttl_seconds: int = MINUTE
    retention_seconds: int = 3 * DAY
    """How long a stopped or failed sandbox is kept before it is destroyed."""
    log_retention_seconds: int = 7 * DAY
    """How long logs outlive their sandbox."""
    warning_marks_seconds: tuple[int, ...] = (HOUR, 10 * MINUTE)
    default_memory_bytes: int = 512 * MEBIBYTE
    max_memory_bytes: int = 4 * GIBIBYTE
    default_cpus: float = 0.5
    max_cpus: float = 2.0
    default_pids: int = 256
    max_sandboxes: int = 200
    workers: int = 4
    """Operations carried out at once."""
    lease_seconds: float = 15.0
    reconcile_every_seconds: float = 30.0
    schedule_every_seconds: float = 5.0
    name_cooling_seconds: int = DAY
    """How long the name of a destroyed sandbox is kept from other people."""
    log_segment_bytes: int = 64 * 1024
    log_keep_bytes: int = 2 * MEBIBYTE
    """Per service, oldest segments dropped first."""
