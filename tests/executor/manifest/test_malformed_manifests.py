"""What a bad manifest is told: every fault by name, line and reason, all at once."""

# ruff: noqa: E501 the tables read best with one case to a line

from dataclasses import dataclass

import pytest

from executor.errors import ManifestError
from executor.manifest.reader import read_manifest

FRONT = "x-sandbox: {front: {service: web, port: 80}}\n"


def problems_of(text: str, app: str = "web") -> tuple[str, ...]:
    """What the reader says; nothing if the manifest is good."""
    try:
        read_manifest(text, app=app)
    except ManifestError as error:
        return error.problems
    return ()


@dataclass(frozen=True)
class Case:
    """One bad file, the line at fault and words that the answer must hold."""

    name: str
    text: str
    line: int
    words: tuple[str, ...]


def in_service(name: str, lines: str, line: int, *words: str) -> Case:
    """A good manifest with lines added to its only service; the first one added is line 4 of the file."""
    body = "".join(f"    {added}\n" for added in lines.splitlines())
    return Case(name, f"services:\n  web:\n    image: web:1\n{body}{FRONT}", line, words)


def in_section(name: str, lines: str, line: int, *words: str) -> Case:
    """A good manifest with lines added to its section; the first one added is line 6 of the file."""
    body = "".join(f"  {added}\n" for added in lines.splitlines())
    front = "x-sandbox:\n  front: web:80\n"
    return Case(name, f"services:\n  web:\n    image: web:1\n{front}{body}", line, words)


DANGEROUS = [
    in_service("privileged", "privileged: true", 4, "privileged", "root on the host"),
    in_service("host network", "network_mode: host", 4, "network_mode", "host's network"),
    in_service("host processes", "pid: host", 4, "pid", "namespace of the host"),
    in_service("host memory", "ipc: host", 4, "ipc", "namespace of the host"),
    in_service("host name", "uts: host", 4, "uts", "namespace of the host"),
    in_service("host users", "userns_mode: host", 4, "userns_mode", "namespace of the host"),
    in_service("bind mount", "volumes: ['/etc:/host']", 4, "volumes[0]", "top-level volumes"),
    in_service("relative mount", "volumes: ['./data:/data']", 4, "folder or file of the host"),
    in_service("home mount", "volumes: ['~/.ssh:/keys']", 4, "folder or file of the host"),
    in_service("mount by variable", "volumes: ['${HOME}:/data']", 4, "folder or file of the host"),
    in_service("long bind", "volumes:\n  - {type: bind, source: /, target: /host}", 5, "folder or file of the host"),
    in_service("engine socket", "volumes: ['/var/run/docker.sock:/var/run/docker.sock']", 4, "engine's socket"),
    in_service("socket flag", "use_api_socket: true", 4, "engine's socket"),
    in_service("devices", "devices: ['/dev/kvm:/dev/kvm']", 4, "devices", "no devices"),
    in_service("capabilities", "cap_add: [SYS_ADMIN]", 4, "cap_add", "x-capabilities"),
    in_service("wide capability", "x-capabilities:\n  - NET_ADMIN", 5, "NET_ADMIN", "allowed"),
    in_service("seccomp", "security_opt: ['seccomp:unconfined']", 4, "security_opt", "seccomp"),
    in_service("sysctls", "sysctls: {net.ipv4.ip_forward: 1}", 4, "sysctls", "kernel"),
    in_service("networks", "networks: [host]", 4, "networks", "network of its own"),
    in_service("extra hosts", "extra_hosts: ['meta:169.254.169.254']", 4, "extra_hosts"),
    in_service("host port", "ports:\n  - '8080:80'", 5, "8080:80", "port of the host", "x-sandbox.front"),
    in_service("host address", "ports: ['0.0.0.0:80:80']", 4, "port of the host"),
    in_service("long host port", "ports:\n  - target: 80\n    published: 8080", 6, "published", "port of the host"),
    in_service("file of the host", "env_file: .env", 4, "env_file", "files of the host"),
    in_service("runtime", "runtime: nvidia", 4, "runtime"),
    in_service("kernel folder", "volumes: ['data:/proc/sys']", 4, "/proc/sys"),
    in_service("root folder", "tmpfs: /", 4, "belongs to the system"),
    in_service("build args", "build: {context: web, args: {A: b}}", 4, "args", "history"),
    in_service("build elsewhere", "build: ../../etc", 4, "../../etc", "manifests/images"),
    in_service("build from afar", "build: https://example.org/x.git", 4, "manifests/images"),
    in_service("dockerfile", "build:\n  context: web\n  dockerfile: ../x", 6, "dockerfile"),
    Case("external network", f"services:\n  web: {{image: w}}\nnetworks: {{x: {{external: true}}}}\n{FRONT}", 3,
         ("networks", "network of its own")),
    Case("external volume", "services:\n  web: {image: w, volumes: ['d:/d']}\nvolumes:\n  d:\n    external: true\n"
         + FRONT, 5, ("external", "shared with other sandboxes")),
    Case("volume as bind", "services:\n  web: {image: w, volumes: ['d:/d']}\nvolumes:\n  d:\n    driver: local\n"
         "    driver_opts: {type: none, o: bind, device: /}\n" + FRONT, 6, ("driver_opts", "folder of the host")),
]  # fmt: skip

