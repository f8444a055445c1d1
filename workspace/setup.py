"""Makes the configured people, channels, groups and apps, beside what was kept from an earlier run."""

import secrets
from dataclasses import asdict
from typing import Any

from workspace.config import (
    AppConfig,
    ChannelConfig,
    Config,
    ConfigError,
    GroupConfig,
    UserConfig,
    user_id,
)
from workspace.ids import named_id, new_id, new_token
from workspace.model import App, Channel, ChannelKind, Group, Token, User
from workspace.state import State

SLACKBOT = "USLACKBOT"
CONFIGURED_USER = "ConfiguredUser"


def populate(state: State, config: Config, *, now: int) -> None:
    """Add or refresh everything that the configuration names. Channels keep what happened in them."""
    before = set(state.users)
    state.save(User(id=SLACKBOT, name="slackbot", real_name="Slackbot", display_name="Slackbot"))
    for user in config.users:
        _add_user(state, user, config.team.domain, now)
    for app in config.apps:
        _add_app(state, app, now)
    fresh = set(state.users) - before
    for channel in config.channels:
        _add_channel(state, channel, config, now, fresh)
    for group in config.groups:
        _add_group(state, group, now)


def forget_all_but_credentials(state: State, config: Config) -> None:
    """Empty the state but for the configured apps' credentials, none of them revoked."""
    installed = {_app_id(app): app.installed for app in config.apps}
    apps = [app for app in state.apps.values() if app.id in installed]
    tokens = [token for token in state.tokens.values() if token.app_id in installed and token.kind != "user"]
    state.clear()
    for app in apps:
        app.installed = installed[app.id]
        state.save(app)
    for token in tokens:
        token.revoked = False
        if installed[token.app_id] or token.kind == "app":
            state.save(token)


def _add_user(state: State, user: UserConfig, domain: str, now: int) -> None:
    """Make a person, or change them if the configuration says something else than at the last start."""
    configured = {"id": user_id(user), **asdict(user)}
    if configured in state.storage.load(CONFIGURED_USER) and user_id(user) in state.users:
        return
    state.storage.put(CONFIGURED_USER, user_id(user), configured)
    state.save(
        User(
            id=user_id(user),
            name=user.name,
            real_name=user.real_name or user.name.title(),
            display_name=user.display_name or user.name,
            email=user.email or f"{user.name}@{domain}.example",
            tz=user.tz,
            title=user.title,
            locale=user.locale,
            admin=user.admin or user.owner,
            owner=user.owner,
            guest=user.guest,
            external=user.external,
            deleted=user.deactivated,
            updated=now,
        )
    )


def _named_user(state: State, name: str, place: str) -> str:
    if name in state.users:
        return name
    user = state.user_named(name)
    if user is None:
        raise ConfigError(f"{place}: no user named {name!r}")
    return user.id


def _add_channel(state: State, channel: ChannelConfig, config: Config, now: int, fresh: set[str]) -> None:
    channel_id = channel.id or named_id("C", channel.name)
    members = _configured_members(state, channel)
    members += [state.apps[_app_id(app)].bot_user for app in config.apps if channel.name in app.channels]
    known = state.channels.get(channel_id)
    if known is not None:
        known.members += [member for member in members if member in fresh and member not in known.members]
        state.save(known)
        return
    creator = members[0] if members else SLACKBOT
    state.save(
        Channel(
            id=channel_id,
            name=channel.name,
            kind="private" if channel.private else "public",
            members=members,
            topic={"value": channel.topic, "creator": creator if channel.topic else "", "last_set": 0},
            purpose={"value": channel.purpose, "creator": creator if channel.purpose else "", "last_set": 0},
            creator=creator,
            created=now,
            archived=channel.archived,
        )
    )


def _configured_members(state: State, channel: ChannelConfig) -> list[str]:
    if channel.members == "all":
        return [
            user.id
            for user in state.users.values()
            if not user.is_bot and not user.deleted and user.guest != "single" and user.id != SLACKBOT
        ]
    return [_named_user(state, name, f"channels.{channel.name}.members") for name in channel.members]


