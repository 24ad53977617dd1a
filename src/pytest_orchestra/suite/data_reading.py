"""The data that a suite has for its scenarios, as far as it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_orchestra.data.data_sets import DataSet, DataSets
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import Problem
from pytest_orchestra.suite.bound import Step
from pytest_orchestra.suite.conditions import KnownData, known_data, names_asked
from pytest_orchestra.suite.data_choice import DataChoice, nearest_first, suite_data
from pytest_orchestra.suite.each import NO_EACH, Each, item_keys, read_each
from pytest_orchestra.suite.names import data_names, item_names
from pytest_orchestra.suite.places import Elements, UnknownElements
from pytest_orchestra.suite.reading import SuiteFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the user asked for on the command line.

    Attributes:
        criterion: None: the suite's own, else ``branches``.
        data_names, data_tags: only these data sets; empty: all.
        locked: the scenarios must be those of the suite's lock file.
        explains_data: each scenario says which data sets fit it, and why others do not.
        makes_data: the suite's data is to be made: what is missing of it is no mistake.
    """

    criterion: Criterion | None = None
    data_names: Sequence[str] = ()
    data_tags: Sequence[str] = ()
    locked: bool = False
    explains_data: bool = False
    makes_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReading:
    """Of one suite; ``problems`` gets everything that is wrong with its data."""

    suite: SuiteFile
    selection: Selection
    problems: list[Problem]

    def choice(
        self,
        global_data: Sequence[DataSet],
        steps: Sequence[Step],
        elements: Elements | UnknownElements,
    ) -> DataChoice:
        """The sets that were asked for, and how they are given to the scenarios."""
        suite, asked = self.suite, self.selection
        told = len(self.problems)
        needs_files = not asked.makes_data
        own = suite_data(suite, self.problems, global_data, needs_files=needs_files)
        sets = nearest_first(global_data, own)
        are_all_read = len(self.problems) == told and not {"data", "data.files"} & suite.lost
        are_all_read = are_all_read and not asked.makes_data
        selected = sets.selected(names=asked.data_names, tags=asked.data_tags)
        return DataChoice(
            sets,
            selected,
            steps,
            name_of=elements.name_of,
            each=self._each(elements, sets if are_all_read else None),
            asks=bool(suite.part.conditions),
            picks_all=suite.part.data.pick == "all",
            judges=are_all_read,
        )

    def known(self, data: DataChoice, steps: Sequence[Step]) -> KnownData:
        """What conditions may speak of; where data is to be made, what steps and they ask for."""
        known = known_data(data.sets.by_name.values(), item_keys(data.each, data.sets))
        if not self.selection.makes_data:
            return known
        names = known.names | data_names(steps) | names_asked(self.suite)
        return replace(known, names=names, each=known.each | item_names(steps))

    def _each(self, elements: Elements | UnknownElements, sets: DataSets | None) -> Each:
        """Which elements take items; none where it is not known what they are called."""
        if isinstance(elements, UnknownElements):
            return NO_EACH
        return read_each(
            self.suite.part.data.each,
            self.suite.document,
            elements.find,
            sets,
            self.problems,
        )
