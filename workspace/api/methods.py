"""The filled table: importing this module enters every method."""

from workspace.api import (
    channels,
    chat,
    conversations,
    files,
    meta,
    oauth,
    reactions,
    schedule,
    streams,
    users,
    views,
)
from workspace.api.registry import METHODS

MODULES = (channels, chat, conversations, files, meta, oauth, reactions, schedule, streams, users, views)

__all__ = ["METHODS", "MODULES"]
