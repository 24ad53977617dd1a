"""What an outcome is called, for people and in keys."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_orchestra.flow.decisions import Decisions, Outcome
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import FlowNode, NodeKind

MAX_NAME = 200
"""How much of a name is shown; a key is shorter still."""

_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_SPOKEN_ENDS = ("?", ":", "!")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An outcome's name as a person would write it, and the same as a part of a key."""

    name: str
    slug: str


def fold(text: str) -> str:
    """Return a text as a part of a key: NFC, lower case, letters and digits of every script.

    Marks that belong to a letter are kept; all else becomes ``-``, once.
    """
    folded: list[str] = []
    for char in unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower()):
        is_mark = unicodedata.category(char) in ("Mn", "Mc")
        if char.isalnum() or (
            is_mark and folded and folded[-1] != "-" and ord(char) not in _VARIATION_SELECTORS
        ):
            folded.append(char)
        elif folded and folded[-1] != "-":
            folded.append("-")
    return "".join(folded).removesuffix("-")


def label_outcomes(graph: ProcessGraph, decisions: Decisions) -> tuple[Label, ...]:
    """Return the label of every outcome, by index.

    An outcome is called by its gateway's name and its own, or the one that exists; without both
    by its target's; an event by its name, else by its kind and host; a number of turns by its
    activity's name. Outcomes that would still be called alike are called by their ids.
    """
    names = [shortened(_name(graph, outcome)) for outcome in decisions.outcomes]
    slugs = [fold(name) for name in names]
    parting = set(_parting(decisions))
    counts = Counter(slugs[index] for index in parting)
    labels: list[Label] = []
    for index, outcome in enumerate(decisions.outcomes):
        name, slug = names[index], slugs[index]
        if not slug or counts[slug] > (index in parting):
            own = outcome_id(outcome)
            name = f"{name} ({own})" if name else own
            slug = fold(own) or own
        labels.append(Label(name=name, slug=slug))
    return tuple(labels)


def outcome_id(outcome: Outcome) -> str:
    """Return the id of an outcome: of its event, else of its flows, else of its place."""
    if outcome.turns is not None:
        return f"{outcome.at} x{outcome.turns}"
    return outcome.event or "+".join(outcome.flows) or outcome.at


def _parting(decisions: Decisions) -> Iterator[int]:
    """Yield the outcomes that lay claim to a name.

    That an activity with events at its border is left in the ordinary way does not.
    """
    for decision in decisions.decisions:
        is_split = sum(not outcome.event for outcome in decision.outcomes) > 1
        yield from (o.index for o in decision.outcomes if o.event or is_split)


def shortened(name: str) -> str:
    """Return a name, cut where it is too long to be read."""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def _name(graph: ProcessGraph, outcome: Outcome) -> str:
    if outcome.event is not None:
        return _event_name(graph, graph.nodes[outcome.event])
    if outcome.turns is not None:
        return f"{graph.nodes[outcome.at].name or outcome.at} x{outcome.turns}"
    gateway = graph.nodes[outcome.at].name
    own = " + ".join(name for flow in outcome.flows if (name := graph.flows[flow].name))
    if gateway and own:
        return f"{gateway} {own}" if gateway.endswith(_SPOKEN_ENDS) else f"{gateway}: {own}"
    if gateway or own:
        return gateway or own
    targets = (graph.nodes[graph.flows[flow].target] for flow in outcome.flows)
    return " + ".join(target.name for target in targets if target.name)


def _event_name(graph: ProcessGraph, event: FlowNode) -> str:
    if event.name:
        return event.name
    starts = graph.start_events(event.id) if event.triggered_by_event else ()
    if starts and starts[0].name:
        return starts[0].name
    kinds = sorted({d.kind.value for node in (event, *starts) for d in node.events})
    host = graph.nodes.get(event.attached_to or event.scope)
    place = (host.name or host.id) if host else graph.process.name
    word = "start" if event.kind is NodeKind.START_EVENT else ""
    return " ".join(part for part in (*kinds, word, place) if part)
