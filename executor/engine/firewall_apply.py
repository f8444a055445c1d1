"""Gets the firewall's rules onto the host: by running iptables here, or in a container on the host's
network."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import docker
import docker.errors
import structlog

from executor.engine.calls import Calls
from executor.engine.firewall import FirewallPolicy, nameservers, plan, rules_v4, rules_v6

COMMAND_TIMEOUT_SECONDS = 20.0
HELPER_MEMORY_BYTES = 64 * 1024 * 1024
HELPER_PIDS = 32
MARK = "#-- next --"
NONE = "#-- none --"
LOOK = f"""set -e
cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || echo 0
echo '{MARK}'
iptables-save -t filter
echo '{MARK}'
ip6tables-save -t filter 2>/dev/null || echo '{NONE}'
echo '{MARK}'
cat /etc/resolv.conf 2>/dev/null || true
"""
RESTORE_V4 = ("iptables-restore", "--noflush", "--wait", "5")
RESTORE_V6 = ("ip6tables-restore", "--noflush", "--wait", "5")

log = structlog.get_logger(__name__)

Run = Callable[[Sequence[str], str], Awaitable[str]]
"""Runs a command with an input and returns its output; raises FirewallError."""


class FirewallError(Exception):
    """The rules could not be made so. Sandboxes are not closed as promised until they are."""


class Firewall:
    """Makes the rules so, as often as asked; touches nothing where nothing is different."""

    def __init__(self, run: Run, policy: FirewallPolicy) -> None:
        self._run = run
        self._policy = policy
        self._told_of_v6 = False

    async def ensure(self) -> bool:
        """Make it so; whether something had to be changed. Raises FirewallError."""
        v4, v6 = await self._lacking()
        changed = await self._restore(RESTORE_V4, v4)
        return await self._restore(RESTORE_V6, v6) or changed

    async def stands(self) -> bool:
        """Whether nothing is lacking. Changes nothing. Raises FirewallError."""
        return not any(await self._lacking())

    async def _lacking(self) -> tuple[str | None, str | None]:
        """What there is to restore, for IPv4 and for IPv6; None where all is well."""
        filtered, v4, v6, resolv_conf = (await self._run(("sh", "-c", LOOK), "")).split(f"{MARK}\n")
        policy = replace(self._policy, resolvers=self._policy.resolvers or nameservers(resolv_conf))
        rules = rules_v4(policy, bridges_filtered=filtered.strip() == "1")
        if v6.strip() == NONE:
            self._tell_of_v6()
            return plan(v4, rules), None
        return plan(v4, rules), plan(v6, rules_v6())

    async def _restore(self, command: Sequence[str], rules: str | None) -> bool:
        if rules is None:
            return False
        await self._run(command, rules)
        log.info("firewall_made_so", by=command[0])
        return True

    def _tell_of_v6(self) -> None:
        """Once: sandbox networks have no IPv6, so this is a second wall and not the first."""
        if not self._told_of_v6:
            log.warning("firewall_without_ipv6")
            self._told_of_v6 = True


async def run_here(command: Sequence[str], given: str) -> str:
    """Run a command on this host as ourselves, who must be root for iptables."""
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    except FileNotFoundError as error:
        raise FirewallError(f"{command[0]} is not installed") from error
    try:
        async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
            output, errors = await process.communicate(given.encode())
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise FirewallError(f"{command[0]} did not end in time") from error
    if process.returncode != 0:
        raise FirewallError(f"{command[0]}: {errors.decode(errors='replace').strip()}")
    return output.decode(errors="replace")


def run_in_helper(calls: Calls, image: str) -> Run:
    """For a Sandpiper that runs in a container itself: each command in a container that shares the host's
    network and may administer it, and that is gone when the command ends."""

    async def run(command: Sequence[str], given: str) -> str:
        return await calls.waiting(
            lambda client: _run_helper(client, image, command, given), wait_seconds=COMMAND_TIMEOUT_SECONDS
        )

    return run


def helper_body(image: str, command: Sequence[str], given: str) -> dict[str, Any]:
    """The engine's body for a helper's create. Pure."""
    return {
        "Image": image,
        "User": "0",
        "Entrypoint": ["sh", "-c", 'printf %s "$GIVEN" | "$@"', "sh"],
        "Cmd": list(command),
        "Env": [f"GIVEN={given}"],
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            "NetworkMode": "host",
            "CapDrop": ["ALL"],
            "CapAdd": ["NET_ADMIN", "NET_RAW"],
            "SecurityOpt": ["no-new-privileges:true"],
            "ReadonlyRootfs": True,
            "Tmpfs": {"/run": "rw,nosuid,nodev,noexec,size=1048576"},
            "Memory": HELPER_MEMORY_BYTES,
            "MemorySwap": HELPER_MEMORY_BYTES,
            "PidsLimit": HELPER_PIDS,
        },
    }


def _run_helper(client: docker.APIClient, image: str, command: Sequence[str], given: str) -> str:
    try:
        made = _create(client, helper_body(image, command, given))
    except docker.errors.ImageNotFound as error:
        raise FirewallError(f"the helper's image {image} is not on the engine") from error
    try:
        client.start(made["Id"])
        ended = client.wait(made["Id"], timeout=int(COMMAND_TIMEOUT_SECONDS))
        output = client.logs(made["Id"], stdout=True, stderr=False)
        if ended["StatusCode"] != 0:
            errors = client.logs(made["Id"], stdout=False, stderr=True)
            raise FirewallError(f"{command[0]}: {errors.decode(errors='replace').strip()}")
        return output.decode(errors="replace")
    finally:
        client.remove_container(made["Id"], force=True)


def _create(client: docker.APIClient, body: dict[str, Any]) -> dict[str, Any]:
    # the stubs lack its types
    return client.create_container_from_config(body)  # type: ignore[no-untyped-call,no-any-return]
