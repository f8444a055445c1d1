"""How to sign in to a sandbox, where that can be told."""

import structlog

from bot.port import ExecutorPort
from executor.errors import SandboxError
from storage.errors import KeyLostError
from storage.records import Sandbox, SandboxStatus

_log = structlog.get_logger(__name__)


async def sign_in_text(executor: ExecutorPort, sandbox: Sandbox) -> str | None:
    """The owner's instructions with passwords; None where there are none, or none that can be read any more.

    A lost key must not keep "it is ready" from being said.
    """
    if sandbox.status is not SandboxStatus.RUNNING:
        return None
    try:
        return await executor.sign_in_text(sandbox)
    except (SandboxError, KeyLostError) as error:
        _log.warning("sign_in_unreadable", sandbox=sandbox.id, reason=str(error))
        return None
