"""A real HAProxy for the tests marked ``proxy``, on free ports, ended with the test."""

import random
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from executor.proxy.configuration import ProxySettings
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.process import HAProxyProcess
from tests.executor.proxy.backends import free_port

GATEWAY_PORTS = 8


@pytest.fixture
def proxy_settings() -> Iterator[ProxySettings]:
    """Settings for an HAProxy of this test's own. Its folder is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="sp-") as folder:
        gateway = free_gateway_range()
        yield ProxySettings(
            folder=Path(folder),
            bind_address="127.0.0.1",
            bind_port=free_port(),
            tls_bind=f"127.0.0.1:{free_port()}",
            gateway_address="127.0.0.1",
            gateway_ports=(gateway, gateway + GATEWAY_PORTS - 1),
            metrics_bind=f"127.0.0.1:{free_port()}",
            connect_timeout_seconds=1,
            max_connections=2000,
        )


def free_gateway_range() -> int:
    """The first of some free neighbouring ports, below those that the kernel gives out by itself."""
    starts = random.sample(range(21000, 32000, GATEWAY_PORTS), 100)
    return next(first for first in starts if all(map(is_free, range(first, first + GATEWAY_PORTS))))


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture
async def haproxy(proxy_settings: ProxySettings) -> AsyncIterator[HAProxyProcess]:
    """A running HAProxy."""
    process = HAProxyProcess(proxy_settings)
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
def proxy(haproxy: HAProxyProcess, proxy_settings: ProxySettings) -> HAProxyProxy:
    """The proxy in front of it."""
    return HAProxyProxy(proxy_settings)
