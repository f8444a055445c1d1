"""From the values of a command's arguments to the command. Pure; the grammar table names these."""

from datetime import datetime, timedelta
from typing import cast

from bot.grammar.commands import DeployForm, List, Logs, Scope
from bot.grammar.spec import Context, Values
from executor.requests import Deploy, Extend, Restart, Start

LOG_LINES_DEFAULT = 100


def name_of(values: Values) -> str:
    """The sandbox that is named."""
    return cast(str, values["name"])


def _life_seconds(life: object, context: Context) -> int | None:
    if isinstance(life, datetime):
        return int((life - context.now).total_seconds())
    return _seconds(life)


def _seconds(length: object) -> int | None:
    return int(length.total_seconds()) if isinstance(length, timedelta) else None


def deploy(values: Values, context: Context) -> Deploy | DeployForm:
    """``deploy``: the form where no app is named."""
    if "app" not in values:
        return DeployForm()
    app, version = cast(tuple[str, int | None], values["app"])
    return Deploy(
        app=app,
        version=version,
        name=cast(str | None, values.get("name")),
        ttl_seconds=_life_seconds(values.get("ttl"), context),
        idle_seconds=_seconds(values.get("idle")),
        memory_bytes=cast(int | None, values.get("memory")),
        channel_id=context.channel_id,
    )


def extend(values: Values, _context: Context) -> Extend:
    """``extend``, by a length or until an instant."""
    life = values["length"]
    if isinstance(life, datetime):
        return Extend(sandbox=name_of(values), until_epoch_seconds=int(life.timestamp()))
    return Extend(sandbox=name_of(values), seconds=_seconds(life))


def start(values: Values, context: Context) -> Start:
    """``start``, perhaps with another life and more memory."""
    return Start(
        sandbox=name_of(values),
        ttl_seconds=_life_seconds(values.get("ttl"), context),
        memory_bytes=cast(int | None, values.get("memory")),
    )


def restart(values: Values, _context: Context) -> Restart:
    """``restart``, the whole or one service."""
    return Restart(sandbox=name_of(values), service=cast(str | None, values.get("service")))


def logs(values: Values, _context: Context) -> Logs:
    """``logs`` with its filters."""
    return Logs(
        sandbox=name_of(values),
        service=cast(str | None, values.get("service")),
        lines=cast(int, values.get("lines", LOG_LINES_DEFAULT)),
        grep=cast(str | None, values.get("grep")),
        since_seconds=_seconds(values.get("since")),
    )


def list_(values: Values, _context: Context) -> List:
    """``list``, a page of it."""
    return List(scope=cast(Scope, values.get("scope", Scope.MINE)), page=cast(int, values.get("page", 1)))
