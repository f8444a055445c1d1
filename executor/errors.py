"""The user's kind of failure, shown in their words. Anything else that is raised is ours, and logged."""

from datetime import datetime


class SandboxError(Exception):
    """What a person did cannot be done; ``message`` says why and ``hint`` says what to do now.

    Both are plain text in a person's words, without Slack's markup. Neither ever holds a secret.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidRequestError(SandboxError):
    """An argument is wrong: bad name, unknown app, a life longer than allowed."""


class UnknownSandboxError(SandboxError):
    """No sandbox of that name."""


class WrongStateError(SandboxError):
    """The sandbox is in a state from which this is not possible."""


class BusyError(SandboxError):
    """Another operation holds the sandbox; the message says who, doing what, since when.

    Attributes:
        person_id: who asked for it, as an opaque identity; the message names it as it is.
        doing: what happens to the sandbox, in words: 'being deployed'.
        since: since when, aware.
    """

    def __init__(
        self, message: str, hint: str | None = None, *, person_id: str, doing: str, since: datetime
    ) -> None:
        super().__init__(message, hint)
        self.person_id = person_id
        self.doing = doing
        self.since = since


class LimitReachedError(SandboxError):
    """There is no room: addresses, ports, sandboxes."""


class ManifestError(SandboxError):
    """A manifest is refused; ``problems`` lists every fault with its line."""

    def __init__(self, message: str, hint: str | None = None, *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.problems = problems


class ImageUnavailableError(SandboxError):
    """An image is neither here nor buildable, loadable or pullable."""


class StepFailedError(SandboxError):
    """A step of an operation failed because of what it ran: a container died, health never came.

    Attributes:
        service: the service at fault, if one is.
        log_tail: its last lines, already capped, not yet redacted.
        retryable: whether the same again may succeed.
        out_of_memory: whether the container was killed for using its memory.
    """

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        service: str | None = None,
        log_tail: str = "",
        retryable: bool = True,
        out_of_memory: bool = False,
    ) -> None:
        super().__init__(message, hint)
        self.service = service
        self.log_tail = log_tail
        self.retryable = retryable
        self.out_of_memory = out_of_memory


class EngineUnavailableError(Exception):
    """The Docker engine does not answer. Operations wait for it; it is nobody's mistake."""


class ProxyUnavailableError(Exception):
    """The proxy's runtime socket does not answer. Operations wait for it."""
