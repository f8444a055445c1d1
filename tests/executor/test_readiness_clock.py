"""How long a service may take to be well is counted from when it is first waited for."""

import pytest

from executor.readiness import Readiness
from executor.redaction import Redactor
from tests.executor.engine.fake_engine import FakeEngine
from tests.executor.proxy.fake_proxy import FakeProxy


def test_time_before_the_first_wait_is_not_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image that takes two minutes to build leaves a service of thirty seconds its thirty."""
    now = 1000.0
    monkeypatch.setattr("executor.readiness.time.monotonic", lambda: now)
    readiness = Readiness(FakeEngine(), FakeProxy(), timeout_seconds=30, redactor=Redactor([]))
    now += 120
    assert readiness.left_seconds == 30
