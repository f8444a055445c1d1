"""Where an image comes from, decided before anything is created."""

from collections.abc import Mapping
from enum import StrEnum

from executor.errors import ImageUnavailableError


class ImageSource(StrEnum):
    """How an image will come to be on the engine."""

    PRESENT = "present"
    """It is there already."""
    BUILD = "build"
    """From its folder under manifests/images."""
    LOAD = "load"
    """From an archive that ``docker save`` wrote."""
    PULL = "pull"
    """From its registry, which has said that it has it."""
    MISSING = "missing"


def require(plan: Mapping[str, ImageSource]) -> None:
    """Raise ImageUnavailableError that names every image of the plan that is nowhere to be had."""
    missing = sorted(reference for reference, source in plan.items() if source is ImageSource.MISSING)
    if not missing:
        return
    subject = f"The image {missing[0]} is" if len(missing) == 1 else f"The images {', '.join(missing)} are"
    raise ImageUnavailableError(
        f"{subject} not on this engine, and no folder, archive or registry has it.",
        f"On a machine that has it: docker save -o image.tar {' '.join(missing)}. "
        "Then here: sandpiper images load image.tar",
    )
