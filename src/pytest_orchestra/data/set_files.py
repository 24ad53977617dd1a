"""Files of data sets become data sets: put together with what they extend, checked by schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orchestra.data.data_sets import DataSet, DataSets, Refused, Scope
from pytest_orchestra.data.inheritance import Inheritance, Values
from pytest_orchestra.data.written_sets import WrittenSet, written_sets
from pytest_orchestra.documents.problems import in_file_order, mistake
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem

if TYPE_CHECKING:
    from pytest_orchestra.data.set_schemas import SetSchemas


def read_data_sets(
    paths: Iterable[Path], scope: Scope, *, beyond: Sequence[DataSet] | None = ()
) -> tuple[DataSet, ...]:
    """Read the data sets of YAML, JSON and CSV files, in the files' order.

    Args:
        paths: the files; one that is named twice is read once.
        scope: of all of them.
        beyond: sets of farther scopes, the farthest first, that these may extend; None: they
            are not known, and nobody misses them.

    Raises:
        DefinitionError: a file is wrong, two sets have one name, one extends what is not there,
            or breaks its schema; with every problem.
    """
    problems: list[Problem] = []
    found: dict[str, WrittenSet] = {}
    for path in dict.fromkeys(paths):
        for written in written_sets(path, problems):
            if (other := found.get(written.name)) is not None:
                problems.append(_twice(written, other))
            found.setdefault(written.name, written)
    are_all_there = not problems and beyond is not None
    farther = DataSets.merged(beyond or ()).by_name if are_all_there else None
    schemas = _schemas(found.values())
    own = {
        name: schemas.typed(each) if schemas is not None else each.part.values
        for name, each in found.items()
    }
    inheritance = Inheritance(found.values(), own, farther)
    sets = tuple(_set(each, scope, inheritance.values(each.name)) for each in found.values())
    problems.extend(inheritance.problems)
    if schemas is not None:
        for each in sets if not problems else ():
            schemas.check(found[each.name], each.values)
        problems.extend(schemas.problems)
    if problems:
        raise DefinitionError(list(_by_file(problems)))
    return sets


def _by_file(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Each file's from the top down, no more than people read."""
    files: dict[str, list[Problem]] = {}
    for each in problems:
        files.setdefault(each.location.file if each.location else "", []).append(each)
    for found in files.values():
        yield from in_file_order(found)


def _set(written: WrittenSet, scope: Scope, values: Values) -> DataSet:
    part = written.part
    return DataSet(
        name=part.name,
        values=values,
        scope=scope,
        file=str(written.file),
        location=written.at(),
        tags=(part.tags,) if isinstance(part.tags, str) else tuple(part.tags),
        origin=part.origin,
        refused=_refused(written),
    )


def _refused(written: WrittenSet) -> Refused | None:
    part = written.part
    if part.refused_by is None:
        return None
    status = part.expect.status if part.expect is not None else None
    return Refused(
        alias=part.refused_by,
        location=written.at("refused_by"),
        status=() if status is None else tuple(status) if isinstance(status, list) else (status,),
    )


def _twice(written: WrittenSet, other: WrittenSet) -> Problem:
    message = f"the data set '{written.name}' is also at {other.at()}"
    return mistake("data-twice", message, at=written.at(), hint="Rename one of them.")


def _schemas(sets: Iterable[WrittenSet]) -> SetSchemas | None:
    """None where no set names one: schemas are dear to load."""
    if all(each.part.schema_file is None for each in sets):
        return None
    from pytest_orchestra.data.set_schemas import (  # noqa: PLC0415 - as said
        SetSchemas,
    )

    return SetSchemas()