WRONG = [
    Case("empty", "", 1, ("empty",)),
    Case("only a comment", "# nothing\n", 1, ("empty",)),
    Case("a list", "- a\n", 1, ("mapping",)),
    Case("not YAML", "services:\n  web: [a\n", 3, ("not valid YAML",)),
    Case("tab", "services:\n\tweb: {}\n", 2, ("not valid YAML",)),
    Case("two documents", f"services:\n  web: {{image: w}}\n{FRONT}---\na: b\n", 4, ("second document",)),
    Case("alias", f"services:\n  web: &a {{image: w}}\n  b: *a\n{FRONT}", 3, ("anchors",)),
    Case("tag", f"services:\n  web: {{image: !!python/object:os.system w}}\n{FRONT}", 2, ("tags",)),
    Case("duplicate", f"services:\n  web:\n    image: w\n    image: v\n{FRONT}", 4, ("image", "twice", "line 3")),
    Case("control character", f'services:\n  web: {{image: w, user: "a\\0b"}}\n{FRONT}', 2, ("control character",)),
    Case("bad escape", f'services:\n  web: {{image: "\\UFFFFFFFF"}}\n{FRONT}', 1, ("escape",)),
    Case("deep", "a: " + "[" * 50 + "]" * 50, 1, ("deeper",)),
    Case("unknown top", f"service: {{}}\nservices:\n  web: {{image: w}}\n{FRONT}", 1, ("service", "“services”")),
    Case("no services", FRONT, 1, ("needs services",)),
    Case("services a list", f"services: [web]\n{FRONT}", 1, ("services", "mapping")),
    Case("no section", "services:\n  web: {image: w}\n", 1, ("x-sandbox", "front")),
    Case("no image", f"services:\n  web: {{user: a}}\n{FRONT}", 2, ("services.web", "needs an image")),
    Case("bad service name", f"services:\n  web: {{image: w}}\n  My_Web: {{image: w}}\n{FRONT}", 3, ("My_Web",)),
    Case("ring", "services:\n  web:\n    image: w\n    depends_on: [db]\n  db:\n    image: d\n    depends_on: [web]\n"
         + FRONT, 4, ("ring", "web")),
    Case("too many services", "services:\n" + "".join(f"  s{n}: {{image: w}}\n" for n in range(9)), 1, ("8",)),
    Case("unused volume", f"services:\n  web: {{image: w}}\nvolumes:\n  d:\n{FRONT}", 4, ("volumes.d", "no service")),
    in_service("typing slip", "comand: x", 4, "comand", "“command”"),
    in_service("unknown extension", "x-capability: []", 4, "“x-capabilities”"),
    in_service("open quote", "command: sh -c 'oops", 4, "quotation mark"),
    in_service("image option", "image2: --privileged", 4, "unknown key"),
    in_service("no value", "environment: [HOME]", 4, "HOME", "inherits none"),
    in_service("null value", "environment:\n  HOME:", 5, "HOME", "inherits none"),
    in_service("bad variable", "environment: {'A B': c}", 4, "A B"),
    in_service("bad port", "ports: [http]", 4, "http", "port"),
    in_service("port too high", "expose: [70000]", 4, "65535"),
    in_service("UDP", "ports: [53/udp]", 4, "TCP"),
    in_service("memory too large", "mem_limit: 64g", 4, "from 16m to 4g"),
    in_service("memory nonsense", "mem_limit: lots", 4, "lots", "256m"),
    in_service("limit twice", "cpus: 1\ndeploy: {resources: {limits: {cpus: 1}}}", 4, "twice"),
    in_service("replicas", "deploy: {replicas: 3}", 4, "replicas", "one container"),
    in_service("empty test", "healthcheck: {interval: 5s}", 4, "needs a test"),
    in_service("bad interval", "healthcheck: {test: a, interval: 5}", 4, "interval", "length of time"),
    in_service("bad test", "healthcheck: {test: [curl, localhost]}", 4, "CMD"),
    in_service("unknown dependency", "depends_on: [webb]", 4, "webb", "“web”"),
    in_service("bad condition", "depends_on: {web: {condition: happy}}", 4, "service_healthy"),
    in_service("one-off", "depends_on: {web: {condition: service_completed_successfully}}", 4, "runs once"),
    in_service("undeclared volume", "volumes: ['data:/data']", 4, "data", "top-level volumes"),
    in_service("relative path", "working_dir: app", 4, "absolute path"),
    in_service("dotted path", "working_dir: /app/../etc", 4, "absolute path"),
    in_service("path twice", "tmpfs: [/a, /a]", 4, "mounted at /a already"),
    in_service("not a boolean", "read_only: maybe", 4, "true or false"),
    in_service("bad user", "user: 'a b'", 4, "a b"),
    in_service("unknown placeholder", "environment:\n  A: ${DB_PASS}", 5, "DB_PASS", "known here"),
    in_service("bare dollar", "command: echo $HOME", 4, "$HOME", "$$"),
    in_service("placeholder operator", "command: echo ${A:?no}", 4, "${A:?no}"),
    Case("placeholder in image", f"services:\n  web: {{image: 'w:${{V:-1}}'}}\n{FRONT}", 2, ("image", "placeholders")),
    Case("bad image", f"services:\n  web: {{image: '--rm evil'}}\n{FRONT}", 2, ("--rm evil", "not an image")),
    Case("image and build differ", f"services:\n  web: {{image: w, build: x}}\n{FRONT}", 2, ("sandpiper/x",)),
    in_section("unknown setting", "tttl: 4h", 6, "tttl", "“ttl”"),
    in_section("ttl too long", "ttl: 400d", 6, "ttl", "30d"),
    in_section("ttl without unit", "ttl: 30", 6, "length of time"),
    in_section("icon with colons", "icon: ':chart:'", 6, "without colons"),
    in_section("long title", f"title: {'x' * 61}", 6, "60 characters"),
    in_section("route to nowhere", "routes:\n  - {label: a, service: api, port: 80}", 7, "api", "known here: web"),
    in_section("route without label", "routes:\n  - {service: web, port: 80}", 7, "label"),
    in_section("label twice", "routes:\n  - {label: a, service: web, port: 80}\n"
               "  - {label: a, service: web, port: 81}", 8, "twice"),
    in_section("generated built-in", "generated: [URL]", 6, "URL"),
    in_section("short secret", "generated: {KEY: 4}", 6, "from 12 to 128"),
    in_section("unknown in sign_in", "sign_in: use ${PASSWORD}", 6, "PASSWORD"),
    in_section("egress words", "egress: everywhere", 6, "true or false"),
    Case("front to nowhere", "services:\n  web: {image: w}\nx-sandbox:\n  front: app:80\n", 4, ("app", "known here: web")),
    Case("front without port", "services:\n  web: {image: w}\nx-sandbox:\n  front: {service: web}\n", 4, ("port",)),
]  # fmt: skip


