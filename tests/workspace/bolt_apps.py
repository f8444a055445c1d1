"""The same small app in every kind of official Bolt for Python: nothing in it knows the local workspace."""

from typing import Any

from slack_bolt import App
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

BUTTON = {"type": "button", "action_id": "form", "text": {"type": "plain_text", "text": "Form"}}
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Card*"}},
    {"type": "actions", "elements": [BUTTON]},
]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}
HOME = {
    "type": "home",
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Welcome home"}}],
}


def sync_app(api_url: str, token: str, signing_secret: str) -> App:
    """Bolt's synchronous app."""
    app = App(client=WebClient(token=token, base_url=api_url), signing_secret=signing_secret)

    @app.command("/help-me")
    def command(ack: Any, body: dict[str, Any], client: WebClient, respond: Any) -> None:
        ack(f"On it: {body['text']}")
        client.chat_postMessage(channel=body["channel_id"], text="Card", blocks=CARD)
        respond("And more")

    @app.action("form")
    def open_form(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    def submitted(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        name = body["view"]["state"]["values"]["name"]["name"]["value"]
        if name == "bad":
            ack(response_action="errors", errors={"name": "Another one, please."})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Hello {name}")

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Any) -> None:
        say("You called?", thread_ts=event["ts"])

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view=HOME)

    @app.event("message")
    def message() -> None:
        """Bolt warns of events that nobody takes."""

    @app.shortcut("new")
    def shortcut(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    return app


def async_app(api_url: str, token: str, signing_secret: str) -> AsyncApp:
    """Bolt's asynchronous app."""
    app = AsyncApp(client=AsyncWebClient(token=token, base_url=api_url), signing_secret=signing_secret)

    @app.command("/help-me")
    async def command(ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        await ack(f"On it: {body['text']}")
        await client.chat_postMessage(channel=body["channel_id"], text="Card", blocks=CARD)
        await respond("And more")

    @app.action("form")
    async def open_form(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def submitted(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        name = body["view"]["state"]["values"]["name"]["name"]["value"]
        if name == "bad":
            await ack(response_action="errors", errors={"name": "Another one, please."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Hello {name}")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        await say("You called?", thread_ts=event["ts"])

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    @app.event("message")
    async def message() -> None:
        """Bolt warns of events that nobody takes."""

    @app.shortcut("new")
    async def shortcut(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    return app
