"""One service of a manifest."""

import re
from collections.abc import Sequence

from executor.engine.hardening import CAPABILITIES_ALLOWED
from executor.manifest import refusals
from executor.manifest.limits import STOP_GRACE_RANGE_SECONDS, ResourceLimits
from executor.manifest.model import ServiceManifest
from executor.manifest.names import FOLDER_NAME, IMAGE, STOP_SIGNAL, USER
from executor.manifest.network import read_dependencies, read_ports
from executor.manifest.process import read_command, read_environment, read_health
from executor.manifest.resources import Share, read_share
from executor.manifest.spot import Fields, Spot, fields_of, nearest, take
from executor.manifest.storage import read_mounts
from executor.manifest.tree import Scalar
from executor.manifest.values import read_boolean, read_matching, read_path, read_text, read_whole_seconds

OWN_IMAGES = "sandpiper/"
"""Images under this name are built from folders under manifests/images."""
_IMAGE_LIMIT_CHARS = 255
_IMAGE_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
KNOWN = (
    "image", "build", "command", "entrypoint", "environment", "expose", "ports", "healthcheck", "depends_on",
    "volumes", "tmpfs", "user", "working_dir", "read_only", "stop_signal", "stop_grace_period", "deploy",
    "mem_limit", "cpus", "pids_limit", "x-capabilities",
)  # fmt: skip


def read_service(spot: Spot, name: str, *, usual: Share, limits: ResourceLimits) -> ServiceManifest:
    """Read a service; where something is at fault, the fault is noted and the default stands in."""
    fields = fields_of(spot, known=KNOWN, refused=refusals.SERVICE)
    image, build = _read_image(spot, fields)
    mounts = read_mounts(fields)
    share = read_share(fields, usual, limits)
    return ServiceManifest(
        name=name,
        image=image,
        build=build,
        command=read_command(fields["command"]) if "command" in fields else None,
        entrypoint=read_command(fields["entrypoint"]) if "entrypoint" in fields else None,
        environment=take(fields, "environment", read_environment, {}),
        expose=read_ports(fields),
        health=read_health(fields["healthcheck"]) if "healthcheck" in fields else None,
        depends_on=take(fields, "depends_on", read_dependencies, {}),
        volumes=mounts.volumes,
        tmpfs=mounts.tmpfs,
        user=_matching(fields, "user", USER, "a user such as 10001, 10001:10001 or app"),
        working_dir=read_path(fields["working_dir"]) if "working_dir" in fields else None,
        read_only=take(fields, "read_only", read_boolean, False),
        stop_signal=_matching(fields, "stop_signal", STOP_SIGNAL, "a signal such as SIGTERM or SIGINT"),
        stop_grace_seconds=take(fields, "stop_grace_period", _read_grace, ServiceManifest.stop_grace_seconds),
        capabilities=take(fields, "x-capabilities", _read_capabilities, ()),
        memory_bytes=share.memory_bytes,
        cpus=share.cpus,
        pids=share.pids,
    )


def _matching(fields: Fields, key: str, pattern: re.Pattern[str], meaning: str) -> str | None:
    return read_matching(fields[key], pattern, meaning) if key in fields else None


def _read_grace(spot: Spot) -> int | None:
    return read_whole_seconds(spot, least=STOP_GRACE_RANGE_SECONDS[0], most=STOP_GRACE_RANGE_SECONDS[1])


def _read_image(spot: Spot, fields: Fields) -> tuple[str, str | None]:
    """The image's reference, and the folder it is built from where it is one of ours."""
    build = _read_build(fields["build"]) if "build" in fields else None
    if "image" not in fields:
        if "build" not in fields:
            spot.refuse("needs an image, or build with the name of a folder under manifests/images")
        return f"{OWN_IMAGES}{build}", build
    image = _read_reference(fields["image"])
    if image is None:
        return "", build
    own = image.removeprefix(OWN_IMAGES) if image.startswith(OWN_IMAGES) else None
    if build is not None and own != build:
        fields["image"].refuse(
            f"must be {OWN_IMAGES}{build}, since it is built from “{build}”; or leave it out"
        )
    if own is not None and not FOLDER_NAME.fullmatch(own):
        fields["image"].refuse(f"an image of our own is {OWN_IMAGES} and its folder's name, without a tag")
    return image, own


def _read_reference(spot: Spot) -> str | None:
    text = read_text(spot, most=_IMAGE_LIMIT_CHARS)
    if text is not None and "$" in text:
        spot.refuse("an image is fixed in its manifest; write the reference out, without placeholders")
        return None
    if text is not None and _IMAGE_ID.fullmatch(text):
        spot.refuse("is the id of an image on one engine; name the image by its repository")
        return None
    return None if text is None else read_matching(spot, IMAGE, "an image such as grafana/grafana:11.3.0")


def _read_build(spot: Spot) -> str | None:
    if isinstance(spot.node, Scalar):
        return _read_folder(spot)
    fields = fields_of(spot, known=("context",), refused=refusals.BUILD)
    if "context" not in fields:
        spot.refuse("needs a context, the name of a folder under manifests/images")
        return None
    return _read_folder(fields["context"])


def _read_folder(spot: Spot) -> str | None:
    text = read_text(spot)
    if text is None:
        return None
    match = FOLDER_NAME.fullmatch(text)
    if not match:
        spot.refuse(f"“{text[:60]}” is not the name of a folder under manifests/images")
        return None
    return match[1]


def _read_capabilities(spot: Spot) -> tuple[str, ...] | None:
    names: list[str] = []
    for item in spot.items() or ():
        text = read_text(item)
        if text is None:
            continue
        name = text.upper().removeprefix("CAP_")
        if name not in CAPABILITIES_ALLOWED:
            item.refuse(f"“{text[:40]}” is not allowed{_choice(name, sorted(CAPABILITIES_ALLOWED))}")
        elif name not in names:
            names.append(name)
    return tuple(names)


def _choice(name: str, allowed: Sequence[str]) -> str:
    return nearest(name, allowed).replace("known here", "allowed are")
