"""A suite and everything that it names, bound together."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.scenario import Criterion, Passage
from pytest_orchestra.results import StepKind
from pytest_orchestra.spi import CallField, FieldUse, ProtocolPlugin
from pytest_orchestra.suite.binding import Selection, bind_suite, bind_with_scenarios
from pytest_orchestra.suite.reading import bare_suite, read_suite

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

ACT = "action: {channel: bus, topic: t, value: 1}"
ROOT = Path(__file__).parents[3]
SUITES = Path(os.environ.get("ORCHESTRA_SUITES", ROOT.parent / "shared" / "suites"))


def test_a_suite_knows_what_it_is_made_of(bench: Bench) -> None:
    bound = bench.bind(
        f"name: Shop\nenvironment: local\nscenarios: {{criterion: flows}}\n"
        f"steps: [{{at: Place order, {ACT}}}]\n"
    )
    assert (bound.name, bound.environment, bound.process_id) == ("Shop", "local", "order")
    assert bound.file == bench.folder / "order.suite.yaml"
    assert bound.process_file == bench.folder / "order.bpmn"
    assert bound.criterion is Criterion.FLOWS
    assert bound.spec_versions == {"shop": "1.2.3"}
    assert "amount-high-fine-no" in {scenario.item for scenario in bound.scenarios}


def test_the_user_may_ask_for_another_criterion(bench: Bench) -> None:
    for criterion in Criterion:
        bound = bench.bind("scenarios: {criterion: flows}\n", criterion=criterion)
        assert bound.criterion is criterion


def test_loops_and_numbers_are_bounded_by_the_suite(bench: Bench) -> None:
    def keys(scenarios: str) -> list[str]:
        return [each.item for each in bench.bind(f"scenarios: {scenarios}\n").scenarios]

    assert "amount-high-fine-no-x2" in keys("{}")
    assert "amount-high-fine-no-x3" in keys("{max_loop_iterations: 3}")
    assert "amount-high-fine-no-x2" not in keys("{max_loop_iterations: 1}")
    assert len(keys("{max_scenarios: 2}")) == 2


def test_the_scenarios_of_the_process_come_with_the_suite(bench: Bench) -> None:
    bound, scenarios = bind_with_scenarios(
        bench.suite(""),
        protocols=bench.protocols,
        environment=None,
        selection=Selection(criterion=Criterion.FLOWS),
    )
    assert [each.key for each in scenarios.scenarios] == [each.item for each in bound.scenarios]


def test_mistakes_of_all_kinds_are_told_together(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: d, values: {a: 1}}\n- {name: d, values: {}}\n")
    environment = bench.environment("local: {bus: {main: {}}}")
    text = """libraryy: [x]
data: {files: d.yaml}
tags: [two words]
scenarios: {mark: {nobody*: {tags: [x]}, main: {data: nix}}}
specs: {gone: gone.web}
steps:
  - {at: Plac order, action: {channel: bus, topic: t, value: "{{dta.x}}"}}
  - {at: Ship, action: {channel: web, endpoint: gone.create}}
  - {at: Ship, action: {channel: bus, via: mainn, topik: t, value: 1}}
  - {at: Ship, use: camunda.publish}
  - {at: Ship, assertion: {channel: bus, topic: t}, expect: {rules: 'message.x = 1'}}
  - {at: Done, assertion: {channel: bus, topic: "{{step.nobody.x}}"}}
"""
    codes = [
        each.split("[")[1].split("]")[0] for each in bench.errors(text, environment=environment)
    ]
    assert codes == [
        "unknown-key",
        "tag",
        "unknown-scenario",
        "file-missing",
        "unknown-element",
        "missing-key",
        "unknown-connection",
        "unknown-key",
        "not-yet",
        "expression-syntax",
        "unknown-step",
        "data-twice",
    ]


@pytest.mark.parametrize(
    ("process", "code"),
    [("process: gone.bpmn", "file-missing"), ("process: []", "bad-value"), ("", "missing-key")],
)
def test_without_its_process_a_suite_is_judged_all_the_same(
    bench: Bench, process: str, code: str
) -> None:
    text = f"""{process}
scenarios: {{criterium: flows, mark: {{main: {{data: nix}}}}}}
data: {{files: gone.yaml}}
steps:
  - {{at: Any, action: {{channel: bus, topic: t, valu: "{{{{dta.x}}}}"}}}}
  - {{leaving: Any, assertion: {{channel: bus, topic: "{{{{step.nobody.x}}}}"}}}}
