"""How the scenarios of a suite differ from those of its lock file, told as errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.lock import ProcessLock, find_drift
from pytest_orchestra.model import ElementId, Problem, SourceLocation
from pytest_orchestra.suite.lock_file import LockFile, lock_path, read_lock

DRIFTED = "scenarios-drifted"

_MAX_LISTED = 12


def drift_problems(
    file: Path, now: ProcessLock, processes: Iterable[ElementId]
) -> Iterator[Problem]:
    """Everything that tells scenarios from those that were locked.

    Args:
        file: the suite, or the bare process file, whose lock file is looked at.
        now: of the scenarios as they are.
        processes: all that the lock file should speak of.

    Raises:
        DefinitionError: there is no lock file, or it cannot be read.
    """
    path = lock_path(file)
    if not path.is_file():
        hint = f"Write it with 'orchestra plan --lock {file}', and review it."
        at = SourceLocation(file=str(file))
        message = f"there is no lock file '{path.name}'"
        raise DefinitionError([mistake("lock-missing", message, at=at, hint=hint)])
    found = read_lock(path)
    drifted = _Drifted(file, found)
    before = {each.process_id: each for each in found.locks}
    for process_id in sorted(before.keys() - set(processes)):
        yield drifted.told(f"process '{process_id}' is gone, with all its scenarios", process_id)
    old = before.get(now.process_id)
    if old is None:
        yield drifted.told(f"process '{now.process_id}' is new")
    elif old.criterion is not now.criterion:
        yield drifted.criterion(old, now)
    else:
        yield from drifted.scenarios(old, now)


class _Drifted:
    """Tells what has drifted, at its place in the lock file."""

    def __init__(self, file: Path, found: LockFile) -> None:
        self._hint = (
            f"Look at it with 'orchestra diff {lock_path(file)} {file}', mend the suite, then lock"
            f" anew with 'orchestra plan --lock {file}'."
        )
        self._file = file
        self._document = found.document

    def told(self, message: str, *place: str) -> Problem:
        at = self._document.key_location(("processes", *place))
        return mistake(DRIFTED, message, at=at, hint=self._hint)

    def criterion(self, old: ProcessLock, now: ProcessLock) -> Problem:
        again = f"orchestra plan --lock --criterion {now.criterion.value} {self._file}"
        return mistake(
            "lock-criterion",
            f"the lock file is of the criterion '{old.criterion.value}', and these scenarios are"
            f" of '{now.criterion.value}'",
            at=self._document.key_location(("processes", old.process_id, "criterion")),
            hint=f"Ask for the same, or lock with '{again}'.",
        )

    def scenarios(self, old: ProcessLock, now: ProcessLock) -> Iterator[Problem]:
        drift = find_drift(old, now)
        renamed = [f"{before} -> {after}" for before, after in drift.renamed]
        renamed_at = [before for before, _ in drift.renamed]
        for keys, what, places in (
            (drift.gone, "gone", drift.gone),
            (drift.new, "new", ()),
            (drift.changed, "of the same key and another way", drift.changed),
            (renamed, "renamed", renamed_at),
        ):
            if keys:
                number = "1 scenario is" if len(keys) == 1 else f"{len(keys)} scenarios are"
                place = (old.process_id, "scenarios", *places[:1])
                yield self.told(f"{number} {what}: {_listed(keys)}", *place)


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _MAX_LISTED} more" if len(keys) > _MAX_LISTED else ""
    return f"{', '.join(keys[:_MAX_LISTED])}{more}"
