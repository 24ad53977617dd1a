"""Which environment the session runs against: command line, else the suite, else the ini file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.data.environments import (
    FILE_NAME,
    EnvironmentDefinition,
    find_environments,
    read_environments,
)
from pytest_orchestra.data.references import parse_env_file
from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.documents.reading import read_text
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.plugin.inputs import protocols
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.workers import SHARED, SharedSession

if TYPE_CHECKING:
    from pytest_orchestra.engine.environment import Environment, Process

FILE_LIMIT = 1_000_000
"""Bytes of a file that ``${file:PATH}`` or ``env_file`` names."""

_CHOSEN = pytest.StashKey[EnvironmentDefinition]()
_READ = pytest.StashKey[dict[Path, Mapping[str, EnvironmentDefinition]]]()


def choose_environment(
    config: pytest.Config, file: Path, named: str | None
) -> EnvironmentDefinition | None:
    """The environment of a suite file; all suites of a session have the same one.

    Args:
        config: of the session.
        file: the suite file; the environment file is looked for beside and above it.
        named: what the suite says.

    Returns:
        None where there is neither a name nor a file with exactly one environment.

    Raises:
        ConfigurationError: there is no such environment, it is protected, or another suite of
            the session asked for another one.
        DefinitionError: the environment file is wrong.
    """
    options = config.stash[OPTIONS]
    name = options.env or named or options.ini_env
    path = find_environments(file.parent.resolve(), config.rootpath)
    if path is None:
        if name is None:
            return None
        raise ConfigurationError(
            f"{file}: there is no environment '{name}': no {FILE_NAME} was found",
            hint=f"Put one beside the suite or in {config.rootpath}.",
        )
    environments = _environments(config, path)
    if name is None:
        if len(environments) != 1:
            return None
        name = next(iter(environments))
    definition = environments.get(name)
    if definition is None:
        hint = suggestion(name, environments, "Known environments")
        raise ConfigurationError(f"{path}: there is no environment '{name}'", hint=hint)
    _check(config, definition)
    return definition


def _environments(config: pytest.Config, path: Path) -> Mapping[str, EnvironmentDefinition]:
    read = config.stash.setdefault(_READ, {})
    if path not in read:
        channels = {
            name: frozenset(plugin.connection_model.model_fields)
            for name, plugin in protocols(config).items()
        }
        read[path] = read_environments(path, channels=channels)
    return read[path]


def _check(config: pytest.Config, definition: EnvironmentDefinition) -> None:
    allowed = config.stash[OPTIONS].allow_protected or config.option.collectonly
    if definition.protected and not allowed:
        raise ConfigurationError(
            f"{definition.location}: environment '{definition.name}' is protected",
            hint="Add --orchestra-allow-protected if you mean it.",
        )
    chosen = config.stash.setdefault(_CHOSEN, definition)
    if (chosen.file, chosen.name) != (definition.file, definition.name):
        raise ConfigurationError(
            f"the suites of this session name two environments: '{chosen.name}' of {chosen.file}"
            f" and '{definition.name}' of {definition.file}",
            hint="Choose one with --orchestra-env, or run the suites one after the other.",
        )


def session_environment(config: pytest.Config) -> Environment:
    """The environment that the session's suites run against, ready to be asked.

    Raises:
        ConfigurationError, DefinitionError: as ``choose_environment``.
    """
    from pytest_orchestra.engine.environment import Environment

    definition = config.stash.get(_CHOSEN, None)
    if definition is None:
        nowhere = config.rootpath / FILE_NAME
        definition = choose_environment(config, nowhere, None)
    if definition is None:
        definition = EnvironmentDefinition(
            name="", file=nowhere, location=SourceLocation(file=str(nowhere))
        )
    folder = definition.file.parent
    variables = _variables(definition)
    return Environment(
        definition,
        protocols=protocols(config),
        look_up_variable=lambda name: os.environ.get(name, variables.get(name)),
        read_file=lambda path: _read(folder / path),
        starter=_Services(config.stash[SHARED]),
    )


def _variables(definition: EnvironmentDefinition) -> Mapping[str, str]:
    if definition.env_file is None:
        return {}
    path = definition.file.parent / definition.env_file
    return parse_env_file(read_text(path, limit=FILE_LIMIT), file=str(path))


def _read(path: Path) -> str | None:
    if not path.is_file():
        return None
    return read_text(path, limit=FILE_LIMIT)


@dataclass(frozen=True, slots=True)
class _Services:
    """Starts what ends with the session."""

    shared: SharedSession

    def embedded(self, service: str, name: str) -> Mapping[str, str]:
        from pytest_orchestra.services import start_embedded

        return start_embedded(self.shared.lifeline(), service, name)

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
        from pytest_orchestra.services import start_process

        return start_process(
            self.shared.lifeline(), name, command, env=env, cwd=cwd, ready=ready, within=within
        )
