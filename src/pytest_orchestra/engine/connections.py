"""A connection's fields as written become its model: references looked up, then checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_orchestra.data.environments import ConnectionDefinition, EnvironmentDefinition
from pytest_orchestra.data.references import LookUp, Resolved, resolve
from pytest_orchestra.documents.decoding import decode_value
from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.engine.starting import Starter
from pytest_orchestra.errors import ConfigurationError, DefinitionError
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.spi import ProtocolPlugin

if TYPE_CHECKING:
    from pydantic import BaseModel

SWITCHES = frozenset({"embedded", "enabled"})
"""Fields of every connection that are not its model's."""

_YES = frozenset({"true", "1", "yes", "on"})
_NO = frozenset({"false", "0", "no", "off", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """Resolves the connections of an environment; keeps nothing.

    Attributes:
        look_up_variable: by name, for ``${env:NAME}``.
        read_file: by path, for ``${file:PATH}``.
        starter: starts embedded servers.
        mask: learns the secrets.
    """

    environment: EnvironmentDefinition
    look_up_variable: LookUp
    read_file: LookUp
    starter: Starter
    mask: Mask

    def connection(
        self,
        plugin: ProtocolPlugin,
        definition: ConnectionDefinition | None,
        overrides: Mapping[str, object],
        alias: str,
    ) -> BaseModel:
        """The connection's model; starts its embedded server, if it has one.

        Args:
            plugin: of its channel.
            definition: as written; None: there are only overrides.
            overrides: fields that take the place of those written.
            alias: of the connection.

        Raises:
            ConfigurationError: a variable is missing, or the embedded server did not start.
            DefinitionError: a field cannot be used.
        """
        resolved = self.look_up(definition, overrides)
        fields = dict(resolved.value) if isinstance(resolved.value, dict) else {}
        if self._is_embedded(plugin, definition, overrides):
            fields |= self._embedded(plugin, definition, alias)
        fields |= {name: held for name, held in overrides.items() if name not in SWITCHES}
        model = self._checked(plugin, definition, fields)
        self.mask.learn(model, resolved.origins)
        return model

    def look_up(
        self, definition: ConnectionDefinition | None, overrides: Mapping[str, object]
    ) -> Resolved:
        """The fields as written, less those that are overridden, with their references looked up.

        Raises:
            ConfigurationError: variables or files are missing, or references are not well-formed.
        """
        written = definition.fields if definition is not None else {}
        kept = {name: held for name, held in written.items() if name not in overrides}
        return self.resolve(kept, definition)

    def is_enabled(self, definition: ConnectionDefinition) -> bool:
        """Whether the connection is switched on.

        Raises:
            ConfigurationError: ``enabled`` is neither true nor false.
        """
        return self._switch(definition, "enabled")

    def resolve(self, value: object, definition: ConnectionDefinition | None) -> Resolved:
        """A value with its references looked up.

        Raises:
            ConfigurationError: a variable or file is missing, or a reference is not well-formed.
        """

        def locate(path: PartPath) -> SourceLocation:
            return definition.locate(path) if definition else self.environment.location

        return resolve(
            value,
            look_up_variable=self.look_up_variable,
            read_file=self.read_file,
            locate=locate,
        )

    def _is_embedded(
        self,
        plugin: ProtocolPlugin,
        definition: ConnectionDefinition | None,
        overrides: Mapping[str, object],
    ) -> bool:
        """An override that gives an address needs no server."""
        if "embedded" in overrides:
            return bool(overrides["embedded"])
        if definition is None or not self._switch(definition, "embedded"):
            return False
        fields = plugin.connection_model.model_fields
        required = {name for name, field in fields.items() if field.is_required()}
        return not overrides or not required <= overrides.keys()

    def _embedded(
        self, plugin: ProtocolPlugin, definition: ConnectionDefinition | None, alias: str
    ) -> Mapping[str, str]:
        if plugin.embedded is None:
            place = definition.locate() if definition else self.environment.location
            raise ConfigurationError(
                f"{place}: there is no embedded server for {plugin.id}",
                hint="Give the address of a real one.",
            )
        return self.starter.embedded(plugin.embedded, f"{plugin.id}-{alias}")

    def _checked(
        self,
        plugin: ProtocolPlugin,
        definition: ConnectionDefinition | None,
        fields: Mapping[str, object],
    ) -> BaseModel:
        def locate(path: PartPath = (), offset: int = 0) -> SourceLocation:
            del offset  # a field is short enough to be found
            return definition.locate(path) if definition else self.environment.location

        model, problems = decode_value(dict(fields), plugin.connection_model, locate=locate)
        if model is None:
            raise DefinitionError(problems)
        return model

    def _switch(
        self, definition: ConnectionDefinition, name: Literal["embedded", "enabled"]
    ) -> bool:
        written = definition.embedded if name == "embedded" else definition.enabled
        if isinstance(written, bool):
            return written
        text = str(self.resolve(written, definition).value).strip().lower()
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise ConfigurationError(
            f"{definition.locate((name,))}: '{name}' is '{text}'", hint="Make it true or false."
        )
