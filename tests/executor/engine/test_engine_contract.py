"""What every engine does, the real one and the one in memory that other tests stand on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from executor.engine.protocol import LABEL_SANDBOX, ContainerSpec, Engine, EngineEvent, LogLine
from executor.errors import ImageUnavailableError, InvalidRequestError, StepFailedError
from tests.engine_images import PYTHON_IMAGE
from tests.executor.engine.conftest import Room, closed_room, make_room, real_engine
from tests.executor.engine.fake_engine import FakeEngine
from tests.executor.engine.puppet import FakePuppeteer, Puppeteer, RealPuppeteer
from tests.executor.engine.waiting import eventually


@dataclass
class Stage:
    """An engine, a room on it with its network made, and who pulls the strings."""

    engine: Engine
    room: Room
    puppeteer: Puppeteer

    async def run(self, service: str = "web") -> ContainerSpec:
        """A running puppet."""
        spec = self.room.spec(service)
        if isinstance(self.puppeteer, RealPuppeteer):
            self.puppeteer.addresses[spec.name] = spec.address
        await self.engine.ensure_container(spec)
        await self.engine.start_container(spec.name)
        return spec


@pytest.fixture(params=["fake", pytest.param("docker", marks=pytest.mark.engine)])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The same stage on either engine."""
    if request.param == "docker":
        async with real_engine() as engine:
            yield Stage(engine, await closed_room(engine), RealPuppeteer())
        return
    fake = FakeEngine(installation="test", images=[PYTHON_IMAGE])
    fake.cannot_start.add("broken")
    room = make_room(fake, PYTHON_IMAGE)
    await fake.ensure_network(room.network())
    yield Stage(fake, room, FakePuppeteer(fake))
    await fake.close()


async def take(lines: AsyncIterator[LogLine], wanted: int) -> list[LogLine]:
    """So many lines, then let go."""
    found: list[LogLine] = []
    async with asyncio.timeout(20):
        async for line in lines:
            found.append(line)
            if len(found) == wanted:
                break
    return found


def texts(lines: Sequence[LogLine]) -> list[str]:
    """What was said."""
    return [line.text for line in lines]


async def test_info_says_who_answers(stage: Stage) -> None:
    """Info says who answers."""
    info = await stage.engine.info()
    assert info.version
    assert info.memory_bytes > 0


async def test_making_a_network_and_a_volume_twice_is_as_once(stage: Stage) -> None:
    """Making a network and a volume twice is as once."""
    await stage.engine.ensure_network(stage.room.network())
    for _ in range(2):
        await stage.engine.ensure_volume(f"{stage.room.name}-data", stage.room.labels)
    owned = [(one.kind, one.sandbox_id) for one in await stage.engine.list_owned()]
    assert sorted(owned) == [("network", stage.room.name), ("volume", stage.room.name)]


async def test_removing_what_is_gone_is_success(stage: Stage) -> None:
    """Removing what is gone is success."""
    for _ in range(2):
        await stage.engine.remove_network(f"sandbox-{stage.room.name}")
        await stage.engine.remove_volume(f"{stage.room.name}-data")
        await stage.engine.stop_container("sandbox-nobody-web", grace_seconds=1)
        await stage.engine.remove_container("sandbox-nobody-web")
    assert await stage.engine.list_owned() == []


async def test_what_another_sandbox_has_is_neither_used_nor_replaced(stage: Stage) -> None:
    """Names made of two words can meet: sandbox a-b with volume c, and sandbox a with volume b-c."""
    spec = await stage.run()
    await stage.engine.ensure_volume(f"{stage.room.name}-data", stage.room.labels)
    other = {LABEL_SANDBOX: "another"}
    with pytest.raises(StepFailedError, match="another sandbox's"):
        await stage.engine.ensure_volume(f"{stage.room.name}-data", other)
    with pytest.raises(StepFailedError, match="another sandbox's"):
        await stage.engine.ensure_container(replace(spec, labels=other))
    found = await stage.engine.inspect_container(spec.name)
    assert found is not None
    assert found.state == "running"


async def test_a_network_goes_with_containers_still_on_it(stage: Stage) -> None:
    """A network goes with containers still on it."""
    spec = await stage.run()
    await stage.engine.remove_network(spec.network)
    assert [one.kind for one in await stage.engine.list_owned()] == ["container"]


