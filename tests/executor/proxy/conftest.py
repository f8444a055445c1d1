"""A real HAProxy for the tests marked ``proxy``, on free ports, ended with the test."""

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
    """The first of some neighbouring ports below the ones that the kernel gives out itself."""
    return 20000 + free_port() % 1000 * GATEWAY_PORTS


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
