"""What pytest's reports show of scenarios."""

import json
from collections.abc import Callable

import pytest

Write = Callable[..., None]

RED = """
import pytest_orchestra as orchestra

@orchestra.step("Check order")
def check(): ...

@orchestra.step("Amount?/high")
def approve(orchestra_data):
    assert orchestra_data["amount"] < 100
"""

WORKERS = pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one", "workers"])


@pytest.fixture
def red_shop(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """``amount-high`` fails at the flow to the approval."""
    write(shop_steps__py=RED)
    return shop


def test_the_header_says_what_was_asked_for(shop: pytest.Pytester, write: Write) -> None:
    """Nothing where nothing was."""
    write(orchestra__environments__yaml="{a: {vars: {b: c}}, d: {vars: {e: f}}}\n")
    shop.runpytest().stdout.no_fnmatch_line("orchestra:*")
    result = shop.runpytest("--orchestra-suite=.", "--orchestra-env=d")
    result.stdout.fnmatch_lines(
        ["orchestra: 1 suite file, environment d, mode STOP_ON_FIRST_FAILURE"]
    )
    (shop.path / "stock.suite.yaml").write_text("process: order.bpmn", encoding="utf-8")
    result = shop.runpytest("--orchestra-suite=.", "--orchestra-mode=run_all_steps")
    result.stdout.fnmatch_lines(["orchestra: 2 suite files, mode RUN_ALL_STEPS"])


@WORKERS
def test_the_summary_names_element_and_reason(
    red_shop: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """On one line, whichever process ran it."""
    result = red_shop.runpytest("-rA", "-vv", *arguments)
    result.assert_outcomes(passed=1, failed=1)
    summary = "BUSINESS_RULE_VIOLATION *assert 500 < 100"
    result.stdout.fnmatch_lines_random(
        [
            "PASSED order.suite.yaml::main",
            f"FAILED order.suite.yaml::amount-high - 'Amount?/high': {summary}*",
            "*Captured orchestra call*",
            "bound 1 of 2 tasks; run ????????-*",
        ]
    )


@pytest.mark.parametrize("style", ["auto", "long", "short", "line", "native"])
def test_a_failure_has_the_same_text_in_every_style(red_shop: pytest.Pytester, style: str) -> None:
    """There is no traceback to be shorter or longer."""
    result = red_shop.runpytest(f"--tb={style}")
    result.stdout.fnmatch_lines(["*'Amount?/high': BUSINESS_RULE_VIOLATION *"])
    assert "Traceback" not in result.stdout.str()
    assert "driving.py" not in result.stdout.str()


def test_a_failure_has_at_most_25_lines(shop: pytest.Pytester, write: Write) -> None:
    """However much there is to say."""
    steps = "\n".join(
        f"""
@orchestra.step("{place}")
def step_{number}():
    assert False, "\\n".join(map(str, range(100)))
"""
        for number, place in enumerate(["Check order", "Ship order", "Placed", "Done"] * 4)
    )
    write(shop_steps__py=f"import pytest_orchestra as orchestra\n{steps}")
    result = shop.runpytest("-k", "main", "--orchestra-mode=RUN_ALL_STEPS")
    printed = result.stdout.str()
    start, end = printed.index("'Placed': "), printed.index("\n====", printed.index("'Placed': "))
    assert len(printed[start:end].strip().splitlines()) == 25


@WORKERS
def test_junit_has_the_text_and_the_run(
    red_shop: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """The first line as message, the rest below."""
    red_shop.runpytest("--junitxml=out.xml", *arguments)
    written = (red_shop.path / "out.xml").read_text("utf-8")
    assert 'classname="order.suite.yaml" name="amount-high"' in written
    assert "<failure message=\"'Amount?/high': BUSINESS_RULE_VIOLATION" in written
    assert "rerun: pytest order.suite.yaml::amount-high" in written
    assert 'name="orchestra_bound" value="bound 1 of 3 tasks"' in written


@WORKERS
def test_allure_has_the_scenario_as_test_and_its_steps(
    red_shop: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """One result for each, which says what became of it."""
    red_shop.runpytest("--alluredir=allure", *arguments)
    results = {
        result["name"]: result
        for path in (red_shop.path / "allure").glob("*-result.json")
        if (result := json.loads(path.read_text("utf-8")))
    }
    assert sorted(result["status"] for result in results.values()) == ["failed", "passed"]
    steps = [
        [(step["name"], step["status"]) for step in result["steps"]]
        for result in results.values()
        if result["status"] == "failed"
    ]
    assert steps == [[("check", "passed"), ("approve", "failed")]]


def test_warnings_of_a_suite_name_its_file(shop: pytest.Pytester, write: Write) -> None:
    """They are pytest's warnings, whose filters hold."""
    call = "action: {channel: http, endpoint: a GET /b}"
    write(
        order__suite__yaml=f"""
        process: order.bpmn
        python: shop_steps.py
        steps: [{{at: Approve order, when: low, {call}}}]
        """
    )
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(): ...
        """
    )
    told = shop.runpytest("-W", "default")
    told.assert_outcomes(passed=2, warnings=1)
    told.stdout.fnmatch_lines(["*order.suite.yaml:4: OrchestraWarning: *[[]step-unused[]] *"])
    category = "pytest_orchestra.plugin.notices.OrchestraWarning"
    shop.runpytest("-W", f"ignore::{category}").assert_outcomes(passed=2)
    refused = shop.runpytest("-W", f"error::{category}")
    refused.assert_outcomes(errors=1)
    refused.stdout.fnmatch_lines(["ERROR order.suite.yaml - order.suite.yaml:4:*: warning*"])
