"""Scenarios as pytest items."""

import re
from collections.abc import Callable

import pytest

BOTH = ["order.suite.yaml::main", "order.suite.yaml::amount-high"]


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line and not line.startswith("=")]


def test_a_suite_file_is_collected_one_line_per_scenario(shop: pytest.Pytester) -> None:
    """Named or found in the folder."""
    assert collected(shop.runpytest("--collect-only", "-q")) == BOTH
    assert collected(shop.runpytest("--collect-only", "-q", "order.suite.yaml")) == BOTH
    named = shop.runpytest("--orchestra-suite=order.suite.yaml", "--collect-only", "-q")
    assert collected(named) == BOTH


def test_all_scenarios_pass(shop: pytest.Pytester) -> None:
    """Python steps run with their fixtures and hand values on."""
    shop.runpytest("-W", "error", "--strict-markers").assert_outcomes(passed=2)


@pytest.mark.parametrize("distribution", ["load", "loadscope", "loadfile", "worksteal"])
def test_scenarios_are_spread_over_workers(shop: pytest.Pytester, distribution: str) -> None:
    """Workers collect the same items, and the suites alone."""
    shop.makepyfile(test_decoy="def test_decoy(): raise AssertionError")
    result = shop.runpytest(
        "--orchestra-suite=order.suite.yaml", "-n", "2", "--dist", distribution, "-W", "error"
    )
    result.assert_outcomes(passed=2)


def test_names_and_marks_select(shop: pytest.Pytester) -> None:
    """``-k`` and ``-m`` work as for functions."""
    shop.runpytest("-k", "high").assert_outcomes(passed=1, deselected=1)
    shop.runpytest("-m", "slow", "--strict-markers").assert_outcomes(passed=1, deselected=1)
    shop.runpytest("-m", "orders").assert_outcomes(passed=2)
    shop.runpytest("order.suite.yaml::amount-high").assert_outcomes(passed=1)


def test_the_last_failed_run_again(shop: pytest.Pytester, write: Callable[..., None]) -> None:
    """``--lf`` finds the scenario by its name."""
    write(data__yaml="- {name: small, values: {amount: 5}}\n- {name: large, values: {amount: 7}}\n")
    shop.runpytest().assert_outcomes(passed=1, failed=1)
    shop.runpytest("--lf").assert_outcomes(failed=1)


def test_a_failure_says_what_where_and_how_to_rerun(
    shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    """In a few lines, without a traceback of ours."""
    write(data__yaml="- {name: small, values: {amount: 5}}\n- {name: large, values: {amount: 7}}\n")
    result = shop.runpytest()
    result.stdout.fnmatch_lines(
        [
            "Orders: scenario amount-high with data large on no environment",
            "failed: ACTION PYTHON at 'Approve order'",
            "*step:*approve the order*shop_steps.py:*",
            "*deadline: 10 s*",
            "*BUSINESS_RULE_VIOLATION: assert 7 > 100*",
            "rerun: pytest order.suite.yaml::amount-high",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    text = result.stdout.str().split("Orders: scenario")[1].split("rerun:")[0]
    assert len(text.splitlines()) < 25


def test_a_users_own_tests_go_on_working(shop: pytest.Pytester) -> None:
    """Async tests in the same session, with the loop they always had."""
    shop.makepyfile(
        test_own="""
        import asyncio, pytest

        @pytest.mark.asyncio
        async def test_async():
            await asyncio.sleep(0)

        def test_sync():
            pass
        """
    )
    shop.runpytest("-W", "error").assert_outcomes(passed=4)


def test_fixtures_of_all_kinds_are_there_for_python_steps(
    shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    """Sync and async ones, of every scope, and autouse ones."""
    shop.makeconftest(
        """
        import pytest, pytest_asyncio

        @pytest.fixture(scope="module")
        def of_module():
            return "module"

        @pytest_asyncio.fixture(loop_scope="session")
        async def of_loop():
            return "loop"

        @pytest.fixture(autouse=True)
        def always(request):
            request.node.user_properties.append(("autouse", "yes"))
        """
    )
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        async def check(of_module, of_loop, tmp_path, request):
            assert (of_module, of_loop) == ("module", "loop")
            assert tmp_path.is_dir()
            assert ("autouse", "yes") in request.node.user_properties
        """
    )
    shop.runpytest().assert_outcomes(passed=2)


def test_a_missing_fixture_is_pytests_own_error(
    shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    """As for functions."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(nowhere): ...
        """
    )
    result = shop.runpytest()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*fixture 'nowhere' not found*"])


def test_xfail_and_inactive_come_from_the_suite(
    shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    """``mark`` says which and why."""
    write(
        order__suite__yaml="""
        process: order.bpmn
        python: [shop_steps.py]
        scenarios: {mark: {amount-high: {xfail: BUG-7}}}
        """
    )
    result = shop.runpytest("-rx")
    result.assert_outcomes(passed=1, xfailed=1)
    result.stdout.fnmatch_lines(["XFAIL order.suite.yaml::amount-high - BUG-7"])


def test_a_bare_process_is_planned_and_does_not_pass(shop: pytest.Pytester) -> None:
    """Nothing is bound: every scenario is skipped, and the session does not exit 0."""
    result = shop.runpytest("order.bpmn", "-rs")
    result.assert_outcomes(skipped=2)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["*nothing was tested: no step*", "SKIPPED*no step is bound*"])
    assert collected(shop.runpytest("order.bpmn", "--collect-only", "-q")) == [
        "order.bpmn::order::main",
        "order.bpmn::order::amount-high",
    ]


def test_the_same_without_steps_under_xdist(shop: pytest.Pytester) -> None:
    """The controller counts what workers report."""
    result = shop.runpytest("order.bpmn", "-n", "2")
    result.assert_outcomes(skipped=2)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_junit_tells_the_run(shop: pytest.Pytester) -> None:
    """Run id, data set and how much is bound are properties."""
    shop.runpytest("--junitxml=out.xml").assert_outcomes(passed=2)
    text = (shop.path / "out.xml").read_text(encoding="utf-8")
    assert 'name="amount-high"' in text
    assert re.search(r'name="orchestra_run" value="[0-9a-f-]{36}"', text)
    assert 'name="orchestra_data" value="large"' in text
    assert 'name="orchestra_bound" value="bound 2 of 3 tasks"' in text


def test_a_step_cut_by_pytest_timeout_leaves_no_task_behind(
    shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    """The next scenario runs as if nothing had been."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        async def check(): ...

        @orchestra.step("Approve order")
        async def approve():
            await asyncio.Event().wait()

        @orchestra.step("Ship order")
        async def ship():
            assert len(asyncio.all_tasks()) == 2  # the run and this step
        """
    )
    result = shop.runpytest(
        "--timeout=1",
        "-p",
        "no:randomly",
        "order.suite.yaml::amount-high",
        "order.suite.yaml::main",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Timeout*"])
