"""What every container gets, whoever asks and whatever for. Why: docs/security.md."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from executor.errors import InvalidRequestError

CAPABILITIES_ALLOWED = frozenset({"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"})
"""What an image needs that begins as root, makes its folders its own and goes on as somebody else."""

SECCOMP_PROFILE = Path(__file__).with_name("seccomp.json").read_text(encoding="utf-8")

SHM_BYTES = 64 * 1024 * 1024
"""Shared memory of a container; what is written there counts as its memory too."""
TMPFS_INODES = 65536
"""Per tmpfs: inodes are the kernel's own memory, which a size in bytes does not bound."""
OPEN_FILES = 16384
LOG_FILE_MEGABYTES = 4
LOG_FILES = 2
OUT_OF_MEMORY_SCORE = 500
"""When the whole machine runs out of memory, sandboxes go before the engine and the bot."""
NANO = 1_000_000_000

MASKED_PATHS = (
    # what the engine masks by default
    "/proc/asound",
    "/proc/acpi",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
    # facts of the host: its boot line, its kernel's build, addresses and modules, its hardware's names
    "/proc/cmdline",
    "/proc/config.gz",
    "/proc/kallsyms",
    "/proc/modules",
    "/proc/interrupts",
    "/sys/module",
    "/sys/devices/virtual/dmi",
    "/sys/kernel/debug",
    "/sys/kernel/security",
    "/sys/kernel/tracing",
)
READONLY_PATHS = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")

NO_RESOLVER = "127.0.0.1"
"""The container's own loopback, where nothing answers: the engine resolves the sandbox's services itself
and sends every other question here, so that none leaves the machine (``--internal`` alone does not see to
that)."""


def host_config(
    *, memory_bytes: int, cpus: float, pids: int, read_only: bool, capabilities: Sequence[str]
) -> dict[str, object]:
    """The part of the engine's HostConfig that is ours alone.

    Raises InvalidRequestError for a capability that is not on the short list.
    """
    return {
        "Privileged": False,
        "CapDrop": ["ALL"],
        "CapAdd": _capabilities(capabilities),
        "SecurityOpt": ["no-new-privileges:true", f"seccomp={SECCOMP_PROFILE}"],
        "MaskedPaths": list(MASKED_PATHS),
        "ReadonlyPaths": list(READONLY_PATHS),
        "CgroupnsMode": "private",
        "IpcMode": "private",
        "PidMode": "",
        "UTSMode": "",
        "Init": True,
        "Memory": memory_bytes,
        "MemorySwap": memory_bytes,
        "OomScoreAdj": OUT_OF_MEMORY_SCORE,
        "NanoCpus": int(cpus * NANO),
        "PidsLimit": pids,
        "ShmSize": SHM_BYTES,
        "Ulimits": _ulimits(),
        "ReadonlyRootfs": read_only,
        "PublishAllPorts": False,
        "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
        "LogConfig": {
            "Type": "json-file",
            "Config": {"max-size": f"{LOG_FILE_MEGABYTES}m", "max-file": str(LOG_FILES)},
        },
    }


def tmpfs_options(tmpfs: Mapping[str, int]) -> dict[str, str]:
    """Mount options by path: sized in bytes and inodes, no devices, no setuid. Programs may run from there,
    because libraries unpack themselves into /tmp."""
    return {
        path: f"rw,exec,nosuid,nodev,mode=1777,size={size_bytes},nr_inodes={TMPFS_INODES}"
        for path, size_bytes in tmpfs.items()
    }


def resolver(*, egress: bool) -> dict[str, object]:
    """Where the engine asks for names that are not of the sandbox: nowhere, unless the outside is granted."""
    if egress:
        return {}
    return {"Dns": [NO_RESOLVER], "DnsSearch": ["."], "DnsOptions": ["ndots:0", "timeout:1", "attempts:1"]}


def _capabilities(asked: Sequence[str]) -> list[str]:
    names = sorted({name.upper().removeprefix("CAP_") for name in asked})
    refused = [name for name in names if name not in CAPABILITIES_ALLOWED]
    if refused:
        raise InvalidRequestError(
            f"The capability {refused[0]} is never given to a sandbox.",
            f"Allowed are {', '.join(sorted(CAPABILITIES_ALLOWED))}.",
        )
    return names


def _ulimits() -> list[dict[str, object]]:
    limits = {"nofile": OPEN_FILES, "core": 0, "msgqueue": 0}
    return [{"Name": name, "Soft": value, "Hard": value} for name, value in limits.items()]
