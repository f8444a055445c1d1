"""Every message the bot can show, drawn from usual rows: the goldens and the limits are tested on these."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.grammar import VERBS, GrammarError, Logs, Scope, find_verb
from bot.render import answers, expiry, forms, home, lists, outcome
from bot.render.blocks import Block, Message
from bot.render.card import card
from bot.render.progress import progress
from executor.errors import ManifestError
from executor.requests import Deploy, Destroy, Extend
from storage.records import (
    Event,
    EventKind,
    Health,
    Operation,
    OperationKind,
    OperationStatus,
    RouteKind,
    Sandbox,
    SandboxStatus,
    StopCause,
)
from tests.bot import rows

COMMAND = "/sandbox"
APP = forms.AppChoice(
    app="csv-explorer",
    title="CSV explorer",
    description="Upload a CSV, filter it, chart it.",
    icon="bar_chart",
    ttl_seconds=8 * 3600,
    memory_bytes=512 * rows.MEBIBYTE,
)
KEPT = rows.NOW + timedelta(days=3)
GIBIBYTE = 1024**3


def stopped(cause: StopCause = StopCause.EXPIRED) -> Sandbox:
    """A sandbox at rest."""
    return rows.sandbox(status=SandboxStatus.STOPPED, stop_cause=cause, retain_until=KEPT, expires_at=None)


def failed() -> Sandbox:
    """A sandbox whose deploy failed."""
    reason = "the container used its 512 MB and was killed"
    return rows.sandbox(status=SandboxStatus.FAILED, status_reason=reason, retain_until=KEPT, expires_at=None)


def finished() -> Operation:
    """A deploy that took 12 seconds."""
    return rows.operation(status=OperationStatus.SUCCEEDED, finished_at=rows.NOW + timedelta(seconds=12))


def failed_operation(**error: object) -> Operation:
    """A deploy that failed at the step healthy."""
    told = {
        "step": "healthy",
        "message": "the container used its 512 MB and was killed",
        "hint": "Give it more memory.",
        "service": "web",
        "log_tail": "loading\nMemoryError",
        "retryable": True,
    }
    return rows.operation(status=OperationStatus.FAILED, error=told | error)


def _status_detail(sandbox: Sandbox) -> lists.Detail:
    gateway = rows.route(RouteKind.PORT, "20000")
    return lists.Detail(
        sandbox=sandbox,
        operation=None,
        services=[
            rows.service(),
            rows.service(name="db", health=Health.UNHEALTHY, health_reason="no answer", restarts=2),
            rows.service(name="worker", state="absent"),
        ],
        routes=[rows.route(), rows.route(RouteKind.PATH, "t/cool-panda-123"), gateway],
        sign_in="User: admin\nPassword: <secret>",
    )


def _logs(count: int) -> Message:
    shown, _ = lists.logs(
        rows.sandbox(), Logs(sandbox="x", lines=100, grep="err"), [f"line {n}" for n in range(count)]
    )
    return shown


MESSAGES: Mapping[str, Callable[[], Message]] = {
    "card_pending": lambda: card(
        rows.sandbox(status=SandboxStatus.PENDING, expires_at=None, last_active_at=None), rows.operation()
    ),
    "card_running": lambda: card(rows.sandbox(), None, ("localhost:20000",)),
    "card_degraded": lambda: card(rows.sandbox(health=Health.DEGRADED, health_reason="db restarted twice")),
    "card_stopped": lambda: card(stopped()),
    "card_failed": lambda: card(failed()),
    "card_destroy_waiting": lambda: card(
        rows.sandbox(),
        rows.operation(
            kind=OperationKind.DESTROY,
            status=OperationStatus.QUEUED,
            waiting_reason="the engine does not answer",
        ),
    ),
    "card_destroyed": lambda: card(rows.sandbox(status=SandboxStatus.DESTROYED, destroyed_at=rows.NOW)),
    "progress_running": lambda: progress(
        rows.sandbox(), rows.operation(), rows.deploy_steps(2, detail="creating sandbox-cool-panda-123-web")
    ),
    "progress_done": lambda: progress(
        rows.sandbox(),
        finished(),
        rows.deploy_steps(5),
    ),
    "progress_waiting": lambda: progress(
        rows.sandbox(),
        rows.operation(status=OperationStatus.QUEUED, waiting_reason="the engine does not answer"),
        rows.deploy_steps(0),
    ),
    "ready": lambda: outcome.ready(rows.sandbox(), finished(), sign_in_sent=True),
    "ready_for_a_short_life": lambda: outcome.ready(
        replace(rows.sandbox(), ttl_seconds=180), finished(), sign_in_sent=False
    ),
    "ready_no_more": lambda: outcome.ready(stopped(), finished(), sign_in_sent=True),
    "sign_in": lambda: outcome.sign_in(rows.sandbox(), "User: admin\nPassword: s3cret"),
    "failure_out_of_memory": lambda: outcome.failure(failed(), failed_operation(out_of_memory=True)),
    "failure_retryable": lambda: outcome.failure(failed(), failed_operation()),
    "failure_final": lambda: outcome.failure(failed(), failed_operation(retryable=False, log_tail="")),
    "failure_ours": lambda: outcome.failure(failed(), failed_operation(error_id="a1b2c3", log_tail="")),
    "failure_before_it_ran": lambda: outcome.failure(
        failed(), failed_operation(step="images", retryable=False, log_tail="")
    ),
    "cancelled": lambda: outcome.cancelled(failed(), rows.operation(status=OperationStatus.CANCELLED), "U2"),
    "receipt": lambda: outcome.receipt(
        rows.sandbox(status=SandboxStatus.DESTROYED),
        rows.event(
            EventKind.SANDBOX_DESTROYED,
            by="system",
            cause="its retention time ended",
            kept="its logs",
            until=KEPT.isoformat(),
        ),
    ),
    "died": lambda: outcome.died(
        rows.sandbox(), rows.event(EventKind.SANDBOX_DIED, service="web", reason="it ended", log_tail="bye")
    ),
    "repaired": lambda: outcome.repaired(
        rows.sandbox(), rows.event(EventKind.SANDBOX_REPAIRED, what="its route")
    ),
    "warning_hard": lambda: expiry.warning(
        rows.sandbox(expires_at=rows.NOW + timedelta(minutes=10)), _expiring("hard")
    ),
    "warning_put_off": lambda: expiry.warning(rows.sandbox(), _expiring("hard")),
    "warning_idle": lambda: expiry.warning(rows.sandbox(), _expiring("idle")),
    "extended": lambda: expiry.extended(
        rows.sandbox(),
        rows.event(EventKind.SANDBOX_EXTENDED, by="U2", deadline=KEPT.isoformat(), seconds=3600),
    ),
    "expired": lambda: expiry.expired(
        stopped(),
        rows.event(
            EventKind.SANDBOX_EXPIRED,
            clock="idle",
            deadline=rows.NOW.isoformat(),
            last_signal="a request",
            last_active_at=(rows.NOW - timedelta(hours=2)).isoformat(),
        ),
    ),
    "stopped_by_person": lambda: expiry.stopped(stopped(StopCause.PERSON), "U2"),
    "list": lambda: lists.listing(
        Scope.ALL, lists.page_of([replace(rows.sandbox(), id=str(n)) for n in range(30)], 2), COMMAND
    ),
    "list_empty": lambda: lists.listing(Scope.MINE, lists.page_of([], 1), COMMAND),
    "status": lambda: lists.status(_status_detail(rows.sandbox()), "localhost"),
    "status_stopped": lambda: lists.status(_status_detail(stopped()), "localhost"),
    "address": lambda: lists.address(rows.sandbox()),
    "address_stopped": lambda: lists.address(stopped()),
    "logs_of_one_line": lambda: _logs(1),
    "logs_short": lambda: _logs(2),
    "logs_long": lambda: _logs(40),
    "logs_none": lambda: _logs(0),
    "help": lambda: answers.help_all(VERBS, COMMAND),
    "help_deploy": lambda: answers.help_verb(find_verb("deploy") or VERBS[0], COMMAND),
    "mistake": lambda: answers.mistake(
        GrammarError(
            "“al” is not one of <mine>.", usage="list [mine]", example="list all", suggestion="list all"
        ),
        COMMAND,
    ),
    "mistake_in_a_manifest": lambda: answers.mistake(
        ManifestError(
            "The manifest of “shop” has 7 problems.",
            "Correct the lines named.",
            problems=tuple(f"line {n}: services.web: wrong" for n in range(1, 8)),
        ),
        COMMAND,
    ),
    "our_fault": lambda: answers.our_fault("a1b2c3"),
    "accepted_deploy": lambda: answers.accepted(Deploy(app="echo", channel_id="C1"), rows.sandbox()),
    "accepted_destroy": lambda: answers.accepted(Destroy(sandbox="x"), rows.sandbox()),
    "accepted_extend": lambda: answers.accepted(Extend(sandbox="x", seconds=3600), rows.sandbox()),
    "form_button": lambda: answers.form_button(COMMAND),
    "file_follows": lambda: answers.file_follows(rows.sandbox()),
    "file_refused": lambda: answers.file_refused("file_uploads_disabled"),
    "welcome": lambda: answers.welcome(COMMAND),
    "greeting": lambda: answers.greeting(COMMAND),
    "cannot_post": lambda: answers.cannot_post("cool-panda-123", "C1", "http://x.localhost"),
}

VIEWS: Mapping[str, Callable[[], Block]] = {
    "view_deploy": lambda: forms.deploy_form([APP], channel_id="C1", max_memory_bytes=4 * GIBIBYTE),
    "view_deploy_from_home": lambda: forms.deploy_form(
        [APP], channel_id="", chosen=APP, max_memory_bytes=4 * GIBIBYTE
    ),
    "view_wizard": lambda: forms.wizard([APP], channel_id="C1"),
    "view_extend": lambda: forms.extend_form(rows.sandbox()),
    "view_destroy": lambda: forms.destroy_form(rows.sandbox()),
    "view_home": lambda: home.home([rows.sandbox(), stopped()], 1, COMMAND),
    "view_home_empty": lambda: home.home([], 1, COMMAND),
}


def _expiring(clock: str) -> Event:
    deadline = (rows.NOW + timedelta(minutes=10)).isoformat()
    return rows.event(EventKind.SANDBOX_EXPIRING, clock=clock, deadline=deadline, mark_seconds=600)
