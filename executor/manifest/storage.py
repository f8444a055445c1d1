"""Volumes and tmpfs of a service, in Compose's short and long forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from executor.manifest import refusals
from executor.manifest.limits import TMPFS_DEFAULT_BYTES, TMPFS_LIMIT_COUNT, TMPFS_MAX_BYTES
from executor.manifest.names import VOLUME_NAME
from executor.manifest.spot import Fields, Spot, fields_of
from executor.manifest.tree import Listing, Scalar
from executor.manifest.values import checked_path, parse_size, read_boolean, read_path, read_size, read_text

_TMPFS_MIN_BYTES = 4096
_TMPFS_DEFAULTS = frozenset({"rw", "noexec", "nosuid", "nodev"})
"""Options that hold for every tmpfs anyway, and so may be said."""
_LONG_KEYS = ("type", "source", "target", "read_only", "volume", "tmpfs", "bind", "consistency")
_LONG_REFUSED = {
    "bind": refusals.BIND_MOUNT,
    "image": "mount nothing but named volumes and tmpfs",
    "cluster": "mount nothing but named volumes and tmpfs",
    "npipe": refusals.ENGINE_SOCKET,
}


@dataclass(frozen=True, kw_only=True)
class Mounts:
    """What one service has mounted: volume to path, and path to size in bytes."""

    volumes: dict[str, str] = field(default_factory=dict)
    tmpfs: dict[str, int] = field(default_factory=dict)


def read_mounts(fields: Fields) -> Mounts:
    """Both keys together, since no two mounts may share a path."""
    mounts = Mounts()
    if "volumes" in fields:
        for item in fields["volumes"].items() or ():
            _read_volume(item, mounts)
    if "tmpfs" in fields:
        _read_tmpfs(fields["tmpfs"], mounts)
    if len(mounts.tmpfs) > TMPFS_LIMIT_COUNT:
        fields["tmpfs" if "tmpfs" in fields else "volumes"].refuse(f"more than {TMPFS_LIMIT_COUNT} tmpfs")
    return mounts


def _read_volume(spot: Spot, mounts: Mounts) -> None:
    if isinstance(spot.node, Scalar):
        _read_short(spot, spot.node.text, mounts)
    else:
        _read_long(spot, mounts)


def _read_short(spot: Spot, text: str, mounts: Mounts) -> None:
    source, colon, rest = text.partition(":")
    if not colon:
        spot.refuse("a volume needs a name and a path, as in data:/var/lib/data")
        return
    path, _, options = rest.partition(":")
    if _is_named(spot, source) and (options in ("", "rw") or _refuse_options(spot, options)):
        _add_volume(spot, source, checked_path(spot, path), mounts)


def _is_named(spot: Spot, source: str) -> bool:
    if "docker.sock" in source:
        spot.refuse(f"not allowed: {refusals.ENGINE_SOCKET}")
    elif source.startswith((".", "/", "~", "$", "\\")) or "/" in source:
        spot.refuse(f"not allowed: {refusals.BIND_MOUNT}")
    elif not VOLUME_NAME.fullmatch(source):
        spot.refuse(f"“{source[:60]}” is not the name of a volume (a-z, 0-9, - and _, at most 32)")
    else:
        return True
    return False


def _refuse_options(spot: Spot, options: str) -> bool:
    spot.refuse(f"“{options[:40]}”: a volume is mounted without options")
    return False


def _read_long(spot: Spot, mounts: Mounts) -> None:
    fields = fields_of(spot, known=_LONG_KEYS, refused={"bind": refusals.BIND_MOUNT})
    kind = read_text(fields["type"]) if "type" in fields else "volume"
    if kind in _LONG_REFUSED:
        fields["type"].refuse(f"not allowed: {_LONG_REFUSED[kind]}")
        return
    if kind not in ("volume", "tmpfs"):
        fields["type"].refuse("must be volume or tmpfs")
        return
    for key in ("read_only",):
        if key in fields and read_boolean(fields[key]):
            fields[key].refuse("a volume is mounted for reading and writing")
    if "target" not in fields:
        spot.refuse("needs a target, the path in the container")
        return
    path = read_path(fields["target"])
    if kind == "tmpfs":
        _add_tmpfs(spot, path, _long_size(fields), mounts)
    elif "source" in fields and (source := read_text(fields["source"])) is not None:
        if _is_named(fields["source"], source):
            _add_volume(spot, source, path, mounts)
    else:
        spot.refuse("needs a source, the name of a volume")


def _long_size(fields: Fields) -> int | None:
    if "tmpfs" not in fields:
        return TMPFS_DEFAULT_BYTES
    options = fields_of(fields["tmpfs"], known=("size",), refused={"mode": "it is 1777 always"})
    if "size" not in options:
        return TMPFS_DEFAULT_BYTES
    return read_size(options["size"], least=_TMPFS_MIN_BYTES, most=TMPFS_MAX_BYTES)


def _read_tmpfs(spot: Spot, mounts: Mounts) -> None:
    items = list(spot.items() or ()) if isinstance(spot.node, Listing) else [spot]
    for item in items:
        text = read_text(item)
        if text is not None:
            path, _, options = text.partition(":")
            _add_tmpfs(item, checked_path(item, path), _tmpfs_size(item, options), mounts)


def _tmpfs_size(spot: Spot, options: str) -> int | None:
    size: int | None = TMPFS_DEFAULT_BYTES
    sizes = 0
    for option in filter(None, options.split(",")):
        key, _, value = option.partition("=")
        if key == "size":
            size, sizes = parse_size(value), sizes + 1
        elif option not in _TMPFS_DEFAULTS:
            spot.refuse(f"“{option[:40]}”: a tmpfs has a size only, as in /tmp:size=64m")
    if sizes > 1:
        spot.refuse("the size is given twice")
    if size is None or not _TMPFS_MIN_BYTES <= size <= TMPFS_MAX_BYTES:
        spot.refuse("the size must be from 4k to 2g, as in /tmp:size=64m")
        return None
    return size


def _add_volume(spot: Spot, name: str, path: str | None, mounts: Mounts) -> None:
    if path is None:
        return
    if name in mounts.volumes:
        spot.refuse(f"the volume “{name}” is mounted twice in this service")
    elif not _taken(spot, path, mounts):
        mounts.volumes[name] = path


def _add_tmpfs(spot: Spot, path: str | None, size: int | None, mounts: Mounts) -> None:
    if path is not None and size is not None and not _taken(spot, path, mounts):
        mounts.tmpfs[path] = size


def _taken(spot: Spot, path: str, mounts: Mounts) -> bool:
    if path in mounts.tmpfs or path in mounts.volumes.values():
        spot.refuse(f"something is mounted at {path} already")
        return True
    return False


def read_declared(fields: Fields) -> Mapping[str, Spot]:
    """The top-level volumes: name to where it is declared."""
    entries = fields["volumes"].entries() or {} if "volumes" in fields else {}
    declared: dict[str, Spot] = {}
    for name, spot in entries.items():
        if not VOLUME_NAME.fullmatch(name):
            spot.refuse("is not the name of a volume (a-z, 0-9, - and _, at most 32)")
            continue
        _check_declared(spot)
        declared[name] = spot
    return declared


def _check_declared(spot: Spot) -> None:
    if spot.is_null:
        return
    for key, value in (spot.entries() or {}).items():
        plain_driver = key == "driver" and isinstance(value.node, Scalar) and value.node.text == "local"
        if key in refusals.VOLUME and not plain_driver:
            value.refuse(f"not allowed: {refusals.VOLUME[key]}")
        elif not plain_driver:
            value.refuse("unknown key; a volume has a name only")
