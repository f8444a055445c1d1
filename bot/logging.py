"""Sandpiper's own log: structured lines on standard output, as JSON objects or for a person to read."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRET_WORDS = ("token", "secret", "password", "authorization", "cookie")
LINE_LIMIT_CHARACTERS = 4000
NOISY = ("apscheduler", "aiosqlite", "urllib3", "docker", "slack_bolt", "slack_sdk", "alembic", "asyncio")


def set_up_logging(*, format_name: str, level: str, stream: Any = None) -> None:
    """Send structlog's and the standard library's records to ``stream``, as 'json' or 'console'."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
        cut_long_values,
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if format_name == "json"
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Replace the value of every field whose name says that it is a secret."""
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = HIDDEN
    return event


def cut_long_values(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Cut long texts: what people and sandboxes send must not be able to fill the disk through our log."""
    for name, value in event.items():
        if isinstance(value, str) and len(value) > LINE_LIMIT_CHARACTERS:
            event[name] = f"{value[:LINE_LIMIT_CHARACTERS]}… ({len(value)} characters)"
    return event
