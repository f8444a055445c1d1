"""The apps that need no image registry, run from their manifests on the real engine, hardened as ever."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import aiohttp
import pytest

from executor.engine.docker import DockerEngine, DockerSettings
from executor.engine.protocol import LABEL_SANDBOX, ContainerSpec, NetworkSpec
from executor.images import Images
from executor.images.certificates import find_bundle, operator_certificates
from executor.images.store import ImageSettings
from executor.manifest.catalogue import Catalogue
from executor.manifest.model import ServiceManifest
from executor.manifest.render import render_services
from storage.records import Health

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

DEADLINE_SECONDS = 60
INSTALLATION = f"catalogue-test-{os.getpid()}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Running:
    """An app's containers on a network of their own."""

    engine: DockerEngine
    names: Mapping[str, str]
    """Service to container."""
    addresses: Mapping[str, str]
    port: int
    session: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """The front door, without a proxy."""
        return f"http://{self.addresses['front']}:{self.port}"

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of an answer."""
        async with self.session.get(self.url + path) as answer:
            return answer.status, await answer.text()


async def until(holds: Callable[[], Awaitable[bool]], *, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait for a condition, at most a minute unless said otherwise."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 the condition is in another process
            await asyncio.sleep(0.1)


class Start(Protocol):
    """Starts an app of the catalogue in the subnet of a slot, with another command if one is given."""

    async def __call__(self, app: str, slot: int, *, command: tuple[str, ...] | None = None) -> Running:
        """Make its network, volumes and containers."""
        ...


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start an app of the catalogue in a subnet of its own; all of it is gone afterwards."""
    engine = DockerEngine(DockerSettings(installation=INSTALLATION, firewall="off"))
    certificates = operator_certificates(find_bundle(None, os.environ))
    images = Images(engine, ImageSettings(images_dir=Path("manifests/images"), certificates=certificates))
    # Answers of one host are not to be held back by the browser's rule against cookies for bare addresses.
    session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def run(app: str, slot: int, *, command: tuple[str, ...] | None = None) -> Running:
        manifest = Catalogue(Path("manifests/apps")).load()[app]
        prefix = f"10.215.{os.getpid() % 250}"
        labels = {LABEL_SANDBOX: app}
        values = {"NAME": app, "URL": "http://x.test", "HOST": "x.test", "PATH_PREFIX": ""}
        values |= {name: "s3cret" * (length // 6) for name, length in manifest.generated.items()}
        network = NetworkSpec(
            name=f"{INSTALLATION}-{app}", subnet=f"{prefix}.{slot * 16}/28", egress=False, labels=labels
        )
        await engine.ensure_network(network)
        names, addresses = {}, {}
        for n, service in enumerate(render_services(manifest, values)):
            image = await images.ensure(service.image, lambda _: None)
            spec = spec_of(service, image, network, f"{prefix}.{slot * 16 + 2 + n}")
            spec = replace(spec, command=command or spec.command)
            for volume in spec.volumes:
                await engine.ensure_volume(volume, labels)
            await engine.ensure_container(spec)
            await engine.start_container(spec.name)
            names[service.name], addresses[service.name] = spec.name, spec.address
        addresses["front"] = addresses[manifest.front.service]
        return Running(
            engine=engine, names=names, addresses=addresses, port=manifest.front.port, session=session
        )

    try:
        yield run
    finally:
        await session.close()
        owned = await engine.list_owned()
        for kind, remove in (
            ("container", engine.remove_container),
            ("network", engine.remove_network),
            ("volume", engine.remove_volume),
        ):
            for thing in owned:
                if thing.kind == kind:
                    await remove(thing.name)
        await engine.close()


def spec_of(service: ServiceManifest, image: str, network: NetworkSpec, address: str) -> ContainerSpec:
    """The container of a service."""
    return ContainerSpec(
        name=f"{network.name}-{service.name}",
        image=image,
        hostname=service.name,
        network=network.name,
        address=address,
        aliases=(service.name,),
        labels=network.labels,
        environment=service.environment,
        command=service.command,
        entrypoint=service.entrypoint,
        user=service.user,
        read_only=service.read_only,
        tmpfs=service.tmpfs,
        volumes={f"{network.name}-{name}": path for name, path in service.volumes.items()},
        memory_bytes=service.memory_bytes,
        cpus=service.cpus,
        pids=service.pids,
        capabilities=service.capabilities,
        health=service.health,
        stop_signal=service.stop_signal,
    )


async def answers(running: Running, path: str = "/") -> None:
    """Wait until the front door answers well."""

    async def holds() -> bool:
        try:
            return (await running.get(path))[0] == 200
        except aiohttp.ClientError:
            return False

    await until(holds)


async def test_echo_answers_with_what_it_was_asked(start: Start) -> None:
    """Over HTTP, chunked or not, and WebSocket, with any status; logs and its end can be asked for."""
    echo = await start("echo", 0)
    await answers(echo, "/healthz")
    async with echo.session.post(echo.url + "/a/b?x=1", data=pieces(), headers={"X-Test": "yes"}) as answer:
        said = await answer.json()
    assert (said["method"], said["path"], said["query"], said["body"]) == (
        "POST",
        "/a/b",
        {"x": "1"},
        "onetwo",
    )
    assert (said["headers"]["x-test"], said["name"], said["port"]) == ("yes", "echo", 8080)
    assert (await echo.get("/status/503"))[0] == 503
    async with echo.session.get(f"http://{echo.addresses['front']}:8081/") as answer:
        assert (await answer.json())["port"] == 8081
    async with echo.session.ws_connect(echo.url + "/ws") as socket:
        for message in ("hällo", "x" * 100_000):
            await socket.send_str(message)
            assert await socket.receive_str() == message
    await echo.get("/log?lines=3")
    tail = await echo.engine.log_tail(echo.names["echo"], lines=20)
    assert sorted(line.text for line in tail if "of 3" in line.text) == [
        *(f"error {n} of 3" for n in (1, 2, 3)),
        *(f"line {n} of 3" for n in (1, 2, 3)),
    ]
    await echo.get("/exit?code=7")

    async def ended() -> bool:
        state = await echo.engine.inspect_container(echo.names["echo"])
        return state is not None and state.exit_code == 7

    await until(ended)


async def pieces() -> AsyncIterator[bytes]:
    """A body whose length nobody knows beforehand."""
    yield b"one"
    yield b"two"


async def test_notes_is_healthy_when_both_services_are_and_keeps_what_is_written(start: Start) -> None:
    """The check fails while the database is away, and the volume outlives its container."""
    notes = await start("notes", 1)

    async def health() -> Health | None:
        state = await notes.engine.inspect_container(notes.names["web"])
        return state.health if state else None

    async def is_healthy() -> bool:
        return await health() is Health.HEALTHY

    await until(is_healthy)
    note = {"title": "First", "body": "<script>alert(1)</script>", "colour": "sky"}
    async with notes.session.post(notes.url + "/notes", data=note) as answer:
        assert answer.status == 200
        assert "&lt;script&gt;" in await answer.text()
    async with notes.session.post(
        notes.url + "/notes", data="title=x", headers={"Origin": "http://other.test", **FORM}
    ) as answer:
        assert answer.status == 403
    await notes.engine.stop_container(notes.names["db"], grace_seconds=20)
    assert (await notes.get("/healthz"))[0] == 503

    async def is_unhealthy() -> bool:
        return await health() is Health.UNHEALTHY

    await until(is_unhealthy)
    await notes.engine.start_container(notes.names["db"])
    await until(is_healthy)
    assert "First" in (await notes.get("/"))[1]


async def test_csv_explorer_serves_its_page_and_lets_no_other_site_in(start: Start) -> None:
    """The page's socket opens for the sandbox's own origin, and for no other."""
    explorer = await start("csv-explorer", 2)
    await answers(explorer, "/_stcore/health")
    assert "streamlit" in (await explorer.get("/"))[1].lower()
    assert await handshake(explorer, "http://x.test:8080") == 101
    assert await handshake(explorer, "http://evil.test") == 403


async def handshake(running: Running, origin: str) -> int:
    """Status of the answer to a WebSocket's opening request."""
    key = base64.b64encode(hashlib.sha256(origin.encode()).digest()[:16]).decode()
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Origin": origin,
    }
    async with running.session.get(running.url + "/_stcore/stream", headers=headers) as answer:
        return answer.status


async def test_csv_explorer_bears_files_of_every_bad_kind(start: Start) -> None:
    """Each is drawn, filtered and charted, or refused in words; none ends in an error of the program."""
    visits = Path("tests/executor/csv_explorer_visits.py").read_text(encoding="utf-8")
    explorer = await start("csv-explorer", 3, command=("python3", "-c", visits))
    name = explorer.names["app"]

    said: list[str] = []

    async def ended() -> bool:
        said[:] = [line.text for line in await explorer.engine.log_tail(name, lines=400)]
        return any(text.endswith(" failures") for text in said)

    await until(ended, seconds=180)
    assert [text for text in said if text.startswith("FAILED")] == []
