"""Which data set each scenario gets, and whether it has what the scenario's steps read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_orchestra.data.data_sets import DataSet, DataSets, Scope
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.model import ElementId, Problem, SourceLocation
from pytest_orchestra.suite.bound import BoundStep, Step, Verdict
from pytest_orchestra.suite.choosing import NAMED, Choice, Chooser
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.demands import Misfit
from pytest_orchestra.suite.each import EACH, NO_EACH, Each
from pytest_orchestra.suite.fitting import Demands, Fitting, told
from pytest_orchestra.suite.marks import Marking
from pytest_orchestra.suite.names import references_of
from pytest_orchestra.suite.reading import SuiteFile
from pytest_orchestra.suite.ways import Way

DATA_FIXTURE = "orchestra_data"
"""The fixture by which a Python step reads data."""


_NAME_FILES = "Name files of data sets: 'data: {files: data/*.yaml}'."


def suite_data(
    suite: SuiteFile,
    problems: list[Problem],
    beyond: Sequence[DataSet] = (),
    *,
    needs_files: bool = True,
) -> Sequence[DataSet]:
    """The sets of the files under ``data.files``; what is wrong goes to ``problems``.

    Args:
        suite: names the files.
        problems: gets what is wrong.
        beyond: the sets of every suite, which these may extend.
        needs_files: whether a name that no file has is a problem.
    """
    files = suite.part.data.files
    patterns = {(): files} if isinstance(files, str) else {(i,): f for i, f in enumerate(files)}
    paths: dict[Path, None] = {}
    for inner, pattern in patterns.items():
        found = _matching(suite.file.parent, pattern)
        if not found and needs_files:
            at = suite.document.location(("data", "files", *inner))
            hint = "Paths are taken from the suite file's folder."
            message = f"no file is called '{pattern}'"
            problems.append(mistake("file-missing", message, at=at, hint=hint))
        paths.update(dict.fromkeys(found))
    with collecting(problems):
        known = None if "data" in suite.lost else beyond
        return read_data_sets(paths, Scope.SUITE, beyond=known)
    return ()


def nearest_first(*scopes: Sequence[DataSet]) -> DataSets:
    """All sets that a suite may use, the nearest first; of one name the nearest only.

    Args:
        scopes: the farthest first.
    """
    merged = DataSets.merged(*scopes).by_name
    own = [data for scope in reversed(scopes) for data in scope if merged[data.name] is data]
    return DataSets({data.name: data for data in own})


def _matching(folder: Path, pattern: str) -> Sequence[Path]:
    """The files that a glob names, in the same order on every machine."""
    path = Path(pattern)
    if path.is_absolute():
        folder, path = Path(path.anchor), path.relative_to(path.anchor)
    return sorted(folder.glob(str(path))) if path.parts else []


@dataclass(slots=True, kw_only=True)
class _Contradiction:
    """A set that a mark names for scenarios whose ways it contradicts.

    Attributes:
        misfits: of the first of them.
        other: a set that fits there.
    """

    data: DataSet
    misfits: Sequence[Misfit]
    at: SourceLocation | None
    keys: list[str]
    other: DataSet | None

    def problem(self) -> Problem:
        first, *others = self.keys
        more = f" and {len(others)} more" if others else ""
        return mistake(
            "data-contradicts",
            f"data set '{self.data.name}' contradicts the way of scenario '{first}'{more}:"
            f" {told(self.misfits)}",
            at=self.at,
            hint=f"Name '{self.other.name}', which fits." if self.other else "Name another one.",
        )


class DataChoice:
    """Chooses for one scenario after the other and gathers what is wrong.

    Args:
        sets: all that the suite may use.
        selected: those of them that the user asked for.
        steps: of the suite; where none of them reads data, no scenario has any.
        name_of: what people call an element.
        each: which elements take the items of which lists.
        asks: whether the suite has conditions of its own.
        picks_all: whether a scenario gets every set that fits.
        judges: False where ``data`` or its files have mistakes, so that sets may be missing.

    Attributes:
        fitting: compares the sets with ways.
        sets, each, judges: as given.
    """

    def __init__(
        self,
        sets: DataSets,
        selected: DataSets,
        steps: Iterable[Step],
        *,
        name_of: Callable[[ElementId], str] = str,
        each: Each = NO_EACH,
        asks: bool = False,
        picks_all: bool = False,
        judges: bool = True,
    ) -> None:
        steps = tuple(steps)
        self.each = each
        self.fitting = Fitting(tuple(sets.by_name.values()), name_of, each)
        self._chooser = Chooser(sets, selected, self.fitting, picks_all=picks_all)
        self._asks = asks or any(each.scope is not Scope.GLOBAL for each in sets.by_name.values())
        self._contradictions: dict[SourceLocation | None, _Contradiction] = {}
        self.sets = sets
        self.selected = selected
        self.judges = judges
        self._read: Mapping[int, tuple[Reference, ...]] = {
            id(step): tuple(each for each in references_of(step) if each.root in ("data", EACH))
            for step in steps
        }
        self._is_read = any(self._read.values()) or any(
            step.python is not None and DATA_FIXTURE in step.python.fixtures for step in steps
        )
        self._looked_at: set[tuple[int, str]] = set()
        self._problems: dict[object, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the choices so far."""
        contradictions = (each.problem() for each in self._contradictions.values())
        return (*self._problems.values(), *contradictions)

    def choose(self, way: Way, marking: Marking) -> Sequence[Choice]:
        """The set of a scenario: that of its mark, else one that fits; several where all are."""
        demands, scenario = self.fitting.demands(way), way.scenario
        if marking.values is not None:
            own = self._own(scenario.key, marking)
            return (self._compared(own, demands, scenario.key, marking.values_at),)
        if marking.data is not None:
            named = self._named(marking, marking.data)
            return (self._compared(named, demands, scenario.key, marking.data_at),)
        if not self._is_read and not (demands and self._asks):
            return (Choice(),)
        return self._chooser.choose(demands, marking.tags, self.fitting.wishes(way))

    def verdicts(self, way: Way) -> tuple[Verdict, ...]:
        """Whether each data set that may be chosen fits a way."""
        demands = self.fitting.demands(way)
        return tuple(
            Verdict(data=data, why_not=tuple(map(str, self.fitting.misfits(demands, data))))
            for data in self.sets.candidates()
        )

    def _compared(
        self, choice: Choice, demands: Demands, key: str, at: SourceLocation | None
    ) -> Choice:
        """What a mark says must not contradict the way."""
        data = choice.data
        misfits = self.fitting.misfits(demands, data) if data is not None else ()
        if data is not None and misfits:
            known = self._contradictions.get(at)
            if known is None:
                fitting = self.fitting.fitting(demands, self.sets.candidates())
                self._contradictions[at] = _Contradiction(
                    data=data, misfits=misfits, at=at, keys=[key], other=next(fitting, None)
                )
            else:
                known.keys.append(key)
        return choice

    def look_at(self, data: DataSet | None, steps: Sequence[BoundStep]) -> None:
        """Check that ``data`` has what the steps of a scenario read."""
        name = data.name if data is not None else ""
        for bound in steps:
            key = (id(bound.step), name)
            if key not in self._looked_at:
                self._looked_at.add(key)
                for reference in self._read[id(bound.step)]:
                    if reference.root == "data":
                        self._check(reference, data)

    def _own(self, key: str, marking: Marking) -> Choice:
        """The scenario's own set, which has the values of the one that its mark names too."""
        extended = Choice() if marking.data is None else self._named(marking, marking.data)
        if extended.skip or (marking.data is not None and extended.data is None):
            return extended
        if marking.data is None and self.selected is not self.sets:
            return Choice(skip=f"its own data set '{key}' is not selected")
        return Choice(data=scenario_set(key, marking, extended.data), reason=NAMED)

    def _named(self, marking: Marking, name: str) -> Choice:
        found = self.sets.choose(named=name)
        if found is None:
            if self.judges:
                self._problems[marking.data_at] = mistake(
                    "unknown-data",
                    f"no data set is called '{name}'",
                    at=marking.data_at,
                    hint=suggestion(name, self.sets.by_name, "There are") or _NAME_FILES,
                )
            return Choice()
        if found.refused is not None:
            self._problems[marking.data_at] = mistake(
                "data-refused",
                f"data set '{name}' is a negative one: '{found.refused.alias}' refuses it",
                at=marking.data_at,
                hint="It has an item of its own; name another set.",
            )
            return Choice()
        if found.name not in self.selected.by_name:
            return Choice(skip=f"its data set '{name}' is not selected")
        return Choice(data=found, reason=NAMED)

    def _check(self, reference: Reference, data: DataSet | None) -> None:
        if reference.optional or not self.judges:
            return
        if data is None:
            if not self.sets.by_name:
                self._problems["none"] = self._problems.get("none") or mistake(
                    "no-data",
                    f"'{reference}' is read, and there is no data set",
                    at=reference.location,
                    hint=_NAME_FILES,
                )
            return
        value: object = data.values
        for depth, key in enumerate(reference.path):
            if not isinstance(value, Mapping) or key not in value:
                self._problems[reference, data.name] = _lacks(data, reference, depth, value)
                return
            value = value[key]


def scenario_set(key: str, marking: Marking, extended: DataSet | None) -> DataSet:
    """The set that ``values`` of a mark make: it is called as the scenario is.

    Args:
        key: of the scenario.
        marking: has values.
        extended: the set whose values these go over.
    """
    at = marking.values_at or SourceLocation(file="")
    return DataSet(
        name=key,
        values={**(extended.values if extended else {}), **(marking.values or {})},
        scope=Scope.SCENARIO,
        file=at.file,
        location=at,
        tags=extended.tags if extended else (),
    )


def _lacks(data: DataSet, reference: Reference, depth: int, value: object) -> Problem:
    key = reference.path[depth]
    known = value if isinstance(value, Mapping) else ()
    return mistake(
        "data-lacks",
        f"data set '{data.name}' has no '{'.'.join(reference.path[: depth + 1])}'",
        at=reference.location,
        hint=suggestion(key, known, "It has"),
    )
