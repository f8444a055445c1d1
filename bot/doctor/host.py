"""Checks of this machine and of the settings: no engine, no network."""

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from bot.doctor.report import Finding, fault, ok, warning

GIBIBYTE = 1024**3
DISK_FAULT_BYTES = 1 * GIBIBYTE
DISK_WARNING_BYTES = 5 * GIBIBYTE


def check_disk(path: Path, *, subject: str = "disk") -> Finding:
    """Whether there is room where data or images lie."""
    while not path.exists() and path != path.parent:
        path = path.parent
    free = shutil.disk_usage(path).free
    what = f"{free / GIBIBYTE:.1f} GB free at {path}"
    if free < DISK_FAULT_BYTES:
        return fault(subject, what, "Make room: remove unused images (sandpiper images list) or add disk.")
    if free < DISK_WARNING_BYTES:
        return warning(subject, what, "An image build can take some GB; make room soon.")
    return ok(subject, what)


def check_keys(keys: Sequence[tuple[str, bytes]]) -> Finding:
    """Whether secrets can be stored encrypted."""
    if keys:
        return ok("key", f"{len(keys)} set, the newest is {keys[0][0]!r}")
    return fault(
        "key",
        "none is set, so no sandbox with generated passwords can be stored",
        'Set SANDPIPER_KEYS; make one with: echo "k1:$(head -c 32 /dev/urandom | base64)"',
    )


def check_port(host: str, port: int, *, subject: str, ours: bool) -> Finding:
    """Whether ``port`` can be bound, or is bound by us already (``ours``)."""
    if ours:
        return ok(subject, f"{host}:{port} is ours")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return fault(
                subject,
                f"{host}:{port} cannot be bound: {error.strerror}",
                "End what holds it (ss -ltnp shows what), or set another port.",
            )
    return ok(subject, f"{host}:{port} is free")


def check_gateway_ports(first: int, last: int, *, host: str, ours: bool) -> Finding:
    """Whether the gateway range is free, or bound by our proxy."""
    if ours:
        return ok("gateway", f"ports {first} to {last} are the proxy's")
    taken = []
    for port in range(first, last + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                taken.append(port)
    if taken:
        shown = ", ".join(map(str, taken[:5])) + (" …" if len(taken) > 5 else "")
        return fault(
            "gateway", f"ports {shown} are taken", "Set SANDPIPER_GATEWAY_PORTS to a range that is free."
        )
    return ok("gateway", f"ports {first} to {last} are free")
