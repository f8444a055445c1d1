"""The firewall's plan: what is changed from where, and that nothing is where nothing need be."""

import pytest

from executor.engine.firewall import FirewallPolicy, nameservers, plan, rules_v4, rules_v6

ENGINES_OWN = """*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A INPUT -p tcp -j ACCEPT
-A FORWARD -j DOCKER-USER
-A DOCKER-USER -j RETURN
COMMIT
"""
RULES = rules_v4(FirewallPolicy(), bridges_filtered=True)


def applied(current: str, restore: str) -> str:
    """What iptables-save would say after the restore. Knows the few commands a plan uses."""
    chains = {line.split()[0][1:]: line for line in current.splitlines() if line.startswith(":")}
    rules: dict[str, list[str]] = {chain: [] for chain in chains}
    for line in current.splitlines():
        if line.startswith("-A "):
            rules[line.split()[1]].append(line)
    for line in restore.splitlines():
        if line.startswith(":"):
            chain = line.split()[0][1:]
            chains[chain], rules[chain] = line, []
        elif line.startswith("-A "):
            rules[line.split()[1]].append(line)
        elif line.startswith("-D "):
            rules[line.split()[1]].remove("-A " + line[3:])
        elif line.startswith("-I "):
            _, chain, position, rest = line.split(maxsplit=3)
            rules[chain].insert(int(position) - 1, f"-A {chain} {rest}")
    ordered = sorted(chains)
    saved = [chains[chain] for chain in ordered] + [rule for chain in ordered for rule in rules[chain]]
    return "\n".join(["*filter", *saved, "COMMIT", ""])


def test_a_fresh_host_gets_chains_and_leading_jumps() -> None:
    """Our jumps come before what is there, to the host and through it."""
    restore = plan(ENGINES_OWN, RULES)
    assert restore
    after = applied(ENGINES_OWN, restore).splitlines()
    first = next(line for line in after if line.startswith("-A INPUT"))
    assert first == "-A INPUT -i sp-+ -j SANDPIPER-INPUT"
    assert [line for line in after if line.startswith("-A DOCKER-USER")][:2] == [
        "-A DOCKER-USER -i sp-+ -j SANDPIPER-FORWARD",
        "-A DOCKER-USER -o sp-+ -j SANDPIPER-FORWARD",
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text,
        lambda text: text.replace("-A SANDPIPER-INPUT -j DROP\n", ""),
        lambda text: text.replace("-A INPUT -i sp-+ -j SANDPIPER-INPUT\n", ""),
        lambda text: text.replace("-A INPUT -i", "-A INPUT -j ACCEPT\n-A INPUT -i"),
        lambda text: text.replace("-A DOCKER-USER -i", "-A DOCKER-USER -j ACCEPT\n-A DOCKER-USER -i"),
        lambda text: text.replace("-j DROP\n", "-j ACCEPT\n", 1),
    ],
    ids=[
        "nothing",
        "rule gone",
        "jump gone",
        "accepted before us",
        "accepted through before us",
        "rule turned",
    ],
)
def test_whatever_was_spoiled_is_mended_once(spoil: object) -> None:
    """After one plan is carried out, the next finds nothing to do, whatever had been changed."""
    restore = plan(ENGINES_OWN, RULES)
    assert restore
    good = applied(ENGINES_OWN, restore)
    assert plan(good, RULES) is None
    assert callable(spoil)
    spoiled = spoil(good)
    mending = plan(spoiled, RULES)
    assert (mending is None) == (spoiled == good)
    if mending:
        assert plan(applied(spoiled, mending), RULES) is None


def test_without_the_engines_chain_the_jump_is_in_forward() -> None:
    """Where the engine keeps no chain for its user, ours leads FORWARD itself."""
    bare = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT\n"
    restore = plan(bare, RULES)
    assert restore
    assert "-I FORWARD 1 -i sp-+ -j SANDPIPER-FORWARD" in restore


def test_bridge_matching_is_not_switched_on_for_the_host() -> None:
    """The match that would load br_netfilter is used only where it is loaded already."""
    assert any("physdev" in rule for rule in RULES)
    assert not any("physdev" in rule for rule in rules_v4(FirewallPolicy(), bridges_filtered=False))


def test_what_is_allowed_comes_before_what_is_not_and_only_for_open_bridges() -> None:
    """A company's own network and resolvers are let through to those who were granted the outside."""
    policy = FirewallPolicy(resolvers=("10.0.0.53",), allowed=("10.1.0.0/16",), blocked=("8.8.8.0/24",))
    rules = rules_v4(policy, bridges_filtered=False)
    allowed = [
        position for position, rule in enumerate(rules) if "10.1.0.0/16" in rule or "10.0.0.53" in rule
    ]
    private = next(position for position, rule in enumerate(rules) if "-d 10.0.0.0/8" in rule)
    assert len(allowed) == 3
    assert max(allowed) < private
    assert all("-i sp-o+" in rules[position] for position in allowed)
    assert "-A SANDPIPER-FORWARD -d 8.8.8.0/24 -i sp-o+ -j DROP" in rules


def test_metadata_and_multicast_are_never_public() -> None:
    """Link-local and multicast addresses are dropped for open sandboxes too."""
    for network in ("169.254.0.0/16", "224.0.0.0/4", "10.0.0.0/8", "100.64.0.0/10"):
        assert f"-A SANDPIPER-FORWARD -d {network} -i sp-o+ -j DROP" in RULES


def test_ipv6_is_dropped_whole() -> None:
    """Nothing of a sandbox goes anywhere over IPv6."""
    assert rules_v6() == ("-A SANDPIPER-INPUT -j DROP", "-A SANDPIPER-FORWARD -j DROP")


def test_name_servers_on_the_loopback_are_left_to_the_engine() -> None:
    """Only servers that packets of a sandbox must reach need a rule."""
    text = "# x\nnameserver 127.0.0.53\nnameserver 10.0.0.53\nnameserver fd00::1\nsearch corp\n"
    assert nameservers(text) == ("10.0.0.53",)
