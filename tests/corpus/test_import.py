"""Every real model is read, or refused in one clear message; none ends in a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import ProcessModel

CORPUS = Path(
    os.environ.get("ORCHESTRA_CORPUS") or Path(__file__).parents[2] / ".." / "shared" / "bpmn"
)

pytestmark = pytest.mark.skipif(
    not (CORPUS / "manifest.jsonl").is_file(),
    reason="no corpus of BPMN files: set ORCHESTRA_CORPUS to the folder with manifest.jsonl",
)

MISCOUNTED = frozenset({"dup_ids", "node_no_id", "flow_dangling"})
"""Flags of files whose manifest counts what the model leaves out, or the other way round."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file, and what the manifest says of it."""

    path: str
    manifest: dict[str, object]
    model: ProcessModel | None
    refusal: DefinitionError | None


def outcomes() -> Iterator[Outcome]:
    for line in (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        path = CORPUS / "corpus" / entry["path"]
        model = refusal = None
        try:
            model = read_model(path)
        except DefinitionError as error:
            refusal = error
        yield Outcome(path=entry["path"], manifest=entry, model=model, refusal=refusal)


@pytest.fixture(scope="module")
def corpus() -> list[Outcome]:
    """All files of the corpus, read once."""
    return list(outcomes())


def test_every_bpmn_file_is_read(corpus: list[Outcome]) -> None:
    assert len(corpus) > 2000
    refused = [str(one.refusal) for one in corpus if one.manifest.get("bpmn") and not one.model]
    assert refused == []


def test_what_is_no_xml_is_refused_with_its_place(corpus: list[Outcome]) -> None:
    broken = [one for one in corpus if not one.manifest["parse"]]
    assert broken
    for one in broken:
        assert one.refusal, one.path
        (problem,) = one.refusal.problems
        assert "error[not-xml]" in str(problem), one.path
        assert f"{Path(one.path).name}:" in str(problem), one.path


def test_nodes_and_flows_are_as_many_as_in_the_file(corpus: list[Outcome]) -> None:
    counted = [
        one
        for one in corpus
        if one.model and one.manifest.get("bpmn") and MISCOUNTED.isdisjoint(flags(one))
    ]
    assert len(counted) > 2000
    different = {
        one.path: (counts(one.model), (one.manifest["nodes"], one.manifest["flows"]))
        for one in counted
        if one.model and counts(one.model) != (one.manifest["nodes"], one.manifest["flows"])
    }
    assert different == {}


def test_what_is_left_out_or_renamed_is_told(corpus: list[Outcome]) -> None:
    """The structure flags of the manifest were found by other means."""
    told = {
        "node_no_id": "id-missing",
        "flow_dangling": "flow-dangling",
        "boundary_dangling": "attached-dangling",
        "flow_crosses_scope": "flow-crosses-border",
    }
    for one in corpus:
        if one.model:
            codes = {problem.code for problem in one.model.problems}
            for flag in flags(one) & told.keys():
                assert told[flag] in codes, (one.path, flag)


def test_both_ends_of_a_flow_are_nodes_of_its_process(corpus: list[Outcome]) -> None:
    for one in corpus:
        for process in one.model.processes if one.model else ():
            nodes = {node.id for node in process.nodes}
            assert len(nodes) == len(process.nodes), one.path
            assert {flow.source for flow in process.flows} <= nodes, one.path
            assert {flow.target for flow in process.flows} <= nodes, one.path
            assert {node.scope for node in process.nodes} <= nodes | {process.id}, one.path


def flags(one: Outcome) -> set[str]:
    structure = one.manifest.get("s")
    return set(structure) if isinstance(structure, dict) else set()


def counts(model: ProcessModel) -> tuple[int, int]:
    nodes = sum(len(process.nodes) for process in model.processes)
    return nodes, sum(len(process.flows) for process in model.processes)
