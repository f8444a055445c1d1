"""How the workspace refuses a call, in Slack's own words."""

from collections.abc import Mapping


class SlackError(Exception):
    """A refusal that the caller of the Web API is told about.

    `code` is Slack's error string (`channel_not_found`), `status` the HTTP status (Slack answers 200 to
    nearly every refusal), `fields` what else the body carries (`needed`, `errors`, `response_metadata`).
    """

    def __init__(self, code: str, *, status: int = 200, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.fields: dict[str, object] = dict(fields or {})

    def body(self) -> dict[str, object]:
        """The JSON body of the answer."""
        return {"ok": False, "error": self.code, **self.fields}


class RateLimited(SlackError):  # noqa: N818  # named for what Slack says
    """HTTP 429 with `Retry-After`."""

    def __init__(self, retry_after_seconds: int, code: str = "ratelimited") -> None:
        super().__init__(code, status=429)
        self.retry_after_seconds = retry_after_seconds


class InvalidArguments(SlackError):  # noqa: N818  # named for what Slack says
    """`invalid_arguments` with Slack's list of what is wrong."""

    def __init__(self, *messages: str) -> None:
        super().__init__(
            "invalid_arguments",
            fields={"response_metadata": {"messages": [f"[ERROR] {m}" for m in messages]}},
        )


class Refused(Exception):  # noqa: N818  # not an error of the program
    """What a person at the page is told that the workspace will not do; `fields` are for the page alone."""

    def __init__(self, code: str, message: str, *, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields: dict[str, object] = dict(fields or {})

    def body(self) -> dict[str, object]:
        """The JSON body that the page receives."""
        return {"ok": False, "error": self.code, "message": self.message, **self.fields}
