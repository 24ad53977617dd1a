"""Which data set a scenario gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.python_steps import find_python_steps, step

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

READ = 'steps: [{at: Place order, action: {channel: bus, topic: t, value: "{{data.a}}"}}]'
SETS = """
- {name: poor, values: {a: 1, deep: {b: [{c: 1}]}}}
- {name: vip, tags: [smoke], values: {a: 2}}
"""


def chosen(bound: BoundSuite) -> dict[str, str | None]:
    return {each.item: each.data.name if each.data else None for each in bound.scenarios}


@pytest.fixture
def data(bench: Bench) -> str:
    bench.write("data/one.yaml", SETS)
    return "data: {files: data/*.yaml}\n"


def test_the_first_set_is_taken_unless_a_mark_says_otherwise(bench: Bench, data: str) -> None:
    marks = """scenarios:
  mark:
    amount-high: {data: vip}
    declined: {tags: [smoke]}
"""
    assert chosen(bench.bind(data + marks + READ)) == {
        "main": "poor",
        "amount-high": "vip",
        "amount-high-fine-no": "poor",
        "amount-high-fine-no-x2": "poor",
        "declined": "vip",
    }


def test_where_nothing_reads_data_there_is_none(bench: Bench, data: str) -> None:
    text = data + READ.replace("{{data.a}}", "x")
    assert set(chosen(bench.bind(text)).values()) == {None}


def test_a_mark_gives_data_all_the_same(bench: Bench, data: str) -> None:
    text = data + "scenarios: {mark: {main: {data: vip}}}\n" + READ.replace("{{data.a}}", "x")
    assert chosen(bench.bind(text))["main"] == "vip"


def test_a_function_reads_data_by_its_fixture(bench: Bench, data: str) -> None:
    @step("Ship")
    def ship(orchestra_data: object) -> None: ...

    bound = bench.bind(data, python_steps=find_python_steps({"ship": ship}))
    assert chosen(bound)["main"] == "poor"


def test_the_sets_of_a_suite_win_over_those_of_all_suites(bench: Bench, data: str) -> None:
    path = bench.write("all.yaml", "- {name: vip, values: {a: 0}}\n- {name: any, values: {a: 0}}")
    everywhere = read_data_sets([path], Scope.GLOBAL)
    text = data + "scenarios: {mark: {main: {data: vip}, declined: {data: any}}}\n" + READ
    bound = bench.bind(text, global_data=everywhere)
    by_key = {each.item: each.data for each in bound.scenarios}
    assert by_key["main"] is not None
    assert by_key["main"].scope is Scope.SUITE
    assert by_key["declined"] is not None
    assert by_key["declined"].scope is Scope.GLOBAL
    assert chosen(bound)["amount-high"] == "poor"


def test_files_are_read_in_one_order_and_once(bench: Bench) -> None:
    bench.write("data/b.yaml", "- {name: b, values: {a: 1}}")
    path = bench.write("data/a.yaml", "- {name: a, values: {a: 1}}")
    text = f"data: {{files: ['data/*.yaml', {path}]}}\n{READ}"
    assert chosen(bench.bind(text))["main"] == "a"


def test_only_selected_sets_are_used(bench: Bench, data: str) -> None:
    marks = "scenarios: {mark: {declined: {data: poor}}}\n"
    bound = bench.bind(data + marks + READ, data_names=["vip"])
    assert chosen(bound)["main"] == "vip"
    skipped = {each.item: each.skip for each in bound.scenarios if each.skip}
    assert skipped == {"declined": "its data set 'poor' is not selected"}
    by_tag = bench.bind(data + READ, data_tags=["smoke"])
    assert set(chosen(by_tag).values()) == {"vip"}


def test_without_a_selected_set_nothing_that_reads_data_runs(bench: Bench, data: str) -> None:
    bound = bench.bind(data + READ, data_names=["nix"])
    (skip,) = {each.skip for each in bound.scenarios}
    assert skip == "none of the selected data sets is there. There are: poor, vip."
    assert set(chosen(bound).values()) == {None}


@pytest.mark.parametrize("wrong", ["- {name: vip, value: {}}\n", "- {name: [\n"])
def test_sets_are_not_missed_where_a_file_is_wrong(bench: Bench, wrong: str) -> None:
    """The mistake is told, and nothing that follows from it."""
    bench.write("data/one.yaml", wrong)
    text = "data: {files: data/*.yaml}\nscenarios: {mark: {main: {data: vip}}}\n"
    assert all(error.startswith("data/one.yaml:") for error in bench.errors(text + READ))


def test_a_set_that_no_file_holds_is_refused(bench: Bench, data: str) -> None:
    text = data + "scenarios: {mark: {main: {data: vib}}}\n" + READ
    assert bench.errors(text) == [
        "4:33: [unknown-data] no data set is called 'vib'. Did you mean 'vip'?"
    ]


def test_a_set_is_named_where_there_is_none_at_all(bench: Bench) -> None:
    assert bench.errors(
        "scenarios: {mark: {main: {data: vip}}}\n" + READ.replace("{{data.a}}", "x")
    ) == [
        (
            "3:33: [unknown-data] no data set is called 'vip'."
            " Name files of data sets: 'data: {files: data/*.yaml}'."
        )
    ]


@pytest.mark.parametrize(
    ("read", "column", "problem"),
    [
        ("data.b", 67, "[data-lacks] data set 'poor' has no 'b'. It has: a, deep."),
        ("data.deep.d", 67, "[data-lacks] data set 'poor' has no 'deep.d'. It has: b."),
        ("data.a.b", 67, "[data-lacks] data set 'poor' has no 'a.b'"),
    ],
)
def test_a_set_has_what_steps_read(
    bench: Bench, data: str, read: str, column: int, problem: str
) -> None:
    text = data + "scenarios: {mark: {'*h*': {active: false}, declined: {active: false}}}\n"
    text += READ.replace("{{data.a}}", f"{{{{{read}}}}}")
    assert bench.errors(text) == [f"5:{column}: {problem}"]


@pytest.mark.parametrize("read", ["data", "data.b | default(1)", "data.deep.b[0].c"])
def test_what_may_be_absent_is_not_missed(bench: Bench, data: str, read: str) -> None:
    text = data + "scenarios: {mark: {'*h*': {active: false}, declined: {active: false}}}\n"
    assert bench.bind(text + READ.replace("data.a", read)).scenarios


def test_data_that_is_read_must_be_somewhere(bench: Bench) -> None:
    assert bench.errors(READ) == [
        (
            "3:67: [no-data] 'data.a' is read, and there is no data set."
            " Name files of data sets: 'data: {files: data/*.yaml}'."
        )
    ]


def test_files_that_are_not_there_are_told(bench: Bench) -> None:
    assert bench.errors(f"data: {{files: [no/*.yaml, '']}}\n{READ.replace('data.a', '1')}") == [
        (
            "3:16: [file-missing] no file is called 'no/*.yaml'."
            " Paths are taken from the suite file's folder."
        ),
        (
            "3:27: [file-missing] no file is called ''."
            " Paths are taken from the suite file's folder."
        ),
    ]


def test_mistakes_of_data_files_are_told_with_those_of_the_suite(bench: Bench) -> None:
    bench.write("d.yaml", "- {names: poor}")
    text = "data: {files: d.yaml}\nsteps: [{at: Nix, action: {channel: bus, topic: t, value: 1}}]"
    suite, *others = bench.errors(text)
    assert suite.startswith("4:14: [unknown-element]")
    assert others == [
        "d.yaml:1:3: [missing-key] the key 'name' is missing. Add it.",
        "d.yaml:1:4: [unknown-key] unknown key 'names'. Did you mean 'name'?",
    ]


def test_where_the_files_are_unknown_no_set_is_missed(bench: Bench) -> None:
    text = "data: {files: {}}\nscenarios: {mark: {main: {data: x}}}\n" + READ
    assert bench.errors(text) == [
        "3:15: [bad-value] expected text or a list, found a mapping",
    ]


def test_a_mark_makes_a_set_of_its_own(bench: Bench, data: str) -> None:
    marks = "scenarios: {mark: {'*high*': {values: {a: 7}}, main: {data: vip, values: {b: 8}}}}\n"
    bound = bench.bind(data + marks + READ)
    sets = {each.item: each.data for each in bound.scenarios if each.data}
    assert sets["main"].values == {"a": 2, "b": 8}
    assert (sets["main"].name, sets["main"].scope) == ("main", Scope.SCENARIO)
    assert sets["amount-high"].values == sets["amount-high-fine-no"].values == {"a": 7}
    assert sets["amount-high-fine-no"].name == "amount-high-fine-no"
    assert str(sets["main"].location).endswith("suite.yaml:4:74")
    assert sets["declined"].name == "poor"


def test_a_set_of_a_mark_is_selected_by_the_one_that_it_extends(bench: Bench, data: str) -> None:
    marks = "scenarios: {mark: {main: {values: {a: 7}}, declined: {data: vip, values: {a: 8}}}}\n"
    bound = bench.bind(data + marks + READ, data_names=["vip"])
    assert {each.item: each.skip for each in bound.scenarios if each.skip} == {
        "main": "its own data set 'main' is not selected"
    }
    assert chosen(bound)["declined"] == "declined"
    other = bench.bind(data + marks + READ, data_names=["poor"])
    skips = {each.item: each.skip for each in other.scenarios}
    assert skips["declined"] == "its data set 'vip' is not selected"


def test_a_mark_extends_what_is_there(bench: Bench, data: str) -> None:
    marks = "scenarios: {mark: {main: {data: vib, values: {a: 7}}}}\n"
    assert bench.errors(data + marks + READ) == [
        "4:33: [unknown-data] no data set is called 'vib'. Did you mean 'vip'?"
    ]


def test_a_set_of_the_suite_extends_one_of_all_suites(bench: Bench, data: str) -> None:
    everywhere = read_data_sets(
        [bench.write("all.yaml", "- {name: any, values: {a: 5}}")], Scope.GLOBAL
    )
    bench.write("data/a.yaml", "- {name: first, extends: any}")
    bound = bench.bind(data + READ, global_data=everywhere)
    assert bound.scenarios[0].data is not None
    assert bound.scenarios[0].data.values == {"a": 5}


CONDITIONS = "conditions: {Amount?/high: a > 1, Fine?/no: visit <= b}\n"
"""Read by a, and by b at each visit of the second gateway."""
FITTING = """
- {name: poor, values: {a: 1, b: 0}}
- {name: vip, tags: [smoke], values: {a: 2, b: 0}}
- {name: rich, values: {a: 3, b: 0}}
- {name: once, values: {a: 3, b: 1}}
- {name: twice, values: {a: 3, b: 2}}
"""


@pytest.fixture
def asked(bench: Bench, data: str) -> str:
    bench.write("data/one.yaml", FITTING)
    return data + CONDITIONS


def test_each_scenario_gets_the_first_set_that_fits(bench: Bench, asked: str) -> None:
    bound = bench.bind(asked + READ)
    assert chosen(bound) == {
        "main": "poor",
        "amount-high": "vip",
        "amount-high-fine-no": "once",
        "amount-high-fine-no-x2": "twice",
        "declined": "poor",
    }
    reasons = {each.item: each.data_reason for each in bound.scenarios}
    assert reasons["main"] == "the first that fits: it meets `not (a > 1)` (Amount?/high)"
    assert reasons["amount-high"] == (
        "the first that fits: it meets `a > 1` (Amount?/high),"
        " `not (visit <= b)` (Fine?/no, visit 1)"
    )


def test_a_set_with_a_tag_of_the_scenario_comes_first_if_it_fits(bench: Bench, asked: str) -> None:
    bench.write("data/one.yaml", FITTING + "- {name: last, tags: smoke, values: {a: 9, b: 0}}\n")
    tags = "scenarios: {mark: {'*': {tags: [smoke]}, amount-high-fine-no: {tags: [x]}}}\n"
    bound = bench.bind(asked + tags + READ)
    assert chosen(bound) == {
        "main": "poor",
        "amount-high": "vip",
        "amount-high-fine-no": "once",
        "amount-high-fine-no-x2": "twice",
        "declined": "poor",
    }
    reasons = {each.item: each.data_reason for each in bound.scenarios}
    assert reasons["amount-high"].startswith("the first with the tag 'smoke' that fits: it meets")


def test_all_that_fit_have_an_item_each(bench: Bench, asked: str) -> None:
    text = asked.replace("data/*.yaml", "data/*.yaml, pick: all") + READ
    bound = bench.bind(text)
    assert chosen(bound) == {
        "main": "poor",
        "amount-high[vip]": "vip",
        "amount-high[rich]": "rich",
        "amount-high-fine-no": "once",
        "amount-high-fine-no-x2": "twice",
        "declined": "poor",
    }


def test_where_none_fits_the_scenario_says_why(bench: Bench, asked: str) -> None:
    bench.write("data/one.yaml", "- {name: poor, values: {a: 1, b: 0}}\n")
    bound = bench.bind(asked + READ)
    unmet = {each.item: each.unmet for each in bound.scenarios if each.unmet}
    assert list(unmet) == ["amount-high", "amount-high-fine-no", "amount-high-fine-no-x2"]
    assert unmet["amount-high"] == (
        "no data set fits: no set meets `a > 1` (Amount?/high); nearest is 'poor':"
        " `a > 1` (Amount?/high) does not hold with a = 1"
    )
    assert chosen(bound)["amount-high"] is None


def test_a_set_that_a_mark_names_must_not_contradict_the_way(bench: Bench, asked: str) -> None:
    marks = "scenarios: {mark: {'amount-high-fine*': {data: vip}, main: {data: rich}}}\n"
    assert bench.errors(asked + marks + READ) == [
        (
            "5:48: [data-contradicts] data set 'vip' contradicts the way of scenario"
            " 'amount-high-fine-no' and 1 more: `visit <= b` (Fine?/no, visit 1) does not hold"
            " with b = 0. Name 'once', which fits."
        ),
        (
            "5:67: [data-contradicts] data set 'rich' contradicts the way of scenario 'main':"
            " `not (a > 1)` (Amount?/high) does not hold with a = 3. Name 'poor', which fits."
        ),
    ]


def test_values_of_a_mark_must_not_contradict_the_way(bench: Bench, asked: str) -> None:
    marks = "scenarios: {mark: {main: {data: rich, values: {a: 0}}, declined: {values: {a: 5}}}}\n"
    (problem,) = bench.errors(asked + marks + READ)
    assert "[data-contradicts] data set 'declined' contradicts the way" in problem


def test_selected_sets_that_contradict_leave_the_scenario_out(bench: Bench, asked: str) -> None:
    bound = bench.bind(asked + READ, data_names=["once"])
    assert chosen(bound)["amount-high-fine-no"] == "once"
    skipped = {each.item: each.skip for each in bound.scenarios}
    assert skipped["main"] == (
        "of the selected data sets no set meets `not (a > 1)` (Amount?/high); nearest is 'once':"
        " `not (a > 1)` (Amount?/high) does not hold with a = 3"
    )
    assert not any(each.unmet for each in bound.scenarios)


def test_conditions_alone_ask_for_data(bench: Bench, asked: str) -> None:
    """No step reads any; what every suite may use is taken only where the suite has conditions."""
    blind = READ.replace("{{data.a}}", "x")
    assert chosen(bench.bind(asked + blind))["amount-high"] == "vip"
    path = bench.write("all.yaml", "- {name: any, values: {a: 5, b: 0}}")
    everywhere = read_data_sets([path], Scope.GLOBAL)
    bound = bench.bind(CONDITIONS + blind, global_data=everywhere)
    assert chosen(bound)["amount-high"] == "any"


THREE_WAYS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 targetNamespace="urn:t">
<process id="order">
<startEvent id="s"/><userTask id="place" name="Place order"/><endEvent id="e"/>
<exclusiveGateway id="amount" name="Amount?" default="low"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="place"/>
<sequenceFlow id="f2" sourceRef="place" targetRef="amount"/>
<sequenceFlow id="low" name="low" sourceRef="amount" targetRef="e"/>
<sequenceFlow id="mid" name="mid" sourceRef="amount" targetRef="e"/>
<sequenceFlow id="high" name="high" sourceRef="amount" targetRef="e"/>
</process></definitions>"""
OVERLAPPING = "conditions: {Amount?/mid: a > 1, Amount?/high: a > 5}\n"
HUGE_FIRST = """
- {name: huge, tags: [smoke], values: {a: 7}}
- {name: more, tags: [smoke], values: {a: 3}}
- {name: some, values: {a: 2}}
- {name: none, values: {a: 0}}
"""


