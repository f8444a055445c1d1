"""chat.scheduleMessage and its list."""

from workspace.api.access import check_thread, posting_channel
from workspace.api.chat import author
from workspace.api.content import read_content, read_metadata
from workspace.api.paging import page
from workspace.api.registry import Call, Json, method
from workspace.errors import SlackError
from workspace.ids import new_id
from workspace.model import Scheduled

FARTHEST_SECONDS = 120 * 24 * 3600
WINDOW_SECONDS = 300
MAX_PER_WINDOW = 30
DELETE_MARGIN_SECONDS = 60


@method("chat.scheduleMessage", scopes=("chat:write",), accepts_json=True, required=("channel", "post_at"))
async def schedule_message(call: Call) -> Json:
    """Post a message later."""
    content = read_content(call.args, call.method)
    metadata = read_metadata(call.args)
    channel = posting_channel(call)
    thread_ts = call.args.ts("thread_ts")
    check_thread(call, channel, thread_ts)
    post_at, now = call.args.integer("post_at"), call.ws.clock.now()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + FARTHEST_SECONDS:
        raise SlackError("time_too_far")
    same = [
        s for s in call.ws.state.scheduled.values() if s.channel == channel.id and s.app_id == call.app.id
    ]
    if sum(abs(s.post_at - post_at) < WINDOW_SECONDS for s in same) >= MAX_PER_WINDOW:
        raise SlackError("restricted_too_many")
    fields = {"text": "", **content, **author(call)}
    scheduled = Scheduled(
        id=new_id("Q"),
        app_id=call.app.id,
        user=call.user,
        channel=channel.id,
        post_at=post_at,
        created=int(now),
        arguments={
            "fields": fields,
            "thread_ts": thread_ts,
            "broadcast": call.args.flag("reply_broadcast"),
            "has_metadata": metadata is not None,
        },
    )
    call.ws.state.save(scheduled)
    answer = {"channel": channel.id, "scheduled_message_id": scheduled.id, "post_at": post_at}
    return {**answer, "message": {"type": "delayed_message", **fields}}


@method(
    "chat.deleteScheduledMessage",
    scopes=("chat:write",),
    accepts_json=True,
    required=("channel", "scheduled_message_id"),
)
async def delete_scheduled(call: Call) -> Json:
    """Withdraw a scheduled message; too late in its last minute."""
    scheduled = call.ws.state.scheduled.get(call.args.text("scheduled_message_id"))
    if scheduled is None or scheduled.app_id != call.app.id or scheduled.channel != call.args.text("channel"):
        raise SlackError("invalid_scheduled_message_id")
    if scheduled.post_at <= call.ws.clock.now() + DELETE_MARGIN_SECONDS:
        raise SlackError("invalid_scheduled_message_id")
    call.ws.state.remove(scheduled)
    return {}


@method("chat.scheduledMessages.list", accepts_json=True)
async def list_scheduled(call: Call) -> Json:
    """What the app has still to post."""
    wanted = call.args.text("channel")
    own = [
        scheduled
        for scheduled in call.ws.state.scheduled.values()
        if scheduled.app_id == call.app.id and wanted in ("", scheduled.channel)
    ]
    chosen, cursor = page(call.args, sorted(own, key=lambda scheduled: scheduled.post_at))
    shown = [
        {
            "id": scheduled.id,
            "channel_id": scheduled.channel,
            "post_at": scheduled.post_at,
            "date_created": scheduled.created,
            "text": scheduled.arguments["fields"]["text"],
        }
        for scheduled in chosen
    ]
    return {"scheduled_messages": shown, "response_metadata": {"next_cursor": cursor}}
