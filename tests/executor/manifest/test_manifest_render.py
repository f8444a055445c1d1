"""Placeholders filled in for one sandbox."""

import pytest

from executor.errors import InvalidRequestError
from executor.manifest.reader import read_manifest
from executor.manifest.render import render_services, render_text

VALUES = {
    "NAME": "cool-panda-123",
    "URL": "http://cool-panda-123.localhost:8080",
    "HOST": "",
    "KEY": "s3cret${NAME}",
}

TEXT = """\
services:
  web:
    image: web:1
    command: serve --name ${NAME} --greet ${GREETING:-hello you}
    entrypoint: [run, "$${NAME}"]
    environment:
      ROOT_URL: ${URL}/
      KEY: ${KEY}
      PRICE: $$5
      FALLBACK: ${HOST:-nowhere}
    healthcheck:
      test: curl -f http://localhost/${NAME}
x-sandbox:
  front: web:80
  generated: [KEY]
"""


def test_every_text_of_a_service_is_filled_in() -> None:
    """Commands, variables and checks; what is filled in is not filled again."""
    (service,) = render_services(read_manifest(TEXT, app="web"), VALUES)
    assert service.command == ("serve", "--name", "cool-panda-123", "--greet", "hello you")
    assert service.entrypoint == ("run", "${NAME}")
    assert service.environment == {
        "ROOT_URL": "http://cool-panda-123.localhost:8080/",
        "KEY": "s3cret${NAME}",
        "PRICE": "$5",
        "FALLBACK": "nowhere",
    }
    assert service.health is not None
    assert service.health.command == ("CMD-SHELL", "curl -f http://localhost/cool-panda-123")


def test_a_value_given_comes_before_the_default() -> None:
    """A default is for when nothing else is known."""
    assert render_text("${GREETING:-hello}", {"GREETING": "ahoy"}) == "ahoy"
    assert render_text("${GREETING:-hello}", {"GREETING": ""}) == "hello"
    assert render_text("${GREETING:-}", {}) == ""


def test_a_name_that_nobody_knows_is_the_askers_fault() -> None:
    """The name is told, and nothing else."""
    with pytest.raises(InvalidRequestError, match="PASSWORD"):
        render_text("${PASSWORD}", {"NAME": "x"})
