"""A process becomes its scenarios: explored, chosen by a criterion, named, told.

Nothing here raises for a model that makes no sense; its problems say what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from types import MappingProxyType

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.flow.branches import choose_branches
from pytest_orchestra.flow.calls import Calls
from pytest_orchestra.flow.catalogue import ScenarioCatalogue
from pytest_orchestra.flow.conditions import NO_CONDITIONS, OutcomeConditions
from pytest_orchestra.flow.cover import choose_flows
from pytest_orchestra.flow.coverage import measure_coverage
from pytest_orchestra.flow.decisions import Decisions
from pytest_orchestra.flow.defaults import choose_defaults
from pytest_orchestra.flow.graph import ProcessGraph, index_process
from pytest_orchestra.flow.keys import MAIN_KEY, NamedRun, changed_outcomes, name_scenarios
from pytest_orchestra.flow.labels import label_outcomes
from pytest_orchestra.flow.pairs import choose_pairs
from pytest_orchestra.flow.paths import choose_paths
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.scenario import Criterion, ScenarioSet
from pytest_orchestra.flow.search import RunFinder
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.soundness import find_problems
from pytest_orchestra.flow.space import Run, StateSpace, run_key
from pytest_orchestra.flow.steering import UNSTEERED, Steering
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.turns import MAX_TURNS, allowed_turns
from pytest_orchestra.flow.wishes import find_added, known_keys, left_out, not_main
from pytest_orchestra.model import ElementId, Problem, Process, Severity

_CHOICES = {
    Criterion.FLOWS: choose_flows,
    Criterion.BRANCHES: choose_branches,
    Criterion.PAIRS: choose_pairs,
    Criterion.PATHS: choose_paths,
}


def generate_scenarios(
    process: Process,
    *,
    criterion: Criterion = Criterion.BRANCHES,
    max_loop_iterations: int = 2,
    max_scenarios: int = 1000,
    steering: Steering = UNSTEERED,
    processes: Mapping[str, Process] = MappingProxyType({}),
    conditions: OutcomeConditions = NO_CONDITIONS,
) -> ScenarioSet:
    """Choose the scenarios of a process.

    Args:
        process: any process, sound or not.
        criterion: which scenarios are chosen.
        max_loop_iterations: how often a scenario may turn back by one flow, and how many turns
            an activity with a loop or multi-instance marker may take.
        max_scenarios: how many are chosen at most; flow coverage is kept.
        steering: what the suite says of them.
        processes: those that call activities may call, by id.
        conditions: what its outcomes ask of data.

    Returns:
        The scenarios, ``main`` first, the others in the order of the way; and what they cover,
        what cannot be had, and what is wrong with the process.

    Raises:
        ConfigurationError: a number is out of range.
    """
    _check(max_loop_iterations, max_scenarios)
    for single in steering.max_loop_iterations.values():
        _check(single, max_scenarios)
    finder, main = find_main(
        index_process(process),
        max_loop_iterations,
        steering,
        conditions,
        every_way=criterion is Criterion.PATHS,
    )
    routes = finder.routes
    added, faults = find_added(finder, main, steering) if main else ({}, [])
    selection = Selection(max(1, max_scenarios - len(added)), finder.is_possible)
    if main:
        _CHOICES[criterion](finder, selection)
    elif finder.routes.space.is_cut:
        selection.leave_out(is_certain=False)
    if finder.space is not routes.space:
        selection.leave_out(is_certain=False)
    for run in added.values():
        selection.pin(run)
    calls = Calls(processes, partial(find_main, max_turns=max_loop_iterations))
    names = _named(selection.runs, routes, main, added, calls)
    return ScenarioSet(
        process_id=process.id,
        criterion=criterion,
        scenarios=names,
        coverage=measure_coverage(routes, selection, finder.clashes),
        infeasible=(*left_out(routes.space.game), *selection.infeasible),
        left_out=selection.left_out,
        problems=(*_problems(finder, main), *calls.problems(routes.space.game.graph)),
        faults=(*not_main(routes, steering), *faults, *known_keys(names.keys, added)),
    )


def _problems(finder: RunFinder, main: Run) -> Iterator[Problem]:
    """Yield what is wrong with a process whatever data says, and that data allows no run."""
    if finder.clashes is None:
        yield from find_problems(finder.routes)
        return
    plain = finder.clashes.plain
    yield from find_problems(plain.routes)
    if not main:
        process = plain.routes.space.game.graph.process
        why = finder.clashes.why_flows()
        yield Problem(
            severity=Severity.WARNING,
            code="conditions-clash",
            element_id=process.id,
            location=process.location,
            message=f"no run was found of which all conditions can be so: {why}",
            hint="Correct the conditions, or the data that they speak of.",
        )


def _check(max_loop_iterations: int, max_scenarios: int) -> None:
    if not 0 <= max_loop_iterations <= MAX_TURNS:
        raise ConfigurationError(
            f"max_loop_iterations is {max_loop_iterations}", hint=f"Give 0 to {MAX_TURNS}"
        )
    if max_scenarios < 1:
        raise ConfigurationError(f"max_scenarios is {max_scenarios}", hint="Give 1 or more")


def find_main(
    graph: ProcessGraph,
    max_turns: int,
    steering: Steering = UNSTEERED,
    conditions: OutcomeConditions = NO_CONDITIONS,
    *,
    every_way: bool = False,
) -> tuple[RunFinder, Run]:
    """Explore a process; return what finds its runs, and ``main``, empty where no run ends well.

    Args:
        graph: the process.
        max_turns: how often a run may turn back by one flow.
        steering: what the suite says of outcomes and loops.
        conditions: what outcomes ask of data.
        every_way: whether activities may take any number of turns up to N, and inclusive splits
            their flows in every combination.
    """
    turns = allowed_turns(graph, max_turns, steering.max_loop_iterations, every=every_way)
    play = partial(
        TokenGame, graph, turns, steering=steering, is_combining=every_way, conditions=conditions
    )
    finder, main = _settled(StateSpace(play()), max_turns)
    if not main:
        finder, main = _settled(StateSpace(play(is_patient=True)), max_turns)
    if main and conditions.ask_of_data:
        from pytest_orchestra.flow.feasible import find_feasible  # noqa: PLC0415 - solvers are dear

        return find_feasible(finder, partial(_settled, max_turns=max_turns))
    return finder, main


def _settled(space: StateSpace, max_turns: int) -> tuple[RunFinder, Run]:
    """Return what finds runs by the final default outcomes, and the run that takes them all.

    The default outcomes are chosen by looking at flows alone; where they lead into a deadlock,
    the nearest run that ends well becomes ``main``, and what it takes first the default. Where
    every run turns back more often than it may, the bound gives way.
    """
    game = space.game
    defaults = choose_defaults(game.graph, game.decisions, game.ways, game.steering)
    bounds = _bounds(game)
    finder = RunFinder(Routes(space, defaults), game.back, max_turns, bounds=bounds)
    main = finder.main().run
    if main is None and StateSpace.START in finder.routes.to_end:
        main = finder.routes.run_from(StateSpace.START)
        finder.allow(main)
    if main and changed_outcomes(main, defaults):
        settled = _as_taken(main, defaults, game.decisions)
        routes = Routes(space, settled)
        finder = RunFinder(routes, game.back, finder.max_turns, bounds=finder.bounds)
        main = finder.main().run or main
    return finder, main or ()


def _bounds(game: TokenGame) -> dict[ElementId, int]:
    """Return how often a run may turn back by the flows of which the suite says so."""
    said = game.steering.max_loop_iterations
    flows = [game.graph.flows[flow] for flow in game.back] if said else []
    named = {flow.id: (flow.id, flow.source, flow.target) for flow in flows}
    return {
        flow: next(said[each] for each in names if each in said)
        for flow, names in named.items()
        if not said.keys().isdisjoint(names)
    }


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


def _named(
    runs: list[Run], routes: Routes, main: Run, added: Mapping[str, Run], calls: Calls
) -> ScenarioCatalogue:
    """Put runs in the order of the way and name them."""
    game = routes.space.game
    outcomes = game.decisions.outcomes
    rank = {outcome.index: n for n, outcome in enumerate(sorted(outcomes, key=game.rank))}
    given = {run_key(run): key for key, run in added.items()}
    named = [
        NamedRun(
            run=run, changed=changed_outcomes(run, routes.defaults), key=given.get(run_key(run))
        )
        if run_key(run) != run_key(main)
        else NamedRun(run=run, changed=(), key=MAIN_KEY)
        for run in runs
    ]
    named.sort(key=lambda run: (run.key != MAIN_KEY, [rank[index] for index in run.changed]))
    labels = label_outcomes(game.graph, game.decisions)
    names = name_scenarios(named, outcomes, labels)
    return ScenarioCatalogue(game, routes.defaults, named, names, calls)
