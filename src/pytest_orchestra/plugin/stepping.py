"""SINGLE_STEP and FROM_STEP: which scenarios have the step, and which run they go on with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.engine.saving import SavedContext
from pytest_orchestra.engine.takeover import Takeover, take_over
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.plugin.contexts import Contexts, read_context
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.suite.bound import BoundStep, RunMode

if TYPE_CHECKING:
    from pathlib import Path

ASKED = pytest.StashKey[tuple[int, ...]]()
"""Of an item the indices of the steps that were asked for."""
REFUSED = pytest.StashKey[str]()
"""Why no item of the session can run."""
TAKEN = pytest.StashKey[Takeover]()
"""Of an item the run that it goes on with."""

_VISIT = re.compile(r"(.+)#([1-9]\d{0,5})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as the command line calls it: alias, or place; ``#2``: of its second visit."""

    name: str
    visit: int = 1

    @classmethod
    def of(cls, text: str) -> Asked:
        """Read it."""
        folded = " ".join(text.split())
        if found := _VISIT.fullmatch(folded):
            return cls(found[1].rstrip(), int(found[2]))
        return cls(folded)

    def among(self, steps: Sequence[BoundStep]) -> tuple[int, ...]:
        """Which of a way's steps it means: the one with the alias, else those at the place."""
        for is_called in (_by_alias, _by_place):
            found = [
                index
                for index, each in enumerate(steps)
                if each.visit == self.visit and is_called(each, self.name)
            ]
            if found:
                return tuple(found)
        return ()


def choose_items(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the scenarios that do not have the step; other tests stay.

    Raises:
        pytest.UsageError: none has it, or ``--orchestra-context`` is of none of them.
    """
    options = config.stash[OPTIONS]
    scenarios = [item for item in items if isinstance(item, ScenarioItem)]
    if not scenarios or options.step is None:
        return
    try:
        chosen = _chosen(scenarios, options.step, options.context)
    except pytest.UsageError as error:
        if not hasattr(config, "workerinput"):
            raise
        scenarios[0].stash[REFUSED] = str(error)  # xdist has no ear for what a worker raises here
        chosen = {scenarios[0]}
    left_out = [item for item in scenarios if item not in chosen]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _chosen(scenarios: Sequence[ScenarioItem], step: str, context: Path | None) -> set[pytest.Item]:
    asked = Asked.of(step)
    chosen: set[pytest.Item] = set()
    for item in scenarios:
        if found := asked.among(item.bound.steps):
            item.stash[ASKED] = found
            chosen.add(item)
    if not chosen:
        raise pytest.UsageError(_unknown(step, asked, scenarios))
    return chosen if context is None else _of_context(context, chosen)


def takeover_of(
    item: ScenarioItem, mode: RunMode, environment: str, contexts: Contexts | None
) -> Takeover | None:
    """The run that an item goes on with; None in the modes that begin at the beginning.

    Raises:
        ConfigurationError: there is none, or it does not fit.
    """
    if (refused := item.stash.get(REFUSED, None)) is not None:
        raise ConfigurationError(refused)
    asked = item.stash.get(ASKED, None)
    if asked is None:
        return None
    wanted = _identity(item, environment)
    path = item.config.stash[OPTIONS].context
    if path is not None:
        saved = read_context(path)
        if saved.environment != environment:
            raise ConfigurationError(
                f"{path} is of environment '{saved.environment}', and this session runs"
                f" on '{environment}'",
                hint=f"Add --orchestra-env={saved.environment}.",
            )
    elif contexts is not None:
        saved = contexts.latest(wanted)
    else:
        raise ConfigurationError(
            "no runs are kept: the folder of the state cannot be had",
            hint="Set orchestra_dir to a folder that can be written.",
        )
    item.stash[TAKEN] = taken = take_over(saved, item.bound, asked, mode)
    return taken


def _identity(item: ScenarioItem, environment: str) -> SavedContext:
    """What tells the item's runs from others."""
    data = item.bound.data
    return SavedContext(
        session_id="",
        run_id="",
        suite_file=str(item.suite.file),
        process_id=item.suite.process_id,
        scenario=item.bound.scenario.key,
        data_set=data.name if data is not None else None,
        environment=environment,
        signature="",
        at="",
    )


def _of_context(path: Path, items: set[pytest.Item]) -> set[pytest.Item]:
    """The items that a context file is of."""
    try:
        saved = read_context(path)
    except ConfigurationError as error:
        raise pytest.UsageError(f"--orchestra-context: {error}") from error
    plain = replace(saved, suite_file=_file_name(saved.suite_file))

    def is_of(item: pytest.Item) -> bool:
        if not isinstance(item, ScenarioItem):
            return False
        own = _identity(item, saved.environment)
        return (own.process_id, own.scenario, own.data_set, _file_name(own.suite_file)) == (
            plain.process_id,
            plain.scenario,
            plain.data_set,
            plain.suite_file,
        )

    chosen = {item for item in items if is_of(item)}
    if not chosen:
        data = f" with data set '{saved.data_set}'" if saved.data_set else ""
        raise pytest.UsageError(
            f"--orchestra-context: {path} is of scenario '{saved.scenario}'{data} of"
            f" {plain.suite_file}, which is not among those that have the step"
        )
    return chosen


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _by_alias(bound: BoundStep, name: str) -> bool:
    return bound.step.alias == name


def _by_place(bound: BoundStep, name: str) -> bool:
    return name in (bound.element, " ".join(bound.place.split()))


def _unknown(text: str, asked: Asked, items: Sequence[ScenarioItem]) -> str:
    steps = [each for item in items for each in item.bound.steps]
    if visits := [each.visit for each in steps if Asked(asked.name, each.visit).among([each])]:
        return f"--orchestra-step: '{asked.name}' has at most {max(visits)} visits in a scenario"
    known = dict.fromkeys(
        name for each in steps for name in (each.step.alias, each.place) if name is not None
    )
    hint = suggestion(asked.name, list(known), "There are") if known else "No step is bound."
    return f"--orchestra-step: no selected scenario has a step '{text}'. {hint}"
