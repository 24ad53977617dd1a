"""The environment that runs: references looked up, connections checked, when first needed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pytest_orchestra.data.environments import ConnectionDefinition, EnvironmentDefinition
from pytest_orchestra.data.references import LookUp, resolve
from pytest_orchestra.documents.decoding import decode_value
from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.errors import ConfigurationError, DefinitionError
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.results import StepResult
from pytest_orchestra.spi import ProtocolPlugin

if TYPE_CHECKING:
    from pydantic import BaseModel


class Process(Protocol):
    """A process that was started for the session."""

    @property
    def host(self) -> str:
        """Where its port is."""
        ...

    @property
    def port(self) -> int | None:
        """What ``{port}`` became; None where the command has none."""
        ...

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def log(self) -> Path:
        """Its standard output and error."""
        ...


class Starter(Protocol):
    """Starts what ends with the session; handed in, as this floor knows no services."""

    def embedded(self, service: str, name: str) -> Mapping[str, str]:
        """Start an embedded server, or find it; gives fields of a connection."""
        ...

    def process(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None,
        cwd: Path | None,
        ready: str | None,
        within: float,
    ) -> Process:
        """Start a process, or find it."""
        ...


@dataclass(slots=True, kw_only=True)
class _Shared:
    """What an environment and its overridden copies have in common."""

    definition: EnvironmentDefinition
    protocols: Mapping[str, ProtocolPlugin]
    look_up_variable: LookUp
    read_file: LookUp
    starter: Starter
    mask: Mask = field(default_factory=Mask)
    lock: threading.RLock = field(default_factory=threading.RLock)


class Environment:
    """An environment's connections by channel and alias.

    Nothing is looked up, checked or started before it is asked for, so that a variable which no
    selected scenario needs may be missing. Safe to use from several threads.
    """

    def __init__(
        self,
        definition: EnvironmentDefinition,
        *,
        protocols: Mapping[str, ProtocolPlugin],
        look_up_variable: LookUp,
        read_file: LookUp,
        starter: Starter,
    ) -> None:
        self._shared = _Shared(
            definition=definition,
            protocols=protocols,
            look_up_variable=look_up_variable,
            read_file=read_file,
            starter=starter,
        )
        self._overrides: Mapping[tuple[str, str], Mapping[str, object]] = {}
        self._known: dict[tuple[str, str], BaseModel] = {}

    @property
    def name(self) -> str:
        """As in the environment file."""
        return self._shared.definition.name

    @property
    def tenant(self) -> str:
        """Goes into results and events."""
        return self._shared.definition.tenant

    @property
    def mask(self) -> Mask:
        """Knows the secrets of every connection that was resolved."""
        return self._shared.mask

    @property
    def variables(self) -> Mapping[str, Any]:
        """``{{vars.*}}``, resolved.

        Raises:
            ConfigurationError: a variable or file is missing.
        """
        definition = self._shared.definition
        resolved = resolve(
            dict(definition.variables),
            look_up_variable=self._shared.look_up_variable,
            read_file=self._shared.read_file,
            locate=lambda _: definition.location,
        )
        return resolved.value if isinstance(resolved.value, dict) else {}

    def is_enabled(self, channel: str, alias: str) -> bool:
        """Whether scenarios that need the connection can run.

        Raises:
            ConfigurationError: ``enabled`` is neither true nor false.
        """
        definition = self._shared.definition.connection(channel, alias)
        return definition is None or self._switch(definition, "enabled")

    def connection(self, channel: str, alias: str | None = None) -> BaseModel:
        """A connection's fields, references looked up; starts its embedded server if it has one.

        Args:
            channel: ``http``, ``kafka``, ``db``, ``queue`` or a plugin's.
            alias: needless where the environment has one connection of the channel.

        Raises:
            ConfigurationError: there is no such connection, a field cannot be used, a variable is
                missing, or the embedded server did not start.
        """
        place = (channel, self._only(channel) if alias is None else alias)
        with self._shared.lock:
            if place not in self._known:
                self._known[place] = self._resolve(*place)
            return self._known[place]

    def override(self, channel: str, alias: str, **fields: object) -> Environment:
        """The same environment with other fields in one connection, which may be a new one.

        Other fields of the connection stay; ``embedded`` is off where an address is given.
        """
        place = (channel, alias)
        changed = copy(self)
        changed._overrides = {  # noqa: SLF001 - a copy of its own
            **self._overrides,
            place: {**self._overrides.get(place, {}), **fields},
        }
        changed._known = {at: model for at, model in self._known.items() if at != place}  # noqa: SLF001
        return changed

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        ready: str | None = None,
        within: float = 30.0,
    ) -> Process:
        """Start a process of the system under test, once for the session; it ends with it.

        Args:
            name: unique in the session; under xdist every worker gets the same process.
            command: program and arguments; ``{port}`` becomes a free port.
            env: added to the environment variables.
            cwd: folder to run in.
            ready: path of a URL that answers 2xx when the process is ready; else its open port.
            within: seconds until it must be ready.

        Raises:
            ConfigurationError: it did not start; with the last lines of its log.
        """
        return self._shared.starter.process(
            name, command, env=env, cwd=cwd, ready=ready, within=within
        )

    def mask_result(self, result: StepResult) -> StepResult:
        """The result without secrets."""
        mask = self.mask
        evidence = result.evidence
        masked = {name: mask.value(getattr(evidence, name)) for name in _EVIDENCE}
        return replace(
            result,
            evidence=replace(evidence, **masked),
            violations=tuple(
                replace(
                    each,
                    message=mask.text(each.message),
                    details={key: mask.value(held) for key, held in each.details.items()},
                )
                for each in result.violations
            ),
            saved={name: mask.value(held) for name, held in result.saved.items()},
            notes=tuple(mask.text(note) for note in result.notes),
        )

    def _only(self, channel: str) -> str:
        aliases = dict.fromkeys(self._shared.definition.aliases(channel))
        aliases |= dict.fromkeys(alias for other, alias in self._overrides if other == channel)
        if len(aliases) == 1:
            return next(iter(aliases))
        raise ConfigurationError(
            f"environment '{self.name}' has {len(aliases)} {channel} connections",
            hint=f"Name one: {', '.join(aliases)}." if aliases else "Define one.",
        )

    def _resolve(self, channel: str, alias: str) -> BaseModel:
        shared = self._shared
        plugin = shared.protocols.get(channel)
        if plugin is None:
            hint = suggestion(channel, shared.protocols, "Known channels")
            raise ConfigurationError(f"there is no channel '{channel}'", hint=hint)
        definition = shared.definition.connection(channel, alias)
        overrides = self._overrides.get((channel, alias))
        if definition is None and overrides is None:
            hint = suggestion(alias, shared.definition.aliases(channel), "Known connections")
            raise ConfigurationError(
                f"environment '{self.name}' has no {channel} connection '{alias}'", hint=hint
            )
        fields = {**self._fields(definition, plugin, overrides or {}), **(overrides or {})}
        return self._checked(plugin, definition, fields)

    def _fields(
        self,
        definition: ConnectionDefinition | None,
        plugin: ProtocolPlugin,
        overrides: Mapping[str, object],
    ) -> dict[str, object]:
        if definition is None:
            return {}
        shared = self._shared
        kept = {name: held for name, held in definition.fields.items() if name not in overrides}
        resolved = resolve(
            kept,
            look_up_variable=shared.look_up_variable,
            read_file=shared.read_file,
            locate=definition.locate,
        )
        for text, name in resolved.origins.items():
            shared.mask.remember_origin(text, name)
        fields = dict(resolved.value) if isinstance(resolved.value, dict) else {}
        if not overrides and self._switch(definition, "embedded"):
            if plugin.embedded is None:
                raise ConfigurationError(
                    f"{definition.locate()}: there is no embedded server for {plugin.id}",
                    hint="Give the address of a real one.",
                )
            name = f"{definition.channel}-{definition.alias}"
            fields |= shared.starter.embedded(plugin.embedded, name)
        return fields

    def _checked(
        self,
        plugin: ProtocolPlugin,
        definition: ConnectionDefinition | None,
        fields: Mapping[str, object],
    ) -> BaseModel:
        shared = self._shared

        def locate(path: PartPath = (), offset: int = 0) -> SourceLocation:
            del offset  # a field is short enough to be found
            return definition.locate(path) if definition else shared.definition.location

        model, problems = decode_value(dict(fields), plugin.connection_model, locate=locate)
        if model is None:
            raise DefinitionError(problems)
        self.mask.learn(model)
        return model

    def _switch(
        self, definition: ConnectionDefinition, name: Literal["embedded", "enabled"]
    ) -> bool:
        value = definition.embedded if name == "embedded" else definition.enabled
        if isinstance(value, bool):
            return value
        resolved = resolve(
            value,
            look_up_variable=self._shared.look_up_variable,
            read_file=self._shared.read_file,
            locate=lambda _: definition.locate(),
        )
        text = str(resolved.value).strip().lower()
        if text in {"true", "1", "yes", "on"}:
            return True
        if text in {"false", "0", "no", "off", ""}:
            return False
        raise ConfigurationError(
            f"{definition.locate()}: '{name}' is '{text}'", hint="Make it true or false."
        )


_EVIDENCE = (
    "request",
    "response_headers",
    "response_body",
    "db_result",
    "kafka_message",
    "queue_message",
)
