"""The services that a suite calls: their descriptions and endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.model import Problem, SourceLocation
from pytest_orchestra.spi import Endpoint, ProtocolPlugin, Spec

Specs = dict[Path, tuple[str, Spec]]
"""Descriptions by file, each with the channel that reads it."""


class Services:
    """The suite's ``specs``, each read by the first channel that knows its kind.

    Args:
        specs: paths by service name, relative to ``folder``.
        folder: the suite file's.
        protocols: by channel.
        document: where ``specs`` is written.
        lost: names in ``specs`` that have mistakes of form: their endpoints are not judged.
        read: what suites before this one have read; gets what this one reads.

    Attributes:
        versions: of the descriptions, by service name.
        problems: descriptions that cannot be read.
    """

    def __init__(
        self,
        specs: Mapping[str, str],
        folder: Path,
        protocols: Mapping[str, ProtocolPlugin],
        document: Document,
        *,
        lost: Iterable[str] = (),
        read: Specs | None = None,
    ) -> None:
        self._files: Specs = {} if read is None else read
        self._by_channel: dict[str, dict[str, Spec]] = {channel: {} for channel in protocols}
        self._broken = set(lost)
        self.versions: dict[str, str] = {}
        self.problems: list[Problem] = []
        for service, name in specs.items():
            if not service.startswith("x-"):
                at = document.location(("specs", service))
                self._read(service, folder / name, protocols, at)

    def endpoint(self, plugin: ProtocolPlugin, text: str, at: SourceLocation) -> Endpoint | None:
        """What ``endpoint: text`` calls; None where its service's description is broken.

        Raises:
            DefinitionError: nothing is called so.
        """
        if plugin.endpoint_matcher is None or _service_of(text) in self._broken:
            return None
        try:
            return plugin.endpoint_matcher.match(text, self._by_channel[plugin.id])
        except EvaluationError as error:
            problem = mistake("unknown-endpoint", error.message, at=at, hint=error.hint)
            raise DefinitionError([problem]) from error

    def _read(
        self,
        service: str,
        path: Path,
        protocols: Mapping[str, ProtocolPlugin],
        at: SourceLocation,
    ) -> None:
        try:
            if path not in self._files:
                self._files[path] = _parse(path, protocols, at)
        except DefinitionError as error:
            self.problems.extend(each for each in error.problems if isinstance(each, Problem))
            self._broken.add(service)
            return
        channel, spec = self._files[path]
        self._by_channel[channel][service] = spec
        self.versions[service] = spec.version


def _service_of(endpoint: str) -> str:
    return endpoint.split(maxsplit=1)[0].partition(".")[0] if endpoint.strip() else ""


def _parse(
    path: Path, protocols: Mapping[str, ProtocolPlugin], at: SourceLocation
) -> tuple[str, Spec]:
    if not path.is_file():
        problem = mistake(
            "file-missing",
            f"there is no such file: {path}",
            at=at,
            hint="Paths are taken from the suite file's folder.",
        )
        raise DefinitionError([problem])
    for channel, plugin in protocols.items():
        spec = plugin.spec_parser.parse(path) if plugin.spec_parser is not None else None
        if spec is not None:
            return channel, spec
    problem = mistake(
        "spec-kind",
        f"no channel can read {path}",
        at=at,
        hint=f"Descriptions are read by: {', '.join(_readers(protocols)) or 'none'}.",
    )
    raise DefinitionError([problem])


def _readers(protocols: Mapping[str, ProtocolPlugin]) -> Iterable[str]:
    return (channel for channel, plugin in protocols.items() if plugin.spec_parser is not None)
