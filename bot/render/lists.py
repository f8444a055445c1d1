"""What one person is shown on asking: a list, one sandbox in full, its address, its logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.controls import Control
from bot.grammar.commands import Logs, Scope
from bot.render import text as t
from bot.render import words
from bot.render.blocks import (
    Message,
    Part,
    Snippet,
    actions,
    button,
    context,
    fields,
    link_button,
    message,
    output,
    section,
)
from bot.render.outcome import INLINE_LINES_LIMIT
from executor.log_lines import StoredLine
from storage.records import Health, Operation, Route, RouteKind, Sandbox, SandboxStatus, Service

PAGE_SIZE = 12
SERVICES_SHOWN_LIMIT = 12
NO_CONTAINER = "absent"
"""The state of a service that has no container now."""
_WHOSE = {
    Scope.MINE: "Your sandboxes",
    Scope.CHANNEL: "Sandboxes of this channel",
    Scope.ALL: "All sandboxes",
}
_NONE = {
    Scope.MINE: "You have no sandboxes.",
    Scope.CHANNEL: "This channel has no sandboxes.",
    Scope.ALL: "There are no sandboxes.",
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a longer list."""

    sandboxes: tuple[Sandbox, ...]
    page: int
    """From 1."""
    pages: int
    total: int


def page_of(sandboxes: Sequence[Sandbox], page: int, size: int = PAGE_SIZE) -> Page:
    """Cut a list into pages and take one; a page beyond the end is the last."""
    pages = max(1, -(-len(sandboxes) // size))
    page = min(max(1, page), pages)
    shown = tuple(sandboxes[(page - 1) * size : page * size])
    return Page(sandboxes=shown, page=page, pages=pages, total=len(sandboxes))


def listing(scope: Scope, page: Page, command: str) -> Message:
    """A list with one line and one button for each sandbox."""
    if not page.total:
        return message([section(f"{_NONE[scope]} Start one with {t.code(f'{command} deploy')}.")])
    of = f", page {page.page} of {page.pages}" if page.pages > 1 else ""
    parts = [section(f"*{_WHOSE[scope]}* ({page.total}{of})")]
    parts += [_row(sandbox) for sandbox in page.sandboxes]
    return message([*parts, *_pager(scope, page)])


def _row(sandbox: Sandbox) -> Part:
    name = f"{words.mark(sandbox)} *{t.one_line(sandbox.name, 60)}* · {t.code(words.app(sandbox))}"
    lines = [f"{name} · {t.cut(words.state(sandbox), 250)} · {t.person(sandbox.owner_id)}"]
    if sandbox.status is SandboxStatus.RUNNING and sandbox.url:
        lines.append(f"{t.link(sandbox.url, t.cut(sandbox.url, 100))} · until {words.expires(sandbox)}")
    elif sandbox.retain_until:
        lines.append(f"Kept until {t.clock(sandbox.retain_until)}")
    return section(
        "\n".join(lines), accessory=button("Status", Control(verb="status", sandbox_id=sandbox.id))
    )


def _pager(scope: Scope, page: Page) -> list[Part]:
    def turn(label: str, to: int) -> dict[str, object]:
        return button(label, Control(verb="list", argument=f"{scope}.{to}"))

    return actions(
        [
            turn("← Newer", page.page - 1) if page.page > 1 else None,
            turn("Older →", page.page + 1) if page.page < page.pages else None,
        ]
    )


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Everything that is known of one sandbox."""

    sandbox: Sandbox
    operation: Operation | None
    services: Sequence[Service]
    routes: Sequence[Route]
    sign_in: str | None
    """For the owner's eyes only."""


def status(detail: Detail, gateway_host: str) -> Message:
    """One sandbox in full, for the person who asked."""
    sandbox = detail.sandbox
    parts = [
        section(
            f"{words.mark(sandbox)} *{t.one_line(sandbox.name, 60)}* · {t.one_line(sandbox.title, 150)}\n"
            f"{words.state(sandbox, detail.operation)}"
        ),
        fields(_facts(detail, gateway_host)),
    ]
    if detail.services and sandbox.status is not SandboxStatus.DESTROYED:
        parts.append(section("\n".join(map(_service, detail.services[:SERVICES_SHOWN_LIMIT]))))
    if detail.sign_in and sandbox.status is SandboxStatus.RUNNING:
        parts.append(section(f"🔑 How to sign in (only you see this):\n{t.escape(detail.sign_in, 2000)}"))
    return message(parts)


def _facts(detail: Detail, gateway_host: str) -> list[tuple[str, str]]:
    sandbox = detail.sandbox
    pairs = [
        ("Owner", t.person(sandbox.owner_id)),
        ("App", t.code(words.app(sandbox))),
        ("Created", t.clock(sandbox.created_at)),
        ("Limits", f"{t.cpus(sandbox.cpus)}, {t.size(sandbox.memory_bytes)} memory"),
    ]
    if sandbox.status is SandboxStatus.DESTROYED:
        return pairs
    if sandbox.status in (SandboxStatus.STOPPED, SandboxStatus.FAILED):
        kept = t.clock(sandbox.retain_until) if sandbox.retain_until else "for a while"
        return [*pairs, ("Kept until", kept)]
    pairs += [("Expires", words.expires(sandbox)), ("Idle until", words.idles(sandbox))]
    if sandbox.last_active_at:
        signal = f" ({t.one_line(sandbox.last_signal, 80)})" if sandbox.last_signal else ""
        pairs.append(("Last used", f"{t.clock(sandbox.last_active_at)}{signal}"))
    ways = [_way(route, sandbox.url or "", gateway_host) for route in detail.routes]
    if ways:
        pairs.append(("Ways in", "\n".join(ways[:10])))
    return pairs


def _way(route: Route, url: str, gateway_host: str) -> str:
    """A route as something to press or to copy. ``url``: the front door's, for scheme and port."""
    where = urlsplit(url)
    port = f":{where.port}" if where.port else ""
    if route.kind is RouteKind.PORT:
        shown = t.code(f"{gateway_host}:{route.match}")
    elif route.kind is RouteKind.PATH:
        shown = t.link(f"{where.scheme}://{gateway_host}{port}/{route.match}/", f"/{route.match}")
    else:
        shown = t.link(f"{where.scheme}://{route.match}{port}", route.match)
    return f"{shown} → {t.one_line(route.service, 60)}:{route.port}"


def _service(service: Service) -> str:
    health = {
        Health.HEALTHY: ", healthy",
        Health.UNHEALTHY: ", unhealthy",
        Health.DEGRADED: ", degraded",
        Health.UNKNOWN: "",
    }[service.health]
    reason = (
        f": {t.one_line(service.health_reason, 150)}"
        if service.health_reason and service.health is not Health.HEALTHY
        else ""
    )
    restarts = f", restarted {service.restarts} times" if service.restarts else ""
    limits = f"{t.cpus(service.cpus)}, {t.size(service.memory_bytes)}"
    state = "stopped" if service.state == NO_CONTAINER else t.one_line(service.state, 40)
    return f"• {t.code(service.name)} {state}{health}{reason}{restarts} ({limits})"


def address(sandbox: Sandbox) -> Message:
    """Its address, or why there is none now."""
    name = t.one_line(sandbox.name, 60)
    if sandbox.status is SandboxStatus.RUNNING and sandbox.url:
        opening = actions([link_button("Open", sandbox.url, style="primary")])
        return message([section(f"*{name}* is at {t.link(sandbox.url, sandbox.url)}"), *opening])
    at_rest = sandbox.status in (SandboxStatus.STOPPED, SandboxStatus.FAILED)
    start = (
        button("Start", Control(verb="start", sandbox_id=sandbox.id), style="primary") if at_rest else None
    )
    return message(
        [section(f"*{name}* has no address that answers now. {words.state(sandbox)}."), *actions([start])]
    )


def shown_lines(stored: Sequence[StoredLine]) -> list[str]:
    """Lines as they are shown: which service wrote them only where there are several."""
    several = len({line.service for line in stored}) > 1
    return [f"{line.service} | {line.text}" if several else line.text for line in stored]


def logs(sandbox: Sandbox, query: Logs, lines: Sequence[str]) -> tuple[Message, Snippet | None]:
    """The newest lines inline; where there are more, all of them as a file."""
    name = t.one_line(sandbox.name, 60)
    if not lines:
        return message([section(f"*{name}* wrote nothing{_filters(query)}.")]), None
    text = "\n".join(lines)
    shown = t.output_lines(text, INLINE_LINES_LIMIT)
    whole = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
    count = f"The last {len(shown)} of {whole}" if len(lines) > len(shown) else whole
    parts = [section(f"{count} of *{name}*{_filters(query)}:"), output("\n".join(shown))]
    if len(lines) <= len(shown):
        return message(parts), None
    file = Snippet(
        filename=f"{sandbox.name}.log", title=f"{sandbox.name}: {len(lines)} lines", text=t.printable(text)
    )
    return message([*parts, context("All of them come as a file.")]), file


def _filters(query: Logs) -> str:
    said = [
        f"of {t.code(query.service)}" if query.service else "",
        f"with {t.code(query.grep, 60)}" if query.grep else "",
        f"in the last {t.length(query.since_seconds)}" if query.since_seconds else "",
    ]
    shown = " ".join(part for part in said if part)
    return f" ({shown})" if shown else ""
