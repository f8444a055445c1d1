"""Files: the three-step upload, asynchronous shares, snippets, downloads, people's uploads."""
# ruff: noqa: D103  # each name says its behaviour

import asyncio
import struct

import aiohttp
import pytest

from tests.workspace.listening import socket_app
from tests.workspace.sample import (
    BOT_TOKEN,
    GENERAL,
    OLD,
    RANDOM,
    SECRET,
    Api,
    modal,
    plain,
    sample_config,
    sample_workspace,
    section,
)
from workspace.testing import Running

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 8 + struct.pack(">II", 640, 480)


async def ticket(api: Api, content: bytes = b"abc", **more: object) -> dict:
    answer = await api("files.getUploadURLExternal", filename="a.txt", length=len(content), **more)
    assert answer["ok"], answer
    return answer


async def send(api: Api, url: str, content: bytes = b"abc") -> tuple[int, str]:
    async with api.session.post(url, data=content) as response:
        return response.status, await response.text()


async def uploaded(api: Api, content: bytes = b"abc", **more: object) -> str:
    answer = await ticket(api, content, **more)
    assert await send(api, answer["upload_url"], content) == (200, f"OK - {len(content)}")
    return str(answer["file_id"])


async def shares(api: Api, file_id: str) -> dict:
    """A file's shares, once there are any."""
    for _ in range(500):
        if found := (await api.get("files.info", file=file_id))["file"]["shares"]:
            return dict(found)
        await asyncio.sleep(0.01)
    raise AssertionError("the file was never shared")


async def test_an_upload_in_three_steps_is_shared_a_moment_later() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        file_id = await uploaded(api, alt_txt="letters")
        done = await api(
            "files.completeUploadExternal",
            files=[{"id": file_id, "title": "Letters"}], channel_id=GENERAL, initial_comment="see this",
        )  # fmt: skip
        assert done["files"][0]["shares"] == {}
        message = await alice.wait_for("see this")
        assert message["files"][0]["title"] == "Letters"
        assert (await shares(api, file_id))["public"][GENERAL][0]["ts"] == message["ts"]
        info = (await api.get("files.info", file=file_id))["file"]
        assert (info["name"], info["size"], info["alt_txt"], info["channels"]) == (
            "a.txt",
            3,
            "letters",
            [GENERAL],
        )
        assert await alice.download(info) == b"abc"


async def test_multipart_uploads_are_taken_too() -> None:
    async with sample_workspace() as (_, api):
        answer = await ticket(api)
        form = aiohttp.FormData()
        form.add_field("file", b"abc", filename="a.txt")
        async with api.session.post(answer["upload_url"], data=form) as response:
            assert await response.text() == "OK - 3"


