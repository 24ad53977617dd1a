"""Reading real models: lxml alone, SpiffWorkflow's parser, our import, import and ``branches``.

The models are those of the corpus that all can read; all sides run in one process, in turns.
SpiffWorkflow is no dependency: it is left out, and so are the ratios, where it is not installed.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from lxml import etree

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.importers import read_model
from rounds import BenchmarkError, Figure

CORPUS = Path(os.environ.get("ORCHESTRA_CORPUS") or Path(__file__).parents[2] / "shared" / "bpmn")
EVERY = int(os.environ.get("ORCHESTRA_CORPUS_EVERY", "8"))
"""Each so manieth file is read."""
IMPORT_TARGET = 1.2
BRANCHES_TARGET = 4.0

_Reader = Callable[[Path], object]


def _read_by_lxml(file: Path) -> None:
    etree.parse(file)


def _read_by_spiff(file: Path) -> None:
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser  # noqa: PLC0415 - may be absent

    parser = BpmnParser()
    parser.add_bpmn_file(str(file))
    for process_id in parser.get_process_ids():
        parser.get_spec(process_id)


def _read_and_choose(file: Path) -> None:
    for process in read_model(file).processes:
        tuple(generate_scenarios(process).scenarios)


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Compare milliseconds a file.

    Args:
        folder: is not needed.
        rounds: how often each side reads all files.

    Raises:
        BenchmarkError: there is no corpus.
    """
    del folder
    readers: dict[str, _Reader] = {"lxml": _read_by_lxml}
    other = "lxml"
    if find_spec("SpiffWorkflow"):
        readers["SpiffWorkflow"] = _read_by_spiff
        other = "SpiffWorkflow"
    readers |= {"import": read_model, "import and branches": _read_and_choose}
    files = _readable(readers)
    spent: dict[str, list[float]] = {name: [] for name in readers}
    for turn in range(rounds):
        for name in list(readers) if turn % 2 == 0 else reversed(readers):
            began = perf_counter()
            for file in files:
                readers[name](file)
            spent[name].append((perf_counter() - began) * 1000 / len(files))
    targets = {"import": IMPORT_TARGET, "import and branches": BRANCHES_TARGET}
    for name in readers:
        if name != other:
            target = targets.get(name) if other == "SpiffWorkflow" else None
            yield _figure(f"{name} / {other}, {len(files)} files", spent, name, other, target)


def _readable(readers: dict[str, _Reader]) -> list[Path]:
    """Return the files of the corpus that every side reads."""
    manifest = CORPUS / "manifest.jsonl"
    if not manifest.is_file():
        raise BenchmarkError("no corpus: set ORCHESTRA_CORPUS to the folder with manifest.jsonl")
    lines = manifest.read_text(encoding="utf-8").splitlines()[::EVERY]
    files = [CORPUS / "corpus" / json.loads(line)["path"] for line in lines]
    return [file for file in files if all(_reads(reader, file) for reader in readers.values())]


def _reads(reader: _Reader, file: Path) -> bool:
    try:
        reader(file)
    except (DefinitionError, etree.XMLSyntaxError):
        return False
    except Exception:
        if reader is _read_by_spiff:  # it raises what comes
            return False
        raise
    return True


def _figure(
    metric: str, spent: dict[str, list[float]], name: str, other: str, target: float | None
) -> Figure:
    ratios = [one / two for one, two in zip(spent[name], spent[other], strict=True)]
    ours, theirs = statistics.median(spent[name]), statistics.median(spent[other])
    return Figure(
        metric=metric,
        unit="ms",
        ours=ours,
        other=theirs,
        result=ours / theirs,
        result_unit="x",
        target=target,
        spread=(min(ratios), max(ratios)),
    )
