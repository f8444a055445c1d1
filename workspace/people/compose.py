"""Turns what a person types into Slack's mrkdwn: escaped, with names, channels and links marked."""

import re
from collections.abc import Iterable

from workspace.blockkit.mrkdwn import escape
from workspace.state import State

BROADCASTS = ("here", "channel", "everyone")
NAME_START = re.compile(r"(?<![\w@#])[@#](?=\w)")
URL = re.compile(r"(?<![\w<])https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"]")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)


class Composer:
    """Marks the names of one workspace. `with_names` adds the name to each mark, as slash commands do."""

    def __init__(self, state: State, *, with_names: bool = False) -> None:
        self._marks: list[tuple[str, str]] = sorted(
            [*_user_marks(state, with_names), *_channel_marks(state, with_names)],
            key=lambda pair: -len(pair[0]),
        )

    def compose(self, typed: str) -> str:
        """The mrkdwn of a typed text. Nothing inside code is marked."""
        parts = CODE.split(typed)
        return "".join(escape(part) if index % 2 else self._plain(part) for index, part in enumerate(parts))

    def _plain(self, text: str) -> str:
        done, position = [], 0
        while position < len(text):
            end, mark = self._mark_at(text, position)
            done.append(mark or escape(text[position:end]))
            position = end
        return "".join(done)

    def _mark_at(self, text: str, position: int) -> tuple[int, str]:
        for pattern, form in ((URL, "<{0}>"), (EMAIL, "<mailto:{0}|{0}>")):
            link = pattern.match(text, position)
            if link is not None:
                return link.end(), form.format(escape(link[0]))
        if NAME_START.match(text, position):
            for name, mark in self._marks:
                end = position + len(name)
                if text[position:end].lower() == name and not text[end : end + 1].isalnum():
                    return end, mark
        return position + 1, ""


def _user_marks(state: State, with_names: bool) -> Iterable[tuple[str, str]]:
    for user in state.users.values():
        if not user.deleted:
            mark = f"<@{user.id}|{user.name}>" if with_names else f"<@{user.id}>"
            for name in {user.name, user.display_name, user.real_name} - {""}:
                yield f"@{name.lower()}", mark
    for group in state.groups.values():
        yield f"@{group.handle.lower()}", f"<!subteam^{group.id}|@{group.handle}>"
    for word in BROADCASTS:
        yield f"@{word}", f"<!{word}>"


def _channel_marks(state: State, with_names: bool) -> Iterable[tuple[str, str]]:
    for channel in state.channels.values():
        if channel.name and not channel.is_direct:
            shown_name = channel.name if channel.kind == "public" else ""
            yield f"#{channel.name}", f"<#{channel.id}|{shown_name}>" if with_names else f"<#{channel.id}>"
