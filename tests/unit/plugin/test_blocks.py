"""Blocks of scenarios that xdist hands to one worker."""

from pathlib import Path

import pytest

from pytest_orchestra.plugin.blocks import blocks, suspect, suspects


def scenarios(number: int) -> list[str]:
    return [f"order.suite.yaml::way-{each}" for each in range(number)]


def test_a_block_has_four_times_what_may_run_at_once() -> None:
    """So that a worker has something to begin when one of them is over."""
    named = blocks(scenarios(10), concurrency=2, workers=1)
    assert named == ["block 1"] * 8 + ["block 2"] * 2


@pytest.mark.parametrize(("workers", "most"), [(1, 10), (2, 5), (3, 4), (10, 1), (99, 1)])
def test_no_worker_gets_more_than_its_share(workers: int, most: int) -> None:
    named = blocks(scenarios(10), concurrency=50, workers=workers)
    assert max(map(named.count, named)) == most


def test_an_ordinary_test_is_no_part_of_a_block_and_ends_it() -> None:
    """Scenarios run at once only as long as they follow each other."""
    nodeids = [
        *scenarios(2),
        "test_own.py::test_it",
        "a/test_own.py::T::t[x.yaml::y]",
        "b.bpmn::p::q",
    ]
    named = blocks(nodeids, concurrency=8, workers=1)
    assert named == ["block 1", "block 1", nodeids[2], nodeids[3], "block 2"]


def test_all_items_have_a_block_also_where_nothing_is_a_scenario() -> None:
    assert blocks([], concurrency=4, workers=2) == []
    assert blocks(["test_a.py::t"], concurrency=4, workers=0) == ["test_a.py::t"]


def test_who_ran_when_a_worker_crashed_is_remembered(tmp_path: Path) -> None:
    """By all workers, from all crashes."""
    assert suspects(tmp_path) == frozenset()
    suspect(tmp_path, ["a::b", "a::ü"])
    suspect(tmp_path, ["c::d"])
    assert suspects(tmp_path) == {"a::b", "a::ü", "c::d"}
