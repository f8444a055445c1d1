"""The grammar: one row for each verb. Parsing, help, usage errors and suggestions know nothing else."""

from collections.abc import Mapping
from typing import cast

from bot.grammar import build
from bot.grammar import values as v
from bot.grammar.commands import Command, DeployForm, Help, List, Logs, Open, Status, Wizard
from bot.grammar.spec import Argument, Group, Role, Verb
from executor.requests import Cancel, Deploy, Destroy, Extend, Restart, Start, Stop

_NAME = Argument(
    name="name",
    shape="NAME",
    read=v.read_sandbox_name,
    help="which sandbox",
    required=True,
    positional=True,
    names_sandbox=True,
)
_TTL = Argument(
    name="ttl",
    shape="4h",
    read=v.read_life,
    help="how long it lives: 90m, 4h, 2d, or until 18:00",
    aliases=("life", "lifetime", "for"),
    takes_until=True,
)
_MEMORY = Argument(
    name="memory",
    shape="1g",
    read=v.read_memory,
    help="memory of its front service: 512m, 1g",
    aliases=("mem", "ram"),
)


def _service(what: str) -> Argument:
    return Argument(name="service", shape="SERVICE", read=v.read_service, help=what, positional=True)


VERBS: tuple[Verb, ...] = (
    Verb(
        name="deploy",
        aliases=("create", "up", "launch"),
        group=Group.START,
        role=Role.DEVELOPER,
        arguments=(
            Argument(
                name="app",
                shape="APP[@VERSION]",
                read=v.read_app,
                help="what to deploy; without it a form opens",
                positional=True,
            ),
            Argument(name="name", shape="NAME", read=v.read_new_name, help="a name of your own choice"),
            _TTL,
            Argument(
                name="idle", shape="1h", read=v.read_length, help="stop it when nobody used it for so long"
            ),
            _MEMORY,
        ),
        summary="Deploy an app: a live address in this channel, for a while.",
        example="deploy csv-explorer ttl=4h",
        build=build.deploy,
    ),
    Verb(
        name="new",
        aliases=("wizard",),
        group=Group.START,
        role=Role.DEVELOPER,
        summary="Choose an app and its settings step by step.",
        example="new",
        build=lambda _values, _context: Wizard(),
    ),
    Verb(
        name="list",
        aliases=("ls", "ps"),
        group=Group.LOOK,
        role=Role.VIEWER,
        arguments=(
            Argument(
                name="scope",
                shape="mine|channel|all",
                read=v.read_scope,
                help="yours, this channel's, or everybody's",
                positional=True,
            ),
            Argument(name="page", shape="2", read=v.read_page, help="which page"),
        ),
        summary="List sandboxes.",
        example="list channel",
        build=build.list_,
    ),
    Verb(
        name="status",
        aliases=("show", "info", "describe"),
        group=Group.LOOK,
        role=Role.VIEWER,
        arguments=(_NAME,),
        summary="Show one sandbox in full: state, services, clocks, routes.",
        example="status cool-panda-123",
        build=lambda values, _context: Status(sandbox=build.name_of(values)),
    ),
    Verb(
        name="logs",
        aliases=("log", "tail"),
        group=Group.LOOK,
        role=Role.VIEWER,
        arguments=(
            _NAME,
            _service("only this service"),
            Argument(
                name="lines",
                shape=str(build.LOG_LINES_DEFAULT),
                read=v.read_lines,
                help="how many lines, newest last",
                aliases=("tail", "n"),
            ),
            Argument(
                name="grep",
                shape="error",
                read=v.read_text,
                help="only lines that contain this",
                aliases=("filter", "search"),
            ),
            Argument(name="since", shape="10m", read=v.read_length, help="only the last so much time"),
        ),
        summary="Show what a sandbox wrote, also after it is gone.",
        example="logs cool-panda-123 grep=error since=10m",
        build=build.logs,
    ),
    Verb(
        name="open",
        aliases=("url", "link"),
        group=Group.LOOK,
        role=Role.VIEWER,
        arguments=(_NAME,),
        summary="Give its address.",
        example="open cool-panda-123",
        build=lambda values, _context: Open(sandbox=build.name_of(values)),
    ),
    Verb(
        name="start",
        aliases=("resume", "restore", "retry", "unsuspend"),
        group=Group.CHANGE,
        role=Role.DEVELOPER,
        changes=True,
        arguments=(_NAME, _TTL, _MEMORY),
        summary="Start a stopped or failed sandbox again, with its data.",
        example="start cool-panda-123 ttl=2h",
        build=build.start,
    ),
    Verb(
        name="stop",
        aliases=("suspend", "pause", "halt"),
        group=Group.CHANGE,
        role=Role.DEVELOPER,
        changes=True,
        arguments=(_NAME,),
        summary="Stop it and keep its data.",
        example="stop cool-panda-123",
        build=lambda values, _context: Stop(sandbox=build.name_of(values)),
    ),
    Verb(
        name="restart",
        aliases=("reboot", "bounce"),
        group=Group.CHANGE,
        role=Role.DEVELOPER,
        changes=True,
        arguments=(_NAME, _service("only this service")),
        summary="Restart it in place.",
        example="restart cool-panda-123",
        build=build.restart,
    ),
    Verb(
        name="extend",
        aliases=("renew", "prolong"),
        group=Group.CHANGE,
        role=Role.DEVELOPER,
        changes=True,
        arguments=(
            _NAME,
            Argument(
                name="length",
                shape="2h",
                read=v.read_life,
                help="how much longer: 90m, 4h, 1d, or until 18:00",
                required=True,
                positional=True,
                aliases=("by", "ttl", "for"),
                takes_until=True,
            ),
        ),
        summary="Let it live longer.",
        example="extend cool-panda-123 2h",
        build=build.extend,
    ),
    Verb(
        name="cancel",
        aliases=("abort",),
        group=Group.CHANGE,
        role=Role.DEVELOPER,
        changes=True,
        arguments=(_NAME,),
        summary="Stop what is being done to it, and undo it.",
        example="cancel cool-panda-123",
        build=lambda values, _context: Cancel(sandbox=build.name_of(values)),
    ),
    Verb(
        name="destroy",
        aliases=("rm", "delete", "remove", "kill"),
        group=Group.CHANGE,
        role=Role.DEVELOPER,
        changes=True,
        arguments=(_NAME,),
        summary="Remove it and everything in it.",
        example="destroy cool-panda-123",
        build=lambda values, _context: Destroy(sandbox=build.name_of(values)),
    ),
    Verb(
        name="help",
        aliases=("?", "usage", "man"),
        group=Group.HELP,
        role=Role.VIEWER,
        arguments=(
            Argument(
                name="verb", shape="VERB", read=v.read_word, help="which command to explain", positional=True
            ),
        ),
        summary="Explain the commands, or one of them.",
        example="help deploy",
        build=lambda values, _context: Help(verb=cast(str | None, values.get("verb"))),
    ),
)

_BY_WORD = {word: verb for verb in VERBS for word in (verb.name, *verb.aliases)}
VERB_WORDS = tuple(_BY_WORD)


VERB_OF: Mapping[type[Command], Verb] = {
    command: _BY_WORD[word]
    for command, word in {
        Deploy: "deploy",
        DeployForm: "deploy",
        Wizard: "new",
        List: "list",
        Status: "status",
        Logs: "logs",
        Open: "open",
        Help: "help",
        Start: "start",
        Stop: "stop",
        Restart: "restart",
        Extend: "extend",
        Cancel: "cancel",
        Destroy: "destroy",
    }.items()
}
"""Which row a command came from."""


def find_verb(word: str) -> Verb | None:
    """The row whose name or alias ``word`` is."""
    return _BY_WORD.get(word)
