"""Files: made from uploads, shared into conversations, shown in messages."""

import mimetypes
import secrets
import struct
from typing import Any

from workspace.core import Workspace
from workspace.errors import Refused
from workspace.ids import new_id
from workspace.model import Channel, File, Message, Token
from workspace.posting import post, show_changed
from workspace.present import file_object, file_shares

PREVIEW_LINES = 5
PREVIEW_CHARACTERS = 1_000
SNIPPET_EXTENSIONS = {
    "text": "txt", "python": "py", "javascript": "js", "shell": "sh", "yaml": "yaml", "json": "json",
    "diff": "diff", "markdown": "md", "csv": "csv", "sql": "sql", "html": "html", "xml": "xml",
    "dockerfile": "dockerfile", "go": "go", "java": "java", "ruby": "rb", "rust": "rs", "typescript": "ts",
    "c": "c", "cpp": "cpp", "css": "css", "php": "php", "r": "r", "lua": "lua", "perl": "pl", "post": "post",
}  # fmt: skip
TEXT_TYPES = (
    "text/", "application/json", "application/xml", "application/yaml", "application/x-yaml",
    "application/toml", "application/javascript",
)  # fmt: skip
UNKNOWN_TYPE = "application/octet-stream"


def new_file(ws: Workspace, *, user: str, name: str, size: int, app_id: str = "") -> File:
    """A file whose bytes are still to come."""
    mimetype = mimetypes.guess_type(name)[0] or UNKNOWN_TYPE
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else "binary"
    return File(
        id=new_id("F"),
        user=user,
        name=name,
        title=name,
        size=size,
        mimetype=mimetype,
        filetype={"txt": "text", "py": "python", "yml": "yaml", "jpeg": "jpg"}.get(extension, extension),
        app_id=app_id,
        created=int(ws.clock.now()),
        secret=secrets.token_hex(5),
    )


def receive(ws: Workspace, file: File, content: bytes) -> None:
    """Keep a file's bytes and what can be told from them."""
    file.size = len(content)
    ws.state.storage.put_content(file.id, content)
    if file.mimetype == UNKNOWN_TYPE and is_text(content):
        file.mimetype = "text/plain"
        file.filetype = file.filetype if file.filetype in SNIPPET_EXTENSIONS else "text"
    if file.mode == "snippet" or file.mimetype.startswith(TEXT_TYPES):
        lines = content.decode("utf-8", "replace").splitlines()
        file.lines = len(lines)
        file.preview = "\n".join(lines[:PREVIEW_LINES])[:PREVIEW_CHARACTERS]
    file.width, file.height = image_size(content)
    ws.state.save(file)


def is_text(content: bytes) -> bool:
    """Whether a file whose name does not tell is text: UTF-8 without NUL, and not empty."""
    if not content or b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG or GIF; (0, 0) for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return 0, 0


def may_read_file(ws: Workspace, file: File, token: Token) -> bool:
    """Whether a token's owner may read a file: its own, handed to its app, or shared where it can read."""
    channels = [ws.state.channels[channel] for channel in file.shares]
    visible = any(channel.kind == "public" or token.user in channel.members for channel in channels)
    return file.user == token.user or token.app_id in file.handed_to or visible


def whole_object(ws: Workspace, file: File) -> dict[str, Any]:
    """A file with where it is shared."""
    return {**file_object(file, base_url=ws.base_url), **file_shares(ws.state, file)}


def message_files(ws: Workspace, file_ids: list[str]) -> list[dict[str, Any]]:
    """The file objects of a message. Raises Refused for a file that is not there."""
    files = []
    for file_id in file_ids:
        file = ws.state.files.get(file_id)
        if file is None or file.deleted:
            raise Refused("file_not_found", "That file is not there.")
        files.append(file_object(file, base_url=ws.base_url))
    return files


def mark_shared(ws: Workspace, file: File, channel: Channel, message: Message) -> None:
    """Note where a file is shared and tell apps."""
    file.shares.setdefault(channel.id, []).append([message.ts, message.thread_ts])
    file.private = file.private and channel.kind != "public"
    ws.state.save(file)
    show_changed(ws, message)
    event = {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": message.user,
        "file": {"id": file.id},
        "channel_id": channel.id,
        "event_ts": ws.ts.next(),
    }
    ws.events.tell(event, channel=channel)


def share(
    ws: Workspace,
    files: list[File],
    channel: Channel,
    author: dict[str, Any],
    *,
    text: str,
    blocks: Any,
    thread_ts: str,
) -> Message:
    """Post files as one message."""
    fields = {**author, "text": text, "files": message_files(ws, [file.id for file in files]), "upload": True}
    if author.get("bot_id") is None:
        fields["subtype"] = "file_share"
    if blocks:
        fields["blocks"] = blocks
    message = post(ws, channel, fields, thread_ts=thread_ts)
    for file in files:
        mark_shared(ws, file, channel, message)
    return message
