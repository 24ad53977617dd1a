"""Scenarios get data that meets their conditions, say why, and fail where there is none."""

import json

import pytest

SUITE = """\
process: order.bpmn
python: [shop_steps.py]
data: {files: data.yaml}
conditions: {Amount?/high: amount > 100}
"""


@pytest.fixture
def asking(shop: pytest.Pytester) -> pytest.Pytester:
    """A suite with a condition over its data, and no pairing by hand."""
    (shop.path / "order.suite.yaml").write_text(SUITE, encoding="utf-8")
    return shop


def test_the_reason_is_in_the_result(asking: pytest.Pytester) -> None:
    result = asking.runpytest_inprocess("-rA", "--junitxml=junit.xml")
    result.assert_outcomes(passed=2)
    reason = "the first that fits: it meets `amount > 100` (Amount?/high)"
    result.stdout.fnmatch_lines([f"data large: {reason.replace('?', '[?]')}"])
    assert f'name="orchestra_data_reason" value="{reason}"'.replace(">", "&gt;", 1) in (
        asking.path / "junit.xml"
    ).read_text("utf-8")
    (log,) = (asking.path / ".orchestra").glob("*/events.jsonl")
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    reasons = {
        event["run"]["scenario"]: event["run"]["data_reason"]
        for event in events
        if event["event"] == "run_finished"
    }
    assert reasons["amount-high"] == reason


def test_a_scenario_without_data_that_fits_fails_at_set_up(asking: pytest.Pytester) -> None:
    (asking.path / "data.yaml").write_text(
        "- {name: small, values: {amount: 5}}\n- {name: more, values: {amount: 6}}\n", "utf-8"
    )
    result = asking.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of order: Amount[?] high*",
            (
                "no data set fits: no set meets `amount > 100` (Amount[?]/high); nearest is"
                " 'small': `amount > 100` (Amount[?]/high) does not hold with amount = 5."
                " Add one that does to the files under 'data'."
            ),
            "ERROR order.suite.yaml::amount-high - no data set fits*",
        ]
    )


def test_data_that_is_selected_and_contradicts_leaves_scenarios_out(
    asking: pytest.Pytester,
) -> None:
    result = asking.runpytest_inprocess("--orchestra-data=small", "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*of the selected data sets no set meets `amount > 100`*"])


def test_all_that_fit_have_an_item_each(asking: pytest.Pytester) -> None:
    text = SUITE.replace("data.yaml}", "data.yaml, pick: all}")
    (asking.path / "order.suite.yaml").write_text(text, encoding="utf-8")
    with (asking.path / "data.yaml").open("a", encoding="utf-8") as file:
        file.write("- {name: huge, values: {amount: 5000}}\n")
    result = asking.runpytest_inprocess("-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["*::main PASSED*", "*::amount-high[[]large[]] PASSED*", "*::amount-high[[]huge[]] PASSED*"]
    )