async def test_bytes_are_posted_once_and_have_the_length_that_was_said() -> None:
    async with sample_workspace() as (_, api):
        url = (await ticket(api))["upload_url"]
        assert (await send(api, url, b"abcd"))[0] == 400
        assert (await send(api, url))[0] == 200
        assert (await send(api, url))[0] == 404
        assert (await send(api, url + "x"))[0] == 404


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"length": 0}, "missing_argument"),
        ({"length": "many"}, "invalid_arguments"),
        ({"filename": ""}, "invalid_arguments"),
        ({"length": 2**31}, "file_upload_size_restricted"),
        ({"alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ({"snippet_type": "klingon"}, "unknown_snippet_type"),
        ({"snippet_type": "text", "length": 1024 * 1024 + 1}, "snippet_too_large"),
    ],
)
async def test_an_upload_that_slack_refuses_is_refused(arguments: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        answer = await api("files.getUploadURLExternal", **{"filename": "a.txt", "length": 3, **arguments})
        assert answer["error"] == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"files": []}, "invalid_arguments"),
        ({"files": [{"id": "F0NOBODY"}]}, "file_not_found"),
        ({"files": ["x"]}, "file_not_found"),
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": SECRET}, "channel_not_found"),
        ({"channel_id": RANDOM}, "not_in_channel"),
        ({"channel_id": OLD}, "is_archived"),
        ({"channels": ",".join([GENERAL] * 101)}, "channels_limit_exceeded"),
        ({"channel_id": GENERAL, "thread_ts": "1.000000"}, "thread_not_found"),
        ({"channel_id": GENERAL, "blocks": [section("x" * 3001)]}, "invalid_blocks"),
    ],
)
async def test_a_completion_that_slack_refuses_is_refused(arguments: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        whole = {"files": [{"id": await uploaded(api)}], **arguments}
        assert await api.error("files.completeUploadExternal", **whole) == code


async def test_files_need_membership_even_where_messages_do_not() -> None:
    config = sample_config(app={"scopes": ["chat:write", "chat:write.public", "files:write"]})
    async with sample_workspace(config) as (_, api):
        whole = {"files": [{"id": await uploaded(api)}], "channel_id": RANDOM}
        assert await api.error("files.completeUploadExternal", **whole) == "not_in_channel"


async def test_a_file_put_into_a_form_is_readable_by_the_app_that_asked_and_no_other() -> None:
    view = modal({
        "type": "input", "block_id": "file", "label": plain("File"),
        "element": {"type": "file_input", "action_id": "file"},
    })  # fmt: skip
    async with sample_workspace() as (running, api), socket_app(running) as app:
        alice = await running.person("alice")
        file_id = (await alice.upload(("a.txt", b"abc")))[0]
        assert await api.get_error("files.info", file=file_id) == "file_not_found"
        await alice.shortcut("New")
        trigger_id = (await app.heard.wait_for("shortcut"))["trigger_id"]
        await api("views.open", trigger_id=trigger_id, view=view)
        await alice.wait_for_modal("Form")
        await alice.submit(file=[file_id])
        assert (await api.get("files.info", file=file_id))["file"]["name"] == "a.txt"
        url = (await api.get("files.info", file=file_id))["file"]["url_private"]
        async with api.session.get(url, headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as response:
            assert await response.read() == b"abc"


async def test_an_upload_is_completed_once_and_only_after_its_bytes_came() -> None:
    async with sample_workspace() as (_, api):
        early = (await ticket(api))["file_id"]
        assert await api.error("files.completeUploadExternal", files=[{"id": early}]) == "file_not_found"
        assert await api.get_error("files.info", file=early) == "file_not_found"
        file_id = await uploaded(api)
        assert (await api("files.completeUploadExternal", files=[{"id": file_id}]))["ok"]
        assert await api.error("files.completeUploadExternal", files=[{"id": file_id}]) == "file_not_found"


async def test_a_file_without_a_channel_stays_private() -> None:
    async with sample_workspace() as (running, api):
        file_id = await uploaded(api)
        await api("files.completeUploadExternal", files=[{"id": file_id}])
        assert (await api.get("files.info", file=file_id))["file"]["shares"] == {}
        alice = await running.person("alice")
        with pytest.raises(aiohttp.ClientResponseError):
            await alice.download({"id": file_id, "name": "a.txt"})
        assert [file["id"] for file in (await api.get("files.list"))["files"]] == [file_id]


async def test_several_files_go_to_several_channels_and_people_with_blocks() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        files = [{"id": await uploaded(api)}, {"id": await uploaded(api)}]
        whole = {"files": files, "channels": f"{GENERAL},U0ALICE", "blocks": [section("look")]}
        assert (await api("files.completeUploadExternal", **whole))["ok"]
        message = await alice.wait_for("look", channel=GENERAL)
        assert len(message["files"]) == 2
        found = await shares(api, files[0]["id"])
        assert set(found) == {"public"} or set(found) == {"public", "private"}


async def test_shares_may_be_ordered_to_come_late() -> None:
    async with sample_workspace() as (running, api):
        await running.fault(kind="shares", seconds_late=0.4, count=1)
        file_id = await uploaded(api)
        await api("files.completeUploadExternal", files=[{"id": file_id}], channel_id=GENERAL)
        await asyncio.sleep(0.2)
        assert (await api.get("files.info", file=file_id))["file"]["shares"] == {}
        assert await shares(api, file_id)


async def test_a_snippet_shows_its_first_lines() -> None:
    text = "\n".join(f"line {number}" for number in range(9)).encode()
    async with sample_workspace() as (_, api):
        file_id = await uploaded(api, text, snippet_type="python")
        await api("files.completeUploadExternal", files=[{"id": file_id}], channel_id=GENERAL)
        answer = await api.get("files.info", file=file_id)
    file = answer["file"]
    assert (file["mode"], file["filetype"], file["lines"]) == ("snippet", "python", 9)
    assert file["preview"].splitlines() == [f"line {number}" for number in range(5)]
    assert file["preview_is_truncated"] is True
    assert answer["content"].endswith("line 8")


@pytest.mark.parametrize(
    ("name", "content", "mimetype", "filetype", "preview"),
    [
        ("web.log", "grün\nzwei".encode(), "text/plain", "text", "grün\nzwei"),
        ("Makefile", b"all:", "text/plain", "text", "all:"),
        ("dump", b"\xff\xfe\x01", "application/octet-stream", "binary", ""),
        ("dump.log", b"abc\x00", "application/octet-stream", "log", ""),
    ],
)
async def test_a_file_that_its_name_does_not_tell_of_is_text_if_its_bytes_are(
    name: str, content: bytes, mimetype: str, filetype: str, preview: str
) -> None:
    async with sample_workspace() as (running, _):
        alice = await running.person("alice")
        file = running.ws.state.files[(await alice.upload((name, content)))[0]]
        assert (file.mimetype, file.filetype, file.preview) == (mimetype, filetype, preview)


@pytest.mark.parametrize("name", ["app.yaml", "app.toml", "app.json", "app.md", "app.csv", "app.ini"])
async def test_text_of_every_common_kind_has_a_preview(name: str) -> None:
    async with sample_workspace() as (running, _):
        alice = await running.person("alice")
        file = running.ws.state.files[(await alice.upload((name, b"key: 1")))[0]]
        assert file.preview == "key: 1"


async def test_an_image_tells_its_size() -> None:
    async with sample_workspace() as (running, _):
        alice = await running.person("alice")
        file_id = (await alice.upload(("a.png", PNG)))[0]
        file = running.ws.state.files[file_id]
        assert (file.width, file.height, file.mimetype) == (640, 480, "image/png")


async def test_private_downloads_need_a_token_with_files_read() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        file_id = (await alice.upload(("a.txt", b"abc"), channel=GENERAL, text="here"))[0]
        url = (await api.get("files.info", file=file_id))["file"]["url_private_download"]
        async with api.session.get(url, headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as response:
            assert await response.read() == b"abc"
        for headers in ({}, {"Authorization": "Bearer xoxb-other"}):
            async with api.session.get(url, headers=headers, allow_redirects=False) as response:
                assert response.status == 302
        running.ws.state.tokens[BOT_TOKEN].scopes = ["files:write"]
        async with api.session.get(
            url, headers={"Authorization": f"Bearer {BOT_TOKEN}"}, allow_redirects=False
        ) as response:
            assert response.status == 302


async def test_a_file_in_a_channel_the_app_is_not_in_is_not_found() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        file_id = (await alice.upload(("a.txt", b"abc"), channel=SECRET, text="here"))[0]
        assert await api.get_error("files.info", file=file_id) == "file_not_found"
        url = f"{running.url}/files-pri/{file_id}/a.txt"
        async with api.session.get(url, headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as response:
            assert response.status == 404


async def test_a_persons_upload_is_a_file_share_and_a_file_shared_event() -> None:
    async with sample_workspace() as (running, _), socket_app(running) as app:
        alice = await running.person("alice")
        file_id = (await alice.upload(("a.txt", b"abc"), channel=GENERAL, text="mine"))[0]
        shared = (await app.heard.wait_for("file_shared"))["event"]
        assert (shared["file_id"], shared["user_id"], shared["channel_id"]) == (file_id, alice.id, GENERAL)
        assert (await app.heard.wait_for("file_share"))["event"]["files"][0]["id"] == file_id


async def test_an_app_deletes_its_own_files_only() -> None:
    async with sample_workspace() as (running, api):
        alice = await running.person("alice")
        theirs = (await alice.upload(("a.txt", b"abc"), channel=GENERAL, text="mine"))[0]
        assert await api.error("files.delete", file=theirs) == "cant_delete_file"
        own = await uploaded(api)
        await api(
            "files.completeUploadExternal", files=[{"id": own}], channel_id=GENERAL, initial_comment="own"
        )
        await shares(api, own)
        assert (await api("files.delete", file=own))["ok"]
        assert await api.get_error("files.info", file=own) == "file_deleted"
        message = await alice.wait_for(lambda message: message["text"] == "own" and not message["files"])
        assert message


async def test_only_its_own_app_completes_an_upload() -> None:
    async with sample_workspace() as (running, api):
        file_id = await uploaded(api)
        running.ws.state.files[file_id].app_id = "A0OTHER"
        assert await api.error("files.completeUploadExternal", files=[{"id": file_id}]) == "access_denied"


async def test_uploads_need_their_scope() -> None:
    async with sample_workspace(sample_config(app={"scopes": ["chat:write"]})) as (running, api):
        assert isinstance(running, Running)
        assert await api.error("files.getUploadURLExternal", filename="a", length=1) == "missing_scope"
