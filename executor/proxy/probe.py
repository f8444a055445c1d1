"""Asking through the proxy whether a service answers, by sockets of our own that nobody else can reach.

What comes in by them is routed like any visitor's request, is not counted as activity, and its answer says
which service gave it.
"""

import asyncio
import itertools
import re
from pathlib import Path

from executor.proxy.runtime import RuntimeSocket

HEAD_LIMIT_BYTES = 64 * 1024
PROBE_ADDRESS = "127.0.0.1"
SETTLE_SECONDS = 0.02
"""Between two looks at a TCP session that is still connecting."""

_ANSWERED = re.compile(rb"^x-sandpiper-(?:answered|page): *([^\r\n]+?) *\r?$", re.IGNORECASE | re.MULTILINE)
_CONNECTED = re.compile(r"(?:s1|scb)=\[8,")
"""A session whose service's side is established, in ``show sess``; 'scb' in later versions."""

_source_ports = itertools.cycle(range(1024, 65536))


async def who_answers(
    socket: Path, *, host: str, path: str = "/", target: str | None = None, timeout_seconds: float
) -> str | None:
    """Ask for a page on a fresh connection; return the ``address:port`` or the page name that answered.

    With ``target`` that service is asked, whatever the routes say. None if nobody did within the time.
    """
    aimed = f"X-Sandpiper-Target: {target}\r\n" if target else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sandpiper-probe\r\n"
        f"Accept: */*\r\nConnection: close\r\n{aimed}\r\n"
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            head = await _head_of_answer(socket, request.encode("ascii"))
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    found = _ANSWERED.search(head)
    return found[1].decode("ascii", "replace") if found else None


async def _head_of_answer(socket: Path, request: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=HEAD_LIMIT_BYTES)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


async def port_connects(socket: Path, runtime: RuntimeSocket, *, port: int, timeout_seconds: float) -> bool:
    """Open the gateway port as a visitor would; whether the proxy reached the service behind it.

    HAProxy accepts before it connects, so only its table of sessions tells the two apart. The PROXY line
    names a source port by which our session is found there.
    """
    source_port = next(_source_ports)
    try:
        async with asyncio.timeout(timeout_seconds):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(f"PROXY TCP4 {PROBE_ADDRESS} {PROBE_ADDRESS} {source_port} {port}\r\n".encode())
                await writer.drain()
                return await _session_connects(reader, runtime, source_port)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _session_connects(reader: asyncio.StreamReader, runtime: RuntimeSocket, source_port: int) -> bool:
    """Look until the session is established; False when it is refused. The caller limits the time."""
    greeting = asyncio.ensure_future(reader.read(1))
    marker = f" src={PROBE_ADDRESS}:{source_port} "
    try:
        while not greeting.done():
            sessions = await runtime.ask("show sess")
            ours = next((line for line in sessions.splitlines() if marker in line), None)
            if ours is not None and _CONNECTED.search(ours):
                return True
            await asyncio.wait([greeting], timeout=SETTLE_SECONDS)
        return greeting.result() != b""
    finally:
        greeting.cancel()
