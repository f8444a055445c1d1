"""Programs that try what a sandbox must not do, and say how it went.

Each body is Python that raises OSError where it is stopped. What comes back is one word: 'open', or the
name of the error that stopped it.
"""

import asyncio
import subprocess
from collections.abc import Mapping, Sequence

from executor.engine.protocol import Engine
from tests.executor.engine.conftest import Room
from tests.executor.engine.waiting import eventually

END = "--- end ---"
CONTROL_TIMEOUT_SECONDS = 60
ATTACK_DEADLINE_SECONDS = 20

PROGRAM = """
import ctypes, errno, os, resource, signal, socket, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *arguments):
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def tell(name, attempt):
    try:
        answer = attempt()
        said = "open" if answer is None else answer
    except TimeoutError:
        said = "TIMEOUT"
    except OSError as error:
        said = errno.errorcode.get(error.errno, str(error))
    print(f"{name}\t{said}", flush=True)
"""
STAY = "time.sleep(3600)\n"


def program(bodies: Mapping[str, str], *, stay: bool) -> tuple[str, ...]:
    """The command that runs bodies, each in a process of its own.

    ``stay``: and does not end, for a container that ends is started again.
    """
    text = PROGRAM
    for position, (name, body) in enumerate(bodies.items()):
        indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
        text += f"def attempt_{position}():\n{indented}\n"
        text += f"if os.fork() == 0:\n    tell({name!r}, attempt_{position})\n    os._exit(0)\nos.wait()\n"
    text += f"print({END!r}, flush=True)\n"
    return ("python3", "-u", "-c", text + (STAY if stay else ""))


async def attack_all(room: Room, bodies: Mapping[str, str], **changes: object) -> dict[str, str]:
    """Run bodies in a sandbox of the room; what each said."""
    spec = await room.run("attacker", position=8, command=program(bodies, stay=True), **changes)
    said = await eventually(lambda: _said(room.engine, spec.name), seconds=ATTACK_DEADLINE_SECONDS)
    await room.engine.remove_container(spec.name)
    assert isinstance(said, str)
    return _answers(said)


async def attack(room: Room, body: str, **changes: object) -> str:
    """Run one body in a sandbox of the room; what it said."""
    return (await attack_all(room, {"it": body}, **changes))["it"]


async def control(image: str, bodies: Mapping[str, str]) -> dict[str, str]:
    """Run the same bodies in a container of the engine's own defaults: what they say without our walls."""
    command: Sequence[str] = ["docker", "run", "--rm", image, *program(bodies, stay=False)]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=CONTROL_TIMEOUT_SECONDS, check=False
    )
    return _answers(done.stdout.split(END)[0])


async def _said(engine: Engine, name: str) -> str | None:
    text = "\n".join(line.text for line in await engine.log_tail(name, lines=200))
    return text.split(END)[0] + "\n" if END in text else None


def _answers(said: str) -> dict[str, str]:
    lines = (line.partition("\t") for line in said.splitlines() if "\t" in line)
    return {name: answer for name, _, answer in lines}
