"""files.*: upload in three steps, information, listing and deletion."""

from typing import Any

from workspace.api.access import check_may_post, check_thread, find_user
from workspace.api.chat import author
from workspace.api.content import read_content
from workspace.api.paging import page
from workspace.api.registry import Call, Json, method
from workspace.errors import InvalidArguments, SlackError
from workspace.later import share_later
from workspace.membership import direct
from workspace.model import Channel, File
from workspace.posting import change
from workspace.sharing import SNIPPET_EXTENSIONS, may_read_file, new_file, whole_object
from workspace.uploads import Ticket

MAX_ALT_CHARACTERS = 1_000
MAX_SNIPPET_BYTES = 1024 * 1024
MAX_FILE_BYTES = 1024 * 1024 * 1024
MAX_CHANNELS = 100


@method(
    "files.getUploadURLExternal", scopes=("files:write",), tier=4, accepts_json=True, required=("filename",)
)
async def get_upload_url(call: Call) -> Json:
    """Where to post a file's bytes."""
    length = call.args.integer("length")
    if length <= 0:
        raise SlackError("missing_argument")
    if length > MAX_FILE_BYTES:
        raise SlackError("file_upload_size_restricted")
    alt_txt = call.args.text("alt_txt") or call.args.text("alt_text")
    if len(alt_txt) > MAX_ALT_CHARACTERS:
        raise SlackError("alt_txt_too_large")
    file = new_file(call.ws, user=call.user, name=call.args.text("filename"), size=length, app_id=call.app.id)
    file.alt_txt = alt_txt
    _as_snippet(call, file, call.args.text("snippet_type"))
    call.ws.state.save(file)
    key = call.ws.uploads.new(Ticket(file=file.id, length=length, app_id=call.app.id))
    return {"upload_url": f"{call.ws.base_url}/upload/v1/{key}", "file_id": file.id}


def _as_snippet(call: Call, file: File, snippet_type: str) -> None:
    if not snippet_type:
        return
    if snippet_type not in SNIPPET_EXTENSIONS:
        raise SlackError("unknown_snippet_type")
    if call.args.integer("length") > MAX_SNIPPET_BYTES:
        raise SlackError("snippet_too_large")
    file.mode, file.filetype, file.mimetype = "snippet", snippet_type, "text/plain"


def _wanted_files(call: Call) -> list[File]:
    wanted = call.args.json("files")
    if not isinstance(wanted, list) or not wanted:
        raise InvalidArguments("missing required field: files")
    files = []
    for entry in wanted:
        file = call.ws.state.files.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        ticket = call.ws.uploads.of_file(file.id) if file else None
        if file is None or file.complete or ticket is None or not ticket.received:
            raise SlackError("file_not_found")
        if file.app_id != call.app.id:
            raise SlackError("access_denied")
        file.title = str(entry.get("title") or file.name)
        files.append(file)
    return files


def _destinations(call: Call) -> list[Channel]:
    names = [call.args.text("channel_id")] if call.args.text("channel_id") else call.args.names("channels")
    if len(names) > MAX_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    channels = []
    for name in names:
        channel = call.ws.state.channels.get(name)
        if channel is None and name in call.ws.state.users:
            channel = direct(call.ws, [call.user, name])[0]
        if channel is None or (channel.kind != "public" and call.user not in channel.members):
            raise SlackError("channel_not_found")
        if call.user not in channel.members:
            raise SlackError("not_in_channel")
        check_may_post(call, channel)
        channels.append(channel)
    return channels


@method(
    "files.completeUploadExternal", scopes=("files:write",), tier=4, accepts_json=True, required=("files",)
)
async def complete_upload(call: Call) -> Json:
    """Finish uploads and share them; the sharing itself happens a moment later."""
    files = _wanted_files(call)
    channels = _destinations(call)
    thread_ts = call.args.ts("thread_ts")
    for channel in channels:
        check_thread(call, channel, thread_ts)
    comment = call.args.text("initial_comment")
    blocks: Any = None
    if not comment and "blocks" in call.args:
        blocks = read_content(call.args, call.method).get("blocks")
    for file in files:
        file.complete = True
        call.ws.state.save(file)
    for channel in channels:
        share_later(call.ws, files, channel, author(call), text=comment, blocks=blocks, thread_ts=thread_ts)
    return {"files": [whole_object(call.ws, file) for file in files]}


def _visible_file(call: Call) -> File:
    file = call.ws.state.files.get(call.args.text("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    if not may_read_file(call.ws, file, call.token):
        raise SlackError("file_not_found")
    return file


@method("files.info", scopes=("files:read",), tier=4, required=("file",))
async def files_info(call: Call) -> Json:
    """One file with where it is shared."""
    file = _visible_file(call)
    answer: Json = {
        "file": whole_object(call.ws, file),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }
    if file.mode == "snippet" or file.preview:
        answer["content"] = call.ws.state.storage.content(file.id).decode("utf-8", "replace")
    return answer


@method("files.list", scopes=("files:read",))
async def files_list(call: Call) -> Json:
    """Files that the caller may see, newest first."""
    found = [file for file in call.ws.state.files.values() if file.complete and not file.deleted]
    if "user" in call.args:
        found = [file for file in found if file.user == find_user(call).id]
    if "channel" in call.args:
        found = [file for file in found if call.args.text("channel") in file.shares]
    visible = [file for file in found if may_read_file(call.ws, file, call.token)]
    visible.sort(key=lambda file: -file.created)
    chosen, cursor = page(call.args, visible)
    del cursor
    paging = {"count": len(chosen), "total": len(visible), "page": 1, "pages": 1}
    return {"files": [whole_object(call.ws, file) for file in chosen], "paging": paging}


@method("files.delete", scopes=("files:write",), accepts_json=True, required=("file",))
async def files_delete(call: Call) -> Json:
    """Delete a file of one's own; messages lose it."""
    file = _visible_file(call)
    if file.user != call.user:
        raise SlackError("cant_delete_file")
    file.deleted = True
    call.ws.state.save(file)
    for channel_id, stamps in file.shares.items():
        for ts, _ in stamps:
            message = call.ws.state.message(channel_id, ts)
            if message is not None:
                left = [shown for shown in message.body.get("files", []) if shown["id"] != file.id]
                change(call.ws, message, {**message.body, "files": left})
    call.ws.events.tell({"type": "file_deleted", "file_id": file.id, "event_ts": call.ws.ts.next()})
    return {}
