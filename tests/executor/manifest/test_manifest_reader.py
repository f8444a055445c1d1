"""What a good manifest becomes."""

import re

import pytest

from executor.engine.protocol import HealthCheck
from executor.errors import ManifestError
from executor.manifest.limits import ResourceLimits
from executor.manifest.model import Manifest, RouteManifest, ServiceManifest
from executor.manifest.reader import read_manifest

MIB = 1024 * 1024
SMALL = """\
services:
  web:
    image: example/web:1
x-sandbox:
  front: {service: web, port: 80}
"""


def only(manifest: Manifest) -> ServiceManifest:
    """The one service of a manifest."""
    (service,) = manifest.services
    return service


def with_service(*lines: str) -> ServiceManifest:
    """The service of the small manifest with lines added to it."""
    added = "".join(f"    {line}\n" for line in lines)
    volumes = "volumes:\n  data:\n" if re.search(r"data:/|source: data", added) else ""
    return only(read_manifest(SMALL.replace("x-sandbox", f"{added}{volumes}x-sandbox"), app="web"))


def test_the_smallest_manifest_gets_every_default() -> None:
    """An image and a front door are enough."""
    manifest = read_manifest(SMALL, app="web")
    assert manifest.title == "web"
    assert manifest.front == RouteManifest(service="web", port=80)
    assert manifest.ready_timeout_seconds == 300
    assert (manifest.ttl_seconds, manifest.idle_seconds, manifest.egress) == (None, None, False)
    assert only(manifest) == ServiceManifest(
        name="web", image="example/web:1", build=None, memory_bytes=512 * MIB, cpus=0.5, pids=256
    )
    assert manifest.text == SMALL


def test_defaults_and_ceilings_are_the_operators() -> None:
    """The limits given decide what a silent manifest gets and what a greedy one may ask for."""
    limits = ResourceLimits(memory_bytes=64 * MIB, cpus=0.1, pids=20, max_memory_bytes=128 * MIB, max_cpus=1)
    service = only(read_manifest(SMALL, app="web", limits=limits))
    assert (service.memory_bytes, service.cpus, service.pids) == (64 * MIB, 0.1, 20)
    greedy = SMALL.replace("x-sandbox", "    mem_limit: 129m\n    cpus: 1.1\nx-sandbox")
    with pytest.raises(ManifestError) as refused:
        read_manifest(greedy, app="web", limits=limits)
    assert refused.value.problems == (
        "line 4: services.web.mem_limit: must be from 16m to 128m",
        "line 5: services.web.cpus: must be a number from 0.05 to 1",
    )


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("command: serve --port 80", ("serve", "--port", "80")),
        ("command: sh -c 'echo a b'", ("sh", "-c", "echo a b")),
        ('command: ["serve", "--port", 80]', ("serve", "--port", "80")),
        (
            "command: serve --name=${NAME} ${GREETING:-hello you}",
            ("serve", "--name=${NAME}", "${GREETING:-hello you}"),
        ),
        ("command: []", ()),
        ("command:", None),
    ],
)
def test_a_command_is_a_list_or_words_of_a_shell(line: str, command: tuple[str, ...] | None) -> None:
    """Both of Compose's forms give the same words, and a placeholder stays one word."""
    assert with_service(line).command == command
    assert with_service(line.replace("command", "entrypoint")).entrypoint == command


@pytest.mark.parametrize(
    "lines",
    [
        ("environment:", "  PORT: 80", "  DEBUG: true", '  EMPTY: ""', "  A.B: 'x=y'"),
        ("environment:", "  - PORT=80", "  - DEBUG=true", "  - EMPTY=", "  - A.B=x=y"),
    ],
)
def test_environment_is_a_list_or_a_mapping(lines: tuple[str, ...]) -> None:
    """Values are kept as they were written."""
    environment = {"PORT": "80", "DEBUG": "true", "EMPTY": "", "A.B": "x=y"}
    assert with_service(*lines).environment == environment


@pytest.mark.parametrize(
    ("line", "ports"),
    [
        ("expose: [80, '443']", (80, 443)),
        ("ports: ['80/tcp', 8000-8002]", (80, 8000, 8001, 8002)),
        ("ports: [{target: 80, protocol: tcp, name: http}]", (80,)),
        ("ports: [80, 80]", (80,)),
    ],
)
def test_ports_are_the_containers_own(line: str, ports: tuple[int, ...]) -> None:
    """All short and long forms that publish nothing."""
    assert with_service(line).expose == ports


@pytest.mark.parametrize(
    ("test", "command"),
    [
        ("curl -f http://localhost", ("CMD-SHELL", "curl -f http://localhost")),
        ("[CMD, curl, -f, http://localhost]", ("curl", "-f", "http://localhost")),
        (
            "[CMD-SHELL, curl -f http://localhost || exit 1]",
            ("CMD-SHELL", "curl -f http://localhost || exit 1"),
        ),
        ("[NONE]", ("NONE",)),
    ],
)
def test_a_health_check_has_three_forms(test: str, command: tuple[str, ...]) -> None:
    """A line for the shell, a list for the kernel, and none."""
    health = with_service("healthcheck:", f"  test: {test}").health
    assert health == HealthCheck(command=command)


