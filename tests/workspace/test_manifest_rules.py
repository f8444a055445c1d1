"""An app manifest is checked by Slack's schema for manifests, and by what Slack asks beyond it."""

import pytest

from tests.workspace.blockkit.samples import GONE, Json, changed
from workspace.manifest import validate_manifest

COMMAND: Json = {
    "command": "/".ljust(32, "c"),
    "description": "d" * 2000,
    "usage_hint": "u" * 1000,
    "should_escape": True,
    "url": "https://example.com/".ljust(3000, "x"),
}
SHORTCUT: Json = {"type": "global", "name": "n" * 24, "callback_id": "c" * 255, "description": "d" * 150}
REQUEST_URL = "https://example.com/".ljust(3500, "x")
EVENTS = [f"event_{number}".ljust(50, "e") for number in range(100)]
SCOPES = ["s" * 50] * 255

FULL: dict[str, Json] = {
    "_metadata": {"major_version": 2, "minor_version": 0, "min_version": 0, "schema_version": 0},
    "display_information": {
        "name": "n" * 35,
        "description": "d" * 140,
        "long_description": "l" * 4000,
        "background_color": "#a1B2c3",
    },
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "d" * 80, "always_online": True},
        "slash_commands": [COMMAND] * 50,
        "shortcuts": [SHORTCUT] * 5 + [SHORTCUT | {"type": "message"}] * 5,
        "unfurl_domains": ["a.example.com", "b.io", "c.io", "d.io", "e".rjust(255, "x")],
        "assistant_view": {"assistant_description": "d"},
    },
    "oauth_config": {
        "redirect_urls": ["https://example.com/".ljust(2500, "x")],
        "scopes": {"bot": SCOPES, "bot_optional": SCOPES, "user": SCOPES, "user_optional": SCOPES},
        "token_management_enabled": True,
        "pkce_enabled": False,
    },
    "settings": {
        "event_subscriptions": {"request_url": REQUEST_URL, "bot_events": EVENTS, "user_events": EVENTS},
        "interactivity": {
            "is_enabled": True,
            "request_url": REQUEST_URL,
            "message_menu_options_url": REQUEST_URL,
        },
        "socket_mode_enabled": False,
        "org_deploy_enabled": False,
        "token_rotation_enabled": False,
        "is_hosted": False,
        "is_mcp_enabled": False,
        "hermes_app_type": "remote",
        "function_runtime": "remote",
        "allowed_ip_address_ranges": ["10.0.0.1", "192.168.0.0/16"],
    },
}
SOCKET: Json = {"socket_mode_enabled": True, "event_subscriptions": {"bot_events": ["app_mention"]}}

Case = tuple[tuple[str, ...], object, str, str]
"""The path to a field, its new value, the complaint, and the pointer."""


def too_long(limit: int) -> str:
    """The complaint about a string over its limit."""
    return f"must be less than {limit + 1} characters"


def longer(*path: str, limit: int, prefix: str = "") -> Case:
    """A string one character over its limit."""
    return path, prefix.ljust(limit + 1, "x"), too_long(limit), "/" + "/".join(path)


def empty(*path: str) -> Case:
    """A string without characters."""
    return path, "", "must be more than 0 characters", "/" + "/".join(path)


def without(*path: str) -> Case:
    """A required field taken away."""
    pointer = "".join(f"/{step}" for step in path[:-1])
    return path, GONE, f"missing required field: {path[-1]}", pointer


NAME = ("display_information", "name")
LONG = ("display_information", "long_description")
COLOR = ("display_information", "background_color")
BOT = ("features", "bot_user", "display_name")
COMMANDS = ("features", "slash_commands")
SHORTCUTS = ("features", "shortcuts")
DOMAINS = ("features", "unfurl_domains")
REDIRECTS = ("oauth_config", "redirect_urls")
BOT_EVENTS = ("settings", "event_subscriptions", "bot_events")
RANGES = ("settings", "allowed_ip_address_ranges")
URL_START = "must start with http:// or https://"


def listed(path: tuple[str, ...], item: Json, complaint: str, where: str = "") -> Case:
    """A list of one item, which is wrong."""
    return path, [item], complaint, "/" + "/".join(path) + "/0" + where


