"""What ``scenarios`` says of the ways that are chosen: its places become elements of the process.

What they cannot mean is told with its place in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.problems import mistake, shortened, suggestion
from pytest_orchestra.flow.keys import MAIN_KEY, MAX_KEY
from pytest_orchestra.flow.labels import fold
from pytest_orchestra.flow.outcomes import NamedOutcomes, name_outcomes
from pytest_orchestra.flow.scenario import SteeringFault
from pytest_orchestra.flow.steering import UNSTEERED, Steering
from pytest_orchestra.model import ElementId, Problem, Process, SourceLocation
from pytest_orchestra.suite.file import ScenariosPart, Texts
from pytest_orchestra.suite.outcome_names import OutcomeReader
from pytest_orchestra.suite.places import Elements

DEFAULT = "default"
"""Under ``max_loop_iterations``: of every loop that is not named."""


def turns_of(part: ScenariosPart, otherwise: int) -> tuple[int, Mapping[str, int]]:
    """How often loops may turn back: in general, and by what the suite calls an element."""
    said = part.max_loop_iterations
    if isinstance(said, dict):
        return said.get(DEFAULT, otherwise), {k: n for k, n in said.items() if k != DEFAULT}
    return otherwise if said is None else said, {}


class SteeringReader(OutcomeReader):
    """Reads what one suite says.

    Args:
        process: the tested one; ``elements`` are its names.
        document: where the suite is written.

    Attributes:
        problems: what makes no sense.
    """

    def __init__(self, process: Process, elements: Elements, document: Document) -> None:
        super().__init__(elements, document)
        self._process = process
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
                for outcome in self.outcomes(name, ("without", name), named)
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
            for outcome in self.outcomes(name, path, named):
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
            outcomes = [self.outcomes(name, at, named) for at, name in places]
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
