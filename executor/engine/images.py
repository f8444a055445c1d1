"""Images: looked up, built, pulled, loaded, imported."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import docker

from executor.engine.calls import Calls
from executor.engine.failures import NOT_FOUND, EngineCallError
from executor.engine.protocol import Progress
from executor.errors import EngineUnavailableError, ImageUnavailableError, StepFailedError

PIECE_BYTES = 1024 * 1024

BUILD_MEMORY_BYTES = 2 * 1024**3
OUTPUT_LIMIT_CHARACTERS = 4000
REGISTRY_TIMEOUT_SECONDS = 8.0
LOADED_PREFIXES = ("Loaded image: ", "Loaded image ID: ")


class Images:
    """The images of the engine. They carry no label: they are everybody's."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def has(self, reference: str) -> bool:
        """Whether the image is on the engine."""
        try:
            await self._calls.quick(lambda client: _inspect(client, reference))
        except EngineCallError as error:
            if error.status == NOT_FOUND:
                return False
            raise
        return True

    async def is_offered(self, reference: str) -> bool:
        """Whether its registry has the image, asked through the engine, which knows mirrors and log-ins.

        A registry that is silent for ``REGISTRY_TIMEOUT_SECONDS`` offers nothing.
        """
        try:
            await self._calls.asking(
                lambda client: _ask_registry(client, reference),
                timeout_seconds=REGISTRY_TIMEOUT_SECONDS,
            )
        except EngineCallError:
            return False
        except EngineUnavailableError:
            # Was it the registry that kept silent, or the engine itself? The engine answers this one at once.
            await self.has(reference)
            return False
        return True

    async def list(self) -> Mapping[str, int]:
        """Reference to size in bytes."""
        found = await self._calls.quick(lambda client: client.images())
        return {tag: int(image["Size"]) for image in found for tag in image.get("RepoTags") or ()}

    async def build(
        self, reference: str, context: Path, *, arguments: Mapping[str, str], progress: Progress
    ) -> None:
        """Build a folder with a Dockerfile, memory bounded, nothing left of what failed."""

        def build(client: docker.APIClient) -> None:
            stream = client.build(
                path=str(context),
                tag=reference,
                buildargs=dict(arguments),
                rm=True,
                forcerm=True,
                decode=True,
                container_limits={"memory": BUILD_MEMORY_BYTES, "memswap": BUILD_MEMORY_BYTES},
            )
            _watch_build(reference, stream, progress)

        if not context.joinpath("Dockerfile").is_file():
            raise StepFailedError(f"{context.name} holds no Dockerfile.", retryable=False)
        try:
            await self._calls.long(build)
        except EngineCallError as error:
            raise StepFailedError(
                f"{reference} cannot be built: {error.message}", log_tail=error.message, retryable=False
            ) from error

    async def pull(self, reference: str, *, progress: Progress) -> None:
        """Ask the image's registry for it."""
        repository, tag = split_reference(reference)

        def pull(client: docker.APIClient) -> None:
            for report in _reports(client.pull(repository, tag=tag, stream=True, decode=True)):
                if "id" not in report and report.get("status"):
                    progress(str(report["status"]))

        try:
            await self._calls.long(pull)
        except (EngineCallError, _ReportedError) as error:
            raise ImageUnavailableError(
                f"No registry gives {reference}: {_words(error)}",
                "Check its name, or load it from an archive.",
            ) from error

    async def load(self, archive: Path) -> Sequence[str]:
        """Load a ``docker save`` archive; return the references it held."""

        def load(client: docker.APIClient) -> list[str]:
            with archive.open("rb") as data:
                return list(_loaded(_reports(_load(client, data))))

        if not archive.is_file():
            raise ImageUnavailableError(f"There is no archive {archive.name}.")
        try:
            references = await self._calls.long(load)
        except (EngineCallError, _ReportedError) as error:
            raise ImageUnavailableError(f"{archive.name} cannot be loaded: {_words(error)}") from error
        if not references:
            raise ImageUnavailableError(f"{archive.name} holds no image.")
        return references

    async def import_root(self, reference: str, root: Path) -> None:
        """Make an image of one layer from a tar of a root file system."""
        repository, tag = split_reference(reference)

        def import_root(client: docker.APIClient) -> None:
            with root.open("rb") as data:
                # In pieces: the SDK announces chunks, and sends a file's bytes without making any.
                pieces = iter(partial(data.read, PIECE_BYTES), b"")
                answer = client.import_image_from_stream(pieces, repository=repository, tag=tag)
            for line in str(answer).splitlines():
                list(_reports([json.loads(line)]))

        try:
            await self._calls.long(import_root)
        except (EngineCallError, _ReportedError) as error:
            raise ImageUnavailableError(f"{root.name} cannot be imported: {_words(error)}") from error


def _inspect(client: docker.APIClient, reference: str) -> None:
    client.inspect_image(reference)  # type: ignore[no-untyped-call]  # the stubs lack its types


def _ask_registry(client: docker.APIClient, reference: str) -> None:
    client.inspect_distribution(reference)  # type: ignore[no-untyped-call]  # the stubs lack its types


def _load(client: docker.APIClient, data: BinaryIO) -> Iterable[Mapping[str, Any]]:
    return client.load_image(data)  # type: ignore[no-untyped-call,no-any-return]  # the stubs lack its types


class _ReportedError(Exception):
    """A fault that the engine told of in the middle of a stream it had begun well."""


def split_reference(reference: str) -> tuple[str, str]:
    """Repository and tag; 'latest' where none is said. A digest stands in the tag's place."""
    if "@" in reference:
        repository, _, digest = reference.partition("@")
        return repository, digest
    head, _, last = reference.rpartition("/")
    name, _, tag = last.partition(":")
    return (f"{head}/{name}" if head else name), tag or "latest"


def _reports(stream: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for report in stream:
        if report.get("error"):
            raise _ReportedError(str(report["error"]))
        yield report


def _loaded(reports: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for report in reports:
        text = str(report.get("stream", "")).strip()
        for prefix in LOADED_PREFIXES:
            if text.startswith(prefix):
                yield text.removeprefix(prefix)


def _watch_build(reference: str, stream: Iterable[Mapping[str, Any]], progress: Progress) -> None:
    """Pass on each line; raise with the instruction that failed and the last of its output."""
    step, output = "", ""
    try:
        for report in _reports(stream):
            text = str(report.get("stream", ""))
            output = (output + text)[-OUTPUT_LIMIT_CHARACTERS:]
            if text.startswith("Step "):
                step = text.strip()
            if text.strip():
                progress(text.strip())
    except _ReportedError as error:
        raise StepFailedError(
            f"{reference} cannot be built: {step}: {error}",
            "Correct this line of its Dockerfile.",
            log_tail=output,
            retryable=False,
        ) from error


def _words(error: Exception) -> str:
    return error.message if isinstance(error, EngineCallError) else str(error)
