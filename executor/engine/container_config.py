"""From our spec to the engine's body for a create. Pure."""

import hashlib
import json
from collections.abc import Mapping

from executor.engine import hardening
from executor.engine.protocol import LABEL_DIGEST, LABEL_INSTALLATION, ContainerSpec, HealthCheck

NANOSECONDS = 1_000_000_000


def container_body(spec: ContainerSpec, *, installation: str) -> dict[str, object]:
    """The body of ``POST /containers/create``, its own digest among the labels.

    Raises InvalidRequestError for what no sandbox may have.
    """
    body: dict[str, object] = {
        "Image": spec.image,
        "Hostname": spec.hostname,
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Tty": False,
        "OpenStdin": False,
        "HostConfig": _host_config(spec),
        "NetworkingConfig": {"EndpointsConfig": {spec.network: _endpoint(spec)}},
    }
    body |= _overrides(spec)
    labels = {**spec.labels, LABEL_INSTALLATION: installation}
    body["Labels"] = {**labels, LABEL_DIGEST: digest({**body, "Labels": labels})}
    return body


def digest(body: Mapping[str, object]) -> str:
    """Of everything asked for, so that a container made of another wish is seen to be another."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _host_config(spec: ContainerSpec) -> dict[str, object]:
    return {
        **hardening.host_config(
            memory_bytes=spec.memory_bytes,
            cpus=spec.cpus,
            pids=spec.pids,
            read_only=spec.read_only,
            capabilities=spec.capabilities,
        ),
        **hardening.resolver(egress=spec.egress),
        "NetworkMode": spec.network,
        "Tmpfs": hardening.tmpfs_options(spec.tmpfs),
        "Mounts": [
            {"Type": "volume", "Source": volume, "Target": path} for volume, path in spec.volumes.items()
        ],
    }


def _endpoint(spec: ContainerSpec) -> dict[str, object]:
    return {"IPAMConfig": {"IPv4Address": spec.address}, "Aliases": list(spec.aliases)}


def _overrides(spec: ContainerSpec) -> dict[str, object]:
    """What the image says, unless the spec says otherwise."""
    found: dict[str, object] = {"StopTimeout": spec.stop_grace_seconds}
    if spec.command is not None:
        found["Cmd"] = list(spec.command)
    if spec.entrypoint is not None:
        found["Entrypoint"] = list(spec.entrypoint)
    if spec.user is not None:
        found["User"] = spec.user
    if spec.working_dir is not None:
        found["WorkingDir"] = spec.working_dir
    if spec.stop_signal is not None:
        found["StopSignal"] = spec.stop_signal
    if spec.health is not None:
        found["Healthcheck"] = _health(spec.health)
    return found


def _health(check: HealthCheck) -> dict[str, object]:
    test = list(check.command)
    if test[:1] not in (["NONE"], ["CMD"], ["CMD-SHELL"]):
        test = ["CMD", *test]
    return {
        "Test": test,
        "Interval": int(check.interval_seconds * NANOSECONDS),
        "Timeout": int(check.timeout_seconds * NANOSECONDS),
        "Retries": check.retries,
        "StartPeriod": int(check.start_period_seconds * NANOSECONDS),
    }
