"""Runs the steps of one operation in order, each written down before and after, with its event."""

from collections.abc import Awaitable, Callable, Collection, Sequence

from executor.ledger import Ledger
from storage.database import Tx

Checkpoint = Callable[[str], Awaitable[None]]
"""Told the name of every point at which a crash is worth trying."""

Tell = Callable[[str], None]
Action = Callable[[Tell], Awaitable[None]]
Write = Callable[[Tx], Awaitable[None]]


async def no_checkpoint(_name: str) -> None:
    """What is used outside tests."""


class Runner:
    """The steps of one operation. ``step`` is the one that runs."""

    def __init__(self, ledger: Ledger, checkpoint: Checkpoint, kind: str) -> None:
        self._ledger = ledger
        self._checkpoint = checkpoint
        self._kind = kind
        self.step: str | None = None

    async def run(
        self, actions: Sequence[tuple[str, Action]], *, done: Collection[str], begin: Write, finish: Write
    ) -> None:
        """Run every action, then ``finish``, which is written together with the end of the last step.

        ``done``: steps that an earlier worker finished. They are made so again, in silence: what they made
        may have gone since. ``begin`` is written together with the start of the first step.
        """
        before: list[Write] = [begin]
        for name, action in actions:
            self.step = name
            if name not in done:
                await self._write([*before, self._starting(name)])
                before = []
            await self._act(name, action)
            if name not in done:
                before.append(self._ending(name))
        await self._checkpoint(f"{self._kind}.finish.before")
        await self._write([*before, finish])
        await self._checkpoint(f"{self._kind}.finish.done")

    async def _act(self, name: str, action: Action) -> None:
        """One step's work, between its two checkpoints."""
        await self._checkpoint(f"{self._kind}.{name}.before")
        async with self._ledger.details(name) as tell:
            await action(tell)
        await self._checkpoint(f"{self._kind}.{name}.done")

    async def _write(self, writes: Sequence[Write]) -> None:
        """All in one transaction."""
        async with self._ledger.write() as tx:
            for write in writes:
                await write(tx)

    def _starting(self, name: str) -> Write:
        async def write(tx: Tx) -> None:
            await self._ledger.start_step(tx, name)

        return write

    def _ending(self, name: str) -> Write:
        async def write(tx: Tx) -> None:
            await self._ledger.end_step(tx, name)

        return write
