"""What every proxy promises, the one in memory as well as the real one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from executor.errors import ProxyUnavailableError
from executor.proxy.configuration import ProxySettings
from executor.proxy.entry import InvalidEntryError
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.process import HAProxyProcess
from executor.proxy.protocol import Entry, Proxy
from storage.records import RouteKind
from tests.executor.proxy.backends import serving
from tests.executor.proxy.fake_proxy import FakeProxy

HOST = RouteKind.HOST


def key(entry: Entry) -> tuple[RouteKind, str]:
    """What an entry is for."""
    return entry.kind, entry.match


def by_key(entries: object) -> list[Entry]:
    """Entries in an order of their own."""
    assert isinstance(entries, list | tuple)
    return sorted(entries, key=key)


@pytest.fixture(params=["fake", pytest.param("haproxy", marks=pytest.mark.proxy)])
async def any_proxy(request: pytest.FixtureRequest, proxy_settings: ProxySettings) -> AsyncIterator[Proxy]:
    """Each proxy in turn."""
    if request.param == "fake":
        yield FakeProxy()
        return
    process = HAProxyProcess(proxy_settings)
    await process.start()
    yield HAProxyProxy(proxy_settings)
    await process.stop()


def host(name: str, target: str = "127.0.0.1:9") -> Entry:
    """An entry for a host name."""
    return Entry(kind=HOST, match=f"{name}.localhost", target=target)


@pytest.fixture
def some_entries(proxy_settings: ProxySettings) -> list[Entry]:
    """One of each kind."""
    assert proxy_settings.gateway_ports is not None
    return [
        host("cool-panda-123"),
        host("calm-otter-7", "page:stopped"),
        Entry(kind=RouteKind.PATH, match="t/cool-panda-123", target="127.0.0.1:9", strip_prefix=True),
        Entry(kind=RouteKind.PATH, match="t/calm-otter-7", target="127.0.0.1:9"),
        Entry(kind=RouteKind.PORT, match=str(proxy_settings.gateway_ports[0]), target="127.0.0.1:9"),
    ]


async def test_applied_entries_are_read_back_as_they_were(
    any_proxy: Proxy, some_entries: list[Entry]
) -> None:
    """Every kind of entry comes back equal."""
    await any_proxy.apply(some_entries)
    assert by_key(await any_proxy.entries()) == by_key(some_entries)


async def test_applying_the_same_again_changes_nothing(any_proxy: Proxy, some_entries: list[Entry]) -> None:
    """An entry is one entry however often it is applied."""
    await any_proxy.apply(some_entries)
    await any_proxy.apply(some_entries)
    assert by_key(await any_proxy.entries()) == by_key(some_entries)


async def test_an_entry_applied_with_another_target_moves(any_proxy: Proxy) -> None:
    """The last target counts."""
    await any_proxy.apply([host("a", "page:starting")])
    await any_proxy.apply([host("a", "10.213.0.2:80")])
    assert list(await any_proxy.entries()) == [host("a", "10.213.0.2:80")]


async def test_removing_takes_away_only_what_is_named(any_proxy: Proxy) -> None:
    """Others stay, and a second removal is a success."""
    await any_proxy.apply([host("a"), host("b")])
    await any_proxy.remove([key(host("a"))])
    await any_proxy.remove([key(host("a"))])
    assert list(await any_proxy.entries()) == [host("b")]


async def test_a_path_inside_another_path_is_an_entry_of_its_own(any_proxy: Proxy) -> None:
    """Removing the longer one leaves the shorter."""
    short = Entry(kind=RouteKind.PATH, match="t/a", target="127.0.0.1:9")
    longer = Entry(kind=RouteKind.PATH, match="t/a/api", target="127.0.0.1:10", strip_prefix=True)
    await any_proxy.apply([short, longer])
    assert by_key(await any_proxy.entries()) == [short, longer]
    await any_proxy.remove([key(longer)])
    assert list(await any_proxy.entries()) == [short]


async def test_a_gateway_port_that_leads_to_a_page_has_no_entry(
    any_proxy: Proxy, some_entries: list[Entry]
) -> None:
    """There is no page over plain TCP."""
    port = some_entries[-1]
    await any_proxy.apply([port])
    await any_proxy.apply([Entry(kind=port.kind, match=port.match, target="page:stopped")])
    assert list(await any_proxy.entries()) == []


async def test_replace_makes_it_exactly_so_and_says_what_was_different(any_proxy: Proxy) -> None:
    """Missing, superfluous and changed entries are each told in words."""
    await any_proxy.apply([host("stale"), host("moved", "10.0.0.1:80"), host("same")])
    words = await any_proxy.replace([host("new"), host("moved", "10.0.0.2:80"), host("same")])
    assert by_key(await any_proxy.entries()) == by_key(
        [host("new"), host("moved", "10.0.0.2:80"), host("same")]
    )
    assert sorted(words) == [
        "pointed the host name moved.localhost at 10.0.0.2:80; it was at 10.0.0.1:80",
        "put back the host name new.localhost",
        "took away the host name stale.localhost, which no sandbox has",
    ]


async def test_replace_with_what_is_there_says_nothing(any_proxy: Proxy, some_entries: list[Entry]) -> None:
    """No difference, no words."""
    await any_proxy.apply(some_entries)
    assert list(await any_proxy.replace(some_entries)) == []


HOSTILE = [
    Entry(kind=HOST, match="a.localhost evil", target="127.0.0.1:9"),
    Entry(kind=HOST, match="a.localhost\nshow info", target="127.0.0.1:9"),
    Entry(kind=HOST, match="a;shutdown frontend web", target="127.0.0.1:9"),
    Entry(kind=HOST, match="A.localhost", target="127.0.0.1:9"),
    Entry(kind=HOST, match="", target="127.0.0.1:9"),
    Entry(kind=HOST, match="a" * 64 + ".localhost", target="127.0.0.1:9"),
    Entry(kind=HOST, match="ä.localhost", target="127.0.0.1:9"),
    Entry(kind=HOST, match="a.localhost\x00", target="127.0.0.1:9"),
    Entry(kind=HOST, match="a.localhost", target="127.0.0.1:9; disable frontend web"),
    Entry(kind=HOST, match="a.localhost", target="127.0.0.1:99999"),
    Entry(kind=HOST, match="a.localhost", target="127.0.0.01:80"),
    Entry(kind=HOST, match="a.localhost", target="example.org:80"),
    Entry(kind=HOST, match="a.localhost", target="page:secret"),
    Entry(kind=HOST, match="a.localhost", target=""),
    Entry(kind=RouteKind.PATH, match="t/../admin", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PATH, match="t/a|1|/", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PATH, match="/t/a", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PATH, match="t//a", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PATH, match="t/1/2/3/4", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PORT, match="0", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PORT, match="80 80", target="127.0.0.1:9"),
    Entry(kind=RouteKind.PORT, match="٣٣٣", target="127.0.0.1:9"),
]


async def test_hostile_entries_are_refused_and_leave_nothing(any_proxy: Proxy) -> None:
    """Nothing of a refused entry, nor of those beside it, reaches the proxy."""
    for entry in HOSTILE:
        with pytest.raises(InvalidEntryError):
            await any_proxy.apply([host("fine"), entry])
        with pytest.raises(InvalidEntryError):
            await any_proxy.replace([host("fine"), entry])
    assert list(await any_proxy.entries()) == []


async def test_hostile_matches_cannot_be_removed(any_proxy: Proxy) -> None:
    """A removal is checked like an entry."""
    with pytest.raises(InvalidEntryError):
        await any_proxy.remove([(HOST, "a.localhost; clear map")])


async def test_an_entry_is_live_once_its_target_answers(any_proxy: Proxy) -> None:
    """A page of ours and a service are both waited for; a service that is not there is not live."""
    async with AsyncExitStack() as stack:
        backend = await stack.enter_async_context(serving("a"))
        entry = host("a", backend.address)
        page = host("b", "page:starting")
        await any_proxy.apply([entry, page])
        assert await any_proxy.wait_until_live(entry, timeout_seconds=5)
        assert await any_proxy.wait_until_live(page, timeout_seconds=5)


async def test_an_entry_that_was_never_applied_is_not_live(any_proxy: Proxy) -> None:
    """The probe goes through the proxy, not around it."""
    async with serving("a") as backend:
        assert not await any_proxy.wait_until_live(host("a", backend.address), timeout_seconds=0.3)


async def test_a_service_can_be_asked_before_it_has_a_route(any_proxy: Proxy) -> None:
    """``answers`` needs no entry."""
    async with serving("a") as backend:
        assert await any_proxy.answers(backend.address, timeout_seconds=5)


async def test_our_own_probes_are_not_activity(any_proxy: Proxy) -> None:
    """Neither waiting for a route nor asking a service counts."""
    async with serving("a") as backend:
        entry = host("a", backend.address)
        await any_proxy.apply([entry])
        assert await any_proxy.wait_until_live(entry, timeout_seconds=5)
        assert await any_proxy.answers(backend.address, timeout_seconds=5)
    counted = (await any_proxy.activity()).get((HOST, entry.match))
    assert counted is None or counted.requests == 0


async def test_a_proxy_that_is_down_says_so_by_the_same_error(proxy_settings: ProxySettings) -> None:
    """The real one with no HAProxy behind its socket, and the one in memory."""
    fake = FakeProxy()
    fake.down = True
    absent: list[Proxy] = [fake, HAProxyProxy(proxy_settings)]
    for down in absent:
        with pytest.raises(ProxyUnavailableError):
            await down.version()
        with pytest.raises(ProxyUnavailableError):
            await down.apply([host("a")])
        with pytest.raises(ProxyUnavailableError):
            await down.replace([])


async def test_the_version_names_who_answers(any_proxy: Proxy) -> None:
    """A name and a number."""
    name, _, number = (await any_proxy.version()).partition(" ")
    assert name
    assert number[0].isdigit()
