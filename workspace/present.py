"""Records as Slack shows them: user, channel, message, file and team objects."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from workspace.model import App, Channel, File, Group, Message, User
from workspace.state import State

EXTERNAL_TEAM = "T0OUTSIDERS"
COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")
REPLY_USERS_SHOWN = 5


def tz_offset_seconds(tz: str, now: float) -> int:
    """How far a time zone is ahead of UTC at a moment."""
    offset = datetime.fromtimestamp(now, tz=UTC).astimezone(ZoneInfo(tz)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def tz_label(tz: str, now: float) -> str:
    """A zone's short name at a moment, such as CET."""
    return datetime.fromtimestamp(now, tz=UTC).astimezone(ZoneInfo(tz)).tzname() or tz


def color(user: User) -> str:
    """A person's colour."""
    return COLORS[sum(user.id.encode()) % len(COLORS)]


def profile(user: User, *, with_email: bool) -> dict[str, Any]:
    """The profile object of a user."""
    shown: dict[str, Any] = {
        "title": user.title,
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "status_text": user.status_text,
        "status_emoji": user.status_emoji,
        "avatar_hash": "",
        "first_name": user.real_name.split(" ")[0],
        "last_name": " ".join(user.real_name.split(" ")[1:]),
        "team": EXTERNAL_TEAM if user.external else "",
    }
    if with_email and user.email:
        shown["email"] = user.email
    if user.is_bot:
        shown |= {"bot_id": user.bot_id, "api_app_id": user.app_id, "always_active": True}
    return shown


def user_object(user: User, *, team_id: str, now: float, with_email: bool = True) -> dict[str, Any]:
    """Slack's user object. Deactivated people carry little more than their name."""
    team = EXTERNAL_TEAM if user.external else team_id
    shown: dict[str, Any] = {
        "id": user.id,
        "team_id": team,
        "name": user.name,
        "deleted": user.deleted,
        "profile": {**profile(user, with_email=with_email), "team": team},
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        return shown
    shown |= {
        "color": color(user),
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": tz_label(user.tz, now),
        "tz_offset": tz_offset_seconds(user.tz, now),
        "is_admin": user.admin,
        "is_owner": user.owner,
        "is_primary_owner": user.owner,
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "single",
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }
    if user.external:
        shown["is_stranger"] = False
    return shown


def channel_object(channel: Channel, *, team_id: str, viewer: str) -> dict[str, Any]:
    """Slack's conversation object as one member or bot sees it."""
    shown: dict[str, Any] = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_org_shared": False,
        "context_team_id": team_id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        other = next((member for member in channel.members if member != viewer), viewer)
        return {**shown, "user": other, "is_user_deleted": False, "priority": 0, "is_open": True}
    return {
        **shown,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_private": channel.kind != "public",
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "shared_team_ids": [team_id],
        "unlinked": 0,
        "creator": channel.creator,
        "is_member": viewer in channel.members,
        "topic": channel.topic or {"value": "", "creator": "", "last_set": 0},
        "purpose": channel.purpose or {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def message_object(state: State, message: Message, *, with_metadata: bool = False) -> dict[str, Any]:
    """Slack's message object, with its thread's counts."""
    shown = dict(message.body)
    metadata = shown.pop("metadata", None)
    if metadata is not None and with_metadata:
        shown["metadata"] = metadata
    replies = [] if message.is_reply else state.replies(message.channel, message.ts)
    if replies:
        users = list(dict.fromkeys(reply.user for reply in replies))
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "reply_users": users[:REPLY_USERS_SHOWN],
            "is_locked": False,
            "subscribed": False,
        }
    return shown


def file_object(file: File, *, base_url: str) -> dict[str, Any]:
    """Slack's file object."""
    url = f"{base_url}/files-pri/{file.id}"
    name = quote(file.name, safe="")
    shown: dict[str, Any] = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.filetype.upper(),
        "user": file.user,
        "editable": file.mode == "snippet",
        "size": file.size,
        "mode": file.mode,
        "is_external": False,
        "external_type": "",
        "is_public": not file.private,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{url}/{name}",
        "url_private_download": f"{url}/download/{name}",
        "permalink": f"{base_url}/files/{file.user}/{file.id}/{name}",
        "file_access": "visible",
        "has_rich_preview": False,
    }
    if file.alt_txt:
        shown["alt_txt"] = file.alt_txt
    if file.width:
        shown |= {"original_w": file.width, "original_h": file.height}
    if file.preview or file.mode == "snippet":
        shown |= {
            "preview": file.preview,
            "lines": file.lines,
            "preview_is_truncated": len(file.preview) < file.size,
        }
    return shown


def file_shares(state: State, file: File) -> dict[str, Any]:
    """The `shares`, `channels`, `groups` and `ims` of a file."""
    shares: dict[str, dict[str, Any]] = {}
    places: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for channel_id, stamps in file.shares.items():
        channel = state.channels[channel_id]
        section = "public" if channel.kind == "public" else "private"
        places[{"public": "channels", "im": "ims"}.get(channel.kind, "groups")].append(channel_id)
        shares.setdefault(section, {})[channel_id] = [
            {"ts": ts, "thread_ts": thread_ts} if thread_ts else {"ts": ts} for ts, thread_ts in stamps
        ]
    return {"shares": shares, **places}


def group_object(group: Group, *, team_id: str, with_users: bool) -> dict[str, Any]:
    """Slack's user group object."""
    shown: dict[str, Any] = {
        "id": group.id,
        "team_id": team_id,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.created,
        "date_delete": 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.users),
    }
    if with_users:
        shown["users"] = group.users
    return shown


def app_page_object(app: App, connected: bool) -> dict[str, Any]:
    """An app as the page lists it."""
    return {
        "id": app.id,
        "name": app.name,
        "description": app.description,
        "bot_user_id": app.bot_user,
        "color": app.color,
        "home_tab": app.home_tab,
        "messages_tab": app.messages_tab,
        "connected": connected,
        "delivery": "socket" if app.socket_mode else "http",
    }
