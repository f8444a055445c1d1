"""The one door for what a person asks: checks it, writes it in one transaction, calls no engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from executor import submit_change, submit_deploy
from executor.apps import Apps, Offer
from executor.config import ExecutorConfig
from executor.enqueue import Asked
from executor.errors import UnknownSandboxError
from executor.requests import Cancel, Deploy, Destroy, Extend, Request, Restart, Start, Stop
from storage import operations, sandboxes, submissions
from storage.database import Database, Tx
from storage.records import Actor, Operation, Sandbox, StopCause
from storage.vault import Vault

Change = Stop | Restart | Extend | Destroy | Cancel
"""Requests about a sandbox that are decided by its rows alone."""


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What became of a request."""

    sandbox: Sandbox
    operation: Operation | None
    """None where nothing had to be queued."""


class Submitter:
    """Turns requests into rows."""

    def __init__(
        self,
        *,
        database: Database,
        config: ExecutorConfig,
        apps: Apps,
        vault: Vault,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._config = config
        self._apps = apps
        self._vault = vault
        self._clock = clock

    async def submit(
        self, request: Request, *, by: Actor, key: str | None, trace_id: str | None = None
    ) -> Submitted:
        """Write what is asked. The same key again changes nothing and returns the same.

        Raises SandboxError, and then nothing was written.
        """
        offer = await self._apps.offer() if isinstance(request, Deploy) else None
        asked = Asked(by=by, now=self._clock(), key=key, trace_id=trace_id)
        async with self._database.write() as tx:
            known = None if key is None else await submissions.get(tx, key)
            if known is not None:
                return await _recall(tx, known)
            sandbox, operation = await self._write(tx, request, offer, asked)
            if key is not None:
                operation_id = operation.id if operation else None
                await submissions.add(
                    tx, key, sandbox_id=sandbox.id, operation_id=operation_id, now=asked.now
                )
        return Submitted(sandbox=sandbox, operation=operation)

    async def _write(self, tx: Tx, request: Request, offer: Offer | None, asked: Asked) -> submit_change.Done:
        """Hand the request to what knows it."""
        if isinstance(request, Deploy):
            return await self._deploy(tx, request, offer, asked)
        sandbox = await find_sandbox(tx, request.sandbox, asked.by)
        if isinstance(request, Start):
            manifest = self._apps.read(sandbox.manifest, app=sandbox.app)
            return await submit_change.start(
                tx, sandbox, request, asked, manifest=manifest, config=self._config
            )
        return await self._change(tx, sandbox, request, asked)

    async def _change(self, tx: Tx, sandbox: Sandbox, request: Change, asked: Asked) -> submit_change.Done:
        """What needs no manifest."""
        match request:
            case Stop():
                return await submit_change.stop(tx, sandbox, asked, cause=StopCause.PERSON)
            case Restart():
                return await submit_change.restart(tx, sandbox, request, asked)
            case Extend():
                return await submit_change.extend(tx, sandbox, request, asked, self._config)
            case Destroy():
                return await submit_change.destroy(tx, sandbox, asked, cause="person")
            case Cancel():
                return await submit_change.cancel(tx, sandbox, asked, self._config)

    async def _deploy(self, tx: Tx, request: Deploy, offer: Offer | None, asked: Asked) -> submit_change.Done:
        """Find the app, then write the sandbox."""
        assert offer is not None  # noqa: S101  read above for every deploy
        manifest, version = await self._apps.find(tx, offer, request.app, request.version, now=asked.now)
        chosen = submit_deploy.Chosen(manifest=manifest, version=version)
        return await submit_deploy.deploy(tx, request, chosen, asked, config=self._config, vault=self._vault)


async def _recall(tx: Tx, known: submissions.Submission) -> Submitted:
    """What an earlier request with the same key became, as it is now."""
    sandbox = await sandboxes.get(tx, known.sandbox_id)
    if sandbox is None:
        raise UnknownSandboxError("That sandbox is gone.")
    operation = None if known.operation_id is None else await operations.get(tx, known.operation_id)
    return Submitted(sandbox=sandbox, operation=operation)


async def find_sandbox(tx: Tx, name: str, by: Actor) -> Sandbox:
    """The sandbox of this id or name in the asker's own team. Raises UnknownSandboxError with a near name."""
    plain = name.strip().lower()
    sandbox = await sandboxes.get(tx, plain) or await sandboxes.by_name(tx, plain)
    if sandbox is not None and sandbox.team_id == by.team_id:
        return sandbox
    known: Sequence[str] = [found.name for found in await sandboxes.find(tx, team_id=by.team_id)]
    near = get_close_matches(plain, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "See them all: list"
    raise UnknownSandboxError(f"There is no sandbox called “{name[:60]}”.", hint)
