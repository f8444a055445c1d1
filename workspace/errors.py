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