@pytest.mark.parametrize("tags", ["[]", "[smoke]", "[x]"])
def test_data_that_opens_one_flow_only_goes_before_what_opens_two(bench: Bench, tags: str) -> None:
    """Which of them the system takes depends on the order in which it asks."""
    bench.write("data/one.yaml", HUGE_FIRST)
    bench.write("order.bpmn", THREE_WAYS)
    mark = f"scenarios: {{mark: {{amount-mid: {{tags: {tags}}}}}}}\n"
    bound = bench.bind(f"data: {{files: data/*.yaml}}\n{OVERLAPPING}{mark}{READ}")
    assert chosen(bound) == {"main": "none", "amount-high": "huge", "amount-mid": "more"}
    reason = {each.item: each.data_reason for each in bound.scenarios}["amount-mid"]
    assert reason.endswith("meets `a > 1` (Amount?/mid), `not (a > 5)` (Amount?/high)")


def test_a_tag_counts_more_than_that_one_flow_only_is_open(bench: Bench) -> None:
    bench.write(
        "data/one.yaml", HUGE_FIRST.replace("[smoke], values: {a: 3}", "[], values: {a: 3}")
    )
    bench.write("order.bpmn", THREE_WAYS)
    mark = "scenarios: {mark: {amount-mid: {tags: [smoke]}}}\n"
    bound = bench.bind(f"data: {{files: data/*.yaml}}\n{OVERLAPPING}{mark}{READ}")
    assert chosen(bound)["amount-mid"] == "huge"


def test_what_is_not_clear_has_no_item_where_something_is(bench: Bench) -> None:
    """One of two items with the same data on two flows would be red for nothing."""
    bench.write("data/one.yaml", HUGE_FIRST)
    bench.write("order.bpmn", THREE_WAYS)
    bound = bench.bind(f"data: {{files: data/*.yaml, pick: all}}\n{OVERLAPPING}{READ}")
    assert [each.item for each in bound.scenarios] == [
        "main",
        "amount-high",
        "amount-mid[more]",
        "amount-mid[some]",
    ]


def test_what_is_not_clear_does_not_run_because_it_is_selected(bench: Bench) -> None:
    bench.write("data/one.yaml", HUGE_FIRST)
    bench.write("order.bpmn", THREE_WAYS)
    text = f"data: {{files: data/*.yaml}}\n{OVERLAPPING}{READ}"
    bound = bench.bind(text, data_names=["huge"])
    assert {each.item: each.skip for each in bound.scenarios if not each.data}["amount-mid"] == (
        "of the selected data sets no set meets `not (a > 5)` (Amount?/high); nearest is 'huge':"
        " `not (a > 5)` (Amount?/high) does not hold with a = 7"
    )
    assert chosen(bound)["amount-high"] == "huge"
