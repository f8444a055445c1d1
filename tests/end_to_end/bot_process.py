"""``sandpiper serve`` for tests that kill it: the only argument names the point at which it dies."""

import asyncio
import os
import signal
import sys

from bot.serve import serve
from bot.settings import read_settings


async def main(die_at: str | None) -> None:
    """Serve; at the named point, die as if by ``kill -9``."""

    async def checkpoint(name: str) -> None:
        if name == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    await serve(read_settings(), checkpoint=checkpoint)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
