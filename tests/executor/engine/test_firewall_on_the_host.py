"""The rules on the host itself: set, kept, mended, from here and from a helper's container."""

import os
from dataclasses import replace

import pytest

from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.firewall import TO_HOST, FirewallPolicy
from executor.engine.firewall_apply import Firewall, FirewallError, run_here
from executor.engine.protocol import NetworkSpec
from executor.errors import StepFailedError
from tests.engine_images import PYTHON_IMAGE, ensure_python_image
from tests.executor.engine.conftest import real_engine

pytestmark = pytest.mark.engine


async def rules_to_host() -> str:
    """What iptables says of our chain and the jump to it."""
    text = await run_here(["iptables-save", "-t", "filter"], "")
    return "\n".join(line for line in text.splitlines() if TO_HOST in line)


async def test_the_second_time_nothing_is_changed(docker_engine: DockerEngine) -> None:
    """Our rules are written in the words in which iptables gives them back."""
    firewall = Firewall(run_here, FirewallPolicy(resolvers=("10.0.0.53",), allowed=("10.1.0.0/16",)))
    assert await firewall.ensure()
    assert not await firewall.ensure()
    await docker_engine.protect()


@pytest.mark.parametrize("helper", [False, True], ids=["here", "in a helper"])
async def test_flushed_rules_come_back(helper: bool) -> None:
    """Somebody flushed the whole INPUT chain and ours: the next round mends it."""
    changes = {"firewall": "helper", "helper_image": PYTHON_IMAGE} if helper else {}
    async with real_engine() as first:
        await ensure_python_image(first)
    async with real_engine(**changes) as engine:
        before = await rules_to_host()
        assert before.count("\n") >= 3
        await run_here(["iptables", "-F", TO_HOST], "")
        await run_here(["iptables", "-D", "INPUT", "-i", "sp-+", "-j", TO_HOST], "")
        assert await rules_to_host() != before
        await engine.protect()
        assert await rules_to_host() == before


async def test_without_walls_no_network_is_made() -> None:
    """Sandboxes are never taken for closed when nobody could close them: it is refused, in words."""
    lacking = DockerSettings(firewall="helper", helper_image="sandpiper-test/nowhere:1")
    engine = DockerEngine(replace(lacking, installation=f"unwalled-{os.getpid()}"))
    spec = NetworkSpec(name="sandbox-unwalled", subnet="10.99.99.0/28", egress=False, labels={})
    try:
        with pytest.raises(StepFailedError, match=r"cannot be closed off .* sandpiper-test/nowhere:1"):
            await engine.ensure_network(spec)
        assert await engine.list_owned() == []
        with pytest.raises(FirewallError):
            await engine.is_walled()
    finally:
        await engine.close()


async def test_whether_the_rules_stand_is_found_out_without_changing_any(docker_engine: DockerEngine) -> None:
    """The doctor asks; whoever switched the firewall off is told that it is somebody else's."""
    await docker_engine.protect()
    assert await docker_engine.is_walled() is True
    async with real_engine(firewall="off") as engine:
        assert await engine.is_walled() is None


def test_a_helper_needs_an_image() -> None:
    """The setting is refused at once, and not when the first sandbox is made."""
    with pytest.raises(ValueError, match="helper_image"):
        DockerSettings(firewall="helper")
