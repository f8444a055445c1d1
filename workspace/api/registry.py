"""The table of Web API methods and what each call carries."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from workspace.api.arguments import Arguments
from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.model import App, Token
from workspace.rates import CALLS_PER_MINUTE, SPECIAL_CALLS_PER_MINUTE

Json = dict[str, Any]


@dataclass(kw_only=True)
class Call:
    """One call: the workspace, who calls, and with which arguments."""

    ws: Workspace
    method: str
    args: Arguments
    token: Token = field(default_factory=lambda: Token(value="", kind="none", app_id=""))

    @property
    def app(self) -> App:
        """The calling app."""
        return self.ws.state.apps[self.token.app_id]

    @property
    def user(self) -> str:
        """The user or bot user in whose name the call is made."""
        return self.token.user

    def has_scope(self, *names: str) -> bool:
        """Whether the token has any of these scopes."""
        return any(name in self.token.scopes for name in names)

    def need_scope(self, *names: str) -> None:
        """Insist on any of these scopes."""
        if not self.has_scope(*names):
            raise missing_scope(self.token, names)


Handler = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method: one of `scopes` is needed; `tokens` are the kinds that may call; `per_minute` its budget."""

    name: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    per_minute: int = CALLS_PER_MINUTE[3]
    accepts_json: bool = False
    tokens: tuple[str, ...] = ("bot", "user")
    required: tuple[str, ...] = ()


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    scopes: tuple[str, ...] = (),
    tier: int = 3,
    per_minute: int = 0,
    accepts_json: bool = False,
    tokens: tuple[str, ...] = ("bot", "user"),
    required: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Enter a handler in the table. `tier` is Slack's; 0 is the special tier; `per_minute` overrides it."""

    def enter(handler: Handler) -> Handler:
        METHODS[name] = Method(
            name=name,
            handler=handler,
            scopes=scopes,
            per_minute=per_minute or CALLS_PER_MINUTE.get(tier, SPECIAL_CALLS_PER_MINUTE),
            accepts_json=accepts_json,
            tokens=tokens,
            required=required,
        )
        return handler

    return enter


def missing_scope(token: Token, needed: tuple[str, ...]) -> SlackError:
    """Slack's answer to a token without a scope."""
    return SlackError(
        "missing_scope", fields={"needed": ",".join(needed), "provided": ",".join(token.scopes)}
    )