async def test_a_container_of_the_same_spec_is_kept_and_of_another_replaced(stage: Stage) -> None:
    """A container of the same spec is kept and of another replaced."""
    spec = stage.room.spec()
    first = await stage.engine.ensure_container(spec)
    assert await stage.engine.ensure_container(spec) == first
    await stage.engine.start_container(spec.name)
    assert await stage.engine.ensure_container(spec) == first
    other = stage.room.spec(environment={"COLOUR": "green"})
    second = await stage.engine.ensure_container(other)
    assert second != first
    state = await stage.engine.inspect_container(spec.name)
    assert state
    assert (state.id, state.state) == (second, "created")


async def test_a_container_that_ended_is_made_anew(stage: Stage) -> None:
    """A container that ended is made anew."""
    spec = await stage.run()
    before = await stage.engine.inspect_container(spec.name)
    await stage.engine.stop_container(spec.name, grace_seconds=0)
    assert before
    assert await stage.engine.ensure_container(spec) != before.id


async def test_ten_at_once_make_one_container(stage: Stage) -> None:
    """Ten at once make one container."""
    spec = stage.room.spec()
    made = await asyncio.gather(*(stage.engine.ensure_container(spec) for _ in range(10)))
    assert len(set(made)) == 1


async def test_ten_at_once_remove_one_container(stage: Stage) -> None:
    """Ten at once remove one container."""
    spec = await stage.run()
    await asyncio.gather(*(stage.engine.remove_container(spec.name) for _ in range(10)))
    assert await stage.engine.inspect_container(spec.name) is None


async def test_a_missing_image_is_said_before_anything_is_made(stage: Stage) -> None:
    """A missing image is said before anything is made."""
    with pytest.raises(ImageUnavailableError, match="not on the engine"):
        await stage.engine.ensure_container(stage.room.spec(image="sandpiper-test/nowhere:1"))
    assert await stage.engine.list_containers() == []


@pytest.mark.engine
async def test_what_the_engine_refuses_to_make_is_said_in_words() -> None:
    """Whatever it is that a manifest's check let through."""
    async with real_engine() as engine:
        room = await closed_room(engine)
        with pytest.raises(StepFailedError, match=r"The engine refuses .* must be absolute") as refused:
            await engine.ensure_container(room.spec(tmpfs={"not-absolute": 1024}))
        assert not refused.value.retryable


async def test_a_running_container_is_described(stage: Stage) -> None:
    """A running container is described."""
    spec = await stage.run()
    await stage.engine.start_container(spec.name)
    state = await stage.engine.inspect_container(spec.name)
    assert state
    assert (state.name, state.state, state.exit_code) == (spec.name, "running", None)
    assert state.address == spec.address
    assert state.labels[LABEL_SANDBOX] == stage.room.name
    assert state.started_at
    assert (state.restarts, state.out_of_memory) == (0, False)
    assert await stage.engine.list_containers() == [state]


async def test_a_stopped_container_says_when_and_how(stage: Stage) -> None:
    """A stopped container says when and how."""
    spec = await stage.run()
    await stage.engine.stop_container(spec.name, grace_seconds=0)
    await stage.engine.stop_container(spec.name, grace_seconds=0)
    state = await stage.engine.inspect_container(spec.name)
    assert state
    assert state.state == "exited"
    assert state.exit_code in (137, 143)
    assert state.finished_at


async def test_starting_what_is_gone_fails_in_words(stage: Stage) -> None:
    """Starting what is gone fails in words."""
    with pytest.raises(StepFailedError, match="gone"):
        await stage.engine.start_container("sandbox-nobody-web")


async def test_a_started_container_needs_its_network(stage: Stage) -> None:
    """A started container needs its network."""
    spec = stage.room.spec()
    await stage.engine.ensure_container(spec)
    await stage.engine.remove_network(spec.network)
    with pytest.raises(StepFailedError, match="gone"):
        await stage.engine.start_container(spec.name)


async def test_a_capability_off_the_list_is_refused(stage: Stage) -> None:
    """A capability off the list is refused."""
    with pytest.raises(InvalidRequestError, match="SYS_ADMIN"):
        await stage.engine.ensure_container(stage.room.spec(capabilities=("CHOWN", "CAP_SYS_ADMIN")))