def test_times_of_a_health_check() -> None:
    """Durations are Compose's own."""
    health = with_service(
        "healthcheck:",
        "  test: ok",
        "  interval: 1m30s",
        "  timeout: 500ms",
        "  retries: 7",
        "  start_period: 2m",
    ).health
    assert health == HealthCheck(
        command=("CMD-SHELL", "ok"),
        interval_seconds=90,
        timeout_seconds=0.5,
        retries=7,
        start_period_seconds=120,
    )
    off = with_service("healthcheck:", "  disable: true").health
    assert off == HealthCheck(command=("NONE",))


@pytest.mark.parametrize(
    ("lines", "volumes", "tmpfs"),
    [
        (("volumes: ['data:/data']",), {"data": "/data"}, {}),
        (("volumes: ['data:/data/:rw']",), {"data": "/data"}, {}),
        (("volumes: [{type: volume, source: data, target: /data}]",), {"data": "/data"}, {}),
        (("volumes: [{type: tmpfs, target: /run, tmpfs: {size: 1m}}]",), {}, {"/run": MIB}),
        (("tmpfs: /run",), {}, {"/run": 64 * MIB}),
        (("tmpfs: ['/run:size=1m,noexec', '/dev/shm:size=2m']",), {}, {"/run": MIB, "/dev/shm": 2 * MIB}),
    ],
)
def test_volumes_and_tmpfs(lines: tuple[str, ...], volumes: dict[str, str], tmpfs: dict[str, int]) -> None:
    """Named volumes and memory, in short and long forms."""
    service = with_service(*lines)
    assert (service.volumes, service.tmpfs) == (volumes, tmpfs)


@pytest.mark.parametrize(
    "lines",
    [
        ("deploy: {resources: {limits: {memory: 1.5g, cpus: '0.25', pids: 99}}}",),
        ("mem_limit: 1536MiB", "cpus: .25", "pids_limit: 99"),
    ],
)
def test_resources_have_two_forms(lines: tuple[str, ...]) -> None:
    """Compose's newer and older keys mean the same."""
    service = with_service(*lines)
    assert (service.memory_bytes, service.cpus, service.pids) == (1536 * MIB, 0.25, 99)


def test_the_rest_of_a_service() -> None:
    """Scalars go through as they are."""
    service = with_service(
        "user: '10001:10001'",
        "working_dir: /app",
        "read_only: yes",
        "stop_signal: SIGINT",
        "stop_grace_period: 1m",
        "x-capabilities: [CHOWN, CAP_SETUID]",
    )
    assert (service.user, service.working_dir, service.read_only) == ("10001:10001", "/app", True)
    assert (service.stop_signal, service.stop_grace_seconds) == ("SIGINT", 60)
    assert service.capabilities == ("CHOWN", "SETUID")


@pytest.mark.parametrize("build", ["shop", "./shop", "{context: ./shop}", "{context: shop/}"])
def test_an_image_of_our_own_is_named_after_its_folder(build: str) -> None:
    """``build`` names the folder, and the image follows; the image alone names the folder too."""
    built = only(read_manifest(SMALL.replace("image: example/web:1", f"build: {build}"), app="web"))
    assert (built.image, built.build) == ("sandpiper/shop", "shop")
    named = only(read_manifest(SMALL.replace("example/web:1", "sandpiper/shop"), app="web"))
    assert named == built


LARGE = """\
version: "3.8"
services:
  web:
    image: registry.example.org:5000/team/web:1.2@sha256:%s
    depends_on: {db: {condition: service_healthy}, cache: {}}
  cache: {image: "valkey:8", depends_on: [db]}
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD: "${DB_PASSWORD}"}
    volumes: ["pg_data:/var/lib/postgresql/data"]
volumes: {pg_data: {driver: local}}
x-sandbox:
  title: A shop
  description: Sells things.
  icon: shopping_trolley
  front: web:8080
  routes:
    - {label: admin, service: web, port: 8081, path: true, strip_prefix: false, gateway: true}
  ttl: 4h
  idle: 45m
  ready_timeout: 10m
  limits: {memory: 128m, cpus: 0.25, pids: 50}
  generated: {DB_PASSWORD: 32, ADMIN_PASSWORD: }
  sign_in: |
    Open ${URL} as admin, password ${ADMIN_PASSWORD}. It costs $$5.
  egress: true
""" % ("a" * 64)


def test_services_come_after_what_they_depend_on() -> None:
    """The order of the file gives way to the order of starting."""
    manifest = read_manifest(LARGE, app="shop")
    assert [service.name for service in manifest.services] == ["db", "cache", "web"]
    assert manifest.services[2].depends_on == {"db": "service_healthy", "cache": "service_started"}


def test_the_section_for_sandboxes() -> None:
    """Everything that Compose has no word for."""
    manifest = read_manifest(LARGE, app="shop")
    assert (manifest.title, manifest.description, manifest.icon) == (
        "A shop",
        "Sells things.",
        "shopping_trolley",
    )
    assert manifest.front == RouteManifest(service="web", port=8080)
    assert manifest.routes == (
        RouteManifest(service="web", port=8081, label="admin", path=True, strip_prefix=False, gateway=True),
    )
    assert (manifest.ttl_seconds, manifest.idle_seconds, manifest.ready_timeout_seconds) == (
        14_400,
        2_700,
        600,
    )
    assert manifest.generated == {"DB_PASSWORD": 32, "ADMIN_PASSWORD": 24}
    assert manifest.volumes == ("pg_data",)
    assert manifest.egress
    assert {service.memory_bytes for service in manifest.services} == {128 * MIB}
    assert manifest.sign_in == "Open ${URL} as admin, password ${ADMIN_PASSWORD}. It costs $$5.\n"
