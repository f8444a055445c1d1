"""A tiny Bolt app that shows the gallery: it posts every block, opens modals, and answers presses."""

from __future__ import annotations

import json
from typing import Any

from slack_bolt.async_app import AsyncApp

from tests.workspace.page import gallery

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Gallery", "description": "Shows what the page can draw"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "gallery"},
        "slash_commands": [
            {
                "command": "/gallery",
                "description": "Show blocks",
                "usage_hint": "[all | modal | slow | quiet]",
            }
        ],
        "shortcuts": [
            {"type": "global", "name": "New sandbox", "description": "Open the form", "callback_id": "new"},
            {"type": "message", "name": "Count words", "description": "Of a message", "callback_id": "count"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "files:write", "files:read"]}},
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "socket_mode_enabled": True,
    },
}


def placed(blocks: list[Json], *, picture: str, user: str, channel: str) -> list[Json]:
    """The gallery's blocks with real ids and an address that can be reached."""
    text = json.dumps(blocks)
    for placeholder, real in (
        ("/_page/files/F1/picture.png", picture),
        ("U1", user),
        ("U2", user),
        ("C1", channel),
    ):
        text = text.replace(placeholder, real)
    found: list[Json] = json.loads(text.replace("<!subteam^S1> ", ""))
    return found


def make_app(*, bot_token: str, base_url: str) -> AsyncApp:
    """The app; `base_url` is the workspace's address."""
    app = AsyncApp(token=bot_token, signing_secret="unused in Socket Mode")
    app.client.base_url = f"{base_url}/api/"
    add_commands(app, picture=f"{base_url}/icon.svg")
    add_modals(app)
    add_shortcuts(app)
    return app


def add_commands(app: AsyncApp, *, picture: str) -> None:
    """`/gallery`, and the one button that does something."""

    @app.command("/gallery")
    async def show(ack: Any, body: Json, client: Any, respond: Any) -> None:
        if body["text"] == "slow":
            return
        await ack()
        where = {"picture": picture, "user": body["user_id"], "channel": body["channel_id"]}
        if body["text"] == "modal":
            view = gallery.modal(placed(gallery.ALERTS + gallery.INPUTS, **where))
            await client.views_open(trigger_id=body["trigger_id"], view=view)
        elif body["text"] == "quiet":
            await respond("Only you can read this.")
        else:
            for name, blocks in gallery.MESSAGES.items():
                shown = placed(blocks, **where)
                await client.chat_postMessage(channel=body["channel_id"], text=name, blocks=shown)

    @app.action("logs")
    async def logs(ack: Any, body: Json, client: Any) -> None:
        await ack()
        message, channel = body["message"], body["channel"]["id"]
        blocks = [*message["blocks"][:1], gallery.section("The logs were asked for.", block_id="told")]
        await client.chat_update(channel=channel, ts=message["ts"], text="told", blocks=blocks)


def add_modals(app: AsyncApp) -> None:
    """What becomes of a submission, and the options of the external selects."""

    @app.view("gallery")
    async def submitted(ack: Any, view: Json) -> None:
        name = view["state"]["values"]["in_0_plain_text_input"]["v"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"in_0_plain_text_input": "That name is taken"})
            return
        told = gallery.modal([gallery.section(f"*{name}* is on its way")], title=gallery.plain("Deploying"))
        await ack(response_action="push", view=told)

    @app.options("v")
    async def options(ack: Any, payload: Json) -> None:
        await ack(options=[{"text": gallery.plain(f"{payload['value']}-branch"), "value": "branch"}])


def add_shortcuts(app: AsyncApp) -> None:
    """A shortcut of each kind, and a Home."""

    @app.shortcut("count")
    async def count(ack: Any, body: Json, client: Any) -> None:
        await ack()
        words = len(body["message"]["text"].split())
        view = gallery.modal([gallery.section(f"{words} words")], title=gallery.plain("Words"))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.shortcut("new")
    async def new(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=gallery.modal(gallery.INPUTS[:2]))

    @app.event("app_home_opened")
    async def home(event: Json, client: Any) -> None:
        blocks = [gallery.section(f"Welcome home, <@{event['user']}>", block_id="hello")]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})
