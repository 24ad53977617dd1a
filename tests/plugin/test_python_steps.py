"""Python steps: what they may do, and where they are found."""

from collections.abc import Callable

import pytest

Write = Callable[..., None]

ONE_STEP = """
import asyncio
import pytest
import pytest_orchestra as orchestra

@orchestra.step("Check order")
{function}
"""


@pytest.fixture
def step(write: Write) -> Callable[[str], None]:
    """Let the suite have one Python step, of which only the function is to be said."""

    def make(function: str) -> None:
        write(shop_steps__py=ONE_STEP.format(function=function))

    return make


@pytest.fixture
def run_main(
    shop: pytest.Pytester, step: Callable[[str], None]
) -> Callable[[str], pytest.RunResult]:
    """Run the scenario ``main`` with one Python step."""

    def run(function: str) -> pytest.RunResult:
        step(function)
        return shop.runpytest("-k", "main", "-ra", "-vv")

    return run


@pytest.mark.parametrize("prefix", ["", "async "], ids=["sync", "async"])
@pytest.mark.parametrize(
    ("body", "outcome", "line"),
    [
        ("pytest.skip('no tide')", "skipped", "SKIPPED*shop_steps.py:8: no tide"),
        ("pytest.xfail('BUG-7')", "xfailed", "XFAIL order.suite.yaml::main - BUG-7"),
        ("pytest.importorskip('no_such_thing')", "skipped", "SKIPPED*no_such_thing*"),
        ("pytest.fail('no stock')", "failed", "FAILED*BUSINESS_RULE_VIOLATION no stock*"),
        ("assert len('ab') == 3", "failed", "FAILED*BUSINESS_RULE_VIOLATION*assert 2 == 3*"),
        ("raise ValueError('odd')", "failed", "FAILED*VALIDATION_ERROR ValueError: odd*"),
    ],
)
def test_what_a_step_raises_means_what_it_means_in_a_test(
    run_main: Callable[[str], pytest.RunResult], prefix: str, body: str, outcome: str, line: str
) -> None:
    """Skips, expected failures, failures and errors."""
    result = run_main(f"{prefix}def check():\n    {body}")
    result.assert_outcomes(**{outcome: 1}, deselected=1)
    result.stdout.fnmatch_lines([line])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize("ending", ["pytest.skip('no tide')", "pytest.xfail('BUG-7')"])
def test_a_skip_after_a_failure_does_not_hide_it(
    shop: pytest.Pytester, write: Write, ending: str
) -> None:
    """Where all steps are run."""
    write(
        shop_steps__py=f"""
        import pytest
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(): assert False, "no stock"

        @orchestra.step("Ship order")
        def ship(): {ending}

        @orchestra.step("Done")
        def done(): ...
        """
    )
    result = shop.runpytest("-k", "main", "--orchestra-mode=RUN_ALL_STEPS")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["*0 steps passed, 1 failed, 2 skipped*", "FAILED*BUSINESS_RULE_VIOLATION*no stock*"]
    )


def test_exit_ends_the_session(shop: pytest.Pytester, step: Callable[[str], None]) -> None:
    """With the code that the step gives; the log of the run is complete."""
    step("def check(): pytest.exit('enough', 9)")
    result = shop.runpytest("-p", "no:randomly")
    assert result.ret == 9
    result.stdout.fnmatch_lines(["!* enough !*"])
    (log,) = shop.path.glob(".orchestra/*/events.jsonl")
    kinds = [line.rpartition('"event":"')[2] for line in log.read_text("utf-8").splitlines()]
    assert kinds[-2:] == ['run_finished"}', 'session_finished"}']


def test_the_place_of_a_failure_is_in_the_steps_file(
    run_main: Callable[[str], pytest.RunResult],
) -> None:
    """Not in pytest's."""
    result = run_main("def check():\n    pytest.fail('no stock')")
    result.stdout.fnmatch_lines(["  raised at shop_steps.py:8 in check"])


def test_a_function_may_stand_at_two_places(shop: pytest.Pytester, write: Write) -> None:
    """Each decoration binds it once more."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        @orchestra.step("Ship order", alias="shipped")
        def look(request):
            looks = request.node.stash.setdefault(LOOKS, [])
            looks.append(1)
            print("look", len(looks))

        import pytest
        LOOKS = pytest.StashKey()
        """
    )
    result = shop.runpytest("-k", "main", "-s")
    result.stdout.fnmatch_lines(["*look 1", "look 2"])


