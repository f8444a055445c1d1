"""Slash commands: an app's own, and the few that are built in."""

from collections.abc import Callable
from typing import Any

from workspace.core import Workspace
from workspace.delivery.payload import Delivery
from workspace.errors import Refused, SlackError
from workspace.membership import join, leave, set_archived
from workspace.model import App, Channel
from workspace.people.compose import Composer
from workspace.people.payloads import channel_name, key_of, new_response_url, new_trigger
from workspace.posting import post, show_channel, slackbot_says
from workspace.responses import Answer, respond


def find_command(ws: Workspace, command: str) -> tuple[App, dict[str, Any]] | None:
    """The app and manifest entry of a command. Names are not reserved: the last installed app wins."""
    for app in reversed(list(ws.state.apps.values())):
        for entry in app.commands:
            if app.installed and entry["command"] == command:
                return app, entry
    return None


async def run_command(
    ws: Workspace, user: str, *, channel: Channel, command: str, text: str, thread_ts: str = ""
) -> None:
    """Run what a person typed. Raises Refused when it fails; Slackbot has then said so too."""
    found = find_command(ws, command)
    if found is None and command in BUILT_IN:
        BUILT_IN[command](ws, user, channel, text)
        return
    try:
        if found is None:
            raise Refused("invalid_command", f"`{command}` is not a valid command.")
        if user not in channel.members:
            raise Refused("not_in_channel", "Join the channel to use commands in it.")
        if channel.archived:
            raise Refused("is_archived", "This channel is archived.")
        if thread_ts:
            raise Refused("not_in_threads", f"`{command}` is not supported in threads. Sorry!")
        await _send(ws, user, found, channel, text)
    except Refused as refusal:
        slackbot_says(ws, channel=channel.id, user=user, text=refusal.message, thread_ts=thread_ts)
        raise


async def _send(
    ws: Workspace, user: str, found: tuple[App, dict[str, Any]], channel: Channel, typed: str
) -> None:
    app, entry = found
    text = Composer(ws.state, with_names=True).compose(typed) if entry.get("should_escape") else typed
    payload = command_payload(ws, app, user, channel=channel, command=entry["command"], text=text.strip())
    url = str(entry.get("url", ""))
    outcome = await ws.deliverer.send(
        Delivery(app=app, envelope="slash_commands", name="slash_commands", payload=payload, url=url)
    )
    if not outcome.ok:
        raise Refused(outcome.error, f'{entry["command"]} failed with the error "{outcome.error}"')
    if outcome.answer is None:
        return
    answer = outcome.answer if isinstance(outcome.answer, dict) else {"text": outcome.answer}
    _show_answer(
        ws,
        user,
        channel,
        key=key_of(payload["response_url"]),
        answer=answer,
        typed=f"{entry['command']} {typed}".strip(),
    )


def command_payload(
    ws: Workspace, app: App, user: str, *, channel: Channel, command: str, text: str
) -> dict[str, Any]:
    """The form that Slack posts for a slash command."""
    return {
        "token": app.verification_token,
        "team_id": ws.team.id,
        "team_domain": ws.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user,
        "user_name": ws.state.users[user].name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": new_response_url(ws, app=app, user=user, channel=channel.id, kind="commands"),
        "trigger_id": new_trigger(ws, app, user),
    }


def _show_answer(
    ws: Workspace, user: str, channel: Channel, *, key: str, answer: dict[str, Any], typed: str
) -> None:
    if answer.get("response_type") == "in_channel":
        post(ws, channel, {"user": user, "text": typed})
    if not any(answer.get(part) for part in ("text", "blocks", "attachments")):
        return
    try:
        respond(ws, ws.grants.response_url(key), Answer.parse(answer))
    except SlackError as error:
        command = typed.split(" ", maxsplit=1)[0]
        raise Refused(error.code, f'{command} failed with the error "{error.code}"') from error


def _people(ws: Workspace, text: str) -> list[str]:
    wanted = [word.lstrip("@").lower() for word in text.split()]
    return [
        user.id
        for user in ws.state.users.values()
        if not user.deleted and (user.name.lower() in wanted or user.display_name.lower() in wanted)
    ]


def _invite(ws: Workspace, user: str, channel: Channel, text: str) -> None:
    people = _people(ws, text)
    if not people:
        raise Refused("user_not_found", "Nobody of that name is here.")
    for invited in people:
        join(ws, channel, invited, inviter=user)


def _remove(ws: Workspace, user: str, channel: Channel, text: str) -> None:
    del user
    for removed in _people(ws, text):
        leave(ws, channel, removed)


def _leave(ws: Workspace, user: str, channel: Channel, text: str) -> None:
    del text
    leave(ws, channel, user)


def _archive(ws: Workspace, user: str, channel: Channel, text: str) -> None:
    del text
    set_archived(ws, channel, True, user)


def _topic(ws: Workspace, user: str, channel: Channel, text: str) -> None:
    channel.topic = {"value": text, "creator": user, "last_set": int(ws.clock.now())}
    ws.state.save(channel)
    show_channel(ws, channel)


def _me(ws: Workspace, user: str, channel: Channel, text: str) -> None:
    fields = {"subtype": "me_message", "user": user, "text": Composer(ws.state).compose(text)}
    post(ws, channel, fields)


BUILT_IN: dict[str, Callable[[Workspace, str, Channel, str], None]] = {
    "/invite": _invite,
    "/remove": _remove,
    "/leave": _leave,
    "/archive": _archive,
    "/topic": _topic,
    "/me": _me,
}
BUILT_IN_HELP = {
    "/invite": ("Invite people or apps to this channel", "@name"),
    "/remove": ("Remove people or apps from this channel", "@name"),
    "/leave": ("Leave this channel", ""),
    "/archive": ("Archive this channel", ""),
    "/topic": ("Set the channel's topic", "text"),
    "/me": ("Say what you do", "text"),
}
