"""What is wrong with a process, or read in a way that its author should know of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pytest_orchestra.flow.catching import Escape
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.places import PlaceKind
from pytest_orchestra.flow.reach import reachable_nodes
from pytest_orchestra.flow.readings import find_readings, named
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.space import StateSpace
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import NodeKind, Problem, Severity

_warning = partial(Problem, severity=Severity.WARNING)
_note = partial(Problem, severity=Severity.INFO)


def find_problems(routes: Routes) -> tuple[Problem, ...]:
    """Return what the exploration of a process brought to light, in order of the nodes' ids."""
    space = routes.space
    game = space.game
    problems = [*_readings(game), *_dead_parts(game.graph), *_stuck(space), *_piled(space)]
    problems.sort(key=lambda problem: (problem.element_id or "", problem.code))
    return (*_whole(routes), *problems)


def _whole(routes: Routes) -> Iterator[Problem]:
    """Yield what concerns the process as a whole."""
    graph = routes.space.game.graph
    about = partial(_warning, element_id=graph.process.id, location=graph.process.location)
    inner = graph.children.get(graph.process.id, ())
    drawn = [node for node in inner if node.kind is NodeKind.START_EVENT]
    if not graph.nodes:
        yield about(
            code="process-empty",
            message="the process has no flow nodes",
            hint="Draw them, or name another process of the file",
        )
    elif not graph.entries(graph.process.id):
        yield about(
            code="no-start",
            message="the process has no start: every node has an incoming flow",
            hint=f"Remove the flow to {named(drawn[0])}" if drawn else "Add a start event",
        )
    elif StateSpace.START not in routes.to_end:
        yield about(
            code="no-end",
            message="no run of the process was found that comes to its end",
            hint="Look at what 'scenarios.without' leaves out"
            if routes.space.is_barred and not routes.space.stuck
            else "Look at its other problems: something waits or turns back for ever",
        )
    if routes.space.is_cut:
        yield about(
            code="search-cut",
            message="the process has too many states to look at them all",
            hint="Check for tokens that pile up, or split the process",
        )


def _readings(game: TokenGame) -> Iterator[Problem]:
    """Yield how elements are read that the standard or this version leaves open."""
    for node in game.graph.nodes.values():
        name = named(node)
        about = partial(_note, element_id=node.id, location=node.location)
        escape = game.catching.escapes.get(node.id)
        if escape is Escape.ENDS_PLAINLY:
            yield about(
                code="throw-uncaught",
                message=f"nothing catches what {name} throws; it is read as a plain end",
            )
        elif escape is Escape.HAS_NO_WAY_ON:
            yield _warning(
                element_id=node.id,
                location=node.location,
                code="throw-uncaught",
                message=f"nothing around {name} catches what it throws, so no run goes there",
                hint="Attach a boundary event to the sub-process that holds it",
            )
        yield from find_readings(game, node)


def _dead_parts(graph: ProcessGraph) -> Iterator[Problem]:
    led_to = reachable_nodes(graph)
    for node in graph.nodes.values():
        inside_dead = node.scope in graph.nodes and node.scope not in led_to
        if node.id not in led_to and not inside_dead and not node.for_compensation:
            yield _warning(
                code="unreachable",
                element_id=node.id,
                location=node.location,
                message=f"no way from a start leads to {named(node)}",
                hint="Connect it or remove it",
            )


def _stuck(space: StateSpace) -> Iterator[Problem]:
    """Yield the nodes before which a token may wait for ever."""
    graph = space.game.graph
    places = space.game.places.listed
    waiting = {
        places[number].target
        for state in space.stuck
        for number in space.states[state]
        if places[number].kind is PlaceKind.FLOW
    }
    for element in sorted(waiting):
        node = graph.nodes[element]
        if element in space.game.catching.escapes:
            continue
        yield _warning(
            code="deadlock",
            element_id=element,
            location=node.location,
            message=f"a token may wait for ever before {named(node)}",
            hint="Join with the kind of gateway that split"
            if node.kind.is_gateway
            else "Give the token a way on",
        )


def _piled(space: StateSpace) -> Iterator[Problem]:
    """Yield the nodes to which several tokens come at once by one flow."""
    game = space.game
    places = game.places.listed
    endless = {places[number].target for number in space.growing}
    several = {places[number].target for number in space.piled | space.growing}
    for element in sorted(several & game.graph.nodes.keys()):
        node = game.graph.nodes[element]
        about = partial(_warning, element_id=element, location=node.location)
        if element in endless:
            yield about(
                code="tokens-unbounded",
                message=f"tokens may pile up without end before {named(node)}",
                hint="Do not turn back from a parallel branch",
            )
        else:
            yield about(
                severity=Severity.INFO,
                code="unsynchronised",
                message=f"several tokens may come to {named(node)} by one flow",
                hint="Join parallel branches before",
            )
