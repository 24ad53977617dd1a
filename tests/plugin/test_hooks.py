"""The hooks by which users look at steps."""

from collections.abc import Callable

import pytest

Write = Callable[..., None]


def test_hooks_see_every_step_that_ran(shop: pytest.Pytester, write: Write) -> None:
    """Before and after, with its item; steps that never began are not told of."""
    write(
        conftest__py="""
        def pytest_orchestra_before_step(item, step):
            print("before", item.name, step.name, step.element, step.visit, step.kind.value)

        def pytest_orchestra_after_step(item, step, result):
            reasons = [violation.message for violation in result.violations]
            print("after", item.name, step.step_id, result.status.value, *reasons)
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", alias="check")
        def check_the_order(): ...

        @orchestra.step("Approve order", alias="approve")
        def approve(): assert False, "no"

        @orchestra.step("Ship order", kind="ASSERTION")
        def ship(): ...
        """,
    )
    result = shop.runpytest("-s", "-k", "amount-high")
    told = [
        line[line.index(word) :]
        for line in result.outlines
        for word in ("before ", "after ")
        if word in line
    ]
    assert told == [
        "before amount-high check the order check 1 ACTION",
        "after amount-high check PASSED",
        "before amount-high approve approve 1 ACTION",
        "after amount-high approve FAILED no",
    ]


@pytest.mark.parametrize("hook", ["before_step(item, step)", "after_step(item, step, result)"])
@pytest.mark.parametrize(
    ("raised", "outcome"),
    [("pytest.skip('not here')", "skipped"), ("raise ValueError('odd')", "failed")],
)
def test_what_a_hook_raises_ends_the_scenario(
    shop: pytest.Pytester, write: Write, hook: str, raised: str, outcome: str
) -> None:
    """A skip skips, an error fails with its own traceback; the log says that the run was cut."""
    write(
        conftest__py=f"""
        import pytest

        def pytest_orchestra_{hook}:
            {raised}
        """
    )
    result = shop.runpytest("-k", "main", "-rs")
    result.assert_outcomes(**{outcome: 1}, deselected=1)
    result.stdout.fnmatch_lines(["*not here*" if outcome == "skipped" else "E *ValueError: odd"])
    assert "pytest_orchestra/" not in result.stdout.str()  # no frame of ours
    (log,) = shop.path.glob(".orchestra/*/events.jsonl")
    assert '"status":"CANCELLED"' in log.read_text("utf-8")


def test_a_conftest_sees_the_steps_of_the_suites_below_it(
    shop: pytest.Pytester, write: Write
) -> None:
    """As with pytest's own hooks."""
    (shop.path / "other").mkdir()
    (shop.path / "other" / "conftest.py").write_text(
        "def pytest_orchestra_before_step(item, step): raise AssertionError\n", encoding="utf-8"
    )
    write(test_own__py="def test_own(): pass")
    shop.runpytest(".", "other").assert_outcomes(passed=3)


def test_a_misspelt_argument_is_pytests_own_error(shop: pytest.Pytester, write: Write) -> None:
    """The hooks are registered like pytest's."""
    write(conftest__py="def pytest_orchestra_before_step(item, stepp): ...")
    result = shop.runpytest_subprocess()
    assert result.ret != 0
    assert "stepp" in result.stdout.str() + result.stderr.str()
