"""HAProxy as a child: its files, its deaths, its end, and what it says when it cannot start."""

import asyncio
import os
import pwd
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from executor.errors import ProxyUnavailableError, SandboxError
from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.process import HAProxyProcess
from executor.proxy.protocol import Entry
from storage.records import RouteKind
from tests.executor.engine.waiting import eventually
from tests.executor.proxy.asking import ask
from tests.executor.proxy.backends import serving

pytestmark = pytest.mark.proxy

ENTRY = Entry(kind=RouteKind.HOST, match="cool-panda-123.localhost", target="page:stopped")


async def test_one_that_is_killed_comes_back_with_its_entries(
    haproxy: HAProxyProcess, proxy: HAProxyProxy
) -> None:
    """From its map files, in a moment."""
    await proxy.apply([ENTRY])
    await kill_and_wait_for_next(haproxy)
    assert list(await answering(proxy)) == [ENTRY]


async def test_one_that_came_back_empty_gets_everything_back(
    haproxy: HAProxyProcess, proxy: HAProxyProxy, proxy_settings: ProxySettings
) -> None:
    """Its map files lost too; what is put back is told, and requests arrive again."""
    async with serving("panda") as backend:
        entry = replace(ENTRY, target=backend.address)
        await proxy.apply([entry])
        for path in proxy_settings.maps_dir.iterdir():
            path.write_text("")
        await kill_and_wait_for_next(haproxy)
        assert list(await answering(proxy)) == []
        assert (await ask(proxy_settings.bind_port, entry.match)).status == 404
        assert list(await proxy.replace([entry])) == [f"put back the host name {entry.match}"]
        assert (await ask(proxy_settings.bind_port, entry.match)).status == 200
    assert "cool-panda-123" in (proxy_settings.maps_dir / "hosts.map").read_text()


async def kill_and_wait_for_next(process: HAProxyProcess) -> None:
    """Kill it and return when another one runs."""
    before = process.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    await eventually(lambda: process.pid not in (None, before))


async def answering(proxy: HAProxyProxy) -> list[Entry]:
    """What it has, as soon as it answers."""

    async def answers() -> bool:
        try:
            await proxy.version()
        except ProxyUnavailableError:
            return False
        return True

    await eventually(answers)
    return list(await proxy.entries())


async def test_a_stopped_one_is_gone_and_can_be_started_again(proxy_settings: ProxySettings) -> None:
    """Nothing of it is left, and its port is free."""
    process = HAProxyProcess(proxy_settings)
    for _ in range(2):
        await process.start()
        pid = process.pid
        assert pid is not None
        await process.stop()
        assert process.pid is None
        assert not Path(f"/proc/{pid}").exists()


async def test_it_ends_when_whoever_started_it_is_killed(proxy_settings: ProxySettings) -> None:
    """No orphan, even after kill -9."""
    program = f"""
import asyncio
from pathlib import Path
from executor.proxy.configuration import ProxySettings
from executor.proxy.process import HAProxyProcess

async def main():
    process = HAProxyProcess(ProxySettings(
        folder=Path({str(proxy_settings.folder)!r}), bind_address="127.0.0.1",
        bind_port={proxy_settings.bind_port}, gateway_ports=None, metrics_bind=None))
    await process.start()
    print("pid", process.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    line = b""
    while not line.startswith(b"pid"):
        line = await parent.stdout.readline()
        assert line, "it did not start"
    pid = int(line.split()[1])
    parent.kill()
    await parent.wait()
    await eventually(lambda: not Path(f"/proc/{pid}").exists() or is_zombie(pid))
    proxy = HAProxyProxy(proxy_settings)
    with pytest.raises(ProxyUnavailableError):
        await proxy.version()


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and nobody has asked for its status yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_what_talks_to_the_world_is_not_root(haproxy: HAProxyProcess, proxy: HAProxyProxy) -> None:
    """The worker gave root up; its maps can be changed all the same."""
    children = Path(f"/proc/{haproxy.pid}/task/{haproxy.pid}/children").read_text().split()
    assert children
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        assert f"Uid:\t{pwd.getpwnam('haproxy').pw_uid}" in status
    await proxy.apply([ENTRY])


async def test_a_taken_port_is_named(proxy_settings: ProxySettings) -> None:
    """With what to do, and nothing left running."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", proxy_settings.bind_port))
        other.listen()
        process = HAProxyProcess(proxy_settings)
        with pytest.raises(SandboxError) as raised:
            await process.start()
    assert f"127.0.0.1:{proxy_settings.bind_port}" in raised.value.message
    assert "in use" in raised.value.message
    assert process.pid is None


async def test_a_missing_program_is_told(proxy_settings: ProxySettings) -> None:
    """With how to get it."""
    with pytest.raises(SandboxError, match="not installed"):
        await HAProxyProcess(proxy_settings, binary="haproxy-of-nowhere").start()


@pytest.mark.parametrize(
    "wrong",
    [
        {"folder": Path("/tmp/with space")},
        {"folder": Path("/tmp/" + "x" * 100)},
        {"domain": "a b"},
        {"bind_address": "*:1\n    bind *"},
        {"socket_mode": "777 level user"},
        {"user": "root\n"},
        {"tls_bind": "x y"},
        {"metrics_bind": "a;b"},
    ],
    ids=str,
)
async def test_a_setting_that_could_mean_something_else_is_refused(
    proxy_settings: ProxySettings, wrong: dict[str, object]
) -> None:
    """Before anything is written."""
    settings = replace(proxy_settings, **wrong)  # type: ignore[arg-type]  # fields of the record
    with pytest.raises(SandboxError):
        await HAProxyProcess(settings).start()


async def test_a_thousand_entries_are_added_and_each_answers(
    proxy: HAProxyProxy, proxy_settings: ProxySettings
) -> None:
    """One at a time and all at once."""
    async with serving("panda") as backend:
        entries = [
            Entry(kind=RouteKind.HOST, match=f"panda-{number}.localhost", target=backend.address)
            for number in range(1000)
        ]
        await proxy.replace(entries)
        last = Entry(kind=RouteKind.HOST, match="last.localhost", target=backend.address)
        await proxy.apply([last])
        assert len(await proxy.entries()) == 1001
        for match in ("panda-0.localhost", "panda-999.localhost", "last.localhost"):
            assert (await ask(proxy_settings.bind_port, match)).status == 200
        assert list(await proxy.replace([*entries, last])) == []
