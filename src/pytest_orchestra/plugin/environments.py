"""Which environment the session runs against: command line, else the suite, else the ini file."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel

from pytest_orchestra.data.environments import (
    FILE_NAME,
    EnvironmentDefinition,
    find_environments,
    read_environments,
)
from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.documents.reading import read_text
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.plugin.inputs import protocols
from pytest_orchestra.plugin.masking import MASK
from pytest_orchestra.plugin.options import OPTIONS, in_ini_file
from pytest_orchestra.plugin.workers import SHARED, SharedSession
from pytest_orchestra.suite.reading import SuiteFile

if TYPE_CHECKING:
    from pytest_orchestra.engine.environment import Environment, Process

FILE_LIMIT = 1_000_000
"""Bytes of a file that ``${file:PATH}`` or ``env_file`` names."""

_CHOSEN = pytest.StashKey[EnvironmentDefinition]()
_READ = pytest.StashKey[dict[Path, Mapping[str, EnvironmentDefinition]]]()


class _Wish(NamedTuple):
    """Which environment is asked for, and who asks; no name: any that is the only one."""

    name: str | None
    by: str


def choose_environment(config: pytest.Config, suite: SuiteFile) -> EnvironmentDefinition | None:
    """The environment of a suite; all suites of a session have the same one.

    Returns:
        None where nobody names one: there is no environment file, or it has several and the suite
        calls nothing.

    Raises:
        ConfigurationError: there is no such environment, it is protected, there is a choice that
            nobody made, or another suite of the session asked for another one.
        DefinitionError: the environment file is wrong.
    """
    wish = _wish(config, suite)
    definition, others = _find(config, suite.file.parent, wish)
    if definition is None and others and suite.steps:
        raise ConfigurationError(
            f"{suite.file}: no environment is chosen, and there are several: {', '.join(others)}",
            hint="Write 'environment: NAME' in the suite, or add --orchestra-env=NAME.",
        )
    if definition is not None:
        _check(config, definition)
    return definition


def _wish(config: pytest.Config, suite: SuiteFile | None = None) -> _Wish:
    """Command line, else the suite, else the ini file."""
    options = config.stash[OPTIONS]
    if options.env:
        return _Wish(options.env, "--orchestra-env")
    if suite is not None and suite.environment:
        return _Wish(suite.environment, str(suite.document.location(("environment",))))
    return _Wish(options.ini_env, in_ini_file(config, "orchestra_env"))


def _find(
    config: pytest.Config, folder: Path, wish: _Wish
) -> tuple[EnvironmentDefinition | None, Collection[str]]:
    """The environment that is meant, if one is, and the names that there are."""
    path = find_environments(folder.resolve(), config.rootpath)
    if path is None:
        if wish.name is None:
            return None, ()
        raise ConfigurationError(
            f"{wish.by}: there is no environment '{wish.name}': no {FILE_NAME} was found",
            hint=f"Put one beside the suite or in {config.rootpath}.",
        )
    environments = _environments(config, path)
    if wish.name is None:
        only = next(iter(environments.values())) if len(environments) == 1 else None
        return only, environments
    if wish.name not in environments:
        hint = suggestion(wish.name, environments, "It has")
        message = f"{wish.by}: there is no environment '{wish.name}' in {path}"
        raise ConfigurationError(message, hint=hint)
    return environments[wish.name], environments


def _environments(config: pytest.Config, path: Path) -> Mapping[str, EnvironmentDefinition]:
    read = config.stash.setdefault(_READ, {})
    if path not in read:
        channels = {
            name: frozenset(_field_names(plugin.connection_model))
            for name, plugin in protocols(config).items()
        }
        read[path] = read_environments(path, channels=channels)
    return read[path]


def _field_names(model: type[BaseModel]) -> Iterator[str]:
    """The keys by which a model's fields may be given; which of them decoding decides."""
    for name, field in model.model_fields.items():
        yield name
        match field.validation_alias or field.alias:
            case AliasChoices(choices=choices):
                for each in choices:
                    yield each if isinstance(each, str) else str(each.path[0])
            case AliasPath(path=[first, *_]):
                yield str(first)
            case str(alias):
                yield alias


def _check(config: pytest.Config, definition: EnvironmentDefinition) -> None:
    allowed = config.stash[OPTIONS].allow_protected or config.getoption("collectonly")
    if definition.protected and not allowed:
        raise ConfigurationError(
            f"{definition.location}: environment '{definition.name}' is protected",
            hint="Add --orchestra-allow-protected if you mean it.",
        )
    chosen = config.stash.setdefault(_CHOSEN, definition)
    if (chosen.file, chosen.name) != (definition.file, definition.name):
        raise ConfigurationError(
            f"the suites of this session name two environments: '{chosen.name}'"
            f" ({chosen.location}) and '{definition.name}' ({definition.location})",
            hint="Choose one with --orchestra-env, or run the suites one after the other.",
        )


def chosen_environment(config: pytest.Config) -> str:
    """The name of the environment that the collected suites run against; empty: of none."""
    chosen = config.stash.get(_CHOSEN, None)
    return chosen.name if chosen is not None else ""


def session_environment(config: pytest.Config) -> Environment:
    """The environment that the session's suites run against, ready to be asked.

    Raises:
        ConfigurationError, DefinitionError: as ``choose_environment``.
    """
    from pytest_orchestra.engine.environment import Environment

    definition = config.stash.get(_CHOSEN, None)
    if definition is None:
        definition, _ = _find(config, config.rootpath, _wish(config))
        if definition is not None:
            _check(config, definition)
    if definition is None:
        nowhere = config.rootpath / FILE_NAME
        location = SourceLocation(file=str(nowhere))
        definition = EnvironmentDefinition(name="", file=nowhere, location=location)
    folder = definition.file.parent
    variables = _variables(definition)
    environment = Environment(
        definition,
        protocols=protocols(config),
        look_up_variable=lambda name: os.environ.get(name, variables.get(name)),
        read_file=lambda path: _read(folder / path),
        starter=_Services(config.stash[SHARED]),
    )
    config.stash[MASK] = environment.mask.text
    return environment


def check_environment(given: object) -> None:
    """See that what a conftest wrapped the fixture in gives an environment still.

    Raises:
        ConfigurationError: it does not.
    """
    from pytest_orchestra.engine.environment import Environment

    if not isinstance(given, Environment):
        raise ConfigurationError(
            f"the fixture 'orchestra_environment' gave {type(given).__name__}, no environment",
            hint="Let the conftest that wraps it return the one it got, or what 'override' gives.",
        )


def _variables(definition: EnvironmentDefinition) -> Mapping[str, str]:
    if definition.env_file is None:
        return {}
    path = definition.file.parent / definition.env_file
    if not path.is_file():
        raise ConfigurationError(
            f"{definition.location}: env_file: {path} is not there",
            hint="Copy it there, or leave out 'env_file'.",
        )
    from pytest_orchestra.data.references import parse_env_file

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
