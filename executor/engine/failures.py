"""What can go wrong between us and the engine, in two words: it does not answer, or it answers with a
refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

import docker.errors
import requests.exceptions
import urllib3.exceptions

from executor.errors import EngineUnavailableError

BAD_REQUEST = 400
NOT_FOUND = 404
CONFLICT = 409
GATEWAY_TROUBLE = frozenset({502, 503, 504})
"""What a socket proxy, or an engine that shuts down, answers in the engine's place."""


class EngineCallError(Exception):
    """The engine answered and refused. Ours, unless the caller knows a person's word for it.

    Attributes:
        status: the HTTP status of the answer.
        message: the engine's own words.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's exceptions into ours, so that nothing above this room knows the SDK."""
    try:
        yield
    except docker.errors.APIError as error:
        status = error.status_code or 0
        message = str(error.explanation or error)
        if status in GATEWAY_TROUBLE:
            raise EngineUnavailableError(message) from error
        raise EngineCallError(status, message) from error
    except (
        docker.errors.DockerException,
        requests.exceptions.RequestException,
        urllib3.exceptions.HTTPError,
        ConnectionError,
        TimeoutError,
    ) as error:
        raise EngineUnavailableError(f"the engine does not answer: {error}") from error


@contextmanager
def tolerated(*statuses: int) -> Iterator[None]:
    """Take these answers for success: the thing is already as it should be."""
    try:
        yield
    except EngineCallError as error:
        if error.status not in statuses:
            raise
