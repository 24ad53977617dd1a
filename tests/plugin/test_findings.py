"""What tells that a suite would lie is shown once, at the end of the session."""

from fnmatch import fnmatchcase

import pytest

SUITE = """\
process: order.bpmn
python: shop_steps.py
steps: []
"""
STEPS = """\
import pytest_orchestra as orchestra


@orchestra.step("Placed")
def place(): ...
"""
SECTION = "*= orchestra: undriven and twins =*"
UNDRIVEN = "order.suite.yaml: nothing leads to Amount[?]/high (amount-high)"
TWINS = "order.suite.yaml: run the same: main, amount-high"


@pytest.fixture
def liar(shop: pytest.Pytester) -> pytest.Pytester:
    """A suite whose two scenarios do the same, whatever they are called."""
    (shop.path / "order.suite.yaml").write_text(SUITE, encoding="utf-8")
    (shop.path / "shop_steps.py").write_text(STEPS, encoding="utf-8")
    return shop


@pytest.mark.parametrize("options", [(), ("-n2",), ("--collect-only",)])
def test_it_is_a_section_of_the_summary(liar: pytest.Pytester, options: tuple[str, ...]) -> None:
    """Workers collect the same, and it is told once; it is no warning besides."""
    result = liar.runpytest_inprocess(*options)
    result.stdout.fnmatch_lines([SECTION, UNDRIVEN, TWINS])
    for line in (SECTION, UNDRIVEN, TWINS):
        assert sum(fnmatchcase(each, line) for each in result.outlines) == 1
    result.stdout.no_fnmatch_line("*OrchestraWarning*")


@pytest.mark.parametrize(
    "options",
    [("-k", "main"), ("order.suite.yaml::main",), ("--deselect", "order.suite.yaml::amount-high")],
    ids=["-k", "node id", "deselect"],
)
@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one process", "a worker"])
def test_it_is_told_of_what_was_selected(
    liar: pytest.Pytester, options: tuple[str, ...], workers: tuple[str, ...]
) -> None:
    """``main`` takes no such outcome; that another scenario runs the same is about it, too."""
    result = liar.runpytest_inprocess(*options, *workers)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([SECTION, TWINS])
    result.stdout.no_fnmatch_line("*nothing leads to*")


def test_nothing_is_told_of_suites_of_which_nothing_was_selected(liar: pytest.Pytester) -> None:
    liar.makepyfile(test_own="def test_own(): ...")
    result = liar.runpytest_inprocess("-k", "test_own")
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.no_fnmatch_line(SECTION)


def test_last_failed_is_told_of_alone(liar: pytest.Pytester) -> None:
    """It is chosen after every other choice."""
    (liar.path / "order.suite.yaml").write_text(
        SUITE + "scenarios: {mark: {amount-high: {tags: [high]}}}\n", encoding="utf-8"
    )
    liar.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True)
        def fail(request):
            assert "high" in request.keywords
        """
    )
    liar.runpytest_inprocess().assert_outcomes(passed=1, errors=1)
    result = liar.runpytest_inprocess("--lf")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([SECTION, TWINS])
    result.stdout.no_fnmatch_line("*nothing leads to*")


def test_every_finding_is_told_by_one_of_several_jobs(liar: pytest.Pytester) -> None:
    """Twins stay twins where they run in different parts."""
    told = [liar.runpytest_inprocess(f"--orchestra-shard={job}/2").stdout.str() for job in (1, 2)]
    assert any("nothing leads to Amount?/high" in each for each in told)
    assert any("run the same: main, amount-high" in each for each in told)


def test_who_wants_it_quiet_gets_a_line_or_none(liar: pytest.Pytester) -> None:
    result = liar.runpytest_inprocess("-q")
    result.stdout.fnmatch_lines(
        [
            (
                "orchestra: 1 outcome that nothing leads to, 1 group of scenarios that run the"
                " same; 'orchestra plan' lists them"
            )
        ]
    )
    result.stdout.no_fnmatch_line(SECTION)
    liar.runpytest_inprocess("-qq").stdout.no_fnmatch_line("*orchestra*")


def test_a_suite_that_tests_what_it_says_has_no_such_section(shop: pytest.Pytester) -> None:
    result = shop.runpytest_inprocess()
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*undriven*")


def test_a_long_list_is_cut(liar: pytest.Pytester) -> None:
    text = (liar.path / "order.suite.yaml").read_text(encoding="utf-8")
    for number in range(15):
        (liar.path / f"s{number}.suite.yaml").write_text(text, encoding="utf-8")
    result = liar.runpytest_inprocess("--collect-only")
    result.stdout.fnmatch_lines(["and 12 more: 'orchestra plan' lists all"])
    result = liar.runpytest_inprocess("--collect-only", "-v")
    assert sum("run the same" in line for line in result.outlines) == 16


def test_under_strict_they_are_errors(liar: pytest.Pytester) -> None:
    with (liar.path / "order.suite.yaml").open("a", encoding="utf-8") as file:
        file.write("strict: true\n")
    result = liar.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "order.suite.yaml:4:1: error[[]undriven[]] nothing leads to 'Amount[?]/high'*",
            "order.suite.yaml:4:1: error[[]twins[]] scenarios 'main', 'amount-high' run the same*",
        ]
    )
