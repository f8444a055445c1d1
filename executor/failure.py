"""Why something ended, in a person's words. Pure."""

from collections.abc import Sequence

from executor.engine.protocol import ContainerState, LogLine
from executor.errors import StepFailedError
from storage.records import Health

TAIL_LINES = 40
TAIL_LIMIT_CHARS = 8_000
CHECK_LIMIT_CHARS = 300

_MEBIBYTE = 1024 * 1024

_EXITS = {
    0: "ended without an error",
    125: "could not be started by the engine",
    126: "could not run its command: it is not a program",
    127: "could not run its command: there is no such program in the image",
    130: "was interrupted",
    132: "crashed: illegal instruction",
    134: "crashed: it aborted itself",
    136: "crashed: arithmetic error",
    137: "was killed",
    139: "crashed: it touched memory that is not its own",
    143: "was asked to end, and did",
}


def words_of_exit(exit_code: int | None, *, out_of_memory: bool, memory_bytes: int) -> str:
    """How a container ended: 'used its 512 MB of memory and was killed', 'ended with exit code 3'."""
    if out_of_memory:
        return f"used its {size(memory_bytes)} of memory and was killed"
    if exit_code is None:
        return "ended"
    return _EXITS.get(exit_code, f"ended with exit code {exit_code}")


def size(memory_bytes: int) -> str:
    """Bytes as a person says them."""
    mebibytes = memory_bytes // _MEBIBYTE
    return f"{mebibytes // 1024} GB" if mebibytes >= 1024 and mebibytes % 1024 == 0 else f"{mebibytes} MB"


def tail_text(lines: Sequence[LogLine]) -> str:
    """The last lines as one text, the newest kept where there are too many."""
    text = "\n".join(line.text for line in lines)
    return text[-TAIL_LIMIT_CHARS:]


def of_exit(service: str, state: ContainerState, *, memory_bytes: int, tail: str) -> StepFailedError:
    """A container that should run has ended."""
    words = words_of_exit(state.exit_code, out_of_memory=state.out_of_memory, memory_bytes=memory_bytes)
    hint = "Give it more memory." if state.out_of_memory else "Its last lines say more."
    return StepFailedError(
        f"The service {service} {words}.",
        hint,
        service=service,
        log_tail=tail,
        out_of_memory=state.out_of_memory,
    )


def of_timeout(
    service: str, state: ContainerState, *, waited_seconds: float, checked: bool, tail: str
) -> StepFailedError:
    """A container runs and never became well in time."""
    how = "its health check never passed" if checked else "nothing answered at its port"
    said = state.health_output.strip()[:CHECK_LIMIT_CHARS]
    if state.health is Health.UNHEALTHY and said:
        how = f"its health check fails: {said}"
    return StepFailedError(
        f"The service {service} was not ready after {_length(waited_seconds)}: {how}.",
        "Its last lines say more.",
        service=service,
        log_tail=tail,
    )


def of_absence(service: str) -> StepFailedError:
    """A container is not on the engine although it was made."""
    return StepFailedError(
        f"The container of the service {service} is gone; somebody removed it.", "Try again.", service=service
    )


def _length(seconds: float) -> str:
    """A length of time as a person says it."""
    whole = round(seconds)
    return f"{whole} seconds" if whole < 120 else f"{whole // 60} minutes"
