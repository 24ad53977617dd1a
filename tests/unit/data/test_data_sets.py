"""Data sets and which of them a scenario gets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pytest_orchestra.data.data_sets import DataSet, DataSets, Scope, read_data_sets
from pytest_orchestra.model import SourceLocation

Write = Callable[[str, str], Path]
Refused = Callable[[Callable[[], object]], list[str]]

YAML = """\
- name: vip
  tags: [gold, eu]
  values: {customer: Ada, amount: 12.10, x-own: kept, code: 010}
  x-note: mine
- {name: plain, tags: basic, origin: IMPORTED}
"""


def data_set(name: str, *tags: str, scope: Scope = Scope.SUITE) -> DataSet:
    """A set that has nothing but a name and tags."""
    at = SourceLocation(file="f")
    return DataSet(name=name, values={}, scope=scope, file="f", location=at, tags=tags)


def test_sets_of_a_yaml_file(write: Write) -> None:
    path = write("a.yaml", YAML)
    vip, plain = read_data_sets([path], Scope.SUITE)
    assert vip.name == "vip"
    assert vip.tags == ("gold", "eu")
    assert vip.values == {
        "customer": "Ada",
        "amount": Decimal("12.10"),
        "x-own": "kept",
        "code": "010",
    }
    assert vip.scope is Scope.SUITE
    assert vip.origin == "MANUAL"
    assert vip.file == str(path)
    assert vip.location.line == 1
    assert (plain.tags, plain.values, plain.origin) == (("basic",), {}, "IMPORTED")


def test_sets_of_a_json_file(write: Write) -> None:
    path = write("a.json", '[{"name": "x", "values": {"n": 1.50}}]')
    (found,) = read_data_sets([path], Scope.GLOBAL)
    assert found.values == {"n": Decimal("1.50")}


def test_sets_of_a_csv_file_are_rows_of_text(write: Write) -> None:
    path = write("a.csv", "name,amount,tags,origin,note\nvip,12.10,gold eu,IMPORTED,\np,5,,,x\n")
    vip, plain = read_data_sets([path], Scope.SUITE)
    assert vip.values == {"amount": "12.10", "note": ""}
    assert (vip.tags, vip.origin, vip.location.line) == (("gold", "eu"), "IMPORTED", 2)
    assert (plain.name, plain.tags, plain.origin) == ("p", (), "MANUAL")


def test_a_csv_row_without_a_name(write: Write, refused: Refused) -> None:
    path = write("a.csv", "name,x\n,1\n")
    assert refused(lambda: read_data_sets([path], Scope.SUITE)) == [
        "a.csv:2: error[missing-key] the key 'name' is missing. Add it."
    ]


def test_files_keep_their_order_and_are_read_once(write: Write) -> None:
    second = write("b.yaml", "- name: b\n")
    first = write("a.yaml", "- name: a\n")
    found = read_data_sets([second, first, second], Scope.SUITE)
    assert [each.name for each in found] == ["b", "a"]


def test_all_mistakes_of_all_files_come_together(
    tmp_path: Path, write: Write, refused: Refused
) -> None:
    paths = [
        write("a.yaml", "- {name: x, tgas: [a]}\n- {values: {}}\n- {name: y, extends: x}\n"),
        write("b.yaml", "name: x\n"),
        write("c.yaml", "- {name: z}\n- {name: z}\n"),
        tmp_path / "d.yaml",
        write("e.yaml", "- {name: w, schema: s, refused_by: place, origin: MADE}\n- name: ''\n"),
    ]
    assert refused(lambda: read_data_sets(paths, Scope.SUITE)) == [
        "a.yaml:1:13: error[unknown-key] unknown key 'tgas'. Did you mean 'tags'?",
        "a.yaml:2:3: error[missing-key] the key 'name' is missing. Add it.",
        "a.yaml:3:13: error[not-yet] the key 'extends' is not there yet. Leave it out.",
        "b.yaml:1:1: error[bad-value] expected a list, found a mapping",
        "c.yaml:2:3: error[data-twice] the data set 'z' is also at c.yaml:1:3. Rename one of them.",
        "d.yaml: error[file-missing] there is no such file. Check its name and folder.",
        "e.yaml:1:13: error[not-yet] the key 'schema' is not there yet. Leave it out.",
        "e.yaml:1:24: error[not-yet] the key 'refused_by' is not there yet. Leave it out.",
        (
            "e.yaml:1:51: error[bad-value] expected one of MANUAL, AI_GENERATED, IMPORTED,"
            " found text 'MADE'"
        ),
        "e.yaml:2:9: error[bad-value] expected at least 1 characters, found text ''",
    ]


def test_users_get_values_that_they_may_change(write: Write) -> None:
    (found,) = read_data_sets([write("a.yaml", "- {name: x, values: {a: [1]}}")], Scope.SUITE)
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
