"""The page's addresses."""

from aiohttp import web

from workspace.page import doing, files, reading
from workspace.page.context import Acting, acts
from workspace.page.stream import stream

READING: dict[str, Acting] = {
    "bootstrap": reading.bootstrap,
    "channels/{channel}/messages": reading.messages,
    "channels/{channel}/threads/{ts}": reading.thread,
    "channels/{channel}/members": reading.members,
    "files/{file}/text": reading.file_text,
    "inspector": reading.inspect,
    "inspector/{seq:\\d+}": reading.inspect_one,
}
DOING: dict[str, Acting] = {
    "messages": doing.write,
    "messages/edit": doing.edit,
    "messages/delete": doing.delete,
    "commands": doing.command,
    "actions": doing.press,
    "state": doing.fill,
    "options": doing.options,
    "views/{view}/submit": doing.submit,
    "views/{view}/close": doing.close,
    "shortcuts": doing.shortcut,
    "home/{app}/open": doing.open_home,
    "home/{app}/close": doing.close_home,
    "files": files.upload,
    "reactions": doing.reaction,
    "pins": doing.pin,
    "channels/{channel}/read": doing.read,
    "channels": doing.new_channel,
    "channels/{channel}/{what:join|leave|archive|unarchive}": doing.membership,
    "channels/{channel}/invite": doing.invite,
    "channels/{channel}/kick": doing.kick,
    "dms": doing.new_dm,
    "inspector/clear": reading.clear_inspector,
}


def page_routes() -> list[web.RouteDef]:
    """All routes under /_page/."""
    return [
        *(web.get(f"/_page/api/{path}", acts(handler)) for path, handler in READING.items()),
        *(web.post(f"/_page/api/{path}", acts(handler)) for path, handler in DOING.items()),
        web.get("/_page/files/{file}/{name}", files.download),
        web.get("/_page/ws", stream),
    ]
