"""A process becomes its scenarios: explored, chosen by a criterion, named, told.

Nothing here raises for a model that makes no sense; its problems say what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.flow.branches import choose_branches
from pytest_orchestra.flow.catalogue import ScenarioCatalogue
from pytest_orchestra.flow.cover import choose_flows
from pytest_orchestra.flow.coverage import measure_coverage
from pytest_orchestra.flow.decisions import Decisions
from pytest_orchestra.flow.defaults import choose_defaults
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.keys import NamedRun, changed_outcomes, name_scenarios
from pytest_orchestra.flow.labels import label_outcomes
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.scenario import Criterion, ScenarioSet
from pytest_orchestra.flow.search import RunFinder
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.soundness import find_problems
from pytest_orchestra.flow.space import Run, StateSpace, run_key
from pytest_orchestra.flow.steering import Steering
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import Process

_CHOICES = {Criterion.FLOWS: choose_flows, Criterion.BRANCHES: choose_branches}


def generate_scenarios(
    process: Process,
    *,
    criterion: Criterion = Criterion.BRANCHES,
    max_loop_iterations: int = 2,
    max_scenarios: int = 1000,
    steering: Steering = Steering(),
    processes: Mapping[str, Process] = MappingProxyType({}),
) -> ScenarioSet:
    """Choose the scenarios of a process.

    Args:
        process: any process, sound or not.
        criterion: which scenarios are chosen.
        max_loop_iterations: how often a scenario may turn back by one flow.
        max_scenarios: how many are chosen at most; flow coverage is kept.
        steering: what the suite says of them.
        processes: those that call activities may call, by id.

    Returns:
        The scenarios, ``main`` first, the others in the order of the way; and what they cover,
        what cannot be had, and what is wrong with the process.

    Raises:
        ConfigurationError: the criterion is not there yet, or a number is out of range.
    """
    _check(criterion, max_loop_iterations, max_scenarios)
    graph = index_process(process)
    finder, main = _settled(StateSpace(TokenGame(graph)), max_loop_iterations)
    if not main:
        patient = TokenGame(graph, is_patient=True)
        finder, main = _settled(StateSpace(patient), max_loop_iterations)
    routes = finder.routes
    selection = Selection(max_scenarios)
    if main:
        _CHOICES[criterion](finder, selection)
    return ScenarioSet(
        process_id=process.id,
        criterion=criterion,
        scenarios=_named(selection.runs, routes, main),
        coverage=measure_coverage(routes, selection),
        infeasible=tuple(selection.infeasible),
        left_out=selection.left_out,
        problems=find_problems(routes),
    )


def _check(criterion: Criterion, max_loop_iterations: int, max_scenarios: int) -> None:
    if criterion not in _CHOICES:
        raise ConfigurationError(
            f"the criterion '{criterion.value}' is not there yet",
            hint=f"Use one of {', '.join(known.value for known in _CHOICES)}",
        )
    if max_loop_iterations < 0:
        raise ConfigurationError(
            f"max_loop_iterations is {max_loop_iterations}", hint="Give 0 or more"
        )
    if max_scenarios < 1:
        raise ConfigurationError(f"max_scenarios is {max_scenarios}", hint="Give 1 or more")


def _settled(space: StateSpace, max_turns: int) -> tuple[RunFinder, Run]:
    """Return what finds runs by the final default outcomes, and the run that takes them all.

    The default outcomes are chosen by looking at flows alone; where they lead into a deadlock,
    the nearest run that ends well becomes ``main``, and what it takes first the default. Where
    every run turns back more often than it may, the bound gives way.
    """
    game = space.game
    defaults = choose_defaults(game.graph, game.decisions, game.ways)
    finder = RunFinder(Routes(space, defaults), game.back, max_turns)
    main = finder.main().run
    if main is None and StateSpace.START in finder.routes.to_end:
        main = finder.routes.run_from(StateSpace.START)
        finder.max_turns = max(finder.turns(main).values())
    if main and changed_outcomes(main, defaults):
        settled = _as_taken(main, defaults, game.decisions)
        finder = RunFinder(Routes(space, settled), game.back, finder.max_turns)
        main = finder.main().run or main
    return finder, main or ()


def _as_taken(run: Run, defaults: AbstractSet[int], decisions: Decisions) -> frozenset[int]:
    """Return default outcomes of which a run takes those of the decisions that it meets."""
    belongs = {
        outcome.index: decision for decision in decisions.decisions for outcome in decision.outcomes
    }
    settled = set(defaults)
    met: set[int] = set()
    for edge in run:
        for index in edge.move.outcomes:
            others = {outcome.index for outcome in belongs[index].outcomes}
            if met.isdisjoint(others):
                settled = (settled - others) | {index}
            met |= others
    return frozenset(settled)


def _named(runs: list[Run], routes: Routes, main: Run) -> ScenarioCatalogue:
    """Put runs in the order of the way and name them."""
    game = routes.space.game
    outcomes = game.decisions.outcomes
    rank = {outcome.index: n for n, outcome in enumerate(sorted(outcomes, key=game.rank))}
    named = [
        NamedRun(run=run, changed=changed_outcomes(run, routes.defaults))
        if run_key(run) != run_key(main)
        else NamedRun(run=run, changed=(), is_main=True)
        for run in runs
    ]
    named.sort(key=lambda run: (not run.is_main, [rank[index] for index in run.changed]))
    labels = label_outcomes(game.graph, game.decisions)
    return ScenarioCatalogue(game, routes.defaults, named, name_scenarios(named, outcomes, labels))
