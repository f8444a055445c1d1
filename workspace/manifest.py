"""Whether Slack would take an app manifest.

Source: slackapi/manifest-schema, `schemas/manifest.schema.1.0.0.json`, and
docs.slack.dev/reference/app-manifest. Parts that only apps hosted by Slack have (functions, workflows,
datastores …) are allowed and not looked into.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from workspace.blockkit.engine import Engine
from workspace.blockkit.kinds import Anything, Fault, Flag, Kind, ListOf, Number, Object, Shape, Text
from workspace.blockkit.patterns import HEX_COLOR
from workspace.blockkit.problem import Problem, as_problems

SHORTCUTS_PER_TYPE_LIMIT_COUNT = 5

_URL = re.compile(r"https?://.*")
_COMMAND = re.compile(r"/\S+")
_DOMAIN = re.compile(r"(?![.\-])[-a-z0-9.]+[a-z0-9]")

_SCOPES = ListOf(item=Text(min_chars=1, max_chars=50), max_items=255)
_EVENTS = ListOf(item=Text(min_chars=1, max_chars=50), max_items=100, distinct=True)
_REQUEST_URL = Text(max_chars=3500, pattern=_URL, complaint="must start with http:// or https://")


def shortcuts_per_type(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """An app has so many global shortcuts and so many message shortcuts."""
    shortcuts = value.get("shortcuts")
    listed = shortcuts if isinstance(shortcuts, list) else []
    for kind, count in Counter(shortcut["type"] for shortcut in listed).items():
        if count > SHORTCUTS_PER_TYPE_LIMIT_COUNT:
            message = f"no more than {SHORTCUTS_PER_TYPE_LIMIT_COUNT} {kind} shortcuts allowed"
            yield Fault(message=message, pointer=f"{pointer}/shortcuts")


def unfurl_domains_are_public(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """Slack unfurls no links to this machine or to bare addresses."""
    domains = value.get("unfurl_domains")
    for index, domain in enumerate(domains if isinstance(domains, list) else []):
        if domain == "localhost" or _is_address(domain):
            yield Fault(message="must be a domain name", pointer=f"{pointer}/unfurl_domains/{index}")


def addresses_are_ranges(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """Each allowed address is an IPv4 address or network."""
    ranges = value.get("allowed_ip_address_ranges")
    for index, written in enumerate(ranges if isinstance(ranges, list) else []):
        if not _is_network(written):
            at = f"{pointer}/allowed_ip_address_ranges/{index}"
            yield Fault(message="must be an IPv4 address or range", pointer=at)


def requests_can_be_delivered(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """Without Socket Mode, Slack must be told where events, interactions and commands go."""
    settings = _part(value, "settings")
    if settings.get("socket_mode_enabled") is True:
        return
    events = _part(settings, "event_subscriptions")
    if (events.get("bot_events") or events.get("user_events")) and "request_url" not in events:
        message = "Event Subscription requires either Request URL or Socket Mode Enabled"
        yield Fault(message=message, pointer=f"{pointer}/settings/event_subscriptions")
    interactivity = _part(settings, "interactivity")
    if interactivity.get("is_enabled") is True and "request_url" not in interactivity:
        message = "Interactivity requires either Request URL or Socket Mode Enabled"
        yield Fault(message=message, pointer=f"{pointer}/settings/interactivity")
    commands = _part(value, "features").get("slash_commands")
    for index, command in enumerate(commands if isinstance(commands, list) else []):
        if "url" not in command:
            message = "Slash Command requires either URL or Socket Mode Enabled"
            yield Fault(message=message, pointer=f"{pointer}/features/slash_commands/{index}")


_DISPLAY = Object(
    required=True,
    shape=Shape(
        fields={
            "name": Text(required=True, min_chars=1, max_chars=35),
            "description": Text(min_chars=1, max_chars=140),
            "long_description": Text(min_chars=175, max_chars=4000),
            "background_color": Text(pattern=HEX_COLOR, complaint="must be a hex color"),
        }
    ),
)

_APP_HOME = Object(
    shape=Shape(
        fields={
            "home_tab_enabled": Flag(),
            "messages_tab_enabled": Flag(),
            "messages_tab_read_only_enabled": Flag(),
        }
    )
)

_BOT_USER = Object(
    shape=Shape(
        fields={"display_name": Text(required=True, min_chars=1, max_chars=80), "always_online": Flag()}
    )
)

_SLASH_COMMAND = Object(
    shape=Shape(
        fields={
            "command": Text(
                required=True, min_chars=2, max_chars=32, pattern=_COMMAND, complaint="must start with /"
            ),
            "description": Text(required=True, min_chars=1, max_chars=2000),
            "usage_hint": Text(min_chars=1, max_chars=1000),
            "should_escape": Flag(),
            "url": Text(max_chars=3000, pattern=_URL, complaint="must start with http:// or https://"),
        }
    )
)

_SHORTCUT = Object(
    shape=Shape(
        fields={
            "type": Text(required=True, values=frozenset({"message", "global"})),
            "name": Text(required=True, min_chars=1, max_chars=24),
            "callback_id": Text(required=True, min_chars=1, max_chars=255),
            "description": Text(required=True, min_chars=1, max_chars=150),
        }
    )
)

_FEATURES = Object(
    shape=Shape(
        fields={
            "app_home": _APP_HOME,
            "bot_user": _BOT_USER,
            "slash_commands": ListOf(item=_SLASH_COMMAND, min_items=1, max_items=50),
            "shortcuts": ListOf(item=_SHORTCUT, min_items=1, max_items=10),
            "unfurl_domains": ListOf(
                item=Text(max_chars=255, pattern=_DOMAIN, complaint="must be a domain name"),
                min_items=1,
                max_items=5,
                distinct=True,
            ),
            "assistant_view": Anything(),
            "functions": Anything(),
            "workflow_steps": Anything(),
        },
        checks=(shortcuts_per_type, unfurl_domains_are_public),
    )
)

_OAUTH = Object(
    shape=Shape(
        fields={
            "redirect_urls": ListOf(item=Text(min_chars=1, max_chars=2500), max_items=1000, distinct=True),
            "scopes": Object(
                shape=Shape(
                    fields={
                        "bot": _SCOPES,
                        "bot_optional": _SCOPES,
                        "user": _SCOPES,
                        "user_optional": _SCOPES,
                    }
                )
            ),
            "token_management_enabled": Flag(),
            "pkce_enabled": Flag(),
        }
    )
)

_SETTINGS = Object(
    shape=Shape(
        fields={
            "event_subscriptions": Object(
                shape=Shape(
                    fields={
                        "request_url": _REQUEST_URL,
                        "bot_events": _EVENTS,
                        "user_events": _EVENTS,
                        "metadata_subscriptions": Anything(),
                    }
                )
            ),
            "interactivity": Object(
                shape=Shape(
                    fields={
                        "is_enabled": Flag(required=True),
                        "request_url": _REQUEST_URL,
                        "message_menu_options_url": _REQUEST_URL,
                    }
                )
            ),
            "socket_mode_enabled": Flag(),
            "org_deploy_enabled": Flag(),
            "token_rotation_enabled": Flag(),
            "allowed_ip_address_ranges": ListOf(item=Text(), min_items=1, max_items=50, distinct=True),
            "incoming_webhooks": Anything(),
            "is_hosted": Flag(),
            "is_mcp_enabled": Flag(),
            "siws_links": Anything(),
            "hermes_app_type": Text(),
            "function_runtime": Text(),
        },
        checks=(addresses_are_ranges,),
    )
)

_METADATA: dict[str, Kind] = {
    "major_version": Number(minimum=1, maximum=2, whole=True),
    "minor_version": Number(minimum=0, whole=True),
    "min_version": Number(minimum=0, whole=True),
    "schema_version": Number(minimum=0, whole=True),
}

_HOSTED = (
    "app_directory",
    "datastores",
    "external_auth_providers",
    "functions",
    "outgoing_domains",
    "types",
    "workflows",
)

MANIFEST = Object(
    shape=Shape(
        fields={name: Anything() for name in _HOSTED}
        | {
            "$schema": Text(),
            "_metadata": Object(shape=Shape(fields=_METADATA)),
            "display_information": _DISPLAY,
            "features": _FEATURES,
            "oauth_config": _OAUTH,
            "settings": _SETTINGS,
        },
        checks=(requests_can_be_delivered,),
    )
)


def validate_manifest(manifest: Mapping[str, object]) -> list[Problem]:
    """Every reason for which Slack would refuse an app manifest, decoded from JSON or YAML."""
    return as_problems("invalid_manifest", Engine(catalogue={}).faults(MANIFEST, manifest, ""))


def _part(value: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _is_address(written: object) -> bool:
    try:
        ipaddress.IPv4Address(str(written))
    except ValueError:
        return False
    return True


def _is_network(written: object) -> bool:
    try:
        ipaddress.IPv4Network(str(written), strict=False)
    except ValueError:
        return False
    return True