CASES: list[Case] = [
    without("display_information"),
    without(*NAME),
    longer(*NAME, limit=35),
    empty(*NAME),
    longer("display_information", "description", limit=140),
    empty("display_information", "description"),
    longer(*LONG, limit=4000),
    (LONG, "l" * 174, "must be more than 174 characters", "/display_information/long_description"),
    (COLOR, "blue", "must be a hex color", "/display_information/background_color"),
    without(*BOT),
    longer(*BOT, limit=80),
    empty(*BOT),
    (COMMANDS, [], "must provide at least 1 items", "/features/slash_commands"),
    (COMMANDS, [COMMAND] * 51, "no more than 50 items allowed", "/features/slash_commands"),
    listed(COMMANDS, COMMAND | {"command": "/".ljust(33, "c")}, too_long(32), "/command"),
    listed(COMMANDS, COMMAND | {"command": "/"}, "must be more than 1 characters", "/command"),
    listed(COMMANDS, COMMAND | {"command": "deploy"}, "must start with /", "/command"),
    listed(COMMANDS, COMMAND | {"command": "/two words"}, "must start with /", "/command"),
    listed(COMMANDS, COMMAND | {"description": "d" * 2001}, too_long(2000), "/description"),
    listed(COMMANDS, COMMAND | {"description": ""}, "must be more than 0 characters", "/description"),
    listed(COMMANDS, COMMAND | {"usage_hint": "u" * 1001}, too_long(1000), "/usage_hint"),
    listed(COMMANDS, COMMAND | {"usage_hint": ""}, "must be more than 0 characters", "/usage_hint"),
    listed(COMMANDS, COMMAND | {"url": "https://".ljust(3001, "x")}, too_long(3000), "/url"),
    listed(COMMANDS, COMMAND | {"url": "example.com"}, URL_START, "/url"),
    listed(COMMANDS, changed(COMMAND, {"command": GONE}), "missing required field: command"),
    listed(COMMANDS, changed(COMMAND, {"description": GONE}), "missing required field: description"),
    listed(
        COMMANDS, changed(COMMAND, {"url": GONE}), "Slash Command requires either URL or Socket Mode Enabled"
    ),
    (SHORTCUTS, [], "must provide at least 1 items", "/features/shortcuts"),
    (SHORTCUTS, [SHORTCUT] * 11, "no more than 10 items allowed", "/features/shortcuts"),
    (SHORTCUTS, [SHORTCUT] * 6, "no more than 5 global shortcuts allowed", "/features/shortcuts"),
    listed(SHORTCUTS, SHORTCUT | {"type": "channel"}, "must be a valid enum value", "/type"),
    *(
        listed(SHORTCUTS, SHORTCUT | {name: "x" * (limit + 1)}, too_long(limit), f"/{name}")
        for name, limit in (("name", 24), ("callback_id", 255), ("description", 150))
    ),
    *(
        listed(SHORTCUTS, SHORTCUT | {name: ""}, "must be more than 0 characters", f"/{name}")
        for name in ("name", "callback_id", "description")
    ),
    *(
        listed(SHORTCUTS, changed(SHORTCUT, {name: GONE}), f"missing required field: {name}")
        for name in SHORTCUT
    ),
    (DOMAINS, [], "must provide at least 1 items", "/features/unfurl_domains"),
    (DOMAINS, list("abcdef"), "no more than 5 items allowed", "/features/unfurl_domains"),
    (DOMAINS, ["a.io", "a.io"], "must provide unique items", "/features/unfurl_domains"),
    (DOMAINS, ["x" * 256], too_long(255), "/features/unfurl_domains/0"),
    *(
        (DOMAINS, [domain], "must be a domain name", "/features/unfurl_domains/0")
        for domain in ("localhost", "10.0.0.1", "example.com:8080", "https://example.com", ".example.com")
    ),
    (REDIRECTS, ["x" * 2501], too_long(2500), "/oauth_config/redirect_urls/0"),
    (REDIRECTS, [""], "must be more than 0 characters", "/oauth_config/redirect_urls/0"),
    (REDIRECTS, ["a", "a"], "must provide unique items", "/oauth_config/redirect_urls"),
    (REDIRECTS, ["a"] * 1001, "no more than 1000 items allowed", "/oauth_config/redirect_urls"),
    (("oauth_config", "scopes", "bot"), ["s" * 51], too_long(50), "/oauth_config/scopes/bot/0"),
    (("oauth_config", "scopes", "bot"), [""], "must be more than 0 characters", "/oauth_config/scopes/bot/0"),
    (
        ("oauth_config", "scopes", "bot"),
        ["s"] * 256,
        "no more than 255 items allowed",
        "/oauth_config/scopes/bot",
    ),
    (BOT_EVENTS, ["e" * 51], too_long(50), "/settings/event_subscriptions/bot_events/0"),
    (BOT_EVENTS, [""], "must be more than 0 characters", "/settings/event_subscriptions/bot_events/0"),
    (BOT_EVENTS, ["e"] * 101, "no more than 100 items allowed", "/settings/event_subscriptions/bot_events"),
    (BOT_EVENTS, ["e", "e"], "must provide unique items", "/settings/event_subscriptions/bot_events"),
    longer("settings", "event_subscriptions", "request_url", limit=3500, prefix="https://"),
    (
        ("settings", "event_subscriptions", "request_url"),
        "ftp://example.com",
        URL_START,
        "/settings/event_subscriptions/request_url",
    ),
    (
        ("settings", "event_subscriptions", "request_url"),
        GONE,
        "Event Subscription requires either Request URL or Socket Mode Enabled",
        "/settings/event_subscriptions",
    ),
    (
        ("settings", "interactivity", "request_url"),
        GONE,
        "Interactivity requires either Request URL or Socket Mode Enabled",
        "/settings/interactivity",
    ),
    without("settings", "interactivity", "is_enabled"),
    (RANGES, [], "must provide at least 1 items", "/settings/allowed_ip_address_ranges"),
    (
        RANGES,
        [f"10.0.0.{number}" for number in range(51)],
        "no more than 50 items allowed",
        "/settings/allowed_ip_address_ranges",
    ),
    (RANGES, ["10.0.0.1"] * 2, "must provide unique items", "/settings/allowed_ip_address_ranges"),
    (RANGES, ["10.0.0.256"], "must be an IPv4 address or range", "/settings/allowed_ip_address_ranges/0"),
    (RANGES, [1], "must provide a string", "/settings/allowed_ip_address_ranges/0"),
    (("$schema",), 1, "must provide a string", "/$schema"),
    (RANGES, ["::1"], "must be an IPv4 address or range", "/settings/allowed_ip_address_ranges/0"),
    *(
        (("_metadata", name), wrong, complaint, f"/_metadata/{name}")
        for name, wrong, complaint in (
            ("major_version", 0, "must be at least 1"),
            ("major_version", 3, "must be at most 2"),
            ("major_version", 1.5, "must provide an integer"),
            ("minor_version", -1, "must be at least 0"),
            ("minor_version", 0.5, "must provide an integer"),
            ("min_version", -1, "must be at least 0"),
            ("min_version", 0.5, "must provide an integer"),
            ("schema_version", -1, "must be at least 0"),
            ("schema_version", 0.5, "must provide an integer"),
        )
    ),
]


