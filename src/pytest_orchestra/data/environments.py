"""Environment files as written: connections by channel and alias, references unresolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict, Field

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.models import DocumentModel, Flag, without_own_keys
from pytest_orchestra.documents.problems import described, in_file_order, mistake, suggestion
from pytest_orchestra.documents.reading import read_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation

FILE_NAME = "orchestra.environments.yaml"
"""The file that is looked for; ``[tool.orchestra.environments]`` of pyproject.toml stands in."""

COMMON_FIELDS = frozenset({"embedded", "enabled"})
"""Fields of every connection, whatever its channel."""

LATER_CHANNELS = frozenset({"grpc", "stub"})
"""Channels that are documented but not there yet."""

_PYPROJECT = ("tool", "orchestra", "environments")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDefinition:
    """One connection of an environment, as written.

    Attributes:
        fields: less ``embedded`` and ``enabled``; references unresolved.
        path: where it stands in ``document``.
        embedded, enabled: a boolean, or text with references.
    """

    channel: str
    alias: str
    fields: Mapping[str, object] = field(repr=False)
    document: Document = field(repr=False)
    path: PartPath
    embedded: bool | str = False
    enabled: bool | str = True

    def locate(self, path: PartPath = ()) -> SourceLocation:
        """Where the connection, or a part of its fields, stands in the file."""
        return self.document.location((*self.path, *path))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDefinition:
    """One environment, as written.

    Attributes:
        variables: its ``vars``; references unresolved.
        env_file: path as written, relative to ``file``.
    """

    name: str
    file: Path
    location: SourceLocation
    protected: bool = False
    tenant: str = "default"
    variables: Mapping[str, object] = field(default_factory=dict)
    env_file: str | None = None
    connections: tuple[ConnectionDefinition, ...] = ()

    def aliases(self, channel: str) -> tuple[str, ...]:
        """The connections of a channel, in the file's order."""
        return tuple(each.alias for each in self.connections if each.channel == channel)

    def connection(self, channel: str, alias: str) -> ConnectionDefinition | None:
        """One connection, if it is there."""
        for each in self.connections:
            if (each.channel, each.alias) == (channel, alias):
                return each
        return None


class _EnvironmentPart(DocumentModel):
    """The keys that are not channels; channels are the extra ones."""

    model_config = ConfigDict(extra="allow")

    protected: Flag = False
    tenant: str = Field(default="default", min_length=1)
    vars: dict[str, object] = Field(default_factory=dict)
    env_file: str | None = None


def find_environments(folder: Path, root: Path) -> Path | None:
    """The environment file that is nearest to ``folder``, not above ``root``; None: there is none.

    In each folder the file of its own comes before pyproject.toml.
    """
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
        pyproject = place / "pyproject.toml"
        if pyproject.is_file() and "tool.orchestra.environments" in pyproject.read_text(
            encoding="utf-8", errors="replace"
        ):
            return pyproject
        if place == root:
            break
    return None


def read_environments(
    path: Path, *, channels: Mapping[str, frozenset[str]]
) -> Mapping[str, EnvironmentDefinition]:
    """Read all environments of a file, by name.

    Args:
        path: the file; of a ``.toml`` its table ``tool.orchestra.environments``.
        channels: the known channels, each with the fields that its connections may have.

    Raises:
        DefinitionError: the file is wrong; with every problem.
    """
    document = read_document(path)
    base = _PYPROJECT if path.suffix == ".toml" else ()
    reader = _Reader(path, document, channels)
    try:
        value = without_own_keys(document.part(base))
    except LookupError:
        value = None
    if not isinstance(value, dict) or not value:
        hint = "Define one: local: {http: {orders: {url: …}}}."
        at = document.location(base)
        message = "no environments are defined here"
        raise DefinitionError([mistake("no-environments", message, at=at, hint=hint)])
    found = [reader.environment((*base, name), name) for name in value]
    if reader.problems:
        raise DefinitionError(in_file_order(reader.problems))
    return {each.name: each for each in found if each is not None}


@dataclass(frozen=True, slots=True)
class _Reader:
    file: Path
    document: Document
    channels: Mapping[str, frozenset[str]]
    problems: list[Problem] = field(default_factory=list)

    def environment(self, path: PartPath, name: str) -> EnvironmentDefinition | None:
        """One environment; what is wrong with it goes to ``problems``."""
        part, wrong = decode(self.document, _EnvironmentPart, at=path)
        self.problems.extend(wrong)
        if part is None:
            return None
        connections = (
            connection
            for channel, aliases in (part.model_extra or {}).items()
            for connection in self._connections((*path, channel), channel, aliases)
        )
        return EnvironmentDefinition(
            name=name,
            file=self.file,
            location=self.document.key_location(path),
            protected=part.protected,
            tenant=part.tenant,
            variables=part.vars,
            env_file=part.env_file,
            connections=tuple(connections),
        )

    def _connections(
        self, path: PartPath, channel: str, aliases: object
    ) -> Iterator[ConnectionDefinition]:
        if channel not in self.channels:
            self._refuse_channel(path, channel)
        elif not isinstance(aliases, dict):
            self._refuse_value(path, f"the {channel} connections by alias", aliases)
        else:
            for alias, fields in aliases.items():
                if not alias.startswith("x-"):
                    yield from self._connection((*path, alias), channel, alias, fields)

    def _connection(
        self, path: PartPath, channel: str, alias: str, fields: object
    ) -> Iterator[ConnectionDefinition]:
        own = without_own_keys(fields)
        if not isinstance(own, dict):
            self._refuse_value(path, "the fields of a connection", fields)
            return
        known = self.channels[channel] | COMMON_FIELDS
        for key in own:
            if key not in known:
                self._refuse_field((*path, key), channel, key, known)
        yield ConnectionDefinition(
            channel=channel,
            alias=alias,
            fields={key: held for key, held in own.items() if key not in COMMON_FIELDS},
            document=self.document,
            path=path,
            embedded=self._switch((*path, "embedded"), own.get("embedded", False)),
            enabled=self._switch((*path, "enabled"), own.get("enabled", True)),
        )

    def _switch(self, path: PartPath, value: object) -> bool | str:
        if isinstance(value, bool) or (isinstance(value, str) and "${" in value):
            return value
        message = f"expected true or false, found {described(value)}"
        at = self.document.location(path)
        self.problems.append(mistake("bad-value", message, at=at))
        return False

    def _refuse_channel(self, path: PartPath, channel: str) -> None:
        at = self.document.key_location(path)
        if channel in LATER_CHANNELS:
            message = f"the channel '{channel}' is not there yet"
            self.problems.append(mistake("not-yet", message, at=at, hint="Leave it out."))
            return
        message = f"'{channel}' is neither a channel nor a key of an environment"
        known = (*self.channels, *_EnvironmentPart.model_fields)
        hint = suggestion(channel, known, "Known keys")
        self.problems.append(mistake("unknown-key", message, at=at, hint=hint))

    def _refuse_field(self, path: PartPath, channel: str, key: str, known: frozenset[str]) -> None:
        at = self.document.key_location(path)
        message = f"a {channel} connection has no field '{key}'"
        hint = suggestion(key, known, "Known fields")
        self.problems.append(mistake("unknown-key", message, at=at, hint=hint))

    def _refuse_value(self, path: PartPath, expected: str, found: object) -> None:
        message = f"expected {expected}, found {described(found, secret=True)}"
        at = self.document.location(path)
        self.problems.append(mistake("bad-value", message, at=at))
