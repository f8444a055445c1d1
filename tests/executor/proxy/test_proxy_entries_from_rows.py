"""What the proxy should have, from the rows alone."""

from dataclasses import replace

import pytest

from executor.proxy.configuration import TEMPLATE_NAMES, ProxySettings, render_configuration, render_files
from executor.proxy.files import read_templates
from executor.proxy.protocol import Entry
from executor.proxy.routes import DIFFERENCES_LIMIT, differences, entries_for, live_entries
from storage.records import RouteKind, SandboxStatus
from tests.storage.records_for_tests import a_route, a_sandbox, a_service

SERVICES = [a_service(name="web", address="10.213.0.2"), a_service(name="db", address="10.213.0.3")]
ROUTES = [
    a_route(),
    a_route(kind=RouteKind.PATH, match="t/cool-panda-123", front=False),
    a_route(kind=RouteKind.PATH, match="t/cool-panda-123/raw", front=False, strip_prefix=False),
    a_route(kind=RouteKind.PORT, match="20001", service="db", port=5432, front=False),
]


def test_a_running_sandbox_is_led_to_its_services() -> None:
    """Each route to the address and port of its own service."""
    entries = entries_for(a_sandbox(status=SandboxStatus.RUNNING), ROUTES, SERVICES)
    assert [(entry.kind, entry.match, entry.target, entry.strip_prefix) for entry in entries] == [
        (RouteKind.HOST, "cool-panda-123.localhost", "10.213.0.2:8000", False),
        (RouteKind.PATH, "t/cool-panda-123", "10.213.0.2:8000", True),
        (RouteKind.PATH, "t/cool-panda-123/raw", "10.213.0.2:8000", False),
        (RouteKind.PORT, "20001", "10.213.0.3:5432", False),
    ]
    assert entries == live_entries(ROUTES, SERVICES)


@pytest.mark.parametrize(
    ("status", "page"),
    [
        (SandboxStatus.PENDING, "page:starting"),
        (SandboxStatus.STARTING, "page:starting"),
        (SandboxStatus.STOPPING, "page:stopped"),
        (SandboxStatus.STOPPED, "page:stopped"),
        (SandboxStatus.FAILED, "page:failed"),
    ],
)
def test_one_that_does_not_serve_has_its_page_and_no_gateway_port(status: SandboxStatus, page: str) -> None:
    """On every host name and path."""
    entries = entries_for(a_sandbox(status=status), ROUTES, SERVICES)
    assert {entry.target for entry in entries} == {page}
    assert [entry.kind for entry in entries] == [RouteKind.HOST, RouteKind.PATH, RouteKind.PATH]


@pytest.mark.parametrize("status", [SandboxStatus.DESTROYING, SandboxStatus.DESTROYED])
def test_one_that_is_destroyed_has_nothing(status: SandboxStatus) -> None:
    """Visitors are told that there is no such sandbox."""
    assert list(entries_for(a_sandbox(status=status), ROUTES, SERVICES)) == []


def test_every_status_has_an_answer() -> None:
    """A new one cannot be forgotten: it would serve nothing in silence."""
    for status in SandboxStatus:
        entries_for(a_sandbox(status=status), ROUTES, SERVICES)


def test_many_differences_are_counted_and_not_all_listed() -> None:
    """A proxy that came back empty says so in a readable length."""
    wanted = [
        Entry(kind=RouteKind.HOST, match=f"a{number}.localhost", target="page:stopped")
        for number in range(200)
    ]
    words = differences(wanted=wanted, running=[])
    assert len(words) == DIFFERENCES_LIMIT + 1
    assert words[-1] == "and 150 more"


def test_the_configuration_holds_what_is_set_and_leaves_out_what_is_not(
    proxy_settings: ProxySettings,
) -> None:
    """Gateway, metrics, TLS front and user are each optional."""
    templates = read_templates()
    whole = render_configuration(replace(proxy_settings, user="haproxy"), templates)
    assert all(
        part in whole for part in ("frontend gateway", "prometheus-exporter", "name tls", "user haproxy")
    )
    bare = replace(proxy_settings, gateway_ports=None, metrics_bind=None, tls_bind=None)
    short = render_configuration(bare, templates)
    assert not any(
        part in short for part in ("frontend gateway", "prometheus-exporter", "name tls", "    user ", "@{")
    )


def test_no_page_holds_a_script_or_anything_from_elsewhere(proxy_settings: ProxySettings) -> None:
    """They are shown on the addresses of sandboxes, to people whose sandbox is not there."""
    templates = read_templates()
    assert set(templates) == set(TEMPLATE_NAMES)
    pages = [text for path, text in render_files(proxy_settings, templates).items() if path.suffix == ".html"]
    assert len(pages) == 7
    for page in pages:
        assert "<script" not in page
        assert "http://" not in page
        assert "https://" not in page
        assert '<html lang="en">' in page
        assert page.count("<h1>") == 1
