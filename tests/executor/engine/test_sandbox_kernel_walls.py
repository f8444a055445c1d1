"""What a program in a sandbox cannot ask of the kernel, on the real engine."""

import platform

import pytest

from tests.executor.engine.attacks import attack, attack_all, control
from tests.executor.engine.conftest import Room

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="call numbers are those of x86-64"),
]

OPEN_BY_DEFAULT = {
    "io_uring": "syscall(425, 8, ctypes.create_string_buffer(256))",
    "AF_VSOCK": "socket.socket(40, socket.SOCK_STREAM)",
    "AF_VSOCK with high bits set": "syscall(41, (1 << 32) | 40, 1, 0)",
    "AF_ALG": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "netlink beyond routes": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)",
    "raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "packet socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)",
    "ptrace of another": "syscall(101, 16, 1, 0, 0)",
    "chroot": "os.chroot('/tmp')",
    "device node": "os.mknod('/tmp/disk', 0o60600, os.makedev(254, 0))",
    "memory of another process": (
        "buffer = ctypes.create_string_buffer(8)\n"
        "vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)\n"
        "syscall(310, os.getpid(), vector, 1, vector, 1, 0)"
    ),
}
"""Attack to its body, where the engine's own defaults would let it pass."""

CLOSED_ANYWAY = {
    "unshare user namespace": "syscall(272, 0x10000000)",
    "unshare mount namespace": "syscall(272, 0x20000)",
    "clone into a user namespace": "syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",
    "setns": "syscall(308, os.open('/proc/self/ns/net', os.O_RDONLY), 0)",
    "mount": "syscall(165, b'none', b'/mnt', b'tmpfs', 0, 0)",
    "new mount interface": "syscall(430, b'tmpfs', 0)",
    "umount": "syscall(166, b'/proc', 2)",
    "pivot_root": "syscall(155, b'/', b'/')",
    "keyctl": "syscall(250, 0, -3, 1)",
    "add_key": "syscall(248, b'user', b'a', b'b', 1, -3)",
    "request_key": "syscall(249, b'user', b'a', 0, -3)",
    "bpf": "syscall(321, 0, ctypes.create_string_buffer(64), 64)",
    "perf_event_open": "syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
    "userfaultfd": "syscall(323, 1)",
    "kexec": "syscall(246, 0, 0, 0, 0)",
    "kernel module": "syscall(175, b'', 0, b'')",
    "file by handle": "syscall(304, -100, ctypes.create_string_buffer(16), 0)",
    "kernel log": "syscall(103, 3, ctypes.create_string_buffer(64), 64)",
    "set the clock": "time.clock_settime(time.CLOCK_REALTIME, 0)",
    "port access": "syscall(172, 3)",
    "swap": "syscall(167, b'/tmp/x', 0)",
    "reboot": "syscall(169, 0xfee1dead, 672274793, 0x1234567, 0)",
    "host name": "socket.sethostname('mine')",
    "no address randomness": "syscall(135, 0x0040000)",
    "steal a descriptor": "syscall(438, syscall(434, 1, 0), 0, 0)",
    "higher priority": "os.nice(-5)",
    "lift a limit": "syscall(302, 0, 7, struct.pack('QQ', 1 << 20, 1 << 20), 0)",
}
REFUSED = {"EPERM", "EACCES", "ENOSYS"}


async def test_our_walls_stop_what_the_defaults_let_pass(room: Room) -> None:
    """What a container of the engine's defaults may is refused to a sandbox, to its root too."""
    said = await attack_all(room, OPEN_BY_DEFAULT)
    assert said.keys() == OPEN_BY_DEFAULT.keys()
    assert {name: answer for name, answer in said.items() if answer not in REFUSED} == {}


async def test_without_our_walls_it_passes(room: Room) -> None:
    """The same programs succeed in a container of the engine's defaults, so the walls are ours."""
    names = (
        "AF_VSOCK",
        "AF_VSOCK with high bits set",
        "raw socket",
        "packet socket",
        "chroot",
        "device node",
    )
    said = await control(room.image, {name: OPEN_BY_DEFAULT[name] for name in names})
    assert said == dict.fromkeys(names, "open")


async def test_the_kernel_refuses_what_nobody_may(room: Room) -> None:
    """Namespaces, mounts, keys, tracing, modules, clocks and limits are out of reach."""
    said = await attack_all(room, CLOSED_ANYWAY)
    assert said.keys() == CLOSED_ANYWAY.keys()
    assert {name: answer for name, answer in said.items() if answer not in REFUSED} == {}


async def test_32_bit_calls_kill(room: Room) -> None:
    """The 32-bit door into the kernel, where socket calls cannot be told apart, is shut."""
    body = """
import mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
child = os.fork()
if child == 0:
    os._exit(0 if call() > 0 else 1)
status = os.waitstatus_to_exitcode(os.wait()[1])
return signal.Signals(-status).name if status < 0 else f"exit {status}"
"""
    assert await attack(room, body) == "SIGSYS"


async def test_no_capability_and_no_way_to_one(room: Room) -> None:
    """Root in a sandbox has no capability, cannot gain one, and runs under a filter."""
    body = """
wanted = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
lines = (line.split(":") for line in open("/proc/self/status"))
return " ".join(f"{name}={int(value, 16)}" for name, value in lines if name in wanted)
"""
    said = await attack(room, body)
    assert said == "CapInh=0 CapPrm=0 CapEff=0 CapBnd=0 CapAmb=0 NoNewPrivs=1 Seccomp=2"


async def test_capabilities_asked_for_are_the_only_ones(room: Room) -> None:
    """Of the short list, exactly what was asked for is given back."""
    body = 'return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("CapBnd"))'
    said = await attack(room, body, capabilities=("SETUID", "SETGID"))
    assert int(said, 16) == (1 << 7) | (1 << 6)


async def test_setuid_gives_nothing(room: Room) -> None:
    """A user who runs a setuid-root copy of a program stays that user."""
    body = """
import shutil, subprocess
os.mkdir("/tmp/bin", 0o755)
shutil.copy("/usr/bin/id", "/tmp/bin/id")
os.chmod("/tmp/bin/id", 0o4755)
os.setgid(1000); os.setuid(1000)
return subprocess.run(["/tmp/bin/id", "-u"], capture_output=True, text=True).stdout
"""
    assert await attack(room, body, capabilities=("SETUID", "SETGID")) == "1000"


async def test_threads_and_processes_still_work(room: Room) -> None:
    """The C library falls back from clone3, so threads, pools and subprocesses run."""
    body = """
import concurrent.futures, multiprocessing, sqlite3, subprocess, threading
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    assert list(pool.map(abs, range(8))) == list(range(8))
with multiprocessing.Pool(2) as pool:
    assert pool.map(abs, [-1, 2]) == [1, 2]
assert subprocess.run(["sh", "-c", "exit 3"]).returncode == 3
sqlite3.connect("/tmp/x.db").execute("create table t (a)")
socket.socketpair(); socket.getaddrinfo("localhost", 80)
"""
    assert await attack(room, body) == "open"
