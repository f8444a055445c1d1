"""Modals: the deploy form, the wizard's choice of app, extend, and the question before a destroy."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.grammar.values import NAME_CHARACTERS_LIMIT
from bot.render import text as t
from bot.render.blocks import Block, Message, mrkdwn, plain
from bot.render.expiry import EXTENSIONS_SECONDS
from storage.records import Sandbox

DEPLOY_FORM = "deploy"
EXTEND_FORM = "extend"
DESTROY_FORM = "destroy"
CHOOSE_ACTION = "choose"
"""The ``action_id`` of the wizard's buttons; the value is the app."""
OPTIONS_LIMIT = 100
APPS_SHOWN_LIMIT = 48
_MEBIBYTE = 1024 * 1024
_MEMORY_CHOICES = (256, 512, 1024, 2048, 4096, 8192)


@dataclass(frozen=True, kw_only=True)
class AppChoice:
    """An app as the forms offer it."""

    app: str
    title: str
    description: str
    icon: str
    ttl_seconds: int
    memory_bytes: int


def deploy_form(
    apps: Sequence[AppChoice],
    *,
    channel_id: str,
    chosen: AppChoice | None = None,
    max_memory_bytes: int,
) -> Block:
    """What to deploy, under which name, for how long, with how much memory.

    Without a channel (from App Home) it asks for one.
    """
    blocks = [
        _input("app", "App", _app_select(apps, chosen)),
        _input(
            "name",
            "Name",
            {"type": "plain_text_input", "max_length": NAME_CHARACTERS_LIMIT}
            | _placeholder("made up for you"),
            optional=True,
        ),
        _input(
            "ttl",
            "How long it lives",
            {"type": "plain_text_input", "max_length": 60} | _placeholder(_usual_life(chosen)),
            optional=True,
            hint="90m, 4h, 2d, or until 18:00. You are warned before it ends, and can extend it.",
        ),
        _input("memory", "Memory", _memory_select(chosen, max_memory_bytes), optional=True),
    ]
    if not channel_id:
        blocks.append(_input("channel", "Channel for its card", _channel_select()))
    return _modal(DEPLOY_FORM, "New sandbox", "Deploy", blocks, channel_id)


def no_apps() -> Block:
    """There is nothing to deploy."""
    text = "The catalogue is empty. Whoever runs Sandpiper adds apps as files in manifests/apps/."
    return _modal("none", "New sandbox", None, [_text(text)], "")


def wizard(apps: Sequence[AppChoice], *, channel_id: str) -> Block:
    """Every app with what it is; choosing one leads to its form."""
    blocks = [_text("*Which app?* Its settings come next.")]
    for choice in apps[:APPS_SHOWN_LIMIT]:
        about = (
            f"*{t.one_line(choice.title, 100)}* ({t.code(choice.app)})\n{t.one_line(choice.description, 300)}"
        )
        chosen = {
            "type": "button",
            "text": plain("Choose", 20),
            "action_id": CHOOSE_ACTION,
            "value": choice.app,
            "accessibility_label": t.cut(f"Choose {choice.title}", 75),
        }
        icon = f":{choice.icon}: " if choice.icon else ""
        blocks.append(_text(icon + about) | {"accessory": chosen})
    return _modal("wizard", "New sandbox", None, blocks, channel_id)


def extend_form(sandbox: Sandbox) -> Block:
    """By how much."""
    options = [_option(t.length(seconds), f"{seconds}s") for seconds in EXTENSIONS_SECONDS]
    until = f" It now ends {t.clock(sandbox.expires_at)}." if sandbox.expires_at else ""
    blocks = [
        _text(f"*{t.one_line(sandbox.name, 60)}* lives longer.{until}"),
        _input("length", "By", {"type": "radio_buttons", "options": options, "initial_option": options[0]}),
        _input(
            "exactly",
            "Or exactly",
            {"type": "plain_text_input", "max_length": 60} | _placeholder("90m, or until 18:00"),
            optional=True,
        ),
    ]
    return _modal(EXTEND_FORM, "Extend", "Extend", blocks, sandbox.id)


def destroy_form(sandbox: Sandbox) -> Block:
    """The question before a destroy from the menu."""
    name = t.one_line(sandbox.name, 60)
    text = (
        f"Destroy *{name}*? Its containers, its network and all its data are removed. This cannot be undone."
    )
    return _modal(DESTROY_FORM, "Destroy?", "Destroy it", [_text(text)], sandbox.id)


def answer(title: str, text: str) -> Block:
    """A modal that only says something."""
    return _modal("none", title, None, [_text(text)], "")


def saying(message: Message) -> Block:
    """A message as a modal, where there is no channel to say it in."""
    return _modal("none", "Sandpiper", None, message.blocks, "")


def _modal(callback: str, title: str, submit: str | None, blocks: Sequence[Block], metadata: str) -> Block:
    made: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "close": plain("Close", 24),
        "blocks": list(blocks),
        "private_metadata": metadata,
    }
    return made | ({"submit": plain(submit, 24)} if submit else {})


def _input(
    name: str, label: str, element: Block, *, optional: bool = False, hint: str | None = None
) -> Block:
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 200),
        "element": element | {"action_id": name},
        "optional": optional,
    }
    return made | ({"hint": plain(hint, 200)} if hint else {})


def _text(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def _placeholder(text: str) -> Block:
    return {"placeholder": plain(text, 150)}


def _option(label: str, value: str, description: str = "") -> Block:
    made: Block = {"text": plain(label, 75), "value": value}
    return made | ({"description": plain(description, 75)} if description else {})


def _app_select(apps: Sequence[AppChoice], chosen: AppChoice | None) -> Block:
    options = [_app_option(choice) for choice in apps]
    select: Block = {"type": "static_select"} | _placeholder("Choose an app")
    if len(options) > OPTIONS_LIMIT:
        groups = [options[start : start + OPTIONS_LIMIT] for start in range(0, len(options), OPTIONS_LIMIT)]
        select["option_groups"] = [
            {"label": plain(f"{group[0]['value']} – {group[-1]['value']}", 75), "options": group}
            for group in groups[:OPTIONS_LIMIT]
        ]
    else:
        select["options"] = options
    return select | ({"initial_option": _app_option(chosen)} if chosen else {})


def _app_option(choice: AppChoice) -> Block:
    return _option(t.printable(choice.title), choice.app, t.printable(choice.description))


def _usual_life(chosen: AppChoice | None) -> str:
    return f"{t.length(chosen.ttl_seconds)} unless you say otherwise" if chosen else "as the app says"


def _memory_select(chosen: AppChoice | None, max_memory_bytes: int) -> Block:
    fitting = [amount for amount in _MEMORY_CHOICES if amount * _MEBIBYTE <= max_memory_bytes]
    options = [_option(t.size(amount * _MEBIBYTE), f"{amount}m") for amount in fitting or _MEMORY_CHOICES[:1]]
    usual = f"{t.size(chosen.memory_bytes)}, as the app says" if chosen else "as the app says"
    return {"type": "static_select", "options": options} | _placeholder(usual)


def _channel_select() -> Block:
    kinds: Block = {"include": ["public", "private"], "exclude_bot_users": True}
    return {"type": "conversations_select", "filter": kinds} | _placeholder("Choose a channel that I am in")
