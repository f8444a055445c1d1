"""What a program in a sandbox can use up, and that the limit is what stops it, on the real engine."""

from pathlib import Path

import pytest

from executor.engine.hardening import LOG_FILE_MEGABYTES, LOG_FILES, OPEN_FILES, SHM_BYTES, TMPFS_INODES
from executor.engine.protocol import ContainerState
from tests.executor.engine.attacks import END, attack, attack_all, program
from tests.executor.engine.conftest import Room
from tests.executor.engine.waiting import eventually

pytestmark = pytest.mark.engine

MEBIBYTE = 1024 * 1024

FORK_BOMB = """
children = 0
try:
    while children < 1000:
        if os.fork() == 0:
            time.sleep(60); os._exit(0)
        children += 1
except BlockingIOError:
    pass
return f"{children}"
"""

FILL = """
path, written = {path!r}, 0
try:
    with open(path + "/fill", "wb", buffering=0) as file:
        while written < 512 * 1024 * 1024:
            written += file.write(bytes(1024 * 1024))
except OSError as error:
    return f"{{errno.errorcode[error.errno]}} {{written}}"
"""


@pytest.mark.parametrize("pids", [32, 64])
async def test_a_fork_bomb_ends_at_the_limit_of_processes(room: Room, pids: int) -> None:
    """Forking stops where the limit is, whatever the limit is."""
    children = int(await attack(room, FORK_BOMB, pids=pids))
    assert pids - 8 < children < pids


async def test_memory_beyond_the_limit_kills_and_is_told(room: Room) -> None:
    """A process that takes more than its memory is killed, without swap, and the engine says why."""
    body = "block = bytearray(200 * 1024 * 1024); return 'had it'"
    assert await attack(room, body, memory_bytes=256 * MEBIBYTE) == "had it"
    hungry = ("python3", "-c", "block = bytearray(200 * 1024 * 1024)")
    spec = await room.run("hungry", command=hungry, memory_bytes=64 * MEBIBYTE)
    state = await eventually(lambda: _out_of_memory(room, spec.name))
    assert isinstance(state, ContainerState)
    assert state.exit_code == 137


async def _out_of_memory(room: Room, name: str) -> ContainerState | None:
    state = await room.engine.inspect_container(name)
    return state if state and state.out_of_memory and state.exit_code is not None else None


async def _said_end(room: Room, name: str) -> bool:
    return any(line.text == END for line in await room.engine.log_tail(name, lines=5))


async def test_shared_memory_and_tmpfs_are_bounded(room: Room) -> None:
    """Filling /dev/shm or a tmpfs ends at its size, with room for more memory left."""
    bodies = {"shm": FILL.format(path="/dev/shm"), "tmpfs": FILL.format(path="/scratch")}
    said = await attack_all(room, bodies, memory_bytes=512 * MEBIBYTE, tmpfs={"/scratch": 16 * MEBIBYTE})
    assert said == {"shm": f"ENOSPC {SHM_BYTES}", "tmpfs": f"ENOSPC {16 * MEBIBYTE}"}


async def test_a_read_only_root_is_not_written(room: Room) -> None:
    """Where the manifest asks for a read-only root, only its tmpfs and volumes take files."""
    bodies = {"root": "open('/new', 'w')", "etc": "open('/etc/passwd', 'a')", "tmp": "open('/tmp/new', 'w')"}
    said = await attack_all(room, bodies, read_only=True, tmpfs={"/tmp": MEBIBYTE})
    assert said == {"root": "EROFS", "etc": "EROFS", "tmp": "open"}


async def test_small_things_are_bounded_too(room: Room) -> None:
    """Descriptors, core files, message queues and a tmpfs's inodes have their limits."""
    bodies = {
        "descriptors": "return f'{resource.getrlimit(resource.RLIMIT_NOFILE)}'",
        "core": "return f'{resource.getrlimit(resource.RLIMIT_CORE)}'",
        "inodes": "return f'{os.statvfs(\"/scratch\").f_files}'",
        "queue": "syscall(240, b'queue', os.O_CREAT | os.O_RDWR, 0o600, 0)",
    }
    said = await attack_all(room, bodies, tmpfs={"/scratch": MEBIBYTE})
    assert said == {
        "descriptors": f"({OPEN_FILES}, {OPEN_FILES})",
        "core": "(0, 0)",
        "inodes": str(TMPFS_INODES),
        "queue": "EMFILE",
    }