def test_a_function_may_be_decorated_in_any_way_and_found_in_any_module(
    shop: pytest.Pytester, write: Write
) -> None:
    """Each decoration is one step, wherever the function is imported."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        @orchestra.step("Check order", kind="ASSERTION")
        @orchestra.step("Ship order")
        def look():
            print("by looking")
        """,
        conftest__py="""
        import importlib, sys
        from pathlib import Path

        sys.path.insert(0, str(Path(__file__).parent))
        from more_steps import check, look
        """,
        more_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check():
            print("by checking")

        look = check
        """,
        order__suite__yaml="""
        process: order.bpmn
        python: shop_steps.py
        """,
    )
    result = shop.runpytest_subprocess("-k", "main", "-s", "-p", "more_steps")
    result.assert_outcomes(passed=1, deselected=1)
    lines = [line.rpartition("by ")[2] for line in result.outlines if "by " in line]
    assert lines == ["checking", "looking", "looking", "looking"]


def test_steps_come_from_conftest_files_above_the_suite_and_from_plugins(
    shop: pytest.Pytester, write: Write
) -> None:
    """In the order in which pytest loads them; those of a neighbour's conftest stay there."""
    step = """
    import pytest_orchestra as orchestra

    @orchestra.step("Check order")
    def check():
        print("by {0}")
    """
    write(
        plugged__py=step.format("plugin"),
        conftest__py=step.format("outer conftest"),
    )
    for folder in ("inner", "other"):
        (shop.path / folder).mkdir()
        (shop.path / folder / "conftest.py").write_text(
            "import pytest_orchestra as orchestra\n"
            f"@orchestra.step('Check order')\ndef check(): print('by {folder} conftest')\n",
            encoding="utf-8",
        )
    (shop.path / "inner" / "order.suite.yaml").write_text("process: ../order.bpmn", "utf-8")
    shop.syspathinsert()
    result = shop.runpytest("-p", "plugged", "-W", "default", "-k", "main", "-s", "inner", "other")
    lines = [line.rpartition("by ")[2] for line in result.outlines if "by " in line]
    assert lines == ["plugin", "outer conftest", "inner conftest"]


def test_a_conftest_may_have_steps_of_other_processes(shop: pytest.Pytester, write: Write) -> None:
    """Their places are no mistake of this suite."""
    write(
        conftest__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Pay the supplier")
        def pay(): raise AssertionError
        """
    )
    shop.runpytest("-W", "error").assert_outcomes(passed=2)


def test_a_slip_in_a_conftest_is_a_warning(shop: pytest.Pytester, write: Write) -> None:
    """The place may be another process's, but it looks like one of this one's."""
    write(
        conftest__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Chek order")
        def check(): raise AssertionError
        """
    )
    result = shop.runpytest("-W", "default")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(["*conftest.py:4: *'Chek order'*Did you mean 'Check order'*"])


def test_an_assertion_is_repeated_until_it_holds(shop: pytest.Pytester, write: Write) -> None:
    """It raises AssertionError until the time has come."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        ATTEMPTS = []

        @orchestra.step("Check order", kind="assertion", within="5s")
        async def check():
            ATTEMPTS.append(1)
            assert len(ATTEMPTS) > 2
        """
    )
    shop.runpytest("-k", "main").assert_outcomes(passed=1, deselected=1)


def test_a_step_has_the_data_to_itself(shop: pytest.Pytester, write: Write) -> None:
    """What one scenario does to its values, the next one does not see."""
    write(
        order__suite__yaml="""
        process: order.bpmn
        python: shop_steps.py
        data: {files: data.yaml}
        """,
        data__yaml="- {name: one, values: {lines: [1], deep: {a: [2]}}}\n",
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(orchestra_data, orchestra_context):
            assert orchestra_data == {"lines": [1], "deep": {"a": [2]}}
            assert orchestra_context.data == orchestra_data
            orchestra_data["lines"].append(2)
            orchestra_data["deep"]["a"].clear()
        """,
    )
    shop.runpytest("-W", "default").assert_outcomes(passed=2)


def test_the_fixtures_of_a_scenario_are_for_scenarios(shop: pytest.Pytester) -> None:
    """An ordinary test that asks for its data is told so."""
    shop.makepyfile(test_own="def test_own(orchestra_data): pass")
    result = shop.runpytest("test_own.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*orchestra_data is for scenarios and their Python steps; test_own.py::test_own is an*"]
    )
