"""Steps that passed only on a retry, in every report."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import System

SUITE = """
process: order.bpmn
steps:
  - name: The order is placed
    at: Check order
    action: {channel: http, endpoint: shop POST /orders}
    retry: {times: 2, only: [HTTP_ERROR], backoff: 1ms}
  - name: It is approved
    at: Approve order
    action: {channel: http, endpoint: shop POST /approvals}
"""


@pytest.fixture
def orders(shop: pytest.Pytester, write: Callable[..., None], system: "System") -> pytest.Pytester:
    """A suite whose first call is answered at the second try."""
    environment = f"local: {{http: {{shop: {{url: '{system.url}'}}}}}}\n"
    write(order__suite__yaml=SUITE, orchestra__environments__yaml=environment)
    system.answers = {"POST /orders": [503]}
    return shop


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["one", "worker"])
def test_every_report_says_so(orders: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """The session passes."""
    result = orders.runpytest("-rP", "--junitxml=out.xml", "--alluredir=allure", *arguments)
    result.assert_outcomes(passed=2)
    assert result.ret == 0
    result.stdout.fnmatch_lines_random(
        [
            "orchestra: 1 step was FLAKY",
            "  order.suite.yaml::main: The order is placed (try 2)",
            "bound 1 of 2 tasks; FLAKY: The order is placed (try 2); run *",
        ]
    )
    written = (orders.path / "out.xml").read_text("utf-8")
    assert written.count('name="orchestra_flaky" value="The order is placed (try 2)"') == 1
    results = [
        json.loads(path.read_text("utf-8"))
        for path in (orders.path / "allure").glob("*-result.json")
    ]
    (flaky,) = [each for each in results if "flaky" in [label["value"] for label in each["labels"]]]
    (step,) = [each for each in flaky["steps"] if each.get("statusDetails", {}).get("flaky")]
    assert step["status"] == "passed"
    (log,) = orders.path.glob(".orchestra/*/events.jsonl")
    steps = [
        each["step"]
        for line in log.read_text("utf-8").splitlines()
        if (each := json.loads(line))["event"] == "step_finished"
    ]
    assert [(each["status"], each["retries"], each["attempts"]) for each in steps] == [
        ("FLAKY", 1, 2),
        ("PASSED", 0, 1),
        ("PASSED", 0, 1),
    ]


@pytest.mark.parametrize("way", ["option", "ini", "worker"])
def test_the_session_fails_where_that_is_asked_for(orders: pytest.Pytester, way: str) -> None:
    """Though every item has passed."""
    arguments = ["--orchestra-fail-flaky"]
    if way == "ini":
        arguments = ["-o", "orchestra_fail_flaky=true"]
    elif way == "worker":
        arguments += ["-n", "1"]
    result = orders.runpytest(*arguments)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["orchestra: 1 step was FLAKY, which fails the session (--orchestra-fail-flaky)"]
    )


def test_a_session_without_flaky_steps_is_not_failed(
    orders: pytest.Pytester, system: "System"
) -> None:
    """Nor is one said to be."""
    system.answers = {}
    result = orders.runpytest("--orchestra-fail-flaky")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*FLAKY*")


def test_a_python_step_may_be_tried_again(
    shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        TRIES = []

        @orchestra.step("Check order", retry={"times": 1, "backoff": "1ms"})
        def check():
            TRIES.append(1)
            assert len(TRIES) != 1
        """
    )
    result = shop.runpytest()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["  order.suite.yaml::main: check (try 2)"])


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["one", "worker"])
def test_a_rerun_of_the_item_does_not_undo_it(
    orders: pytest.Pytester, system: "System", arguments: tuple[str, ...]
) -> None:
    """The first attempt was flaky, and failed elsewhere; the second passed."""
    system.answers["POST /approvals"] = [500]
    result = orders.runpytest_subprocess(
        *("-p", "rerunfailures", "--reruns=1", "-k", "high", "--orchestra-fail-flaky"), *arguments
    )
    assert result.parseoutcomes()["rerun"] == 1
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "orchestra: 1 step was FLAKY, which fails the session*",
            "  order.suite.yaml::amount-high: The order is placed (try 2)",
        ]
    )


def test_a_step_that_fails_for_good_tells_of_its_tries(
    orders: pytest.Pytester, system: "System"
) -> None:
    """And is not flaky."""
    system.answers = {"POST /orders": [503, 502, 500]}
    result = orders.runpytest("-k", "main")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["*, 3 attempts in 3 tries)", "*HTTP_ERROR*500*", "*try 1 failed: HTTP_ERROR*503*"]
    )
    result.stdout.no_fnmatch_line("orchestra: * FLAKY*")
