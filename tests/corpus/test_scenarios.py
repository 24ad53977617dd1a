"""Every real model gives scenarios that an independent token game judges legal, and soon."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.conditions import NO_CONDITIONS, OutcomeConditions
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.precedence import Precedence
from pytest_orchestra.flow.scenario import Criterion, Passage, Scenario, ScenarioSet
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.turns import is_parallel
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import Process, ProcessModel
from pytest_orchestra.suite.conditions import model_conditions

CORPUS = Path(
    os.environ.get("ORCHESTRA_CORPUS") or Path(__file__).parents[2] / ".." / "shared" / "bpmn"
)
EVERY = int(os.environ.get("ORCHESTRA_CORPUS_EVERY", "8"))
"""Each so manieth file is looked at; 1 looks at all of them."""

LONGEST = 2.0
"""Seconds that the scenarios of one process may take."""

ROOM = dict.fromkeys(Criterion, 1000) | {Criterion.PAIRS: 100, Criterion.PATHS: 100}
"""Scenarios of one process that are judged, at most."""

pytestmark = pytest.mark.skipif(
    not (CORPUS / "oracles" / "check_tokens.py").is_file(),
    reason="no corpus of BPMN files: set ORCHESTRA_CORPUS to the folder with manifest.jsonl",
)

DISAGREEMENTS = {
    "ProcessDiagramGeneratorTest.testTransactionElements.bpmn20.xml": (
        "10.5.4: a cancel boundary event always interrupts, whatever cancelActivity says"
    ),
    "TxBoundaryEventProcess.bpmn2": (
        "10.5.4: an error boundary event always interrupts, whatever cancelActivity says"
    ),
    "boundaryEvent-missingAttachToRef.bpmn": (
        "10.5.4: a boundary event without a host cannot occur, and does not start the process"
    ),
    "MID Innovator 15.1.1.11026/B.2.0-export.bpmn": (
        "10.5.5: event definitions by reference count; the judge reads those inside events only"
    ),
    "MID Innovator 15.1.1.11026/C.6.0-export.bpmn": (
        "10.5.5: event definitions by reference count; the judge reads those inside events only"
    ),
    "MID Innovator 15.1.1.11026/C.2.0-export.bpmn": (
        "10.5.5: event definitions by reference count; the judge reads those inside events only"
    ),
    "misp-loopback.bpmn": (
        "10.3.8: a multi-instance sub-process may have no instance; the judge knows it of those"
        " with a start event only"
    ),
}
"""Files of which the judge says otherwise, and the clause of the standard that decides."""


def is_disputed(path: str) -> bool:
    return any(part in path for part in DISAGREEMENTS)


@pytest.fixture(scope="module")
def oracle() -> ModuleType:
    """The independent token game."""
    place = CORPUS / "oracles" / "check_tokens.py"
    spec = importlib.util.spec_from_file_location("check_tokens", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sampled() -> Iterator[tuple[str, Path]]:
    lines = (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::EVERY]:
        path = json.loads(line)["path"]
        yield path, CORPUS / "corpus" / path


Sample = list[tuple[str, Path, Process]]


@pytest.fixture(scope="module")
def sample() -> Sample:
    """The processes of each so manieth file of the corpus."""
    processes: Sample = []
    for path, file in sampled():
        try:
            model = read_model(file)
        except DefinitionError:
            continue
        processes.extend((path, file, process) for process in model.processes)
    return processes


@pytest.mark.parametrize("criterion", Criterion)
def test_every_scenario_is_legal(sample: Sample, oracle: ModuleType, criterion: Criterion) -> None:
    """Nothing crashes or hangs, and the judge objects to nothing but what is listed."""
    judged, illegal, slow = 0, [], []
    for path, file, process in sample:
        began = time.process_time()
        found = generate_scenarios(process, criterion=criterion, max_scenarios=ROOM[criterion])
        if time.process_time() - began > LONGEST:
            slow.append(path)
        if is_disputed(path) or not found.scenarios:
            continue
        judge = oracle.Model(str(file), [process.id])
        for scenario in found.scenarios:
            if set(scenario.nodes) <= judge.n.keys():
                verdict, why = oracle.judge(judge, list(scenario.nodes), list(scenario.flows))
                judged += 1
                if verdict is not True:
                    illegal.append(f"{path} {process.id} {scenario.key}: {why}")
    assert not slow
    assert not illegal, "\n".join(illegal[:20])
    assert judged > 3000 // EVERY


def test_branches_may_go_at_their_own_pace(sample: Sample, oracle: ModuleType) -> None:
    """In any order that keeps to their precedence; most have some.

    Instances at the same time are left out: in a list of nodes they cannot be told apart.
    """
    rolls = random.Random(7)
    judged, moved, illegal = 0, 0, []
    for path, file, process in sample:
        if is_disputed(path) or any(map(is_parallel, process.nodes)):
            continue
        judge = oracle.Model(str(file), [process.id])
        precedence = Precedence(process, (), ProcessModel(file=path, digest="", message_flows=()))
        for scenario in generate_scenarios(process, max_scenarios=30).scenarios:
            nodes, flows = list(scenario.nodes), list(scenario.flows)
            if not set(nodes) <= judge.n.keys() or not oracle.judge(judge, nodes, flows)[0]:
                continue
            order = at_their_own_pace(scenario, precedence.before(scenario), rolls)
            moments = tuple(scenario.moments[index] for index in order)
            other = replace(scenario, moments=moments)
            verdict, why = oracle.judge(judge, list(other.nodes), list(other.flows))
            judged += 1
            moved += other.nodes != scenario.nodes
            if verdict is not True:
                illegal.append(f"{path} {process.id} {scenario.key}: {why}")
    assert not illegal, "\n".join(illegal[:20])
    assert judged > 2000 // EVERY
    assert moved > 200 // EVERY


def at_their_own_pace(scenario: Scenario, before: list[int], rolls: random.Random) -> list[int]:
    """The moments in one of the orders in which each has those over that lie before it.

    A node's flows are taken when it is left: the judge reads them from there on.
    """
    over, order, left = 0, [], list(range(len(before)))
    while left:
        ready = [each for each in left if not before[each] & ~over]
        taken = [n for n in ready if scenario.moments[n].passage is Passage.TAKEN]
        for index in taken or [rolls.choice(ready)]:
            left.remove(index)
            order.append(index)
            over |= 1 << index
    return order


@pytest.mark.parametrize("criterion", Criterion)
def test_every_reachable_flow_is_covered_and_every_other_explained(
    sample: Sample, criterion: Criterion
) -> None:
    """Keys are unique, and ``main`` leads."""
    for path, _, process in sample:
        found = generate_scenarios(process, criterion=criterion, max_scenarios=ROOM[criterion])
        coverage = found.coverage
        assert coverage.covered == coverage.reachable, path
        assert coverage.covered + len(coverage.uncovered) == coverage.total, path
        assert all(missing.why for missing in coverage.uncovered)
        keys = [scenario.key for scenario in found.scenarios]
        assert len(set(keys)) == len(keys), path
        if keys and criterion is not Criterion.FLOWS:
            assert keys[0] == "main", path
        if not keys:
            assert found.problems, path


def test_flow_coverage_needs_few_scenarios() -> None:
    """On the models with known lower bounds at most a fifth more in sum."""
    bounds = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))["models"]
    chosen = lowest = 0
    for bound in bounds:
        model = read_model(CORPUS / "corpus" / bound["path"])
        (process,) = (p for p in model.processes if p.id == bound["process_id"])
        found: ScenarioSet = generate_scenarios(process, criterion=Criterion.FLOWS)
        assert found.coverage.covered == bound["sequence_flows"]
        chosen += len(found.scenarios)
        lowest += bound["lower_bound_any_loops"]
    assert chosen <= 1.2 * lowest


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_all_ways_are_as_many_as_were_counted_otherwise(turns: int) -> None:
    """What ``paths`` chooses and leaves out, on the models of which the number is known.

    There activities with a marker take one turn.
    """
    bounds = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))["models"]
    for bound in bounds:
        model = read_model(CORPUS / "corpus" / bound["path"])
        (process,) = (p for p in model.processes if p.id == bound["process_id"])
        unmarked = replace(process, nodes=tuple(replace(node, loop=None) for node in process.nodes))
        found = generate_scenarios(
            unmarked, criterion=Criterion.PATHS, max_loop_iterations=turns, max_scenarios=10
        )
        known = bound[f"back_edge_bound_{turns}" if bound["back_edges"] else "flow_bound_1"]
        assert len(found.scenarios) + found.left_out.number == known["runs"], bound["path"]
        assert found.left_out.exact


class Looked(OutcomeConditions):
    """Conditions that are looked at although no data set holds their names."""

    @property
    def ask_of_data(self) -> bool:
        return True


def covered(process: Process, conditions: OutcomeConditions = NO_CONDITIONS) -> set[str]:
    found = generate_scenarios(process, criterion=Criterion.FLOWS, conditions=conditions)
    return {flow for scenario in found.scenarios for flow in scenario.flows}


def test_loops_on_the_systems_variables_stay(sample: Sample) -> None:
    """Cyclic processes test one variable where they stay and where they leave."""
    looked = 0
    for path, _, process in sample:
        conditions, _ = model_conditions(process)
        read = conditions.by_element.values()
        turning = TokenGame(index_process(process)).back & covered(process)
        if not turning or not read or not all(each.names for each in read):
            continue
        assert turning <= covered(process, Looked(by_element=conditions.by_element)), path
        looked += 1
    assert looked
