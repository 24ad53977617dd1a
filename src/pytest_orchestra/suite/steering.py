"""What ``scenarios`` says of the ways that are chosen: its places become elements of the process.

What they cannot mean is told with its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.problems import mistake, shortened, suggestion
from pytest_orchestra.flow.keys import MAIN_KEY, MAX_KEY
from pytest_orchestra.flow.labels import fold
from pytest_orchestra.flow.outcomes import NamedOutcomes, name_outcomes
from pytest_orchestra.flow.scenario import SteeringFault
from pytest_orchestra.flow.steering import UNSTEERED, Steering
from pytest_orchestra.model import ElementId, Problem, Process, SourceLocation
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.elements import Element
from pytest_orchestra.suite.file import ScenariosPart, Texts
from pytest_orchestra.suite.places import Elements

DEFAULT = "default"
"""Under ``max_loop_iterations``: of every loop that is not named."""


def turns_of(part: ScenariosPart, otherwise: int) -> tuple[int, Mapping[str, int]]:
    """How often loops may turn back: in general, and by what the suite calls an element."""
    said = part.max_loop_iterations
    if isinstance(said, dict):
        return said.get(DEFAULT, otherwise), {k: n for k, n in said.items() if k != DEFAULT}
    return otherwise if said is None else said, {}


class SteeringReader:
    """Reads what one suite says.

    Args:
        process: the tested one; ``elements`` are its names.
        document: where the suite is written.

    Attributes:
        problems: what makes no sense.
    """

    def __init__(self, process: Process, elements: Elements, document: Document) -> None:
        self.problems: list[Problem] = []
        self._process = process
        self._elements = elements
        self._document = document
        self._mains: dict[ElementId, PartPath] = {}

    def read(self, part: ScenariosPart) -> Steering:
        """The steering that ``part`` asks for, as far as it makes sense."""
        _, turns = turns_of(part, 0)
        if not (part.main or part.without or part.add or turns):
            return UNSTEERED
        named = name_outcomes(self._process)
        return Steering(
            main=self._main(part.main, named),
            without={
                outcome: why
                for name, why in part.without.items()
                for outcome in self._outcomes(name, ("without", name), named)
            },
            add=self._add(part.add, named),
            max_loop_iterations=self._loops(turns, named),
        )

    def placed(self, fault: SteeringFault) -> Problem:
        """What cannot be had, where the suite asks for it."""
        if fault.part == "main":
            name = self._elements[ElementId(fault.name)].name
            return mistake(
                "main-impossible",
                f"'main' cannot take '{name}': {fault.why}",
                at=self._at(self._mains[ElementId(fault.name)]),
                hint="Leave it out, or give the way a key under 'add'.",
            )
        return mistake(
            "scenario-impossible",
            f"'{fault.name}' cannot be added: {fault.why}",
            at=self._document.key_location(("scenarios", "add", fault.name)),
            hint="Name other outcomes, choose another key, or leave it out.",
        )

    def _main(self, names: Texts, named: NamedOutcomes) -> tuple[ElementId, ...]:
        for path, name in _listed(names, ("main",)):
            for outcome in self._outcomes(name, path, named):
                self._mains[outcome] = path
                if outcome not in named.defaults:
                    self._say(
                        "main-impossible",
                        f"'main' cannot take '{shortened(name)}': it turns back, interrupts nothing"
                        " or is thrown inside the process",
                        path,
                        "Give the way a key under 'add'.",
                    )
        return tuple(outcome for outcome in self._mains if outcome in named.defaults)

    def _add(
        self, added: Mapping[str, Texts], named: NamedOutcomes
    ) -> dict[str, tuple[ElementId, ...]]:
        found: dict[str, tuple[ElementId, ...]] = {}
        for key, names in added.items():
            path: PartPath = ("add", key)
            if key == MAIN_KEY or key != fold(key) or len(key) > MAX_KEY:
                hint = "Write letters and digits in lower case, joined by '-', but not 'main'."
                self._say("bad-name", f"'{shortened(key)}' cannot be a key", path, hint)
                continue
            places = _listed(names, path)
            if not places:
                hint = "Name at least one outcome."
                self._say("place-missing", f"'{key}' names no outcome", path, hint)
            outcomes = [self._outcomes(name, at, named) for at, name in places]
            if places and all(outcomes):
                found[key] = tuple(chain.from_iterable(outcomes))
        return found

    def _loops(self, turns: Mapping[str, int], named: NamedOutcomes) -> dict[ElementId, int]:
        found: dict[ElementId, int] = {}
        for name, number in turns.items():
            path = ("max_loop_iterations", name)
            for element in self._found(name, path):
                found[element.id] = number
                if element.id not in named.loops:
                    self._say(
                        "not-a-loop",
                        f"the {element.kind} '{element.name}' neither turns back nor has a marker",
                        path,
                        suggestion(name, self._names(named.loops), "These do"),
                    )
        return found

    def _outcomes(self, name: str, path: PartPath, named: NamedOutcomes) -> list[ElementId]:
        """The outcome that is called so, as the flow floor knows it; empty where there is none."""
        found: list[ElementId] = []
        for element in self._found(name, path):
            if element.id in named.outcomes:
                found.append(named.outcomes[element.id])
                continue
            if element.is_called:
                self._say(
                    "not-an-outcome",
                    f"the {element.kind} '{element.name}' is in a called process, which goes its"
                    " own 'main'",
                    path,
                    "Name outcomes of the tested process only.",
                )
                continue
            own = [each for each in named.outcomes if self._leaves(each, element)]
            self._say(
                "not-an-outcome",
                f"the {element.kind} '{element.name}' is no outcome: that is a flow where ways"
                " part, or an event that may come",
                path,
                suggestion(name, self._names(own or named.outcomes), "Outcomes"),
            )
        return found

    def _leaves(self, outcome: ElementId, element: Element) -> bool:
        """Whether an outcome is a flow out of an element, or an event at it."""
        other = self._elements[outcome]
        ends = (other.flow.source if other.flow else None, other.node and other.node.attached_to)
        return element.id in ends

    def _names(self, elements: Iterable[ElementId]) -> list[str]:
        return [self._elements[each].name for each in elements]

    def _found(self, name: str, path: PartPath) -> list[Element]:
        """The element that is called so, as a list; empty, and told, where there is none."""
        with collecting(self.problems):
            return [self._elements.find(name, self._at(path))]
        return []

    def _say(self, code: str, message: str, path: PartPath, hint: str) -> None:
        self.problems.append(mistake(code, message, at=self._at(path), hint=hint))

    def _at(self, path: PartPath) -> SourceLocation:
        """Where a place is written: as a key, or as a text."""
        full = ("scenarios", *path)
        is_text = isinstance(self._document.part(full), str) and path[0] in ("main", "add")
        return self._document.location(full) if is_text else self._document.key_location(full)


def _listed(names: Texts, path: PartPath) -> list[tuple[PartPath, str]]:
    """Each name with the path to it."""
    if isinstance(names, str):
        return [(path, names)]
    return [((*path, index), name) for index, name in enumerate(names)]
