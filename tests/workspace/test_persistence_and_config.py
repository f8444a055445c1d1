"""What survives a restart, what the configuration may say, and starting over."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp
import pytest
import yaml

from tests.workspace.sample import BOT_TOKEN, CONFIG, GENERAL, MANIFEST, Api, sample_config, section
from workspace.client import Visit
from workspace.config import ConfigError, load_config, parse_config
from workspace.server import serve
from workspace.testing import Running, running_workspace


def api_of(running: Running) -> Api:
    return Api(running.visit.session, running.url, BOT_TOKEN)


async def test_a_workspace_stopped_and_started_is_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "workspace.db"
    async with running_workspace(sample_config(), data=data) as running:
        alice, api = await running.person("alice"), api_of(running)
        made = await alice.new_channel("plans")
        parent = await alice.say("remember")
        await alice.say("reply", thread=parent)
        await alice.react(parent, "eyes")
        file_id = (await alice.upload(("a.txt", b"abc"), channel=GENERAL, text="file"))[0]
        await api("views.publish", user_id=alice.id, view={"type": "home", "blocks": [section("home")]})
        await api("chat.postEphemeral", channel=GENERAL, user=alice.id, text="forget")
        later = {"channel": GENERAL, "text": "later", "post_at": int(running.ws.clock.now()) + 900}
        await api("chat.scheduleMessage", **later)
        dm = (await api("chat.postMessage", channel=alice.id, text="psst"))["channel"]
        await running.control("users/U0BOB", {"guest": "single", "status_text": "away"})
        await api("usergroups.users.update", usergroup="S0QA", users="U0ALICE")
    async with running_workspace(sample_config(), data=data) as running:
        alice, api = await running.person("alice"), api_of(running)
        texts = [message["text"] for message in await alice.read()]
        assert texts == ["remember", "file"]
        thread = await alice.read(thread=parent["ts"])
        assert [message["text"] for message in thread] == ["remember", "reply"]
        assert thread[0]["reactions"][0]["name"] == "eyes"
        assert await alice.download({"id": file_id, "name": "a.txt"}) == b"abc"
        assert alice.channels[made]["name"] == "plans"
        bob = running.ws.state.users["U0BOB"]
        assert (bob.guest, bob.status_text, running.ws.state.groups["S0QA"].users) == (
            "single",
            "away",
            ["U0ALICE"],
        )
        assert (await alice.read(dm))[0]["text"] == "psst"
        home = await alice.open_home()
        assert home
        assert home["blocks"][0]["text"]["text"] == "home"
        assert len((await api.get("chat.scheduledMessages.list"))["scheduled_messages"]) == 1
        assert (await alice.say("newer"))["ts"] > parent["ts"]
        answer = await api("chat.update", channel=dm, ts=(await alice.read(dm))[0]["ts"], text="changed")
        assert answer["ok"]


async def test_tokens_left_out_are_made_once_and_kept(tmp_path: Path) -> None:
    config = sample_config(app={"bot_token": "", "app_token": "", "signing_secret": ""})
    seen = []
    for _ in range(2):
        async with running_workspace(config, data=tmp_path / "data.db") as running:
            state = running.ws.state
            seen.append((sorted(state.tokens), state.apps["A0HELPER"].signing_secret))
    assert seen[0] == seen[1]
    assert any(token.startswith("xoxb-") for token in seen[0][0])


async def test_a_configuration_that_grew_brings_its_new_people_apps_and_scopes(tmp_path: Path) -> None:
    small = sample_config(app={"bot_token": "", "scopes": ["chat:write"]})
    async with running_workspace(small, data=tmp_path / "data.db") as running:
        alice = await running.person("alice")
        await alice.slash("/remove @bob")
    grown = sample_config(app={"bot_token": "", "scopes": ["chat:write", "users:read"]})
    grown["users"].append({"id": "U0NEW", "name": "nina"})
    grown["users"][1]["title"] = "Tester"
    grown["apps"].append({"manifest": {"display_information": {"name": "Other"}}, "channels": ["general"]})
    async with running_workspace(grown, data=tmp_path / "data.db") as running:
        members = {running.ws.state.users[user].name for user in running.ws.state.channels[GENERAL].members}
        assert {"nina", "other", "helper"} <= members
        assert "bob" not in members
        assert running.ws.state.users["U0BOB"].title == "Tester"
        bots = [token for token in running.ws.state.tokens.values() if token.kind == "bot"]
        assert ["chat:write", "users:read"] in [token.scopes for token in bots]


async def test_reset_keeps_credentials_that_were_made_at_random() -> None:
    async with running_workspace(sample_config(app={"bot_token": "", "signing_secret": ""})) as running:
        before = set(running.ws.state.tokens), running.ws.state.apps["A0HELPER"].signing_secret
        await running.control("tokens/revoke", {"app_id": "A0HELPER"})
        await running.control("reset")
        assert (set(running.ws.state.tokens), running.ws.state.apps["A0HELPER"].signing_secret) == before
        assert not any(token.revoked for token in running.ws.state.tokens.values())


async def test_reset_goes_back_to_the_configuration() -> None:
    async with running_workspace(sample_config()) as running:
        alice, api = await running.person("alice"), api_of(running)
        await alice.say("gone soon")
        await alice.new_channel("plans")
        await running.fault(kind="api", method="*", status=500)
        await running.control("clock", {"offset_seconds": 99})
        await running.control("reset")
        await alice.until(lambda: True if {"type": "reset"} in alice.events else None, "the reset")
        assert await alice.read() == []
        assert running.ws.state.channel_named("plans") is None
        assert running.ws.clock.offset_seconds == 0
        assert (await api("auth.test"))["ok"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "expected a mapping"),
        ({"user": []}, "unknown key 'user'"),
        ({"users": {}}, "users: expected a list"),
        ({"users": ["alice"]}, r"users\[0\]: expected a mapping"),
        ({"users": [{"nom": "alice"}]}, "unknown key 'nom'"),
        ({"users": [{"name": "x", "tz": "Mars/Base"}]}, "no time zone 'Mars/Base'"),
        ({"users": [{"name": "x", "guest": "yes"}]}, "single, multi"),
        ({"users": [{}]}, r"users\[0\].*name"),
        ({"apps": {}}, "apps: expected a list"),
        ({"apps": [{"manifest": []}]}, "expected a mapping or a path"),
        ({"apps": [{"manifest": {"display_information": {}}}]}, "manifest/display_information"),
        ({"apps": [{"manifest": "nowhere.yaml"}]}, "nowhere.yaml"),
    ],
)
def test_a_faulty_configuration_says_where(document: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_config(document)


@pytest.mark.parametrize(
    "change",
    [
        {"channels": [{"name": "x", "members": ["nobody"]}]},
        {"groups": [{"handle": "x", "users": ["nobody"]}]},
    ],
)
async def test_names_that_nobody_has_are_refused(change: dict) -> None:
    with pytest.raises(ConfigError, match="nobody"):
        await serve(parse_config({**sample_config(), **change}))


def test_configurations_are_yaml_or_json_with_manifests_in_files(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(yaml.safe_dump(MANIFEST))
    document = {**CONFIG, "apps": [{"manifest": "app.yaml"}]}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(document))
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert load_config(tmp_path / "a.yaml") == load_config(tmp_path / "a.json")
    (tmp_path / "broken.yaml").write_text("a: [")
    for path in (tmp_path / "broken.yaml", tmp_path / "missing.yaml"):
        with pytest.raises(ConfigError, match=path.name):
            load_config(path)


async def test_the_program_starts_says_where_and_stops_on_a_signal(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(CONFIG))
    arguments = ["-m", "workspace", "--config", str(config), "--port", "0", "--data", str(tmp_path / "d.db")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, "--show-secrets", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    first = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    assert first.startswith("Slack workspace “Acme”: http://127.0.0.1:")
    async with aiohttp.ClientSession() as session:
        visit = Visit(session, first.rsplit(" ", 1)[1].strip())
        alice = await visit.person("alice")
        assert (await alice.say("hello"))["text"] == "hello"
        await visit.close()
    process.send_signal(signal.SIGTERM)
    rest = (await process.stdout.read()).decode()
    assert "signing-secret" in rest
    assert await process.wait() == 0


async def test_the_program_refuses_a_faulty_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("users: 3")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workspace", "--config", str(config), stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()
    assert (process.returncode, "users: expected a list" in error.decode()) == (2, True)
