"""What people call the elements of a process: by name, with the id where names are not enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pytest_orchestra.model import Process


def shown_names(process: Process) -> Mapping[str, str]:
    """A name for the id of every node and flow.

    A flow is called with its source, ``Amount?/high``; one without a name by what it connects,
    ``Amount? -> Ship order``. Several that would be called alike have their ids beside.
    """
    names = {str(node.id): " ".join(node.name.split()) or node.id for node in process.nodes}
    for flow in process.flows:
        source, target = names.get(flow.source, flow.source), names.get(flow.target, flow.target)
        own = " ".join(flow.name.split())
        names[flow.id] = f"{source}/{own}" if own else f"{source} -> {target}"
    number = Counter(names.values())
    return {each: name if number[name] == 1 else f"{name} ({each})" for each, name in names.items()}
