"""``orchestra data generate``: data sets for every scenario, at limits and beyond, for review."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import count
from pathlib import Path

from pytest_orchestra.ai.settings import AiSettings, read_settings
from pytest_orchestra.cli.data_suites import read_suite_data
from pytest_orchestra.data.data_sets import DataSet, Scope
from pytest_orchestra.data.making.writing import (
    ORIGIN,
    WrittenSet,
    is_untouched,
    json_text,
    yaml_text,
)
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.suite.making.made import DataKind, MadeSet
from pytest_orchestra.suite.making.making import DataMaker
from pytest_orchestra.suite.making.ways import WayData
from pytest_orchestra.suite.reading import SuiteFile

SUMMARY = "Write data sets for the scenarios of a suite."

FOLDER = Path("data") / "generated"
"""Where files go, beside the suite file."""

_TAGS = {
    DataKind.HAPPY_PATH: (),
    DataKind.BOUNDARY: ("boundary",),
    DataKind.NEGATIVE: ("negative",),
}
_CALLED = {
    DataKind.HAPPY_PATH: "take a way",
    DataKind.BOUNDARY: "are at a limit",
    DataKind.NEGATIVE: "are to be refused",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    kinds = ",".join(kind.value for kind in DataKind)
    parser.add_argument("suite", type=Path, metavar="SUITE", help="suite file")
    parser.add_argument("--seed", type=int, default=0, help="of what is made; else 0")
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help=f"else {FOLDER.as_posix()} beside the suite"
    )
    parser.add_argument("--kind", type=_kinds, default=kinds, metavar="KINDS", help=f"of {kinds}")
    parser.add_argument(
        "--force", action="store_true", help="replace files that nobody edited since they were made"
    )
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml")
    parser.add_argument(
        "--ai", action="store_true", help="let the model of ORCHESTRA_AI_URL propose sets too"
    )
    parser.set_defaults(run=run)


def _kinds(text: str) -> frozenset[DataKind]:
    known = {kind.value: kind for kind in DataKind}
    found = [each.strip().upper().replace("-", "_") for each in text.split(",") if each.strip()]
    for each in found:
        if each not in known:
            hint = suggestion(each, known, "There are")
            raise argparse.ArgumentTypeError(f"'{each}' is no kind of data. {hint}")
    return frozenset(known[each] for each in found)


def run(arguments: argparse.Namespace) -> int:
    """Write the sets that are not there yet, and say what was written and what was not made.

    Returns:
        0; 1 where a scenario stays without data.

    Raises:
        OrchestraError: the suite is wrong, or a file cannot be read or written.
    """
    path: Path = arguments.suite
    settings = read_settings(os.environ) if arguments.ai else None
    files = _Files(arguments.output or path.parent / FOLDER, path, arguments.format)
    old = frozenset(files.untouched()) if arguments.force else frozenset[Path]()
    suite, _, data = read_suite_data(path, arguments.seed, without=old)
    covering = data.covering()
    covered = {key: each.values for key, each in covering.items()}
    maker = DataMaker(ways=data.ways, covered=covered)
    made = list(maker.make(arguments.kind))
    there = {each.name for each in (*data.sets, *files.sets(old))}
    fresh = [each for each in made if each.name not in there]
    for key, each in covering.items():
        print(f"{key}: there is '{each.name}' in {each.file}")
    if kept := len(made) - len(fresh):
        print(f"{kept} sets are there already and stay as they are")
    if fresh:
        _write(files, fresh, old, arguments, suite)
        for name in data.only_compared:
            print(f"look at '{name}': no action sends it, so only the system knows what is right")
    if settings is not None:
        _propose(
            data.ways, settings, files.folder, arguments, there | {each.name for each in fresh}
        )
    for missing in maker.not_made:
        print(f"not made: {missing}", file=sys.stderr)
    ways = {way.key for way in data.ways}
    return 1 if any(missing.what in ways for missing in maker.not_made) else 0


def _propose(
    ways: Sequence[WayData],
    settings: AiSettings,
    folder: Path,
    arguments: argparse.Namespace,
    taken: Collection[str],
) -> None:
    from pytest_orchestra.cli.data_ai import Target, write_proposed  # it needs an HTTP client

    target = Target(folder=folder, suite=arguments.suite, suffix=arguments.format, taken=taken)
    write_proposed(ways, settings, target)


def _write(
    files: _Files,
    sets: Sequence[MadeSet],
    old: frozenset[Path],
    arguments: argparse.Namespace,
    suite: SuiteFile,
) -> None:
    target = files.write(sets, arguments.seed, old)
    number = Counter(each.kind for each in sets)
    counts = (f"{number[kind]} {_CALLED[kind]}" for kind in DataKind if number[kind])
    print(f"{target}: {len(sets)} sets, {', '.join(counts)}")
    named = suite.part.data.files
    patterns = [named] if isinstance(named, str) else named
    folder = suite.file.parent
    is_named = any(
        target.resolve() == each.resolve()
        for pattern in patterns
        for each in _found(folder, pattern)
    )
    if not is_named:
        print(f"name it in the suite: 'data: {{files: [..., {_beside(target, folder)}]}}'")


def _found(folder: Path, pattern: str) -> Iterator[Path]:
    path = Path(pattern)
    return iter([path]) if path.is_absolute() else folder.glob(pattern)


def _beside(target: Path, folder: Path) -> str:
    """The file as the suite would name it."""
    path, start = target.resolve(), folder.resolve()
    return path.relative_to(start).as_posix() if path.is_relative_to(start) else str(path)


class _Files:
    """The files that a suite's made sets are in.

    Args:
        folder: where they are.
        suite: file of the suite.
        suffix: ``yaml`` or ``json``.
    """

    def __init__(self, folder: Path, suite: Path, suffix: str) -> None:
        self.folder = folder
        self._suite = suite
        self._suffix = suffix
        self._stem = suite.name.split(".")[0]

    def all(self) -> list[Path]:
        """Those that there are."""
        name = re.compile(rf"{re.escape(self._stem)}(-\d+)?\.(yaml|json)")
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(each for each in found if name.fullmatch(each.name))

    def untouched(self) -> Iterator[Path]:
        """Those that nobody edited since they were made."""
        for path in self.all():
            if path.suffix == ".yaml":
                is_ours = is_untouched(path.read_text(encoding="utf-8"))
            else:
                sets = read_data_sets([path], Scope.SUITE, beyond=None)
                is_ours = all(each.origin == ORIGIN for each in sets)
            if is_ours:
                yield path.resolve()

    def sets(self, old: frozenset[Path]) -> Sequence[DataSet]:
        """The sets in those that stay."""
        stay = [path for path in self.all() if path.resolve() not in old]
        return read_data_sets(stay, Scope.SUITE, beyond=None)

    def write(self, sets: Sequence[MadeSet], seed: int, old: frozenset[Path]) -> Path:
        """Write a file, in the place of those that are old.

        Raises:
            ConfigurationError: it cannot be written.
        """
        written = [_written(each) for each in sets]
        head = (
            f"made by: orchestra data generate {self._suite.name} --seed {seed}",
            "Look through it. What you edit is kept; what is as it was made, --force makes anew.",
        )
        text = yaml_text(written, head) if self._suffix == "yaml" else json_text(written)
        try:
            for path in old:
                path.unlink()
            target = self._free()
            self.folder.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            hint = "Name another folder by --output."
            raise ConfigurationError(
                f"{self.folder} cannot be written: {reason}", hint=hint
            ) from error
        return target

    def _free(self) -> Path:
        names = (f"{self._stem}{f'-{n}' if n > 1 else ''}.{self._suffix}" for n in count(1))
        return next(path for path in map(self.folder.joinpath, names) if not path.exists())


def _written(made: MadeSet) -> WrittenSet:
    return WrittenSet(
        name=made.name,
        values=made.values,
        tags=_TAGS[made.kind],
        refused_by=made.refused_by,
        note=made.why,
    )
