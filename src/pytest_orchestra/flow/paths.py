"""The criterion ``paths``: every distinct way, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from pytest_orchestra.flow.branches import changed_in_order, take_outcomes
from pytest_orchestra.flow.cover import cover_flows
from pytest_orchestra.flow.keys import changed_outcomes
from pytest_orchestra.flow.pairs import choose_pairs
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.search import Finding, Reasons, RunFinder
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.space import Run, StateSpace, is_placed
from pytest_orchestra.flow.ways import Ways
from pytest_orchestra.model import ElementId

MAX_STATES = 60_000
"""States that are looked at; inclusive splits in every combination make many."""

MAX_LOOKS = 500
"""Ways that are looked at for why data does not allow them."""


def choose_paths(finder: RunFinder, selection: Selection) -> None:
    """Choose every run in which events come where they are placed, those near ``main`` first.

    Where there is not room for all, every flow and outcome goes before; where there is, what
    only an event that comes elsewhere makes possible goes after.

    Args:
        finder: finds runs of a game in which inclusive splits take every combination.
        selection: takes the runs.
    """
    routes = finder.routes
    space = finder.space.again(MAX_STATES, is_placed)
    bounds = {flow: finder.most_turns(flow) for flow in finder.back}
    ways = Ways(Routes(space, routes.defaults), bounds)
    selection.add(finder.main())
    if ways.total >= selection.max_scenarios:
        _add(selection, cover_flows(finder))
        take_outcomes(finder, selection, changed_in_order(finder))
    _add(selection, ways.runs())
    is_exact = ways.is_exact
    if finder.clashes:
        _rule_out(selection, finder.clashes, ways.total, bounds)
    if not selection.is_full:
        choose_pairs(finder, selection, is_told=False)
    elif any(edge.move.misplaced for edge in routes.live):
        is_exact = False
    selection.settle(ways.total, is_exact=is_exact)


def _rule_out(
    selection: Selection, clashes: Reasons, possible: int, bounds: Mapping[ElementId, int]
) -> None:
    """List the ways that data does not allow, with the outcomes that are not their default."""
    routes = clashes.plain.routes
    space = StateSpace(routes.space.game, MAX_STATES, is_placed)
    ways = Ways(Routes(space, routes.defaults), bounds)
    outcomes = space.game.decisions.outcomes
    listed = 0
    for run in islice(ways.runs(), MAX_LOOKS if ways.total > possible else 0):
        if not selection.is_listing:
            break
        why = clashes.why_run(run)
        if why:
            changed = dict.fromkeys(changed_outcomes(run, routes.defaults))
            selection.rule_out(why, *(outcomes[index] for index in changed))
            listed += 1
    selection.rule_out_more(max(0, ways.total - possible - listed))


def _add(selection: Selection, runs: Iterable[Run]) -> None:
    for run in runs:
        if selection.is_full:
            break
        selection.add(Finding(run=run))
