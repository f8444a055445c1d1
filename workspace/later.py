"""What happens by itself a moment or a day later: files appearing in channels, scheduled messages."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from workspace.core import Workspace
from workspace.model import Channel, File, Scheduled
from workspace.posting import post
from workspace.sharing import share

SCHEDULE_POLL_SECONDS = 0.25


def start(ws: Workspace, work: Coroutine[None, None, None]) -> None:
    """Run work beside everything else until the workspace closes."""
    task = asyncio.create_task(work)
    ws.tasks.add(task)
    task.add_done_callback(ws.tasks.discard)


def share_later(
    ws: Workspace,
    files: list[File],
    channel: Channel,
    author: dict[str, Any],
    *,
    text: str,
    blocks: Any,
    thread_ts: str,
) -> None:
    """Share files after Slack's usual delay, or the one that a fault orders."""
    fault = ws.faults.take("shares", app_id=files[0].app_id)
    seconds = fault.seconds_late if fault else ws.limits.shares_seconds

    async def work() -> None:
        await asyncio.sleep(seconds)
        share(ws, files, channel, author, text=text, blocks=blocks, thread_ts=thread_ts)

    start(ws, work())


async def post_scheduled(ws: Workspace) -> None:
    """Post scheduled messages as they fall due, forever."""
    while True:
        now = ws.clock.now()
        for scheduled in list(ws.state.scheduled.values()):
            if scheduled.post_at <= now:
                ws.state.remove(scheduled)
                _post(ws, scheduled)
        await asyncio.sleep(SCHEDULE_POLL_SECONDS)


def _post(ws: Workspace, scheduled: Scheduled) -> None:
    """Post one; as on Slack, it never appears if it carries metadata or the channel is archived."""
    arguments = scheduled.arguments
    channel = ws.state.channels.get(scheduled.channel)
    if channel is None or channel.archived or arguments["has_metadata"]:
        return
    post(ws, channel, arguments["fields"], thread_ts=arguments["thread_ts"], broadcast=arguments["broadcast"])
