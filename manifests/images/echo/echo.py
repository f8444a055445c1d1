"""Echo: answers every request with what it was asked, over HTTP and WebSocket. Standard library only.

/               what was asked, as JSON
/ws             a WebSocket that sends back every message
/status/503     an answer with that status
/slow?ms=500    an answer after that time
/log?lines=10   that many lines on stdout, and as many on stderr
/eat?mb=100     holds on to that much memory
/exit?code=3    ends the program with that code
/healthz        "ok"
"""

import asyncio
import base64
import hashlib
import json
import os
import signal
import sys
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

PORTS = (8080, 8081)
BODY_LIMIT_BYTES = 1024 * 1024
LINES_LIMIT_COUNT = 1_000_000
SLOW_LIMIT_MS = 600_000
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

eaten = []
"""Memory that was asked to be held on to."""


class BadRequestError(Exception):
    """What came in is not HTTP that is understood here."""


class Request:
    """One request, read in full."""

    def __init__(self, method, target, headers, body, stream):
        parts = urlsplit(target)
        self.method, self.target, self.path = method, target, parts.path
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.headers, self.body = headers, body
        self.client = stream.get_extra_info("peername")[0]
        self.port = stream.get_extra_info("sockname")[1]

    def number(self, name, default, most):
        """A whole number of the query, at most ``most``."""
        text = self.query.get(name, "")
        return min(int(text), most) if text.isascii() and text.isdecimal() else default

    @property
    def keeps_alive(self):
        """Whether another request may follow on the connection."""
        return self.headers.get("connection", "").lower() != "close"


async def read_request(reader, stream):
    """The next request of a connection; None when the other side has hung up."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    line, *rest = head[:-4].decode("latin-1").split("\r\n")
    words = line.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError("not an HTTP/1 request")
    headers = {}
    for field in rest:
        name, colon, value = field.partition(":")
        if not colon:
            raise BadRequestError("a header without a colon")
        name = name.strip().lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        stream.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Request(words[0], words[1], headers, await read_body(reader, headers), stream)


async def read_body(reader, headers):
    """The body, by its length or in chunks."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await read_chunks(reader)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_LIMIT_BYTES:
        raise BadRequestError(f"a body of at most {BODY_LIMIT_BYTES} bytes")
    return await reader.readexactly(int(length))


async def read_chunks(reader):
    """A body whose length was not known beforehand."""
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        if size < 0 or len(body) + size > BODY_LIMIT_BYTES:
            raise BadRequestError(f"a body of at most {BODY_LIMIT_BYTES} bytes")
        body += await reader.readexactly(size)
        await reader.readline()
        if size == 0:
            return body


async def answer(request):
    """Status and body of an answer."""
    if request.path == "/healthz":
        return 200, b"ok\n", "text/plain"
    if request.path.startswith("/status/"):
        code = request.path.removeprefix("/status/")
        return (int(code) if code.isascii() and code.isdecimal() and 200 <= int(code) <= 599 else 400), *echo(
            request
        )
    if request.path == "/slow":
        await asyncio.sleep(request.number("ms", 1000, SLOW_LIMIT_MS) / 1000)
    elif request.path == "/log":
        write_log(request.number("lines", 10, LINES_LIMIT_COUNT))
    elif request.path == "/eat":
        # Random bytes: pages of zeros would be one page to the kernel.
        eaten.append([os.urandom(1024 * 1024) for _ in range(request.number("mb", 10, 100_000))])
    elif request.path == "/exit":
        leave(request.number("code", 0, 255))
    return 200, *echo(request)


def echo(request):
    """What was asked, as JSON."""
    body = {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers,
        "body": request.body.decode("utf-8", "replace"),
        "client": request.client,
        "port": request.port,
        "name": os.environ.get("NAME", ""),
        "url": os.environ.get("URL", ""),
        "host": os.uname().nodename,
    }
    return (json.dumps(body, indent=2) + "\n").encode(), "application/json"


def write_log(lines):
    """Lines on both streams."""
    for n in range(1, lines + 1):
        print(f"line {n} of {lines}")
        print(f"error {n} of {lines}", file=sys.stderr)
    sys.stdout.flush()


def leave(code):
    """End the program, once the answer is out."""
    print(f"asked to exit with {code}", flush=True)
    asyncio.get_running_loop().call_later(0.1, os._exit, code)


async def serve(reader, stream):
    """One connection, from its first request to its end."""
    try:
        while request := await read_request(reader, stream):
            if request.headers.get("upgrade", "").lower() == "websocket":
                await serve_websocket(request, reader, stream)
                break
            status, body, kind = await answer(request)
            await send(stream, status, body, kind, request)
            if not request.keeps_alive:
                break
    except (BadRequestError, ValueError, asyncio.LimitOverrunError) as error:
        await send(stream, 400, f"{error}\n".encode(), "text/plain", None)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the other side hung up in the middle, as it may
    finally:
        stream.close()


async def send(stream, status, body, kind, request):
    """Write an answer."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
    empty = status in (204, 304)
    lines = [f"HTTP/1.1 {status} {phrase}"]
    if not empty:
        lines += [f"Content-Type: {kind}; charset=utf-8", f"Content-Length: {len(body)}"]
    if request is None or not request.keeps_alive:
        lines.append("Connection: close")
    stream.write("\r\n".join(lines).encode() + b"\r\n\r\n")
    if not empty and (request is None or request.method != "HEAD"):
        stream.write(body)
    await stream.drain()


async def serve_websocket(request, reader, stream):
    """Shake hands, then send every frame back as it came: fragments stay fragments."""
    key = request.headers.get("sec-websocket-key", "") + WEBSOCKET_GUID
    accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
    stream.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    while True:
        first, payload = await read_frame(reader)
        code = first & 0x0F
        if code == PING:
            first = 0x80 | PONG
        if code != PONG:
            stream.write(frame(first, payload))
            await stream.drain()
        if code == CLOSE:
            return


async def read_frame(reader):
    """A frame's first byte and its payload, unmasked."""
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    if size > BODY_LIMIT_BYTES or not second & 0x80:
        raise ConnectionError("a frame that is too large, or not masked")
    mask = await reader.readexactly(4)
    payload = await reader.readexactly(size)
    full = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return first, (int.from_bytes(payload, "big") ^ full).to_bytes(size, "big")


def frame(first, payload):
    """A frame as a server sends it: not masked."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65_536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


async def main():
    """Serve until told to end."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    for port in PORTS:
        await asyncio.start_server(serve, "0.0.0.0", port, backlog=1024)
    print(f"echo listens on {' and '.join(map(str, PORTS))}", flush=True)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
    # Connections that are still open would be waited for; nobody misses them.
    os._exit(0)