def _add_group(state: State, group: GroupConfig, now: int) -> None:
    users = [_named_user(state, name, f"groups.{group.handle}.users") for name in group.users]
    group_id = group.id or named_id("S", group.handle)
    if group_id not in state.groups:
        state.save(
            Group(id=group_id, handle=group.handle, name=group.name or group.handle, users=users, created=now)
        )


def _app_name(app: AppConfig) -> str:
    name = app.manifest.get("display_information", {}).get("name")
    if not isinstance(name, str) or not name:
        raise ConfigError("apps: manifest needs display_information.name")
    return name


def _app_id(app: AppConfig) -> str:
    return app.id or named_id("A", _app_name(app))


def manifest_scopes(manifest: dict[str, Any], kind: str = "bot") -> list[str]:
    """The scopes that a manifest asks for."""
    return list(manifest.get("oauth_config", {}).get("scopes", {}).get(kind) or [])


def _add_app(state: State, config: AppConfig, now: int) -> None:
    app_id = _app_id(config)
    known = state.apps.get(app_id)
    name = _app_name(config)
    scopes = manifest_scopes(config.manifest) if config.scopes is None else list(config.scopes)
    app = App(
        id=app_id,
        name=name,
        manifest=config.manifest,
        client_id=config.client_id or (known.client_id if known else f"{secrets.randbelow(10**12)}.{app_id}"),
        client_secret=config.client_secret or (known.client_secret if known else secrets.token_hex(16)),
        signing_secret=config.signing_secret or (known.signing_secret if known else secrets.token_hex(16)),
        verification_token=config.verification_token
        or (known.verification_token if known else secrets.token_hex(12)),
        bot_user=named_id("U", f"bot {app_id}"),
        bot_id=named_id("B", app_id),
        installed=known.installed if known else config.installed,
        scopes=known.scopes if known and not config.installed else scopes,
    )
    state.save(app)
    _add_bot_user(state, app, now)
    _add_tokens(state, app, config)


def _add_bot_user(state: State, app: App, now: int) -> None:
    bot = app.manifest.get("features", {}).get("bot_user", {})
    display_name = str(bot.get("display_name") or app.name)
    state.save(
        User(
            id=app.bot_user,
            name=display_name.lower().replace(" ", "_"),
            real_name=app.name,
            display_name=display_name,
            app_id=app.id,
            bot_id=app.bot_id,
            updated=now,
        )
    )


def _add_tokens(state: State, app: App, config: AppConfig) -> None:
    kept = [token for token in state.tokens.values() if token.app_id == app.id]
    if config.app_token or not any(token.kind == "app" for token in kept):
        value = config.app_token or new_token("xapp-1")
        _keep_token(state, Token(value=value, kind="app", app_id=app.id, scopes=["connections:write"]))
    if not config.installed:
        return
    for token in kept:
        if token.kind == "bot":
            token.scopes = app.scopes
            state.save(token)
    if config.bot_token or not any(token.kind == "bot" for token in kept):
        value = config.bot_token or new_token("xoxb")
        _keep_token(
            state, Token(value=value, kind="bot", app_id=app.id, user=app.bot_user, scopes=app.scopes)
        )
    for name, value in config.user_tokens.items():
        user = _named_user(state, name, "apps.user_tokens")
        scopes = manifest_scopes(app.manifest, "user")
        _keep_token(state, Token(value=value, kind="user", app_id=app.id, user=user, scopes=scopes))


def _keep_token(state: State, token: Token) -> None:
    known = state.tokens.get(token.value)
    if known is not None:
        token.revoked = known.revoked
    state.save(token)


def open_direct(state: State, users: list[str], *, now: int) -> tuple[Channel, bool]:
    """The DM (two people) or group DM of these people, and whether it is new."""
    known = state.direct(set(users))
    if known is not None:
        return known, False
    kind: ChannelKind = "im" if len(set(users)) <= 2 else "mpim"
    name = ""
    if kind == "mpim":
        name = "mpdm-" + "--".join(sorted(state.users[user].name for user in users)) + "-1"
    channel = Channel(
        id=new_id("D" if kind == "im" else "G"),
        kind=kind,
        name=name,
        members=list(dict.fromkeys(users)),
        created=now,
    )
    state.save(channel)
    return channel, True
