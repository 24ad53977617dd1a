"""What became of scenarios between two files, as ``plan --lock`` and ``diff`` tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pytest_orchestra.cli.files import is_process_file, look_at
from pytest_orchestra.errors import ConfigurationError, OrchestraError
from pytest_orchestra.flow.lock import Drift, ProcessLock, find_drift, lock_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.suite.generation import suite_scenarios
from pytest_orchestra.suite.lock_file import SUFFIX, lock_path, lock_text, read_lock
from pytest_orchestra.suite.reading import bare_suite, read_suite


class _Written(NamedTuple):
    """A lock file, how many scenarios it has, and what became of those that it had, if any."""

    file: Path
    number: int
    drifts: Sequence[ProcessDrift]


class ProcessDrift(NamedTuple):
    """What became of one process's scenarios."""

    process_id: str
    criterion: Criterion
    drift: Drift


def write_locks(
    files: Sequence[Path], criterion: Criterion | None, *, as_json: bool
) -> Sequence[OrchestraError]:
    """Write a lock file beside each file, print what is new in it; return what is wrong."""
    written, errors = look_at(files, lambda path: [_write(path, criterion)])
    if as_json:
        trees = [
            {"lock_file": str(each.file), "processes": [drift_tree(drift) for drift in each.drifts]}
            for each in written
        ]
        print(json.dumps({"locks": trees}, indent=2, ensure_ascii=False))
        return errors
    for each in written:
        print(f"{each.file}: {each.number} scenario{'' if each.number == 1 else 's'}")
        for drift in each.drifts:
            for line in drift_lines(drift):
                print(line)
    return errors


def _write(path: Path, criterion: Criterion | None) -> _Written:
    """Write one; an old one that cannot be read or compared is as good as none."""
    locks, target = locks_of(path, criterion), lock_path(path)
    drifts: Sequence[ProcessDrift] = ()
    with suppress(OrchestraError):
        drifts = list(compare(read_lock(target).locks, locks))
    try:
        target.write_text(lock_text(locks), encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{target} cannot be written: {reason}") from error
    return _Written(target, sum(len(lock.signatures) for lock in locks), drifts)


def locks_of(path: Path, criterion: Criterion | None = None) -> Sequence[ProcessLock]:
    """The scenarios of a suite, of a process file on its own, or of a lock file.

    Raises:
        OrchestraError: the file cannot be read, or has errors.
    """
    if path.suffix == SUFFIX:
        return read_lock(path).locks
    suites = bare_suite(path) if is_process_file(path) else (read_suite(path),)
    return [lock_scenarios(suite_scenarios(suite, criterion)) for suite in suites]


def compare(old: Sequence[ProcessLock], new: Sequence[ProcessLock]) -> Iterator[ProcessDrift]:
    """What became of the scenarios of each process, those of the new file first.

    Processes are compared by id; one that is left on either side is the same under another id.

    Raises:
        ConfigurationError: the scenarios were chosen by different criteria.
    """
    by_id = {each.process_id: each for each in old}
    gone = [each for each in old if each.process_id not in {other.process_id for other in new}]
    came = [each for each in new if each.process_id not in by_id]
    if len(gone) == len(came) == 1:
        by_id[came[0].process_id] = gone.pop()
    for each in new:
        before = by_id.get(each.process_id, _without_scenarios(each))
        if before.criterion is not each.criterion:
            raise ConfigurationError(
                f"the old scenarios are of the criterion '{before.criterion.value}', the new ones"
                f" of '{each.criterion.value}'",
                hint="Ask for one with '--criterion', or lock anew.",
            )
        yield ProcessDrift(each.process_id, each.criterion, find_drift(before, each))
    for each in gone:
        after = _without_scenarios(each)
        yield ProcessDrift(each.process_id, each.criterion, find_drift(each, after))


def _without_scenarios(lock: ProcessLock) -> ProcessLock:
    return ProcessLock(process_id=lock.process_id, criterion=lock.criterion, signatures={})


def drift_tree(found: ProcessDrift) -> dict[str, Any]:
    """It as a JSON-like tree."""
    drift = found.drift
    return {
        "process_id": found.process_id,
        "criterion": found.criterion.value,
        "new": list(drift.new),
        "gone": list(drift.gone),
        "changed": list(drift.changed),
        "renamed": [{"old": old, "new": new} for old, new in drift.renamed],
    }


def drift_lines(found: ProcessDrift) -> Iterator[str]:
    """It for people: a line for each scenario; none where nothing became of them."""
    drift = found.drift
    if not drift:
        return
    yield f"process {found.process_id}, criterion {found.criterion.value}:"
    yield from (f"- {key}" for key in drift.gone)
    yield from (f"+ {key}" for key in drift.new)
    yield from (f"~ {key}" for key in drift.changed)
    yield from (f"> {old} -> {new}" for old, new in drift.renamed)
