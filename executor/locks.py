"""One lock for each sandbox in this process, for whoever changes something of it on engine or proxy."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class SandboxLocks:
    """Locks that exist only while somebody holds or waits for them."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._users: defaultdict[str, int] = defaultdict(int)

    def is_held(self, sandbox_id: str) -> bool:
        """Whether somebody has it now."""
        return sandbox_id in self._locks and self._locks[sandbox_id].locked()

    @asynccontextmanager
    async def of(self, sandbox_id: str) -> AsyncIterator[None]:
        """Hold a sandbox's lock; wait for it if need be."""
        self._users[sandbox_id] += 1
        try:
            async with self._locks[sandbox_id]:
                yield
        finally:
            self._users[sandbox_id] -= 1
            if not self._users[sandbox_id]:
                del self._users[sandbox_id], self._locks[sandbox_id]
