"""Every module whose methods stand in the table; importing this one fills it."""

from workspace.api import channels, chat, conversations, files, meta, reactions, schedule, users, views

MODULES = (channels, chat, conversations, files, meta, reactions, schedule, users, views)
