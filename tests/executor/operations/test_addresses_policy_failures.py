"""Where a sandbox is, what is allowed, and how failures are put in words."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network

import pytest

from executor import addresses, failure, policy
from executor.config import DAY, HOUR, MEBIBYTE, ExecutorConfig
from executor.errors import InvalidRequestError, LimitReachedError
from executor.manifest.reader import read_manifest
from executor.readiness import pause_seconds, waves
from executor.requests import Extend
from storage.records import RouteKind
from tests.executor.operations.house import NOTES
from tests.storage.records_for_tests import NOW

CONFIG = ExecutorConfig()


def test_subnets_never_overlap() -> None:
    """Every slot has a network of its own in the range, and its services' addresses lie in it."""
    assert addresses.slots("10.213.0.0/16") == 4096
    seen: set[IPv4Network] = set()
    for slot in (0, 1, 2, 4094, 4095):
        network = IPv4Network(addresses.subnet("10.213.0.0/16", slot))
        assert network.subnet_of(IPv4Network("10.213.0.0/16"))
        assert all(not network.overlaps(other) for other in seen)
        seen.add(network)
        for position in range(8):
            address = IPv4Address(addresses.service_address("10.213.0.0/16", slot, position))
            assert address in list(network.hosts())[1:]


def test_routes() -> None:
    """A front door has its host name and what else it asks for; another way in begins with its label."""
    text = NOTES.replace(
        "gateway: true}", "gateway: true, path: true}\n  routes:\n    - {service: web, port: 9, label: admin}"
    )
    manifest = read_manifest(text, app="notes")
    found = addresses.routes(
        manifest, sandbox_id="i", sandbox="cool-panda", domain="box.example", ports=[20001]
    )
    assert [(route.kind, route.match, route.front) for route in found] == [
        (RouteKind.HOST, "cool-panda.box.example", True),
        (RouteKind.PATH, "t/cool-panda", False),
        (RouteKind.PORT, "20001", False),
        (RouteKind.HOST, "admin-cool-panda.box.example", False),
    ]


def test_urls() -> None:
    """The URL names the port only where it has to."""
    assert addresses.url(CONFIG, "a") == "http://a.localhost:8080"
    public = replace(CONFIG, domain="box.example", public_scheme="https", public_port=None)
    assert addresses.url(public, "a") == "https://a.box.example"


def test_ttl() -> None:
    """A person's wish outside the bounds is refused; a manifest's is cut to them."""
    assert policy.ttl_seconds(CONFIG, None, None) == CONFIG.default_ttl_seconds
    assert policy.ttl_seconds(CONFIG, None, 90 * DAY) == CONFIG.max_ttl_seconds
    assert policy.ttl_seconds(CONFIG, 180, HOUR) == 180
    for wish in (0, 59, 15 * DAY):
        with pytest.raises(InvalidRequestError, match="1 minute to 14 days"):
            policy.ttl_seconds(CONFIG, wish, None)


def test_memory_and_room() -> None:
    """Memory and number have bounds, told in words."""
    assert policy.memory_bytes(CONFIG, 1024 * MEBIBYTE) == 1024 * MEBIBYTE
    for wish in (1, 8 * 1024 * MEBIBYTE):
        with pytest.raises(InvalidRequestError, match="16 MB to 4 GB"):
            policy.memory_bytes(CONFIG, wish)
    policy.room_for_one_more(CONFIG, 199)
    with pytest.raises(LimitReachedError, match="200"):
        policy.room_for_one_more(CONFIG, 200)


def test_extending() -> None:
    """From what the end is now, or from now if that is later; never into the past, never too far."""
    end = NOW + timedelta(hours=1)
    by_hour = Extend(sandbox="a", seconds=HOUR)
    assert policy.extended(CONFIG, by_hour, end, NOW) == end + timedelta(hours=1)
    assert policy.extended(CONFIG, by_hour, NOW - timedelta(hours=5), NOW) == NOW + timedelta(hours=1)
    until = Extend(sandbox="a", until_epoch_seconds=int((NOW + timedelta(hours=3)).timestamp()))
    assert policy.extended(CONFIG, until, end, NOW) == NOW + timedelta(hours=3)
    for wrong in (
        Extend(sandbox="a", until_epoch_seconds=int(NOW.timestamp()) - 1),
        Extend(sandbox="a", until_epoch_seconds=int(NOW.timestamp()) + 60),
        Extend(sandbox="a", seconds=0),
        Extend(sandbox="a", seconds=20 * DAY),
    ):
        with pytest.raises(InvalidRequestError):
            policy.extended(CONFIG, wrong, end, NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(DAY, "1 day"), (2 * DAY, "2 days"), (HOUR, "1 hour"), (5400, "90 minutes"), (61, "61 seconds")],
)
def test_lengths_of_time(seconds: int, words: str) -> None:
    """Lengths of time are said as a person says them."""
    assert policy.duration(seconds) == words


@pytest.mark.parametrize(
    ("exit_code", "out_of_memory", "words"),
    [
        (137, True, "used its 512 MB of memory and was killed"),
        (137, False, "was killed"),
        (0, True, "used its 512 MB of memory and was killed"),
        (0, False, "ended without an error"),
        (127, False, "could not run its command: there is no such program in the image"),
        (3, False, "ended with exit code 3"),
        (None, False, "ended"),
    ],
)
def test_exits_in_words(exit_code: int | None, out_of_memory: bool, words: str) -> None:
    """How a container ended, in words rather than numbers."""
    found = failure.words_of_exit(exit_code, out_of_memory=out_of_memory, memory_bytes=512 * MEBIBYTE)
    assert found == words


def test_waves() -> None:
    """Services start in groups, each after what it needs."""
    needs = [("db", frozenset[str]()), ("cache", frozenset[str]()), ("web", frozenset({"db", "cache"}))]
    assert waves([*needs, ("worker", frozenset({"web"}))]) == [["db", "cache"], ["web"], ["worker"]]
    assert waves([]) == []


def test_pauses_grow_with_what_was_waited() -> None:
    """Looking again costs at most a twentieth of the wait, between a twentieth and half a second."""
    assert [pause_seconds(waited) for waited in (0, 1, 4, 10, 100)] == [0.05, 0.05, 0.2, 0.5, 0.5]