async def test_the_tail_of_a_log_is_its_last_lines_in_order(stage: Stage) -> None:
    """The tail of a log is its last lines in order."""
    spec = await stage.run()
    for number in range(5):
        await stage.puppeteer.say(spec.name, f"line {number}")
    await stage.puppeteer.say(spec.name, "oh dear", stream="stderr")
    tail = await eventually(lambda: _tail_ending(stage.engine, spec.name, "oh dear"))
    assert isinstance(tail, list)
    assert texts(tail) == ["line 3", "line 4", "oh dear"]
    assert [line.stream for line in tail] == ["stdout", "stdout", "stderr"]
    assert await stage.engine.log_tail("sandbox-nobody-web", lines=3) == []


async def _tail_ending(engine: Engine, name: str, text: str) -> Sequence[LogLine]:
    tail = await engine.log_tail(name, lines=3)
    return tail if tail and tail[-1].text == text else []


async def test_following_resumes_after_the_last_line_seen(stage: Stage) -> None:
    """Following resumes after the last line seen."""
    spec = await stage.run()
    for number in range(6):
        await stage.puppeteer.say(spec.name, f"line {number}")
    first = await take(stage.engine.follow_logs(spec.name, since=None), 3)
    rest = await take(stage.engine.follow_logs(spec.name, since=first[-1].at), 3)
    assert texts([*first, *rest]) == [f"line {number}" for number in range(6)]
    moments = [line.at for line in (*first, *rest)]
    assert moments == sorted(set(moments))


async def test_following_ends_when_the_container_is_stopped(stage: Stage) -> None:
    """Following ends when the container is stopped."""
    spec = await stage.run()
    await stage.puppeteer.say(spec.name, "hello")
    following = asyncio.create_task(_all(stage.engine.follow_logs(spec.name, since=None)))
    await stage.puppeteer.say(spec.name, "bye")
    await stage.engine.stop_container(spec.name, grace_seconds=0)
    async with asyncio.timeout(20):
        assert texts(await following) == ["hello", "bye"]


async def test_following_what_is_gone_ends_at_once(stage: Stage) -> None:
    """Following what is gone ends at once."""
    assert await _all(stage.engine.follow_logs("sandbox-nobody-web", since=datetime.now().astimezone())) == []


async def _all(lines: AsyncIterator[LogLine]) -> list[LogLine]:
    return [line async for line in lines]


async def test_events_tell_of_a_start_and_a_death(stage: Stage) -> None:
    """Events tell of a start and a death."""
    seen: list[EngineEvent] = []
    watching = asyncio.create_task(_collect(stage.engine.events(), seen))
    await asyncio.sleep(0)
    spec = await stage.run()
    await stage.puppeteer.die(spec.name, 3)
    await eventually(lambda: _find(seen, "die"))
    watching.cancel()
    start, die = _find(seen, "start"), _find(seen, "die")
    assert start
    assert die
    assert (die.container, die.exit_code) == (spec.name, 3)
    assert die.labels[LABEL_SANDBOX] == stage.room.name
    assert start.at < die.at


async def _collect(events: AsyncIterator[EngineEvent], seen: list[EngineEvent]) -> None:
    async for event in events:
        seen.append(event)


def _find(seen: Sequence[EngineEvent], action: str) -> EngineEvent | None:
    return next((event for event in seen if event.action == action), None)


async def test_images_are_listed_with_their_size(stage: Stage) -> None:
    """Images are listed with their size."""
    assert await stage.engine.has_image(PYTHON_IMAGE)
    assert not await stage.engine.has_image("sandpiper-test/nowhere:1")
    assert (await stage.engine.list_images())[PYTHON_IMAGE] > 0


async def test_what_no_registry_gives_is_said_so(stage: Stage) -> None:
    """What no registry gives is said so, asked for or only asked about."""
    assert not await stage.engine.offers_image("127.0.0.1:1/nowhere:1")
    with pytest.raises(ImageUnavailableError, match="No registry"):
        await stage.engine.pull_image("127.0.0.1:1/nowhere:1", progress=lambda _: None)


async def test_a_folder_without_a_dockerfile_is_not_built(stage: Stage, tmp_path: Path) -> None:
    """A folder without a dockerfile is not built."""
    with pytest.raises(StepFailedError, match="no Dockerfile"):
        await stage.engine.build_image("sandpiper-test/x:1", tmp_path, arguments={}, progress=lambda _: None)


async def test_an_archive_that_is_not_there_is_not_loaded(stage: Stage, tmp_path: Path) -> None:
    """An archive that is not there is not loaded."""
    with pytest.raises(ImageUnavailableError, match="no archive"):
        await stage.engine.load_image(tmp_path / "nothing.tar")
