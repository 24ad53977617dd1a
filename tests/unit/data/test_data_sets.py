"""Data sets by name, tag and scope."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_orchestra.data.data_sets import DataSet, DataSets, Refused, Scope
from pytest_orchestra.model import SourceLocation


def data_set(name: str, *tags: str, scope: Scope = Scope.SUITE) -> DataSet:
    """A set that has nothing but a name and tags."""
    at = SourceLocation(file="f")
    return DataSet(name=name, values={}, scope=scope, file="f", location=at, tags=tags)


def test_users_get_values_that_they_may_change() -> None:
    found = replace(data_set("x"), values={"a": [1]})
    copied = found.copied_values()
    copied["a"].append(2)  # type: ignore[attr-defined]
    assert found.values == {"a": [1]}


def test_of_one_name_the_nearest_wins_and_comes_first() -> None:
    everywhere = [data_set("a", scope=Scope.GLOBAL), data_set("b", scope=Scope.GLOBAL)]
    near = [data_set("b")]
    sets = DataSets.merged(everywhere, near)
    assert [(each.name, each.scope) for each in sets.by_name.values()] == [
        ("b", Scope.SUITE),
        ("a", Scope.GLOBAL),
    ]


@pytest.mark.parametrize(
    ("named", "tags", "chosen"),
    [
        (None, [], "a"),
        (None, ["gold"], "b"),
        (None, ["eu", "gold"], "b"),
        (None, ["eu"], "c"),
        (None, ["none"], "a"),
        ("c", ["gold"], "c"),
        ("zzz", ["gold"], None),
    ],
)
def test_a_scenario_gets_the_named_set_else_one_by_tag_else_the_first(
    named: str | None, tags: list[str], chosen: str | None
) -> None:
    sets = DataSets.merged([data_set("a"), data_set("b", "gold", "x"), data_set("c", "eu")])
    found = sets.choose(named=named, tags=tags)
    assert (found.name if found else None) == chosen


def test_there_may_be_no_set_to_choose() -> None:
    assert DataSets().choose() is None
    assert DataSets().choose(tags=["x"]) is None


@pytest.mark.parametrize(
    ("names", "tags", "left"),
    [
        ([], [], ["a", "b", "c"]),
        (["c"], [], ["c"]),
        ([], ["gold"], ["b"]),
        (["a"], ["gold"], ["a", "b"]),
        (["zzz"], [], []),
    ],
)
def test_the_user_selects_sets(names: list[str], tags: list[str], left: list[str]) -> None:
    sets = DataSets.merged([data_set("a"), data_set("b", "gold"), data_set("c", "eu")])
    assert list(sets.selected(names=names, tags=tags).by_name) == left


def test_no_scenario_tries_a_negative_set() -> None:
    refused = Refused(alias="place", location=SourceLocation(file="f"))
    negative = replace(data_set("n", "gold"), refused=refused)
    sets = DataSets.merged([data_set("a"), negative, data_set("b", "gold")])
    assert [each.name for each in sets.candidates(["gold"])] == ["b", "a"]
    assert sets.negative == (negative,)
