"""The host's packet filter for sandbox networks: which rules there should be, and what to do to get there.
Pure.

The rules are static: they are keyed on the names of the sandboxes' bridges, all of which begin with one
prefix, so no sandbox that comes or goes changes them. They stand in two chains of our own. One is jumped to
from INPUT (packets to the host itself), one from DOCKER-USER (packets through the host), which the engine
keeps before its own rules and leaves alone when it restarts. Only packets that one of the two would let
pass go on to the rest of the host's rules: we forbid, and never permit what somebody else forbids.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from executor.engine.networks import CLOSED_PREFIX, OPEN_PREFIX

TO_HOST = "SANDPIPER-INPUT"
THROUGH_HOST = "SANDPIPER-FORWARD"
ENGINE_CHAIN = "DOCKER-USER"
ANY_BRIDGE = f"{CLOSED_PREFIX}+"
OPEN_BRIDGE = f"{OPEN_PREFIX}+"

NOT_PUBLIC_V4 = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
"""What is not the public internet: private, shared, link-local (cloud metadata), test, multicast, reserved.
IANA's IPv4 special-purpose address registry."""


@dataclass(frozen=True, kw_only=True)
class FirewallPolicy:
    """What sandboxes that were granted the outside may reach beyond the public internet."""

    resolvers: tuple[str, ...] = ()
    """Name servers, as IPv4 addresses, that may be asked on port 53 although they are private; the host's own
    where none are named."""
    allowed: tuple[str, ...] = ()
    """Networks (CIDR) that may be reached although they are private: a company's own."""
    blocked: tuple[str, ...] = ()
    """Networks (CIDR) that may not be reached although they are public."""


def rules_v4(policy: FirewallPolicy, *, bridges_filtered: bool) -> tuple[str, ...]:
    """Our chains' rules in the words of iptables-save.

    ``bridges_filtered``: whether the kernel shows this filter packets between two containers of one bridge
    (br_netfilter). Asking for it in a rule would switch it on for the whole host, so we do not where it is
    off.
    """
    same_bridge = (f"-i {ANY_BRIDGE} -o {ANY_BRIDGE} -m physdev --physdev-is-bridged -j RETURN",)
    through = (
        *(same_bridge if bridges_filtered else ()),
        "-m conntrack --ctstate ESTABLISHED -j RETURN",
        "-p icmp -m conntrack --ctstate RELATED -j RETURN",
        f"-o {ANY_BRIDGE} -j DROP",
        *_outside(policy),
        "-j DROP",
    )
    to_host = (
        "-m conntrack --ctstate ESTABLISHED -j RETURN",
        "-p icmp -m conntrack --ctstate RELATED -j RETURN",
        "-j DROP",
    )
    return (*_in_chain(TO_HOST, to_host), *_in_chain(THROUGH_HOST, through))


def rules_v6() -> tuple[str, ...]:
    """Sandbox networks have no IPv6: whatever comes from one in spite of that goes nowhere."""
    return (*_in_chain(TO_HOST, ("-j DROP",)), *_in_chain(THROUGH_HOST, ("-j DROP",)))


def plan(current: str, rules: Sequence[str]) -> str | None:
    """What to give to ``iptables-restore --noflush``, all of it or nothing taking effect; None if all is
    well.

    ``current`` is what ``iptables-save -t filter`` says. Our jumps must be the first rules of their chains.
    """
    jumps = _jumps(current)
    there = current.splitlines()
    if _by_chain(there) == _by_chain(rules) and all(_leads(current, chain, ours) for chain, ours in jumps):
        return None
    lines = ["*filter", f":{TO_HOST} - [0:0]", f":{THROUGH_HOST} - [0:0]", *rules]
    lines += [f"-D {line.removeprefix('-A ')}" for line in there if _is_jump(line)]
    for chain, ours in jumps:
        lines += [f"-I {chain} {position} {jump}" for position, jump in enumerate(ours, start=1)]
    return "\n".join([*lines, "COMMIT", ""])


def nameservers(resolv_conf: str) -> tuple[str, ...]:
    """The IPv4 name servers of a resolv.conf, the loopback's left out: those the engine asks itself."""
    found = re.findall(r"^\s*nameserver\s+([0-9.]+)\s*$", resolv_conf, re.MULTILINE)
    return tuple(address for address in found if not IPv4Address(address).is_loopback)


def _outside(policy: FirewallPolicy) -> tuple[str, ...]:
    """For those granted the outside, in order: what is allowed in spite of, what is not, and the rest."""
    resolvers = [
        f"-d {address}/32 -i {OPEN_BRIDGE} -p {protocol} -m {protocol} --dport 53 -j RETURN"
        for address in policy.resolvers
        for protocol in ("udp", "tcp")
    ]
    allowed = [f"-d {network} -i {OPEN_BRIDGE} -j RETURN" for network in policy.allowed]
    blocked = [f"-d {network} -i {OPEN_BRIDGE} -j DROP" for network in (*NOT_PUBLIC_V4, *policy.blocked)]
    return (*resolvers, *allowed, *blocked, f"-i {OPEN_BRIDGE} -j RETURN")


def _in_chain(chain: str, rules: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"-A {chain} {rule}" for rule in rules)


def _jumps(current: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Chain to the jumps that must lead it."""
    parent = ENGINE_CHAIN if f"\n:{ENGINE_CHAIN} " in current else "FORWARD"
    return (
        ("INPUT", (f"-i {ANY_BRIDGE} -j {TO_HOST}",)),
        (parent, (f"-i {ANY_BRIDGE} -j {THROUGH_HOST}", f"-o {ANY_BRIDGE} -j {THROUGH_HOST}")),
    )


def _by_chain(lines: Sequence[str]) -> tuple[list[str], ...]:
    """The rules of each of our chains; iptables-save gives the chains in an order of its own."""
    return tuple(
        [line for line in lines if line.startswith(f"-A {ours} ")] for ours in (TO_HOST, THROUGH_HOST)
    )


def _is_jump(line: str) -> bool:
    return line.startswith("-A ") and line.endswith((f"-j {TO_HOST}", f"-j {THROUGH_HOST}"))


def _leads(current: str, chain: str, jumps: Sequence[str]) -> bool:
    """Whether the chain begins with exactly these jumps, and no other chain or place has one."""
    lines = current.splitlines()
    inside = [line for line in lines if line.startswith(f"-A {chain} ")]
    wanted = [f"-A {chain} {jump}" for jump in jumps]
    return inside[: len(wanted)] == wanted and not any(_is_jump(line) for line in inside[len(wanted) :])
