"""Generated passwords are where they have to be, and nowhere else, whatever an app does with its own."""

import json
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

import pytest

from storage import secrets
from storage.database import Database
from storage.records import Sandbox, SandboxStatus
from storage.vault import Vault
from tests.end_to_end.looking import rows, settled, spoken
from tests.end_to_end.stack import Stack

pytestmark = [pytest.mark.engine, pytest.mark.proxy, pytest.mark.timeout(180)]

TELL = """
import base64, os, subprocess, sys
word = os.environ["WORD"]
for said in (word, base64.b64encode(word.encode()).decode(), "postgresql://notes:" + word + "@db"):
    print("my password is", said, flush=True)
    print("my password is", said, file=sys.stderr, flush=True)
"""
SERVE = "os.execvp('python3', ['python3', '-I', '-S', '/app/echo.py'])"
CHECK = [
    "CMD",
    "python3",
    "-c",
    "import os; print('cannot sign in with', os.environ['WORD']); raise SystemExit(1)",
]


def leaky(program: str, **more: object) -> dict[str, object]:
    """The service of an app that tells everybody its password before it does ``program``."""
    return {"command": ["python3", "-c", TELL + program], "environment": {"WORD": "${WORD}"}, **more}


async def passwords(stack: Stack, sandbox: Sandbox) -> Mapping[str, str]:
    """What was generated for a sandbox."""
    database = Database(stack.database_url)
    try:
        async with database.read() as tx:
            return await secrets.values_of(tx, Vault([("k1", stack.key)]), sandbox.id)
    finally:
        await database.close()


def spellings(word: str) -> list[bytes]:
    """The word as it may stand in a file."""
    return [word.encode(), quote(word, safe="").encode(), b64encode(word.encode()).rstrip(b"=")[:-1]]


async def places(stack: Stack) -> dict[str, bytes]:
    """Everything that anybody could read afterwards: files, the log, Slack's traffic, files there, labels."""
    found = {str(path): path.read_bytes() for path in stack.folder.rglob("*") if path.is_file()}
    found["the bot's log"] = stack.log.read_bytes()
    traffic = stack.workspace.ws.inspector.entries()
    found["Slack's traffic"] = json.dumps(traffic).encode()
    found["labels"] = repr(await stack.engine.list_owned()).encode()
    ada = await stack.person()
    for message in ada.messages.values():
        for file in message.get("files", ()):
            found[f"file {file['name']}"] = await ada.download(file)
    return found


async def assert_nowhere(stack: Stack, words: list[str], *, hidden: int) -> None:
    """None of the words stands anywhere; ``hidden`` is how often at least something was taken out."""
    found = await places(stack)
    told = [
        f"{word} in {place}"
        for place, content in found.items()
        for word in words
        for spelling in spellings(word)
        if spelling in content
    ]
    assert told == []
    assert sum(content.count(b"[hidden]") for content in found.values()) >= hidden


async def test_apps_that_tell_their_passwords_to_everybody_are_not_heard(stack: Stack) -> None:
    """One serves, one dies, one's check fails: no event, log, error, message or label has a password."""
    generated = {"generated": {"WORD": 32}}
    stack.add_app("serving", leaky(SERVE), generated)
    stack.add_app("dying", leaky("raise SystemExit('refused: ' + word)"), generated)
    check = {"test": CHECK, "interval": "1s", "retries": 1}
    stack.add_app("unwell", leaky(SERVE, healthcheck=check), {**generated, "ready_timeout": "6s"})
    ada = await stack.person()
    await stack.start_bot()
    for app in ("serving", "dying", "unwell"):
        await ada.slash(f"/sandbox deploy {app} name={app}")
    await ada.wait_for("*serving* is ready", within=40)

    def failed() -> bool:
        return sum("[hidden]" in json.dumps(message) for message in spoken(ada)) >= 2

    await ada.until(failed, within=40)
    words = [
        word for sandbox in (await rows(stack))[0] for word in (await passwords(stack, sandbox)).values()
    ]
    assert len(words) == 3
    await ada.slash("/sandbox logs serving")
    await ada.wait_for("lines of", within=20)
    assert stack.bot is not None
    await stack.bot.stop()  # what is not yet stored is stored now
    await assert_nowhere(stack, words, hidden=10)


async def test_the_password_of_notes_is_known_to_its_services_alone(stack: Stack) -> None:
    """Deployed, broken by a database that dies, and asked for its logs."""
    ada = await stack.person()
    await stack.start_bot()
    await ada.slash("/sandbox deploy notes name=quiet-one")
    sandbox = await settled(stack, SandboxStatus.RUNNING)
    [word] = (await passwords(stack, sandbox)).values()
    await stack.engine.remove_container("sandbox-quiet-one-db")
    await ada.wait_for("started again", within=40)
    await settled(stack, SandboxStatus.RUNNING)
    await ada.slash("/sandbox logs quiet-one")
    await ada.wait_for("lines of", within=20)
    assert stack.bot is not None
    await stack.bot.stop()
    await assert_nowhere(stack, [word], hidden=0)