async def test_the_processor_is_shared_by_quota(room: Room) -> None:
    """A busy loop gets its share of a core and no more."""
    body = """
began = time.monotonic()
while time.monotonic() - began < 1.5:
    pass
return f"{time.process_time() / 1.5}"
"""
    assert float(await attack(room, body, cpus=0.2)) < 0.4


async def test_facts_of_the_host_are_hidden(room: Room) -> None:
    """Kernel memory, its boot line, symbols, modules and key lists are not to be read."""
    files = ("kcore", "keys", "cmdline", "kallsyms", "modules", "timer_list")
    bodies = {name: f"return str(len(open('/proc/{name}', 'rb').read(100)))" for name in files}
    bodies |= {path: f"return str(len(os.listdir({path!r})))" for path in ("/sys/module", "/sys/firmware")}
    said = await attack_all(room, bodies)
    assert {answer for answer in said.values() if answer != "ENOENT"} == {"0"}


async def test_switches_of_the_host_cannot_be_thrown(room: Room) -> None:
    """Nothing under /proc/sys, /sys or the cgroups takes a write."""
    switches = (
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
        "/proc/sys/vm/drop_caches",
        "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/cgroup.procs",
    )
    bodies = {path: f"open({path!r}, 'w').write('1')" for path in switches}
    said = await attack_all(room, bodies)
    assert set(said.values()) <= {"EROFS", "EACCES", "EPERM", "ENOENT"}


async def test_only_own_processes_are_seen(room: Room) -> None:
    """A second container's processes, and the host's, are not in a sandbox's /proc."""
    await room.run("web")
    body = "return f'{sum(name.isdigit() for name in os.listdir(\"/proc\"))}'"
    assert int(await attack(room, body)) <= 4


async def test_a_log_flood_is_bounded_on_disk_and_the_engine_lives(room: Room) -> None:
    """Sixty-four megabytes of newlines leave no more on disk than the rotation keeps."""
    body = "os.write(1, b'') if [os.write(1, b'\\n' * 65536) for _ in range(64)] else None\nreturn 'flooded'"
    spec = await room.run("flood", command=program({"it": body}, stay=True), cpus=2.0)
    state = await room.engine.inspect_container(spec.name)
    assert state
    await eventually(lambda: _said_end(room, spec.name), seconds=60)
    folder = Path((await room.engine.info()).root_dir) / "containers" / state.id
    size = sum(file.stat().st_size for file in folder.glob("*-json.log*"))
    assert 0 < size <= (LOG_FILE_MEGABYTES * LOG_FILES + 1) * MEBIBYTE


async def test_a_crash_loop_is_counted(room: Room) -> None:
    """A service that keeps dying is started again, and says so in its restarts and last exit code."""
    spec = await room.run("web", command=("python3", "-c", "raise SystemExit(3)"))
    looping = await eventually(lambda: _restarted(room, spec.name))
    assert isinstance(looping, ContainerState)
    assert looping.exit_code == 3


async def _restarted(room: Room, name: str) -> ContainerState | None:
    state = await room.engine.inspect_container(name)
    return state if state and state.restarts >= 2 and state.state == "restarting" else None


async def test_nothing_is_published_and_an_init_reaps(room: Room) -> None:
    """No port of the host leads in, and process 1 is an init, so orphans do not pile up."""
    body = """
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.2); os._exit(0)
    os._exit(0)
os.wait(); time.sleep(1)
processes = [one for one in os.listdir("/proc") if one.isdigit()]
zombies = sum(") Z " in open(f"/proc/{one}/stat").read() for one in processes)
return open("/proc/1/comm").read().strip() + f" {zombies}"
"""
    assert await attack(room, body) == "docker-init 0"
