"""Why data does not allow a run, in words."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.labels import shortened
from pytest_orchestra.flow.literals import Literal, Literals, reads_visit
from pytest_orchestra.flow.scenario import WayCondition
from pytest_orchestra.flow.search import Demand, RunFinder
from pytest_orchestra.flow.space import Run
from pytest_orchestra.flow.telling import ToldWay, tell_run
from pytest_orchestra.model import ElementId, FlowNode

_Asked = tuple[WayCondition, Literal]


class Clashes:
    """Looks at what a run asks of data as a whole.

    Args:
        plain: finds runs whatever data says.

    Attributes:
        plain: the same.
        counts_visits: whether any condition reads the visit.
    """

    def __init__(self, plain: RunFinder) -> None:
        self.plain = plain
        self._game = plain.routes.space.game
        conditions = self._game.demands.conditions
        self._literals = Literals(conditions)
        self.counts_visits = any(reads_visit(each) for each in conditions.by_element.values())

    def is_possible(self, run: Run) -> bool:
        """Whether data may allow a run: it is not proved that it does not."""
        moments = self._moments(self._told(run))
        groups = frozenset(frozenset(literal for _, literal in asked) for asked in moments)
        return self._literals.are_all_possible(groups)

    def why(self, *outcomes: Outcome) -> str:
        """Say why data allows no run that takes outcomes; nothing where no other run does."""
        return self.why_not(Demand(outcomes=tuple(outcome.index for outcome in outcomes)))

    def why_flows(self, *flows: ElementId) -> str:
        """Say the same of flows."""
        return self.why_not(Demand(flows=flows))

    def why_run(self, run: Run) -> str:
        """Say why data does not allow a run; nothing where that is not proved."""
        way = self._told(run)
        moments = self._moments(way)
        listed = [condition for asked in moments for condition, _ in asked]
        clash = self._literals.clash([literal for _, literal in asked] for asked in moments)
        return self._worded([listed[place] for place in clash], way) if clash else ""

    def why_not(self, demand: Demand) -> str:
        """Say the same of whatever is asked of a run."""
        run = self.plain.find(demand).run
        if run is None:
            return ""
        return self.why_run(run) or "what ways to it ask of data contradicts itself"

    def _told(self, run: Run) -> ToldWay:
        return tell_run(self._game, run, self.plain.routes.defaults)

    def _moments(self, way: ToldWay) -> list[list[_Asked]]:
        """Return what a way asks, moment by moment; each event is judged by itself."""
        moments: dict[tuple[int, ElementId, int, ElementId | None], list[_Asked]] = {}
        hosted = self._game.demands.hosted
        for each in way.conditions:
            literal = self._literals.literal(
                each.element, holds=each.holds, visit=each.visit, freed=each.free
            )
            if literal is not None:
                event = each.element if each.element in hosted.get(each.at, ()) else None
                key = (each.moment, each.at, each.visit, event)
                moments.setdefault(key, []).append((each, literal))
        return list(moments.values())

    # -- words ---------------------------------------------------------------------------------

    def _worded(self, clash: Sequence[WayCondition], way: ToldWay) -> str:
        said = [self._said(each, way) for each in clash]
        if len(said) == 1:
            return f"{said[0]} {'cannot' if _is_counted(clash[0]) else 'can never'} be so"
        both = "both" if len(said) == 2 else "all"  # noqa: PLR2004 - what the word means
        return f"{', '.join(said[:-1])} and {said[-1]} cannot {both} be so"

    def _said(self, asked: WayCondition, way: ToldWay) -> str:
        text = shortened(asked.text.strip().removeprefix("=").strip())
        shown = text if asked.holds else f"not ({text})"
        visit = f", visit {asked.visit}" if _is_counted(asked) else ""
        return f"{shown} ({self._place(asked, way)}{visit})"

    def _place(self, asked: WayCondition, way: ToldWay) -> str:
        """Return what is taken because of a condition: a flow with its source, or an event."""
        nodes = self._game.graph.nodes
        if asked.element in nodes:
            event = nodes[asked.element]
            return _called(event) if asked.holds else f"no {_called(event)}"
        flows: tuple[ElementId, ...] = (asked.element,) if asked.holds else ()
        for taken in way.decisions:
            if not flows and (taken.at, taken.visit) == (asked.at, asked.visit):
                flows = taken.flows
        source = _called(nodes[asked.at])
        own = " + ".join(self._flow_called(flow) for flow in flows)
        return f"{source}/{own}" if own else source

    def _flow_called(self, flow_id: ElementId) -> str:
        flow = self._game.graph.flows[flow_id]
        return flow.name or self._game.graph.nodes[flow.target].name or flow.id


def _is_counted(asked: WayCondition) -> bool:
    return asked.condition is not None and reads_visit(asked.condition)


def _called(node: FlowNode) -> str:
    return node.name or node.id
