"""Uploading and downloading files at the page."""

from typing import Any

from aiohttp import BodyPartReader, web

from workspace.errors import Refused
from workspace.model import File
from workspace.page.context import WORKSPACE, Act, acting_user, refused
from workspace.people.typing import write
from workspace.shapes import file_shape, message_shape
from workspace.sharing import new_file, receive

INLINE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/pdf")
MAX_UPLOAD_BYTES = 256 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


async def upload(act: Act) -> dict[str, Any]:
    """Take files; with a channel they are posted at once."""
    fields: dict[str, str] = {}
    files: list[File] = []
    reader = await act.request.multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            raise Refused("malformed", "nested parts are not understood")
        if part.filename is None:
            fields[part.name or ""] = await part.text()
        else:
            files.append(await _receive(act, part))
    answer: dict[str, Any] = {"files": [file_shape(act.ws, file) for file in files]}
    if fields.get("channel"):
        message = write(
            act.ws,
            act.me,
            channel=act.channel(fields["channel"]),
            text=fields.get("text", ""),
            thread_ts=fields.get("thread_ts", ""),
            files=[file.id for file in files],
        )
        answer["message"] = message_shape(act.ws, message)
    return answer


async def _receive(act: Act, part: BodyPartReader) -> File:
    content = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        content += chunk
        if len(content) > MAX_UPLOAD_BYTES:
            raise Refused("file_too_large", "That file is too large.")
    name = (part.filename or "file").replace("/", "_")
    file = new_file(act.ws, user=act.me, name=name, size=len(content))
    file.complete = True
    receive(act.ws, file, bytes(content))
    return file


async def download(request: web.Request) -> web.StreamResponse:
    """A file's bytes, shown in the page only if they cannot run there."""
    ws = request.app[WORKSPACE]
    try:
        me = acting_user(ws, request)
    except Refused as refusal:
        return refused(refusal)
    file = ws.state.files.get(request.match_info["file"])
    if file is None or file.deleted or not _may_see(request, file, me):
        raise web.HTTPNotFound
    inline = file.mimetype in INLINE_TYPES and "download" not in request.query
    return web.Response(
        body=ws.state.storage.content(file.id),
        content_type=file.mimetype if file.mimetype in INLINE_TYPES else "application/octet-stream",
        headers={
            "Content-Disposition": web_disposition(file.name, inline=inline),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=300",
        },
    )


def web_disposition(name: str, *, inline: bool) -> str:
    """A Content-Disposition header; the name loses what could break out of the quotes."""
    safe = "".join(
        character
        for character in name
        if character.isascii() and character.isprintable() and character not in '"\\'
    )
    return f'{"inline" if inline else "attachment"}; filename="{safe or "file"}"'


def _may_see(request: web.Request, file: File, user: str) -> bool:
    ws = request.app[WORKSPACE]
    shared = [ws.state.channels[channel] for channel in file.shares]
    return file.user == user or any(ws.may_see(user, channel) for channel in shared)
