"""The arguments of a Web API call, merged from query and body, whatever the encoding."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from workspace.errors import InvalidArguments, SlackError
from workspace.ids import is_ts

POST_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
TRUE_WORDS = ("1", "true", "yes", "on")
MAX_BODY_BYTES = 8 * 1024 * 1024
DEFAULT_PAGE = 100
MAX_PAGE = 1_000


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a caller sent: `form` from query and form fields, `document` from a JSON body."""

    form: dict[str, Any]
    document: dict[str, Any]


async def read_sent(request: web.Request) -> Sent:
    """Read a request's arguments. Raises SlackError as Slack does for a body it cannot read."""
    form: dict[str, Any] = dict(request.query)
    form |= _basic_credentials(request.headers.get("Authorization", ""))
    if request.method != "POST" or not request.body_exists:
        return Sent(form=form, document={})
    if "Content-Type" not in request.headers:
        raise SlackError("missing_post_type")
    if request.content_type not in POST_TYPES and request.content_length != 0:
        raise SlackError("invalid_post_type")
    if (request.charset or "utf-8").lower() not in ("utf-8", "iso-8859-1"):
        raise SlackError("invalid_charset")
    if request.content_type == "application/json":
        return Sent(form=form, document=_json_object(await request.read()))
    try:
        form |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    except ValueError as error:
        raise SlackError("invalid_form_data") from error
    return Sent(form=form, document={})


def _basic_credentials(header: str) -> dict[str, str]:
    """An app's client id and secret out of HTTP Basic authentication, as OAuth clients may send them."""
    if not header.lower().startswith("basic "):
        return {}
    try:
        client_id, _, secret = base64.b64decode(header[len("basic ") :]).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote(client_id), "client_secret": unquote(secret)}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(document, dict):
        raise SlackError("json_not_object")
    return document


class Arguments:
    """Typed access to arguments. Each getter raises SlackError if the value cannot be what is asked for."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = {key: value for key, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def require(self, *names: str) -> None:
        """Insist on these arguments."""
        missing = [name for name in names if self.values.get(name) in (None, "")]
        if missing:
            raise InvalidArguments(*(f"missing required field: {name}" for name in missing))

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken as their digits."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InvalidArguments(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def ts(self, name: str) -> str:
        """A message timestamp: a string with six decimals; "" if it was not sent."""
        value = self.values.get(name, "")
        if value and not is_ts(value):
            raise InvalidArguments(f"must be a timestamp such as 1503435956.000247 [json-pointer:/{name}]")
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A truth value."""
        value = self.values.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in TRUE_WORDS

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidArguments(f"must be an integer [json-pointer:/{name}]")
        return value

    def json(self, name: str, error: str = "") -> Any:
        """A JSON value, sent as such or as a string; None if it was not sent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as fault:
            if not error:
                raise InvalidArguments(f"must be valid JSON [json-pointer:/{name}]") from fault
            raise SlackError(error) from fault

    def names(self, name: str) -> list[str]:
        """A list of ids: an array, or joined by commas."""
        value = self.values.get(name, "")
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value).split(",") if part.strip()]

    def limit(self) -> int:
        """The size of a page."""
        limit = self.integer("limit", DEFAULT_PAGE)
        if not 0 <= limit <= MAX_PAGE:
            raise SlackError("invalid_limit")
        return limit or DEFAULT_PAGE
