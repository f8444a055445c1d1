"""Whatever the rows hold, Slack accepts what is drawn, and nobody is pinged by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.grammar import Logs, Scope
from bot.render import answers, expiry, forms, home, lists, outcome
from bot.render.blocks import Message
from bot.render.card import card
from bot.render.progress import progress
from executor.errors import SandboxError
from storage.records import EventKind, OperationStatus, Sandbox, SandboxStatus, Step, StepStatus
from tests.bot import rows
from tests.bot.render.scenes import MESSAGES, VIEWS
from workspace.blockkit import validate_message, validate_view
from workspace.blockkit.mrkdwn import mentions_in_message

HOSTILE = (
    "<!channel> @here <@U9> ```\n*bold* &lt;!everyone> \x1b[31mred\x1b[0m \u202egnp <http://evil|x> " * 400
)
GIBIBYTE = 1024**3


def extreme(**given: Any) -> Sandbox:
    """A sandbox whose every text is as long and as hostile as it can be."""
    usual = rows.sandbox(
        name="a" * 40,
        app="b" * 64,
        title=HOSTILE,
        status_reason=HOSTILE,
        health_reason=HOSTILE,
        url="http://" + "u" * 2900 + ".localhost",
        last_signal=HOSTILE,
        retain_until=rows.NOW + timedelta(days=3),
    )
    return replace(usual, **given)


def _card(status: SandboxStatus) -> Message:
    return card(extreme(status=status))


def _failure() -> Message:
    error = {
        "step": HOSTILE,
        "message": HOSTILE,
        "hint": HOSTILE,
        "service": HOSTILE,
        "log_tail": HOSTILE * 3,
    }
    failed = extreme(status=SandboxStatus.FAILED)
    return outcome.failure(
        failed, rows.operation(status=OperationStatus.FAILED, error=error | {"retryable": True})
    )


def _progress() -> Message:
    step = Step(
        operation_id="op1",
        position=0,
        name=HOSTILE,
        status=StepStatus.RUNNING,
        detail=HOSTILE,
        started_at=rows.NOW,
        finished_at=None,
    )
    return progress(extreme(), rows.operation(), (step,) * 100)


def _detail() -> lists.Detail:
    service = rows.service(name="s" * 60, state=HOSTILE, health_reason=HOSTILE)
    return lists.Detail(
        sandbox=extreme(),
        operation=None,
        services=[service] * 50,
        routes=[rows.route(match="m" * 250)] * 50,
        sign_in=HOSTILE,
    )


EXTREMES: dict[str, Callable[[], Message]] = {
    **{f"card_{status}": partial(_card, status) for status in SandboxStatus},
    "progress": _progress,
    "ready": lambda: outcome.ready(extreme(), rows.operation(), sign_in_sent=True),
    "sign_in": lambda: outcome.sign_in(extreme(), HOSTILE),
    "failure": _failure,
    "receipt": lambda: outcome.receipt(
        extreme(),
        rows.event(EventKind.SANDBOX_DESTROYED, by=HOSTILE, cause=HOSTILE, kept=HOSTILE, until=HOSTILE),
    ),
    "died": lambda: outcome.died(
        extreme(), rows.event(EventKind.SANDBOX_DIED, service=HOSTILE, reason=HOSTILE, log_tail=HOSTILE)
    ),
    "repaired": lambda: outcome.repaired(extreme(), rows.event(EventKind.SANDBOX_REPAIRED, what=HOSTILE)),
    "warning": lambda: expiry.warning(
        extreme(), rows.event(EventKind.SANDBOX_EXPIRING, clock="hard", deadline=rows.NOW.isoformat())
    ),
    "expired": lambda: expiry.expired(
        extreme(status=SandboxStatus.STOPPED),
        rows.event(
            EventKind.SANDBOX_EXPIRED, clock="idle", last_signal=HOSTILE, last_active_at=rows.NOW.isoformat()
        ),
    ),
    "list_of_200": lambda: lists.listing(Scope.ALL, lists.page_of([extreme()] * 200, 3), "/sandbox"),
    "status": lambda: lists.status(_detail(), "gateway.example.org"),
    "address": lambda: lists.address(extreme()),
    "logs": lambda: lists.logs(
        extreme(), Logs(sandbox="x", lines=100, service=HOSTILE, grep=HOSTILE), HOSTILE.split("\n")
    )[0],
    "mistake": lambda: answers.mistake(SandboxError(HOSTILE, HOSTILE), "/sandbox"),
    "cannot_post": lambda: answers.cannot_post(HOSTILE, HOSTILE, HOSTILE[:2000]),
}
OWN_MENTIONS = {"U1", "user"}


@pytest.mark.parametrize("name", [*EXTREMES, *MESSAGES])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_slack_accepts_every_message(name: str, method: str) -> None:
    """Within the counts and lengths of messages and edits, whatever the rows hold."""
    drawn = (EXTREMES | dict(MESSAGES))[name]()
    payload = {"channel": "C1", "text": drawn.text, "blocks": list(drawn.blocks)}
    assert validate_message(payload, method=method) == []
    assert 0 < len(drawn.text) <= 4000


@pytest.mark.parametrize("name", EXTREMES)
def test_foreign_text_pings_nobody(name: str) -> None:
    """The only mention in any message is one that we wrote: a person of the row."""
    drawn = EXTREMES[name]()
    found = mentions_in_message({"text": drawn.text, "blocks": list(drawn.blocks)})
    assert {mention.target for mention in found if mention.target != "U1"} == set()


@pytest.mark.parametrize("name", EXTREMES)
def test_foreign_text_carries_no_control_characters(name: str) -> None:
    """Neither terminal sequences nor direction marks reach a reader."""
    shown = repr((EXTREMES[name]().text, EXTREMES[name]().blocks))
    assert "\\x1b" not in shown
    assert "\\u202e" not in shown


def _many_apps(count: int) -> list[forms.AppChoice]:
    return [
        forms.AppChoice(
            app=f"app-{number}",
            title=HOSTILE,
            description=HOSTILE,
            icon="tada",
            ttl_seconds=3600,
            memory_bytes=GIBIBYTE,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    "view",
    [
        *VIEWS.values(),
        lambda: forms.deploy_form(_many_apps(100), channel_id="C1", max_memory_bytes=1),
        lambda: forms.deploy_form(_many_apps(350), channel_id="", max_memory_bytes=64 * GIBIBYTE),
        lambda: forms.wizard(_many_apps(350), channel_id="C1"),
        lambda: forms.extend_form(extreme()),
        lambda: forms.destroy_form(extreme()),
        lambda: forms.answer(HOSTILE, HOSTILE),
        forms.no_apps,
        lambda: home.home([extreme()] * 200, 4, "/sandbox"),
    ],
)
def test_slack_accepts_every_view(view: Callable[[], dict[str, Any]]) -> None:
    """Within the counts and lengths of modals and Home."""
    drawn = view()
    assert validate_view(drawn, surface=drawn["type"]) == []


def test_a_button_keeps_below_the_length_of_a_menu_option() -> None:
    """Every value fits where Slack allows least."""
    values = [
        option["value"]
        for block in card(extreme()).blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "overflow"
        for option in element["options"]
    ]
    assert values
    assert all(len(value) <= 75 for value in values)
