"""Checks of the engine, the proxy and the images."""

from pathlib import Path

from bot.doctor.host import check_disk
from bot.doctor.report import Finding, fault, ok, warning
from executor.engine.docker import DockerEngine
from executor.engine.failures import EngineCallError
from executor.engine.firewall_apply import FirewallError
from executor.engine.protocol import Engine, EngineInfo
from executor.errors import EngineUnavailableError, ProxyUnavailableError
from executor.proxy.protocol import Proxy

GIBIBYTE = 1024**3


async def check_engine(engine: Engine, *, socket: Path) -> tuple[list[Finding], EngineInfo | None]:
    """Whether the engine answers, who it is, and which walls it can build."""
    try:
        info = await engine.info()
    except EngineUnavailableError as error:
        todo = "Start it (systemctl start docker, or dockerd as root), or set SANDPIPER_ENGINE_SOCKET."
        return [fault("engine", f"does not answer at {socket}: {error}", todo)], None
    kind = f"API {info.api_version}, {info.storage_driver}, cgroup v{info.cgroup_version}"
    what = f"Docker {info.version} ({kind}), {info.cpus} CPUs, {info.memory_bytes / GIBIBYTE:.0f} GB"
    return [ok("engine", what), _check_walls(info), *_check_image_disk(Path(info.root_dir))], info


def _check_image_disk(root: Path) -> list[Finding]:
    """Whether images have room; nothing can be said where the engine's folder is on another machine."""
    return [check_disk(root, subject="images on")] if root.exists() else []


def _check_walls(info: EngineInfo) -> Finding:
    """Say which isolation the engine itself reports, and no more than that."""
    if not any("seccomp" in option for option in info.security_options):
        return fault("isolation", "the engine has no seccomp", "Run an engine and a kernel with seccomp.")
    modules = [name for name in ("apparmor", "selinux") if any(name in o for o in info.security_options)]
    runsc = "runsc" in info.runtimes
    walls = ["seccomp", *modules, *(["gVisor installed"] if runsc else [])]
    if modules or runsc:
        return ok("isolation", ", ".join(walls))
    return warning(
        "isolation",
        "seccomp, namespaces and capabilities only; sandboxes share this host's kernel",
        "For people you do not trust, use a host of its own, or gVisor (Debian's package runsc).",
    )


async def check_firewall(engine: DockerEngine) -> Finding:
    """Whether the host's packet filter keeps sandboxes from the host and from each other. Changes nothing."""
    try:
        stands = await engine.is_walled()
    except (FirewallError, EngineCallError, EngineUnavailableError) as error:
        todo = "Run as root where iptables is installed, or set SANDPIPER_FIREWALL=helper; docs/security.md."
        return fault("firewall", f"cannot be looked at, so no sandbox is started: {error}", todo)
    if stands is None:
        todo = "See that somebody else's rules keep sandboxes from this host, or set SANDPIPER_FIREWALL=host."
        return warning("firewall", "off: Sandpiper makes no rules", todo)
    if not stands:
        return warning("firewall", "the rules are not in force yet", "Start sandpiper serve: it makes them.")
    return ok("firewall", "the rules are in force")


async def check_proxy(proxy: Proxy, *, socket: Path) -> tuple[Finding, bool]:
    """Whether the proxy's runtime socket answers."""
    try:
        version = await proxy.version()
    except ProxyUnavailableError as error:
        todo = "Start it: haproxy -W -db -f …/haproxy.cfg, or set SANDPIPER_PROXY_MANAGED=true."
        return fault("proxy", f"does not answer at {socket}: {error}", todo), False
    return ok("proxy", f"{version}, {len(await proxy.entries())} routes"), True