def test_a_good_manifest_has_no_problems() -> None:
    """What the table of faults is built on is itself without fault."""
    assert problems_of(f"services:\n  web: {{image: w}}\n{FRONT}") == ()


@pytest.mark.parametrize("case", [*DANGEROUS, *WRONG], ids=lambda case: case.name)
def test_a_fault_is_told_with_its_line_and_reason(case: Case) -> None:
    """One of the answers begins with the line at fault and says what and why."""
    found = problems_of(case.text)
    told = [text for text in found if text.startswith(f"line {case.line}: ")]
    assert any(all(word in text for word in case.words) for text in told), found


@pytest.mark.parametrize("case", DANGEROUS, ids=lambda case: case.name)
def test_a_danger_is_the_only_thing_told_of_its_line(case: Case) -> None:
    """The reason stands alone, and is no spelling suggestion."""
    told = [text for text in problems_of(case.text) if text.startswith(f"line {case.line}: ")]
    assert not any("unknown key" in text for text in told), told


def test_an_error_says_what_to_do() -> None:
    """The exception is fit to be shown as it is."""
    with pytest.raises(ManifestError) as refused:
        read_manifest("", app="web")
    assert refused.value.message == "The manifest of “web” has a problem."
    assert refused.value.hint == "Correct the lines named and check again: sandpiper manifest check FILE"


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    """Nobody has to check eight times to correct eight lines."""
    text = (
        "services:\n  web:\n    image: w\n    privileged: true\n    comand: x\n    volumes: ['/:/host']\n"
        "    mem_limit: 1\n  api:\n    pid: host\nx-sandbox:\n  front: {service: wep, port: 0}\n  ttl: soon\n"
    )
    lines = [int(text.split(":")[0].removeprefix("line ")) for text in problems_of(text)]
    assert lines == [4, 5, 6, 7, 8, 9, 11, 12]


def test_a_flood_of_faults_is_cut_with_what_was_cut_counted() -> None:
    """The answer stays readable however bad the file is."""
    text = "services:\n  web:\n    image: w\n" + "".join(f"    k{n}: x\n" for n in range(300)) + FRONT
    found = problems_of(text)
    assert len(found) == 101
    assert found[-1].endswith("… and 200 more")


def test_a_name_that_no_host_could_have_is_refused() -> None:
    """The file's name becomes the app's."""
    good = f"services:\n  web: {{image: w}}\n{FRONT}"
    for app in ("My App", "../etc", "a" * 33, "", "-x", "x-"):
        assert "not an app's name" in problems_of(good, app=app)[0]
