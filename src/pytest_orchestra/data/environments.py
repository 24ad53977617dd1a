"""Environment files as written: connections by channel and alias, references unresolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, Field

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.models import DocumentModel
from pytest_orchestra.documents.problems import mistake, suggestion
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
        embedded, enabled: a boolean, or text with references.
    """

    channel: str
    alias: str
    fields: Mapping[str, object]
    document: Document = field(repr=False)
    path: tuple[str | int, ...]
    embedded: bool | str = False
    enabled: bool | str = True

    def locate(self, path: tuple[str | int, ...] = ()) -> SourceLocation:
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
    later: ClassVar[Mapping[str, str]] = {}

    protected: bool = False
    tenant: str = "default"
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
    try:
        value = document.part(base)
    except LookupError:
        value = None
    if not isinstance(value, dict):
        at = document.location(base)
        raise DefinitionError(
            [mistake("no-environments", "no environments are defined here", at=at)]
        )
    problems: list[Problem] = []
    environments: dict[str, EnvironmentDefinition] = {}
    for name in value:
        if str(name).startswith("x-"):
            continue
        part, wrong = decode(document, _EnvironmentPart, at=(*base, name))
        problems.extend(wrong)
        if part is None:
            continue
        reader = _ConnectionReader(document, (*base, name), channels, problems)
        environments[name] = EnvironmentDefinition(
            name=name,
            file=path,
            location=document.key_location((*base, name)),
            protected=part.protected,
            tenant=part.tenant,
            variables=part.vars,
            env_file=part.env_file,
            connections=tuple(reader.connections(part.model_extra or {})),
        )
    if problems:
        raise DefinitionError(problems)
    return environments


@dataclass(frozen=True, slots=True)
class _ConnectionReader:
    document: Document
    base: tuple[str | int, ...]
    channels: Mapping[str, frozenset[str]]
    problems: list[Problem]

    def connections(self, extra: Mapping[str, object]) -> list[ConnectionDefinition]:
        found: list[ConnectionDefinition] = []
        for channel, aliases in extra.items():
            path = (*self.base, channel)
            if channel not in self.channels:
                self._unknown_channel(channel, path)
            elif not isinstance(aliases, dict):
                self._say("bad-value", f"'{channel}' has connections by alias", path)
            else:
                found.extend(
                    connection
                    for alias, fields in aliases.items()
                    if (connection := self._connection(channel, alias, fields)) is not None
                )
        return found

    def _connection(self, channel: str, alias: str, fields: object) -> ConnectionDefinition | None:
        path = (*self.base, channel, alias)
        if alias.startswith("x-"):
            return None
        if not isinstance(fields, dict):
            self._say("bad-value", f"the connection '{alias}' is no mapping", path)
            return None
        known = self.channels[channel] | COMMON_FIELDS
        own = {key: held for key, held in fields.items() if not key.startswith("x-")}
        for key in own:
            if key not in known:
                hint = suggestion(key, known, "Known fields")
                message = f"a {channel} connection has no field '{key}'"
                at = self.document.key_location((*path, key))
                self.problems.append(mistake("unknown-key", message, at=at, hint=hint))
        return ConnectionDefinition(
            channel=channel,
            alias=alias,
            fields={key: held for key, held in own.items() if key not in COMMON_FIELDS},
            document=self.document,
            path=path,
            embedded=self._switch(own, "embedded", path, default=False),
            enabled=self._switch(own, "enabled", path, default=True),
        )

    def _switch(
        self, fields: Mapping[str, object], key: str, path: tuple[str | int, ...], *, default: bool
    ) -> bool | str:
        value = fields.get(key, default)
        if isinstance(value, bool) or (isinstance(value, str) and "${" in value):
            return value
        self._say("bad-value", f"'{key}' is true or false", (*path, key))
        return default

    def _unknown_channel(self, channel: str, path: tuple[str | int, ...]) -> None:
        if channel in LATER_CHANNELS:
            self._say("not-yet", f"the channel '{channel}' is not there yet", path)
            return
        known = (*self.channels, *_EnvironmentPart.model_fields)
        at = self.document.key_location(path)
        message = f"'{channel}' is neither a channel nor a key of an environment"
        hint = suggestion(channel, known, "Known keys")
        self.problems.append(mistake("unknown-key", message, at=at, hint=hint))

    def _say(self, code: str, message: str, path: tuple[str | int, ...]) -> None:
        self.problems.append(mistake(code, message, at=self.document.location(path)))