def edited(sample: Json, path: tuple[str, ...], new: object) -> Json:
    """A copy of a sample with one field, however deep, replaced or taken away."""
    if len(path) == 1:
        return changed(sample, {path[0]: new})
    inner = sample[path[0]]
    assert isinstance(inner, dict)
    return changed(sample, {path[0]: edited(inner, path[1:], new)})


@pytest.mark.parametrize(("path", "new", "complaint", "pointer"), CASES)
def test_a_manifest_that_breaks_a_rule_is_refused(
    path: tuple[str, ...], new: object, complaint: str, pointer: str
) -> None:
    """The one change made to a legal manifest is named, with its place."""
    problems = validate_manifest(edited(dict(FULL), path, new))
    assert {problem.code for problem in problems} == {"invalid_manifest"}
    assert (complaint, pointer) in [(problem.message, problem.pointer) for problem in problems]


@pytest.mark.parametrize(
    "manifest",
    [
        FULL,
        {"display_information": {"name": "n"}},
        {"display_information": {"name": "n"}, "settings": SOCKET},
        {
            "display_information": {"name": "n"},
            "features": {"slash_commands": [changed(COMMAND, {"url": GONE})]},
            "settings": SOCKET | {"interactivity": {"is_enabled": True}},
        },
        {"display_information": {"name": "n", "background_color": "#abc"}, "functions": {}, "workflows": {}},
        {"display_information": {"name": "n"}, "settings": {"interactivity": {"is_enabled": False}}},
    ],
)
def test_a_manifest_within_the_rules_is_accepted(manifest: Json) -> None:
    """From nothing but a name to every field at its limit; in Socket Mode no URLs are asked for."""
    assert validate_manifest(manifest) == []


OBJECTS = [
    (),
    ("_metadata",),
    ("display_information",),
    ("features",),
    ("features", "app_home"),
    ("features", "bot_user"),
    ("oauth_config",),
    ("oauth_config", "scopes"),
    ("settings",),
    ("settings", "event_subscriptions"),
    ("settings", "interactivity"),
]


@pytest.mark.parametrize("path", OBJECTS)
def test_a_key_that_slack_does_not_know_is_refused(path: tuple[str, ...]) -> None:
    """In every object of a manifest."""
    problems = validate_manifest(edited(dict(FULL), (*path, "stranger"), 1))
    pointer = "".join(f"/{step}" for step in path)
    assert ("invalid additional property: stranger", pointer) in [
        (one.message, one.pointer) for one in problems
    ]


def _leaves(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [path] * bool(path) + [
            leaf for name, member in value.items() for leaf in _leaves(member, (*path, name))
        ]
    return [path]


@pytest.mark.parametrize(
    "path", [path for path in _leaves(FULL) if "assistant_view" not in path], ids="/".join
)
def test_a_value_of_another_type_is_refused(path: tuple[str, ...]) -> None:
    """Neither null, nor a number where text, flags, lists or objects belong, nor the other way round."""
    wrong = "one" if path[0] == "_metadata" else 1.5
    for value in (None, wrong):
        assert validate_manifest(edited(dict(FULL), path, value)), value


@pytest.mark.parametrize("item", [COMMAND, SHORTCUT], ids=["command", "shortcut"])
def test_the_parts_of_commands_and_shortcuts_are_checked(item: Json) -> None:
    """Each of their fields has its type, and there are no others."""
    path = COMMANDS if item is COMMAND else SHORTCUTS
    for name in (*item, "stranger"):
        assert validate_manifest(edited(dict(FULL), path, [item | {name: 1.5}])), name
