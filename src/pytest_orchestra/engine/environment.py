"""The environment that runs: references looked up, connections checked, when first needed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orchestra.data.environments import EnvironmentDefinition
from pytest_orchestra.data.references import LookUp
from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.engine.connections import Resolver
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.engine.starting import Process, Starter
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.spi import ProtocolPlugin

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["Environment", "Process", "Starter", "Variables"]

_Place = tuple[str, str]


class Variables(Mapping[str, Any]):
    """``{{vars.*}}``: each is resolved once, when it is first asked for."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as the file says
        if name not in self._known:
            written = self._resolver.environment.variables[name]
            resolved = self._resolver.resolve(written, None)
            self._resolver.mask.learn_variable(name, resolved.value, resolved.origins)
            self._known[name] = resolved.value
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._resolver.environment.variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._resolver.environment.variables)

    def __len__(self) -> int:
        return len(self._resolver.environment.variables)


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
        self._definition = definition
        self._protocols = protocols
        self._mask = Mask()
        self._resolver = Resolver(
            environment=definition,
            look_up_variable=look_up_variable,
            read_file=read_file,
            starter=starter,
            mask=self._mask,
        )
        self._variables = Variables(self._resolver)
        self._overrides: Mapping[_Place, Mapping[str, object]] = {}
        self._known: dict[_Place, BaseModel] = {}
        self._complete: set[_Place] = set()
        self._lock = threading.Lock()
        self._resolving: dict[_Place, threading.Lock] = {}

    def __repr__(self) -> str:
        return f"<Environment {self.name!r}>"

    @property
    def name(self) -> str:
        """As in the environment file; empty where there is none."""
        return self._definition.name

    @property
    def tenant(self) -> str:
        """Goes into results and events."""
        return self._definition.tenant

    @property
    def mask(self) -> Mask:
        """Knows the secrets of every connection that was resolved."""
        return self._mask

    @property
    def variables(self) -> Mapping[str, Any]:
        """``{{vars.*}}``.

        Asking for one raises a ConfigurationError where a variable or file of it is missing.
        """
        return self._variables

    def is_enabled(self, channel: str, alias: str) -> bool:
        """Whether scenarios that need the connection can run.

        Raises:
            ConfigurationError: ``enabled`` is neither true nor false.
        """
        overrides = self._overrides.get((channel, alias), {})
        if "enabled" in overrides:
            return bool(overrides["enabled"])
        definition = self._definition.connection(channel, alias)
        return definition is None or self._resolver.is_enabled(definition)

    def connection(self, channel: str, alias: str | None = None) -> BaseModel:
        """A connection's fields, references looked up; starts its embedded server if it has one.

        Args:
            channel: ``http``, ``kafka``, ``db``, ``queue`` or a plugin's.
            alias: needless where the environment has one connection of the channel.

        Raises:
            ConfigurationError: there is no such connection, a variable is missing, or the
                embedded server did not start.
            DefinitionError: a field cannot be used.
        """
        place = (channel, self._only(channel) if alias is None else alias)
        with self._lock:
            if place in self._known:
                return self._known[place]
            turn = self._resolving.setdefault(place, threading.Lock())
        with turn:  # one connection at a time, while others go on
            if place not in self._known:
                self._known[place] = self._resolve(*place)
            return self._known[place]

    def where(self, channel: str, alias: str) -> str:
        """Which connection it is, for people: ``kafka 'main' of local (environments.yaml:4:3)``."""
        definition = self._definition.connection(channel, alias)
        what = f"{channel} {alias!r} of {self.name}" if self.name else f"{channel} {alias!r}"
        return f"{what} ({definition.locate()})" if definition is not None else what

    def look_up(self, places: Iterable[tuple[str, str]]) -> None:
        """See that everything is there that connections refer to; nothing is started.

        A connection that is not there is none of these: a fixture may make it later.

        Args:
            places: channel and alias of each; an alias may be empty.

        Raises:
            ConfigurationError: variables or files are missing; with all of them.
        """
        missing: list[ConfigurationError] = []
        for channel, alias in dict.fromkeys(places):
            place = (channel, alias)
            if place in self._complete:
                continue
            try:
                self._resolver.look_up(
                    self._definition.connection(channel, alias), self._overrides.get(place, {})
                )
                self._complete.add(place)
            except ConfigurationError as error:
                missing.append(error)
        if missing:
            text = "\n".join(error.message for error in missing)
            raise ConfigurationError(text, hint=missing[0].hint)

    def override(self, channel: str, alias: str, **fields: object) -> Environment:
        """The same environment with other fields in one connection, which may be a new one.

        Other fields of the connection stay; ``embedded`` is off where an address is given, unless
        it is among the fields, as ``enabled`` may be.
        """
        place = (channel, alias)
        changed = copy(self)
        changed._overrides = {  # noqa: SLF001 - a copy of its own
            **self._overrides,
            place: {**self._overrides.get(place, {}), **fields},
        }
        known = {at: model for at, model in list(self._known.items()) if at != place}
        changed._known, changed._complete = known, set(self._complete)  # noqa: SLF001
        changed._lock, changed._resolving = threading.Lock(), {}  # noqa: SLF001
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
        return self._resolver.starter.process(
            name, command, env=env, cwd=cwd, ready=ready, within=within
        )

    def _only(self, channel: str) -> str:
        aliases = dict.fromkeys(self._definition.aliases(channel))
        aliases |= dict.fromkeys(alias for other, alias in self._overrides if other == channel)
        if len(aliases) == 1:
            return next(iter(aliases))
        if not self.name and not aliases:
            raise _nowhere(channel)
        raise ConfigurationError(
            f"environment '{self.name}' has {len(aliases) or 'no'} {channel} connection"
            f"{'s' * (len(aliases) > 1)}",
            hint=f"Name one: {', '.join(aliases)}." if aliases else "Define one.",
        )

    def _resolve(self, channel: str, alias: str) -> BaseModel:
        plugin = self._protocols.get(channel)
        if plugin is None:
            hint = suggestion(channel, self._protocols, "Known channels")
            raise ConfigurationError(f"there is no channel '{channel}'", hint=hint)
        definition = self._definition.connection(channel, alias)
        overrides = self._overrides.get((channel, alias))
        if definition is None and overrides is None and not self.name:
            raise _nowhere(f"{channel} connection '{alias}'")
        if definition is None and overrides is None:
            hint = suggestion(alias, self._definition.aliases(channel), "Known connections")
            raise ConfigurationError(
                f"environment '{self.name}' has no {channel} connection '{alias}'", hint=hint
            )
        return self._resolver.connection(plugin, definition, overrides or {}, alias)


def _nowhere(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"there is no environment that says where {what} is",
        hint="Write orchestra.environments.yaml and choose one with --orchestra-env.",
    )
