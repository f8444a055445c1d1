"""Sends a payload the way its app takes it, lets ordered faults happen, and records what came of it."""

import asyncio
from collections.abc import Coroutine

from workspace.clock import Clock
from workspace.config import Limits
from workspace.delivery.http import HttpDelivery
from workspace.delivery.payload import FAILED, Delivery, Outcome, timed_out
from workspace.delivery.sockets import Sockets
from workspace.faults import Faults
from workspace.inspector import Inspector


class Deliverer:
    """The one way out to apps."""

    def __init__(
        self, *, clock: Clock, limits: Limits, sockets: Sockets, faults: Faults, inspector: Inspector
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._sockets = sockets
        self._faults = faults
        self._inspector = inspector
        self._http = HttpDelivery(clock.now)
        self._background: set[asyncio.Task[None]] = set()

    async def send(self, delivery: Delivery, *, retry: tuple[int, str] | None = None) -> Outcome:
        """Deliver once and wait for the acknowledgement within Slack's deadline."""
        app_id, name = delivery.app.id, delivery.name
        late = self._faults.take("late", app_id=app_id, name=name)
        if late is not None:
            await asyncio.sleep(late.seconds_late)
        if self._faults.take("delivery", app_id=app_id, name=name) is not None:
            self._record(
                delivery, timed_out(), started=self._clock.monotonic(), attempt=0, verdict="lost by order"
            )
            return timed_out()
        duplicate = self._faults.take("duplicate", app_id=app_id, name=name)
        outcome = await self._once(delivery, retry)
        if duplicate is not None:
            self._start(self._again(delivery, duplicate.seconds_late))
        return outcome

    async def _again(self, delivery: Delivery, seconds_late: float) -> None:
        await asyncio.sleep(seconds_late)
        await self._once(delivery, (1, "http_timeout") if delivery.envelope == "events_api" else None)

    async def _once(self, delivery: Delivery, retry: tuple[int, str] | None) -> Outcome:
        started = self._clock.monotonic()
        outcome = await self._transport(delivery, retry)
        outcome = await self._spoil(delivery, outcome, started)
        verdict = (
            f"acknowledged after {self._clock.monotonic() - started:.2f} s" if outcome.ok else outcome.error
        )
        if outcome.error and outcome.reason:
            verdict += f" ({outcome.reason}{f' {outcome.status}' if outcome.status else ''})"
        self._record(delivery, outcome, started=started, attempt=retry[0] if retry else 0, verdict=verdict)
        return outcome

    async def _transport(self, delivery: Delivery, retry: tuple[int, str] | None) -> Outcome:
        seconds = self._limits.ack_seconds
        if delivery.app.socket_mode:
            return await self._sockets.send(delivery, seconds=seconds, retry=retry)
        if not delivery.url:
            return Outcome(ok=False, error=FAILED, reason="connection_failed")
        fault = self._faults.take("signature", app_id=delivery.app.id, name=delivery.name)
        return await self._http.send(
            delivery, seconds=seconds, retry=retry, signature_fault=fault.mode if fault else ""
        )

    async def _spoil(self, delivery: Delivery, outcome: Outcome, started: float) -> Outcome:
        fault = self._faults.take("ack", app_id=delivery.app.id, name=delivery.name)
        if fault is None or not outcome.ok:
            return outcome
        left = self._limits.ack_seconds - (self._clock.monotonic() - started)
        if fault.mode == "lost" or fault.seconds_late > left:
            await asyncio.sleep(max(0.0, left))
            return timed_out()
        await asyncio.sleep(fault.seconds_late)
        return outcome

    def _record(
        self, delivery: Delivery, outcome: Outcome, *, started: float, attempt: int, verdict: str
    ) -> None:
        self._inspector.record(
            at=self._clock.now(),
            kind="delivery",
            app=(delivery.app.id, delivery.app.name),
            name=delivery.name,
            request=delivery.payload,
            response=outcome.answer,
            status=outcome.status,
            verdict=verdict,
            ok=outcome.ok,
            duration_ms=(self._clock.monotonic() - started) * 1000,
            attempt=attempt,
            transport="socket" if delivery.app.socket_mode else "http",
        )

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """Stop what is under way."""
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._http.close()
