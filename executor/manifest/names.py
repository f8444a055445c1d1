"""How the things of a manifest may be called."""

import re

APP_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?")
SERVICE_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?")
"""A DNS label: it is the service's host name on its sandbox's network."""
VOLUME_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
ROUTE_LABEL = re.compile(r"[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?")
"""Short, so that ``{label}-{sandbox}`` is a DNS label still."""
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
ICON_NAME = re.compile(r"[a-z0-9+_-]{1,50}")
FOLDER_NAME = re.compile(r"(?:\./)?([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)/?")
USER = re.compile(r"(?:[a-z_][a-z0-9_-]{0,31}|[0-9]{1,9})(?::(?:[a-z_][a-z0-9_-]{0,31}|[0-9]{1,9}))?")
STOP_SIGNAL = re.compile(r"(?:SIG)?(?:TERM|INT|QUIT|KILL|HUP|USR1|USR2|WINCH)|SIGRTMIN\+[0-9]|[0-9]{1,2}")
IMAGE = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,252})(?::[0-9]{1,5})?/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
"""The grammar of image references: registry and port, repository, tag, digest."""
