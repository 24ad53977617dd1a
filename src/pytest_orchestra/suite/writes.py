"""Which names are written where: by what steps save, and by the model as far as it says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.callees import called_process, called_processes
from pytest_orchestra.model import ElementId, FlowNode, NodeKind, Process
from pytest_orchestra.suite.file import StepPart
from pytest_orchestra.suite.places import Elements

ANY = "*"
"""What a call that hands everything back says that it writes."""

_WORD = re.compile(r"\w+")
_FIRST = re.compile(r"[^\W\d]\w*")

Writes = Mapping[ElementId, frozenset[str]]


def find_writes(
    process: Process,
    names: AbstractSet[str],
    *,
    processes: Mapping[str, Process],
    elements: Elements | None = None,
    steps: Iterable[StepPart] = (),
) -> Writes:
    """Find where names may get another value, by element.

    Args:
        process: the tested one.
        names: those that matter.
        processes: those that may be called, by id.
        elements: what steps call the elements.
        steps: as written; what they ``save`` has the name of its key.
    """
    found: defaultdict[ElementId, set[str]] = defaultdict(set)
    for node, written in _written_by_model(process, names, processes):
        found[node] |= written
    if elements is not None:
        calls = [node.id for node in process.nodes if node.kind is NodeKind.CALL_ACTIVITY]
        for step in steps:
            written = names & (step.save or {}).keys()
            for place in _places(step, elements) if written else ():
                for element in calls if elements[place].is_called else [place]:
                    found[element] |= written
    return {element: frozenset(written) for element, written in found.items() if written}


def _places(step: StepPart, elements: Elements) -> Iterator[ElementId]:
    for names in (step.at, step.leaving):
        for name in [names] if isinstance(names, str) else names or ():
            try:
                yield elements.find(name, None).id
            except BindingError:
                continue  # told where the step is compiled


def _written_by_model(
    process: Process, names: AbstractSet[str], processes: Mapping[str, Process]
) -> Iterator[tuple[ElementId, AbstractSet[str]]]:
    data = {each.id: each.name for each in process.data_objects}
    for node in process.nodes:
        yield node.id, _written_by(node, names)
        called = called_process(node, processes)
        if called is not None:
            inner = (called, *called_processes(called, processes))
            for each in (each for one in inner for each in one.nodes):
                yield node.id, _written_by(each, names)
    for line in process.associations:
        if line.carries_data and line.target in data:
            yield ElementId(line.source), _alike(data[ElementId(line.target)], names)


def _written_by(node: FlowNode, names: AbstractSet[str]) -> AbstractSet[str]:
    if ANY in node.writes:
        return names
    written = {match[0] for text in node.writes if (match := _FIRST.search(text))}
    return names & (written.union(node.writes, _WORD.findall(node.script)))


def _alike(name: str, names: AbstractSet[str]) -> AbstractSet[str]:
    """The names that a data object stands for: called the same, but for case and blanks."""
    wanted = "".join(name.split()).casefold()
    return {each for each in names if "".join(each.split()).casefold() == wanted}
