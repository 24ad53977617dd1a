"""What people call the elements of a process: by name, with the id where names are not enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pytest_orchestra.model import NodeKind, Process


def shown_names(process: Process) -> Mapping[str, str]:
    """A name for the id of every node and flow.

    A flow is called with its source, ``Amount?/high``; one without a name by what it connects,
    ``Amount? -> Ship order``; an event sub-process without one by its start event. Several that
    would be called alike have their ids beside.
    """
    starts = {n.scope: n.name for n in process.nodes if n.kind is NodeKind.START_EVENT}
    names: dict[str, str] = {}
    for node in process.nodes:
        start = starts.get(node.id, "") if node.triggered_by_event else ""
        names[node.id] = " ".join((node.name or start).split()) or node.id
    for flow in process.flows:
        source, target = names.get(flow.source, flow.source), names.get(flow.target, flow.target)
        own = " ".join(flow.name.split())
        names[flow.id] = f"{source}/{own}" if own else f"{source} -> {target}"
    number = Counter(names.values())
    return {each: name if number[name] == 1 else f"{name} ({each})" for each, name in names.items()}
