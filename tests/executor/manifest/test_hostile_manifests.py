"""Manifests written to do harm: smuggled keys and values, odd characters, names that mean something else."""

# ruff: noqa: E501 the tables read best with one case to a line

import json
import time

import pytest

from executor.errors import ManifestError
from executor.manifest.model import Manifest
from executor.manifest.reader import read_manifest


def read(service: str = "", section: str = "", *, image: str = "image: busybox", top: str = "") -> Manifest:
    """A good manifest with something added, indented as its place wants it."""
    lines = "".join(f"    {line}\n" for line in (image, *service.splitlines()) if line)
    more = "".join(f"  {line}\n" for line in section.splitlines())
    return read_manifest(f"services:\n  web:\n{lines}{top}x-sandbox:\n  front: web:80\n{more}", app="shop")


def problems(service: str = "", section: str = "", **given: str) -> tuple[str, ...]:
    """What is wrong; it must be something."""
    with pytest.raises(ManifestError) as refused:
        read(service, section, **given)
    return refused.value.problems


SPELLINGS = [
    '"\\x70rivileged": true', "'privileged': yes", "? privileged\n: true", "privileged:", "privileged: false",
    "Privileged: true", "pr\u0456vileged: true", "privileged\u200b: true", '"privileged ": true', "<<: {privileged: true}",
    "<<: *base", "network_mode: service:web", "network_mode: container:x", "pid: container:x", "devices:",
    "cap_add: []", "security_opt: {}", "extends: {file: /etc/passwd, service: x}", "env_file: [{path: /etc/passwd}]",
    "x-cap_add: [ALL]", "deploy: {placement: {}}", "deploy: {resources: {limits: {devices: []}}}",
    "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}", "secrets: [{source: x}]",
    "build: {context: web, network: host}", "healthcheck: {test: x, start_interval: 1s}",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_dangerous_key_is_refused_in_every_spelling(spelling: str) -> None:
    """Escapes, quotes, look-alikes, merges, empty values: the line is named and nothing is accepted."""
    assert problems(spelling)[0].startswith("line ")


MOUNTS = [
    "/:/host", "./:/x", "~:/x", "../a:/x", "C:\\a:/x", "$HOME:/x", "${HOME}:/x", "data:/proc", "data:/", "data://x",
    "data:/sys/fs/cgroup", "data:/x/../..", "data:/x:z", "data:/x:rw,exec", "data:/./proc", ":/x", "data:/x::", "data: /x",
]  # fmt: skip


@pytest.mark.parametrize("mount", MOUNTS)
def test_no_volume_leads_out_of_the_sandbox(mount: str) -> None:
    """Host folders, kernel folders and mount options in the short form."""
    assert problems(f"volumes: [{json.dumps(mount)}]", top="volumes:\n  data:\n")


TMPFS = [
    "/tmp:exec", "/tmp:exec,size=1g", "/tmp:size=64m,suid", "/tmp:dev", "/tmp:size=99999g", "/tmp:size=50%", "/tmp:mode=4777",
    "/tmp:uid=0", "/tmp:nr_inodes=0", "/tmp:SIZE=1m", "/tmp:size=-1", "/tmp:size=1m exec", "/tmp,exec", "/tmp:size=1m:exec",
    "/proc", "/dev", "/tmp/../proc", "//tmp", "/tmp:size=1m,remount,bind", "/tmp:size=x,size=1m", "/tmp:size=4k,size=2g",
]  # fmt: skip


@pytest.mark.parametrize("tmpfs", TMPFS)
def test_no_option_is_smuggled_into_a_tmpfs(tmpfs: str) -> None:
    """A size, once, within its range, and nothing else."""
    assert problems(f"tmpfs: {json.dumps(tmpfs)}")


def test_tmpfs_are_counted_in_both_forms() -> None:
    """The long form is no way around the limit on their number."""
    long = "".join(f"- {{type: tmpfs, target: /t{number}}}\n" for number in range(9))
    assert any("more than 8" in problem for problem in problems(f"volumes:\n{long}"))
    assert any("more than 8" in problem for problem in problems(f"tmpfs: [/a]\nvolumes:\n{long}"))
    assert len(read(f"volumes:\n{long[: long.index('/t8') - 24]}").services[0].tmpfs) == 8


IMAGES = [
    "sha256:" + "a" * 64, "b" * 64, "x --privileged", "x\n--y", "-x", "x:-y", "sandpiper/base:x", "sandpiper/../x",
    "sandpiper/x/y", "http://x/y", "x@sha512:" + "a" * 128, "${IMG}", "BUSYBOX", "..:80/x", "a" * 300,
    "sandpiper/base@sha256:" + "a" * 64,
]  # fmt: skip


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_named_by_its_repository_and_nothing_else(image: str) -> None:
    """No options, no ids of images that happen to be on the engine, no tags of our own."""
    assert problems(image=f"image: {json.dumps(image)}")


@pytest.mark.parametrize(
    "character", ["\\x00", "\\x1b", "\\x85", "\\u2028", "\\u202e", "\\u2066", "\\ud800", "\\ufeff"]
)
@pytest.mark.parametrize(
    "place", ["command: %s", "entrypoint: [%s]", "environment: {A: %s}", "environment: {%s: a}", "%s: a"]
)
def test_characters_that_nobody_sees_are_refused_and_not_repeated(character: str, place: str) -> None:
    """Controls, halves of characters and turns of direction: the answer can be printed and sent."""
    for problem in problems(place % f'"{character}5{character}"'):
        assert problem.isprintable()
        assert problem.encode()


@pytest.mark.parametrize("value", ['"a\\nline 9: all is well"', '"a\\tb"'])
def test_a_problem_is_one_line_whatever_it_quotes(value: str) -> None:
    """What is quoted cannot pass for a line of ours."""
    assert all(problem.isprintable() for problem in problems(f"user: {value}"))


@pytest.mark.parametrize("front", ["{service: '', port: 80}", "{service: '', port: 80, path: true}"])
def test_a_way_in_without_a_service_is_told(front: str) -> None:
    """Never refused without a reason, and never left out in silence."""
    with pytest.raises(ManifestError) as refused:
        read_manifest(f"services:\n  web: {{image: w}}\nx-sandbox:\n  front: {front}\n", app="shop")
    assert "names no service" in refused.value.problems[0]
    assert problems(section="routes: [{service: '', port: 80, label: adm}]")


@pytest.mark.parametrize("word", ["NONE", "CMD", "CMD-SHELL"])
def test_a_check_is_not_turned_into_another_kind(word: str) -> None:
    """The engine would take the program's name for the kind of the test."""
    assert problems(f"healthcheck: {{test: [CMD, {word}, x]}}")


def test_a_check_that_would_keep_the_host_busy_is_refused() -> None:
    """Each look starts a program on the host's account."""
    assert "from 0.5s" in problems("healthcheck: {test: x, interval: 10ms}")[0]


@pytest.mark.parametrize(
    "number",
    [
        "0x10",
        "1_000",
        "1e3",
        "190:20:30",
        ".inf",
        ".nan",
        "-1",
        "+1",
        "0o17",
        "\u0661\u0662",
        "\u00b2",
        "9" * 400,
    ],
)
@pytest.mark.parametrize("key", ["pids_limit", "cpus", "mem_limit", "stop_grace_period"])
def test_numbers_are_plain_or_refused(key: str, number: str) -> None:
    """No other notation of YAML's is guessed at."""
    assert problems(f"{key}: {number}")


def test_thousands_of_faults_are_told_soon() -> None:
    """Collecting them is not slower than reading them."""
    began = time.process_time()
    assert len(problems("".join(f"privilegeds{number}: 1\n" for number in range(2400)))) == 101
    assert time.process_time() - began < 3
