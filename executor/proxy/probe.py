"""Asking through the proxy whether a service answers, by sockets of our own that nobody else can reach.

What comes in by them is routed like any visitor's request, is not counted as activity, and its answer says
which service gave it.
"""

import asyncio
import re
from pathlib import Path

from executor.proxy.runtime import RuntimeSocket

HEAD_LIMIT_BYTES = 64 * 1024
PROBE_ADDRESS = "127.0.0.1"
PROBE_PORT = 1
"""Said to be where a probe comes from; nothing listens to it."""
SETTLE_SECONDS = 0.02
"""Between two looks at a TCP session that is still connecting."""

_ANSWERED = re.compile(rb"^x-sandpiper-(?:answered|page): *([^\r\n]+?) *\r?$", re.IGNORECASE | re.MULTILINE)
_PROBE_SESSION = re.compile(r"^(0x[0-9a-f]+): proto=unix_stream [^\n]* fe=gateway ", re.MULTILINE)
_CONNECTED = re.compile(r"^ *scb=.* state=EST ", re.MULTILINE)
"""The service's side of a session is established."""


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


async def port_connects(
    socket: Path, runtime: RuntimeSocket, *, port: int, target: str, timeout_seconds: float
) -> bool:
    """Open the gateway port as a visitor would; whether the proxy reached ``target`` behind it.

    HAProxy accepts before it connects, so only its table of sessions tells the two apart.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(f"PROXY TCP4 {PROBE_ADDRESS} {PROBE_ADDRESS} {PROBE_PORT} {port}\r\n".encode())
                await writer.drain()
                return await _session_connects(reader, runtime, target)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _session_connects(reader: asyncio.StreamReader, runtime: RuntimeSocket, target: str) -> bool:
    """Look until the session is established; False when it is refused. The caller limits the time."""
    greeting = asyncio.ensure_future(reader.read(1))
    try:
        while not greeting.done():
            if await _has_session_to(runtime, target):
                return True
            await asyncio.wait([greeting], timeout=SETTLE_SECONDS)
        return greeting.result() != b""
    finally:
        greeting.cancel()


async def _has_session_to(runtime: RuntimeSocket, target: str) -> bool:
    """Whether one of the sessions that came in by the probe socket is connected to the target."""
    for session in _PROBE_SESSION.findall(await runtime.ask("show sess")):
        told = await runtime.ask(f"show sess {session}")
        if _CONNECTED.search(told) and f" addr={target}\n" in told:
            return True
    return False
