"""From the engine's words to our records. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from executor.engine.protocol import ContainerState, EngineEvent
from storage.records import Health

HEALTH_OUTPUT_LIMIT_CHARACTERS = 2000
NEVER = "0001-01-01"
"""How the engine writes that something has not happened."""
ENDED = frozenset({"exited", "dead", "restarting"})

_HEALTH = {"healthy": Health.HEALTHY, "unhealthy": Health.UNHEALTHY}


def container_state(found: Mapping[str, Any]) -> ContainerState:
    """Of an answer to ``GET /containers/{id}/json``."""
    state, config = found["State"], found["Config"]
    check = state.get("Health") or {}
    return ContainerState(
        id=found["Id"],
        name=found["Name"].removeprefix("/"),
        labels=config.get("Labels") or {},
        image=config["Image"],
        state=state["Status"],
        exit_code=state["ExitCode"] if state["Status"] in ENDED else None,
        out_of_memory=bool(state.get("OOMKilled")),
        restarts=int(found.get("RestartCount", 0)),
        started_at=moment(state.get("StartedAt")),
        finished_at=moment(state.get("FinishedAt")),
        health=_HEALTH.get(str(check.get("Status")), Health.UNKNOWN),
        health_output=_last_output(check),
        address=_address(found),
    )


def engine_event(found: Mapping[str, Any]) -> EngineEvent:
    """Of one line of ``GET /events``."""
    attributes: Mapping[str, str] = found["Actor"]["Attributes"]
    code = attributes.get("exitCode")
    return EngineEvent(
        at=datetime.fromtimestamp(found["timeNano"] / 1e9, UTC),
        action=found["Action"],
        container=attributes.get("name", ""),
        labels={name: value for name, value in attributes.items() if name.startswith("sandpiper.")},
        exit_code=int(code) if code is not None else None,
    )


def moment(text: str | None) -> datetime | None:
    """RFC 3339 with up to nine digits of a second, as the engine writes it; None for never."""
    if not text or text.startswith(NEVER):
        return None
    whole, _, rest = text.partition(".")
    digits = rest.rstrip("Z")[:6] if rest else ""
    return datetime.fromisoformat(whole.rstrip("Z")).replace(
        tzinfo=UTC, microsecond=int(digits.ljust(6, "0")) if digits else 0
    )


def _last_output(check: Mapping[str, Any]) -> str:
    log = check.get("Log") or []
    return str(log[-1].get("Output", ""))[:HEALTH_OUTPUT_LIMIT_CHARACTERS] if log else ""


def _address(found: Mapping[str, Any]) -> str | None:
    networks = (found.get("NetworkSettings") or {}).get("Networks") or {}
    for endpoint in networks.values():
        if endpoint.get("IPAddress"):
            return str(endpoint["IPAddress"])
    return None