"""
    suite = read_suite(bench.write("order.suite.yaml", text))
    with pytest.raises(BindingError) as refusal:
        bind_suite(suite, protocols=bench.protocols, environment=None)
    codes = [problem.code for problem in refusal.value.problems]
    assert sorted(codes) == sorted(
        [code, "unknown-key", "file-missing", "missing-key", "unknown-key", "unknown-step"]
    )


def test_what_is_left_out_makes_no_twins_under_strict(bench: Bench) -> None:
    text = f"strict: true\nsteps:\n  - {{at: Place order, {ACT}}}\n"
    assert {each.split("[")[1].split("]")[0] for each in bench.errors(text)} == {
        "undriven",
        "twins",
        "task-unbound",
    }
    (problem,) = bench.errors(f"{text}  - {{at: Shp, {ACT}}}\n")
    assert "[unknown-element]" in problem


def test_aliases_are_not_judged_where_modules_are_lost(bench: Bench) -> None:
    text = 'steps: [{at: Ship, assertion: {channel: bus, topic: "{{step.nobody.x}}"}}]\n'
    (problem,) = bench.errors(text)
    assert "[unknown-step]" in problem
    suite = replace(bench.suite(text), lost=frozenset({"python"}))
    assert bind_suite(suite, protocols=bench.protocols, environment=None).scenarios


def test_warnings_do_not_hide_among_errors(bench: Bench) -> None:
    text = f"steps:\n  - {{at: Review, when: low, {ACT}}}\n  - {{at: Nowhere, {ACT}}}\n"
    (problem,) = bench.errors(text)
    assert "[unknown-element]" in problem


def test_a_bare_process_binds_without_any_step(bench: Bench) -> None:
    (suite,) = bare_suite(bench.folder / "order.bpmn")
    bound = bind_suite(suite, protocols=bench.protocols, environment=None)
    assert (bound.file.name, bound.name) == ("order.bpmn", "Order handling")
    assert bound.problems == ()
    assert {each.skip for each in bound.scenarios} == {"no step is bound on this way"}
    assert bound.scenarios[0].bound == (0, 3)


def test_every_step_of_a_suite_is_compiled_once(bench: Bench) -> None:
    bound = bench.bind(f"steps: [{{at: [Place order, Ship], {ACT}}}]")
    steps = {id(each.step) for scenario in bound.scenarios for each in scenario.steps}
    assert len(steps) == 1


def test_steps_never_run_where_an_activity_is_interrupted(bench: Bench) -> None:
    text = f"steps: [{{leaving: Charge, {ACT}}}, {{at: Charge, {ACT}}}, {{at: Declined, {ACT}}}]"
    by_key = {each.item: each for each in bench.bind(text).scenarios}
    passages = [each.passage for each in by_key["declined"].steps]
    assert passages == [Passage.ENTERED, Passage.ENTERED]
    assert [each.passage for each in by_key["main"].steps] == [Passage.ENTERED, Passage.LEFT]


def test_the_process_surrounds_everything(bench: Bench) -> None:
    text = f"steps: [{{leaving: order, {ACT}}}, {{at: Ordered, {ACT}}}, {{at: order, {ACT}}}]"
    main = bench.bind(text).scenarios[0]
    moments = [each.moment for each in main.steps]
    assert moments == [-1, 0, len(main.scenario.moments)]


# -- suites that people wrote --------------------------------------------------------------------


class Whatever:
    """Stands in for a channel whose plugin is not at hand: it knows every endpoint."""

    spec_parser = None
    endpoint_matcher = None

    def __init__(self, channel: str, *fields: CallField, roots: str) -> None:
        self.id = channel
        self.call_fields = fields
        self.roots = dict.fromkeys(roots.split(), "")


@pytest.fixture
def channels() -> Mapping[str, ProtocolPlugin]:
    """Channels of the names that the shop and the written suites use."""
    action = frozenset({StepKind.ACTION})
    assertion = frozenset({StepKind.ASSERTION})
    found = (
        Whatever(
            "http",
            CallField(name="endpoint", use=FieldUse.LITERAL, required=True),
            CallField(name="input"),
            CallField(name="safe", use=FieldUse.LITERAL, kinds=assertion),
            roots="response",
        ),
        Whatever(
            "kafka",
            CallField(name="topic", use=FieldUse.ADDRESS, required=True),
            CallField(name="key"),
            CallField(name="value", kinds=action),
            roots="message messages",
        ),
        Whatever("db", CallField(name="sql", use=FieldUse.STATEMENT), roots="row rows"),
        Whatever(
            "queue",
            CallField(name="queue", use=FieldUse.ADDRESS),
            CallField(name="key"),
            roots="message messages",
        ),
    )
    return {channel.id: channel for channel in found}  # type: ignore[misc]  # as far as binding looks


def test_the_shop_binds_to_ten_different_scenarios(
    channels: Mapping[str, ProtocolPlugin],
) -> None:
    suite = read_suite(ROOT / "example_project" / "order.suite.yaml")
    without_spec = suite.part.model_copy(update={"specs": {}})
    bound = bind_suite(replace(suite, part=without_spec), protocols=channels, environment=None)
    assert len(bound.scenarios) >= 8
    assert all(each.steps and each.data and not each.skip for each in bound.scenarios)
    assert [each.code for each in bound.problems if each.code in ("twins", "step-unused")] == []


NOT_YET = {
    "003-exception-flow.suite.yaml": [
        "33:44 the channel 'stub'",
        "34:50 the channel 'stub'",
    ],
    "bpmn-pr-created.suite.yaml": [
        "6:1 the key 'library'",
        *(
            f"{place} the key '{key}'"
            for places in (
                ("13:5", "14:5"),
                ("21:26", "21:50"),
                ("22:24", "22:48"),
                ("23:22", "23:46"),
                ("26:43", "26:67"),
                ("27:43", "27:67"),
                ("30:17", "30:41"),
            )
            for place, key in zip(places, ("use", "with"), strict=True)
        ),
    ],
}


@pytest.mark.parametrize("name", NOT_YET)
def test_written_suites_are_refused_for_what_is_not_there_yet_and_nothing_else(
    name: str, tmp_path: Path, channels: Mapping[str, ProtocolPlugin]
) -> None:
    if not (SUITES / name).is_file():
        pytest.skip(f"{SUITES / name} is not here; ORCHESTRA_SUITES names its folder")
    folder = tmp_path / "suites"
    shutil.copytree(SUITES, folder)
    suite = read_suite(folder / name)
    told = [
        f"{each.location.line}:{each.location.column} {each.message}"
        for each in suite.problems
        if each.location is not None
    ]
    assert told == [f"{each} is not there yet" for each in NOT_YET[name]]
    without_specs = suite.part.model_copy(update={"specs": {}})
    with pytest.raises(BindingError) as refusal:
        bind_suite(replace(suite, part=without_specs), protocols=channels, environment=None)
    assert list(refusal.value.problems) == list(suite.problems)
