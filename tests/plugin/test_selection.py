"""pytest's own ways to choose, order and repeat items, on scenarios."""

import sys
from collections.abc import Callable

import pytest

Write = Callable[..., None]

NEVER_AGAIN = """
import pathlib
import pytest_orchestra as orchestra

@orchestra.step("Check order")
def check(): ...

@orchestra.step("Approve order")
def approve():
    seen = pathlib.Path("seen")
    first = not seen.exists()
    seen.write_text("x")
    assert not first, "the first time it fails"
"""
TWO_PROCESSES = """\
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="сделка" name="Сделка">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="g"/>
    <exclusiveGateway id="g" name="Сумма?" default="a"/>
    <sequenceFlow id="a" name="малая" sourceRef="g" targetRef="e"/>
    <sequenceFlow id="b" name="Высокая [€]" sourceRef="g" targetRef="t"/>
    <task id="t" name="Prüfen"/><sequenceFlow id="c" sourceRef="t" targetRef="e"/>
    <endEvent id="e"/>
  </process>
  <process id="stock">
    <startEvent id="s2"/><sequenceFlow id="f2" sourceRef="s2" targetRef="e2"/>
    <endEvent id="e2"/>
  </process>
</definitions>
"""


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


@pytest.fixture
def with_plugins(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Leave out one of the plugins less, which tests of pytest itself do without."""

    def allow(name: str) -> None:
        foreign = {"randomly", "hypothesispytest", "pytest_cov", "rerunfailures"} - {name}
        monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{each}" for each in foreign))

    return allow


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-n", "2"),
        ("-W", "error", "--strict-markers", "--strict-config"),
        ("-p", "no:cacheprovider"),
        ("order.suite.yaml::main", "order.suite.yaml::amount-high"),
    ],
    ids=" ".join,
)
def test_scenarios_are_listed_one_a_line(shop: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """Whatever else is asked for, in the order of the plan."""
    listed = shop.runpytest("--collect-only", "-q", *arguments)
    assert listed.ret == 0
    assert collected(listed) == ["order.suite.yaml::main", "order.suite.yaml::amount-high"]
    named = shop.runpytest("--orchestra-suite=order.suite.yaml", "--collect-only", "-q", "-n", "2")
    assert collected(named) == collected(listed)


def test_several_processes_of_a_file_and_letters_of_every_script(shop: pytest.Pytester) -> None:
    """What is listed can be given back on the command line, also under xdist."""
    (shop.path / "order.bpmn").write_text(TWO_PROCESSES, encoding="utf-8")
    listed = collected(shop.runpytest("order.bpmn", "--collect-only", "-q"))
    assert listed == [
        "order.bpmn::сделка::main",
        "order.bpmn::сделка::сумма-высокая",
        "order.bpmn::stock::main",
    ]
    for name in listed:
        shop.runpytest(name).assert_outcomes(skipped=1)
    shop.runpytest("order.bpmn::сделка").assert_outcomes(skipped=2)
    shop.runpytest("order.bpmn", "-k", "ВЫСОКАЯ").assert_outcomes(skipped=1, deselected=2)
    shop.runpytest("order.bpmn", "-n", "2").assert_outcomes(skipped=3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order.bpmn", "ORDER.BPMN"),
        ("order.bpmn", "order.bpmn2"),
        ("order.suite.yaml", "Order.Suite.YAML"),
    ],
)
@pytest.mark.parametrize("argument", ["{}", "--orchestra-suite={}"])
def test_a_suffix_may_be_written_in_any_case(
    shop: pytest.Pytester, old: str, new: str, argument: str
) -> None:
    """Every suffix that the importers read is collected, however it is written."""
    (shop.path / new).write_bytes((shop.path / old).read_bytes())
    listed = collected(shop.runpytest(argument.format(new), "--collect-only", "-q"))
    assert [name.rpartition("::")[2] for name in listed] == ["main", "amount-high"]


def test_a_suite_runs_scenarios_of_any_script(shop: pytest.Pytester, write: Write) -> None:
    """Their marks, data and Python steps too."""
    (shop.path / "order.bpmn").write_text(TWO_PROCESSES, encoding="utf-8")
    write(
        order__suite__yaml="""
        process: order.bpmn#сделка
        python: shop_steps.py
        tags: [сделки]
        scenarios: {mark: {"сумма-*": {tags: [dear], name: Die große Prüfung}}}
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Сумма?/малая")
        @orchestra.step("Prüfen")
        def prüfen(): ...
        """,
    )
    shop.runpytest("--strict-markers", "-m", "сделки").assert_outcomes(passed=2)
    shop.runpytest("order.suite.yaml::сумма-высокая").assert_outcomes(passed=1)
    result = shop.runpytest("-m", "dear", "-rA", "--junitxml=out.xml")
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(["*order: Die große Prüfung*"])


def test_an_unknown_scenario_is_pytests_own_error(shop: pytest.Pytester) -> None:
    """As for functions."""
    result = shop.runpytest("order.suite.yaml::amount-hgih")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: not found: *order.suite.yaml::amount-hgih"])


def test_failures_are_run_again_first_or_alone(shop: pytest.Pytester, write: Write) -> None:
    """``--lf``, ``--ff`` and ``--sw`` know scenarios by their names."""
    write(shop_steps__py=NEVER_AGAIN)
    (shop.path / "data.yaml").write_text("- {name: small}\n- {name: large}\n", "utf-8")
    shop.runpytest("--sw").assert_outcomes(passed=1, failed=1)
    again = shop.runpytest("--sw", "-rA")
    again.assert_outcomes(passed=1, deselected=1)
    again.stdout.fnmatch_lines(["PASSED order.suite.yaml::amount-high"])
    (shop.path / "seen").unlink()
    shop.runpytest().assert_outcomes(passed=1, failed=1)
    assert collected(shop.runpytest("--ff", "--collect-only", "-q"))[0].endswith("::amount-high")
    shop.runpytest("--lf").assert_outcomes(passed=1)


def test_a_session_stops_at_the_first_failure(shop: pytest.Pytester, write: Write) -> None:
    """``-x`` and ``--maxfail``."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check():
            assert False
        """
    )
    for stop in ("-x", "--maxfail=1"):
        result = shop.runpytest(stop)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["!*stopping after 1 failures*"])


def test_a_flaky_scenario_is_run_again(
    shop: pytest.Pytester, write: Write, with_plugins: Callable[[str], None]
) -> None:
    """``--reruns``: a new run with a new id, whose properties take the place of the old ones."""
    with_plugins("rerunfailures")
    write(shop_steps__py=NEVER_AGAIN)
    (shop.path / "data.yaml").write_text("- {name: small}\n- {name: large}\n", "utf-8")
    write(
        conftest__py="""
        def pytest_runtest_logreport(report):
            if report.when == "call":
                names = [name for name, _ in report.user_properties]
                print("properties", names.count("orchestra_run"))
        """
    )
    result = shop.runpytest("--reruns", "1", "-s")
    result.assert_outcomes(passed=2)
    assert [line.split()[-1] for line in result.outlines if "properties" in line] == ["1"] * 3
    (log,) = shop.path.glob(".orchestra/*/events.jsonl")
    assert log.read_text("utf-8").count('"event":"run_finished"') == 3


def test_the_order_may_be_random(
    shop: pytest.Pytester, with_plugins: Callable[[str], None]
) -> None:
    """Scenarios depend on nothing but themselves."""
    with_plugins("randomly")
    seeds = [f"--randomly-seed={seed}" for seed in range(8)]
    runs = [shop.runpytest("--collect-only", "-q", seed) for seed in seeds]
    orders = {tuple(collected(run)) for run in runs}
    assert len(orders) == 2
    shop.runpytest("--randomly-seed=1", "-n", "2").assert_outcomes(passed=2)


def test_the_debugger_starts_at_a_failure(shop: pytest.Pytester, write: Write) -> None:
    """``--pdb``, after the text."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check():
            assert False, "look here"
        """
    )
    pdb = [sys.executable, "-m", "pytest", "--pdb", "-k", "main"]
    result = shop.run(*pdb, stdin=b"p 6 * 7\nq\n", timeout=60)
    result.stdout.fnmatch_lines(["*look here*", "*entering PDB*", "(Pdb) 42", "*1 failed*"])


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-show", "--fixtures-per-test"])
def test_fixtures_can_be_looked_at(shop: pytest.Pytester, option: str) -> None:
    """Pytest's own reports of set-up know what scenarios ask for."""
    result = shop.runpytest(option, "-k", "amount-high")
    assert result.ret in (0, pytest.ExitCode.NO_TESTS_COLLECTED)
    result.stdout.fnmatch_lines(["*orchestra_data*"])


def test_files_and_folders_beside_the_option_run_once(shop: pytest.Pytester, write: Write) -> None:
    """What is named twice, once with its folder, is one."""
    write(test_own__py="def test_own(): pass")
    both = shop.runpytest("--orchestra-suite=order.suite.yaml", ".")
    both.assert_outcomes(passed=3)
    narrowed = shop.runpytest("--orchestra-suite=order.suite.yaml", "order.suite.yaml::main")
    narrowed.assert_outcomes(passed=1)


def test_suites_of_the_ini_file_give_way_to_named_paths(
    shop: pytest.Pytester, write: Write
) -> None:
    """As ``testpaths`` do."""
    write(test_own__py="def test_own(): pass")
    shop.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        "orchestra_suite = order.suite.yaml\n"
    )
    shop.runpytest("test_own.py").assert_outcomes(passed=1)
    shop.runpytest("order.suite.yaml::main").assert_outcomes(passed=1)
    shop.runpytest().assert_outcomes(passed=2)
