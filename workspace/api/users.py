"""users.* and usergroups.*."""

from workspace.api.access import find_user
from workspace.api.paging import page
from workspace.api.registry import Call, Json, method
from workspace.errors import SlackError
from workspace.model import Group, User
from workspace.present import group_object, profile, user_object
from workspace.shapes import group_shape


def shown(call: Call, user: User) -> Json:
    """A user as the caller may know them: the address needs its own scope."""
    return user_object(
        user, team_id=call.ws.team.id, now=call.ws.clock.now(), with_email=call.has_scope("users:read.email")
    )


@method("users.info", scopes=("users:read",), tier=4, required=("user",))
async def users_info(call: Call) -> Json:
    """One user."""
    found = shown(call, find_user(call))
    if call.args.flag("include_locale"):
        found["locale"] = find_user(call).locale
    return {"user": found}


@method("users.list", scopes=("users:read",), tier=2)
async def users_list(call: Call) -> Json:
    """Everybody, deactivated people and bots included."""
    chosen, cursor = page(call.args, list(call.ws.state.users.values()))
    members = [shown(call, user) for user in chosen]
    return {
        "members": members,
        "cache_ts": int(call.ws.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", scopes=("users:read.email",), required=("email",))
async def users_lookup(call: Call) -> Json:
    """The active person with an address."""
    wanted = call.args.text("email").lower()
    for user in call.ws.state.users.values():
        if user.email.lower() == wanted and not user.deleted:
            return {"user": shown(call, user)}
    raise SlackError("users_not_found")


@method("users.profile.get", scopes=("users.profile:read",), tier=4)
async def users_profile(call: Call) -> Json:
    """A user's profile."""
    user = find_user(call) if "user" in call.args else call.ws.state.users[call.user]
    return {"profile": profile(user, with_email=call.has_scope("users:read.email"))}


@method("users.getPresence", scopes=("users:read",))
async def users_presence(call: Call) -> Json:
    """Whether someone has the page open."""
    user = find_user(call) if "user" in call.args else call.ws.state.users[call.user]
    return {"presence": "active" if user.id in call.ws.bus.watching() else "away"}


def find_group(call: Call) -> Group:
    """The user group that an argument names."""
    group = call.ws.state.groups.get(call.args.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


@method("usergroups.list", scopes=("usergroups:read",), tier=2)
async def usergroups_list(call: Call) -> Json:
    """All user groups."""
    with_users = call.args.flag("include_users")
    groups = call.ws.state.groups.values()
    return {
        "usergroups": [
            group_object(group, team_id=call.ws.team.id, with_users=with_users) for group in groups
        ]
    }


@method(
    "usergroups.users.update",
    scopes=("usergroups:write",),
    tier=2,
    accepts_json=True,
    required=("usergroup", "users"),
)
async def usergroups_update(call: Call) -> Json:
    """Say who is in a user group."""
    group = find_group(call)
    users = call.args.names("users")
    if any(user not in call.ws.state.users for user in users):
        raise SlackError("invalid_users")
    before, group.users = group.users, users
    call.ws.state.save(group)
    call.ws.bus.tell_all({"type": "group", "group": group_shape(group)})
    call.ws.events.tell(
        {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": call.ws.team.id,
            "added_users": [user for user in users if user not in before],
            "removed_users": [user for user in before if user not in users],
            "event_ts": call.ws.ts.next(),
        }
    )
    return {"usergroup": group_object(group, team_id=call.ws.team.id, with_users=True)}


@method("usergroups.users.list", scopes=("usergroups:read",), tier=2, required=("usergroup",))
async def usergroups_users(call: Call) -> Json:
    """Who is in a user group."""
    return {"users": find_group(call).users}
