"""Which flows the chosen runs take, and why the others are not taken."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from pytest_orchestra.flow.reach import nodes_from, reachable_nodes
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.scenario import Coverage, Uncovered
from pytest_orchestra.flow.search import Reasons
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId


def measure_coverage(
    routes: Routes, selection: Selection, clashes: Reasons | None = None
) -> Coverage:
    """Measure how much of a process the chosen runs take.

    Args:
        routes: the runs that there are.
        selection: the runs that were chosen.
        clashes: where data has a say, tells what it does not allow.
    """
    graph = routes.space.game.graph
    possible = routes.by_flow.keys() | selection.flows
    led_to = reachable_nodes(graph)
    if routes.space.is_cut:
        possible |= {flow.id for flow in graph.flows.values() if flow.source in led_to}
    uncovered = sorted(graph.flows.keys() - selection.flows)
    left_out = _left_out(routes.space.game)
    return Coverage(
        total=len(graph.flows),
        reachable=len(possible),
        covered=len(selection.flows),
        uncovered=tuple(
            Uncovered(
                id=flow,
                why=left_out.get(flow)
                or (clashes.why_flows(flow) if clashes and flow not in possible else "")
                or _reason(flow, routes, selection, led_to),
            )
            for flow in uncovered
        ),
    )


def _left_out(game: TokenGame) -> dict[ElementId, str]:
    """Return the flows that only outcomes which the suite leaves out lead to, with its reasons."""
    graph, without = game.graph, game.steering.without
    if not without:
        return {}
    open_nodes = reachable_nodes(graph, without)
    reasons: dict[ElementId, str] = {}
    for element, why in without.items():
        flow = graph.flows.get(element)
        behind = nodes_from(graph, [flow.target if flow else element]) - open_nodes
        for each in graph.flows.values():
            if each.id == element or each.source in behind:
                reasons.setdefault(each.id, why)
    return reasons


def _reason(
    flow: ElementId, routes: Routes, selection: Selection, led_to: AbstractSet[ElementId]
) -> str:
    if flow in routes.by_flow:
        if selection.is_full:
            return "left out: there would be more scenarios than max_scenarios"
        return "only runs that turn back more often than max_loop_iterations take it"
    if routes.space.game.graph.flows[flow].source not in led_to:
        return "no way from a start leads to it"
    if flow in routes.reached_flows:
        return routes.space.why_no_end()
    if routes.space.is_cut:
        return "the process has too many states to look at them all"
    return "no run comes to it"
