"""Short answers for one person: help, mistakes, refusals, what was accepted, the first message."""

from collections.abc import Mapping, Sequence

from bot.controls import Control
from bot.grammar.spec import GrammarError, Group, Verb
from bot.render import text as t
from bot.render import words
from bot.render.blocks import Message, actions, button, context, message, section
from executor.errors import ManifestError, SandboxError
from executor.requests import Cancel, Deploy, Destroy, Extend, Request, Restart, Start, Stop
from storage.records import Sandbox

PROBLEMS_SHOWN = 5
"""Of a faulty manifest; ``sandpiper manifest check`` tells them all."""


def help_all(verbs: Sequence[Verb], command: str) -> Message:
    """Every verb by group."""
    parts = [section("*Sandpiper* gives your team sandboxes: apps with a live address, for a while.")]
    for group in Group:
        rows = [verb for verb in verbs if verb.group is group]
        lines = [f"{t.code(f'{command} {verb.usage}', 300)}\n{t.one_line(verb.summary)}" for verb in rows]
        parts.append(section(f"*{group}*\n" + "\n".join(lines)))
    parts.append(
        context(
            f"More on one: {t.code(f'{command} help deploy')}. In a sandbox's thread, mention me instead: "
            f"{t.code('@Sandpiper logs')} needs no name there."
        )
    )
    return message([*parts, *actions([button("New sandbox", Control(verb="deploy"), style="primary")])])


def help_verb(verb: Verb, command: str) -> Message:
    """One verb: usage, arguments, example."""
    lines = [f"*{verb.name}* — {verb.summary}", t.code(f"{command} {verb.usage}", 300)]
    lines += [f"• {t.code(row.name)} {row.help}" for row in verb.arguments]
    if verb.aliases:
        lines.append(f"Also: {', '.join(map(t.code, verb.aliases))}")
    lines.append(f"Example: {t.code(f'{command} {verb.example}')}")
    return message([section("\n".join(lines))])


def mistake(error: SandboxError, command: str) -> Message:
    """What was wrong, and what works."""
    lines = [f"⚠️ {t.escape(error.message, 1200)}"]
    if isinstance(error, ManifestError):
        lines += [f"• {t.escape(problem, 200)}" for problem in error.problems[:PROBLEMS_SHOWN]]
        more = len(error.problems) - PROBLEMS_SHOWN
        lines += [f"… and {more} more"] if more > 0 else []
    if error.hint:
        lines.append(t.escape(error.hint, 800))
    if isinstance(error, GrammarError):
        if error.suggestion:
            lines.append(f"Did you mean {t.code(error.suggestion)}?")
        if error.usage:
            lines.append(f"Usage: {t.code(f'{command} {error.usage}', 300)}")
        if error.example:
            lines.append(f"Example: {t.code(f'{command} {error.example}')}")
    return message([section("\n".join(lines))])


def our_fault(error_id: str) -> Message:
    """Something of ours broke; the id leads whoever runs it to the log."""
    return message(
        [
            section(
                "⚠️ Something went wrong inside Sandpiper. It is written down as "
                f"{t.code(error_id)}: tell that to whoever runs it. Trying again may help."
            )
        ]
    )


def accepted(request: Request, sandbox: Sandbox) -> Message:
    """What will be done now; the card and the thread tell the rest."""
    return message([section(_accepted(request, sandbox))])


def _accepted(request: Request, sandbox: Sandbox) -> str:
    name = f"*{t.one_line(sandbox.name, 60)}*"
    if isinstance(request, Deploy):
        where = f" It will answer at {t.one_line(sandbox.url, 300)}." if sandbox.url else ""
        return f"🛫 Deploying {name} ({t.code(request.app)}).{where} Its card and thread show how far it is."
    if isinstance(request, Restart) and request.service:
        return f"🔄 Restarting {name} ({t.code(request.service)})."
    if isinstance(request, Extend):
        return f"🕒 {name} lives until {words.expires(sandbox)}."
    return _ACCEPTED[type(request)].format(name=name)


_ACCEPTED: Mapping[type[Request], str] = {
    Start: "▶️ Starting {name}.",
    Stop: "⏹️ Stopping {name}. Its data is kept.",
    Restart: "🔄 Restarting {name}.",
    Destroy: "🗑️ Destroying {name}.",
    Cancel: "🚫 Cancelling what runs for {name}.",
}


def form_button(command: str) -> Message:
    """Where no form can be opened by itself: a button that opens it."""
    opening = actions([button("New sandbox", Control(verb="deploy"), style="primary")])
    return message(
        [
            section(f"Press to choose what to deploy, or name it: {t.code(f'{command} deploy echo')}."),
            *opening,
        ]
    )


def still_working() -> Message:
    """The database or Slack is slow: the answer comes by itself."""
    return message([section("⏳ Got it. This takes a moment longer than usual; the answer comes here.")])


def welcome(command: str) -> Message:
    """The first message a person gets."""
    form, direct = t.code(f"{command} deploy"), t.code(f"{command} deploy csv-explorer ttl=4h")
    what = (
        f"• {form} opens a form, {direct} needs none.\n"
        "• Each sandbox has a card with buttons. Its thread shows progress and logs, and warns you "
        "before it ends.\n"
        f"• {t.code(f'{command} list')} shows yours, {t.code(f'{command} help')} shows everything."
    )
    return message(
        [
            section(
                "👋 *Hello, I am Sandpiper.* I give you sandboxes: apps with a live address, for a while."
            ),
            section(what),
            *actions([button("New sandbox", Control(verb="deploy"), style="primary")]),
        ]
    )


def greeting(command: str) -> Message:
    """Said once when added to a channel."""
    return message(
        [
            section(
                "👋 I am Sandpiper. In this channel "
                f"{t.code(f'{command} deploy')} starts an app with a live address; its card will stand here. "
                f"{t.code(f'{command} help')} shows the rest."
            )
        ]
    )


def not_in_channel(mention: str) -> SandboxError:
    """The card could not be posted here."""
    return SandboxError(
        "I am not in this channel, so the sandbox's card could not be posted here.",
        f"Type /invite {mention} and then your command again.",
    )


def cannot_post(name: str, channel_id: str, url: str | None) -> Message:
    """To the owner, when the channel refuses messages about their sandbox."""
    at = f" It is at {t.link(url, url)}." if url else ""
    where = f"*{t.one_line(name, 60)}* in <#{t.escape(channel_id, 40)}>"
    why = "I am not in it, or it is closed."
    return message(
        [
            section(
                f"⚠️ I cannot post about {where}: {why}{at} Invite me there, and what I have to say follows."
            )
        ]
    )


def file_follows(sandbox: Sandbox) -> Message:
    """To a person who asked for logs from elsewhere."""
    return message([section(f"The log of *{t.one_line(sandbox.name, 60)}* that you asked for:")])


def file_refused(code: str) -> Message:
    """The file could not be shared."""
    return message([section(f"⚠️ I could not share the whole log as a file ({t.code(code)}).")])
