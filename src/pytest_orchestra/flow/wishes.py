"""What a suite wants beyond a criterion: runs that it adds, outcomes that it leaves out.

And what of it cannot be had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice, product

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.keys import MAIN_KEY
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.scenario import Infeasible, SteeringFault, TakenOutcome
from pytest_orchestra.flow.search import Demand, Finding, RunFinder
from pytest_orchestra.flow.space import Run, run_key
from pytest_orchestra.flow.steering import Steering
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId

MAX_READINGS = 100
"""Sets of outcomes that are tried for one run, where an event leads on in several ways."""


def find_added(
    finder: RunFinder, main: Run, steering: Steering
) -> tuple[dict[str, Run], list[SteeringFault]]:
    """Find the runs that the suite adds, each once, and what of them cannot be."""
    added: dict[str, Run] = {}
    faults: list[SteeringFault] = []
    known = {run_key(main): MAIN_KEY}
    for key, places in steering.add.items():
        run = _find_addition(finder, key, places)
        if isinstance(run, SteeringFault):
            faults.append(run)
            continue
        same = known.setdefault(run_key(run), key)
        if same == key:
            added[key] = run
        else:
            why = f"the nearest run that takes these outcomes is '{same}'"
            faults.append(SteeringFault(part="add", name=key, why=why))
    return added, faults


def known_keys(keys: Sequence[str], added: Iterable[str]) -> Iterator[SteeringFault]:
    """Yield the added runs whose key a generated scenario has as well."""
    for key in added:
        if keys.count(key) > 1:
            why = "another scenario is called so by its outcomes"
            yield SteeringFault(part="add", name=key, why=why)


def not_main(routes: Routes, steering: Steering) -> Iterator[SteeringFault]:
    """Yield the outcomes that the suite wants as default and that are not."""
    outcomes = routes.space.game.decisions.outcomes
    defaults = [outcome for outcome in outcomes if outcome.index in routes.defaults]
    taken = {element for outcome in defaults for element in (*outcome.flows, outcome.event)}
    for element in steering.main:
        if element in steering.without:
            yield SteeringFault(part="main", name=element, why="'without' leaves it out")
        elif element in routes.space.game.back:
            yield SteeringFault(part="main", name=element, why="it turns back")
        elif element not in taken:
            rival = _rival(outcomes, element, taken.intersection(steering.main))
            why = (
                f"'main' names {rival} there as well"
                if rival
                else "no run with it as default comes to the end"
            )
            yield SteeringFault(part="main", name=element, why=why)


def _rival(
    outcomes: Iterable[Outcome], element: ElementId, preferred: AbstractSet[ElementId | None]
) -> ElementId | None:
    """Return what the suite prefers at the place where an outcome is."""
    at = {outcome.at for outcome in outcomes if element in (*outcome.flows, outcome.event)}
    rivals = (
        each
        for outcome in outcomes
        if outcome.at in at
        for each in (*outcome.flows, outcome.event)
        if each in preferred
    )
    return next(rivals, None)


def left_out(game: TokenGame) -> Iterator[Infeasible]:
    """Yield the outcomes that the suite leaves out."""
    for outcome in sorted(game.decisions.outcomes, key=game.rank):
        if not outcome.combined and (why := game.why_without(outcome)):
            taken = TakenOutcome(at=outcome.at, flows=outcome.flows, event=outcome.event)
            yield Infeasible(decisions=(taken,), why=why)
    for event in sorted(game.catching.fed & game.steering.without.keys()):
        node = game.graph.nodes[event]
        flows = tuple(flow.id for flow in game.graph.outgoing.get(event, ()))
        taken = TakenOutcome(at=node.attached_to or node.scope, flows=flows, event=event)
        yield Infeasible(decisions=(taken,), why=game.steering.without[event])


def _find_addition(finder: RunFinder, key: str, places: Iterable[ElementId]) -> Run | SteeringFault:
    """Find the run that the suite adds under a key, or say why there is none.

    Args:
        finder: finds runs; its routes know the default outcomes.
        key: what the suite calls it.
        places: the outcomes that it takes, as flows and events.
    """
    places = tuple(dict.fromkeys(places))
    findings = [finder.find(demand) for demand in _demands(finder, places)]
    runs = [finding.run for finding in findings if finding.run]
    if runs:
        return min(runs, key=lambda run: sum(finder.routes.cost(edge) for edge in run))
    return SteeringFault(part="add", name=key, why=_why_not(finder, places, findings))


def _demands(finder: RunFinder, places: tuple[ElementId, ...]) -> Iterator[Demand]:
    """Yield what a run may do to take all outcomes: one for each way on from their events."""
    readings = [list(_readings(finder, place)) for place in places]
    for chosen in islice(product(*readings), MAX_READINGS):
        yield Demand(
            outcomes=tuple(each for each in chosen if isinstance(each, int)),
            flows=tuple(dict.fromkeys(each for each in chosen if not isinstance(each, int))),
        )


def _readings(finder: RunFinder, place: ElementId) -> Iterator[int | ElementId]:
    """Yield the outcomes by index or the flows of which each means that a place is taken.

    An event that is thrown inside the process has no outcome of its own; its flows tell it.
    """
    game = finder.routes.space.game
    if place in game.graph.flows:
        yield place
        return
    own = [outcome.index for outcome in game.decisions.outcomes if outcome.event == place]
    yield from own
    if not own:
        starts = [start.id for start in game.graph.start_events(place)]
        for event in (place, *starts):
            yield from (flow.id for flow in game.graph.outgoing.get(event, ()))


def _why_not(finder: RunFinder, places: tuple[ElementId, ...], findings: Iterable[Finding]) -> str:
    without = finder.routes.space.game.steering.without
    left_out = [place for place in places if place in without]
    if left_out:
        return f"{left_out[0]} is left out: {without[left_out[0]]}"
    reasons = finder.clashes
    if reasons and (why := next(map(reasons.why_not, _demands(finder, places)), "")):
        return why
    if all(finding.is_proved for finding in findings):
        return "no run takes all of these outcomes"
    return "the search was given up before a run was found that takes all of these outcomes"
