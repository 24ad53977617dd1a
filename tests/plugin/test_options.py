"""Options: one table, checked at the start."""

import pytest


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--orchestra-mode=fast", "*--orchestra-mode: 'fast' is none of RUN_ALL_STEPS, *"),
        ("--orchestra-mode=single_step", "*SINGLE_STEP needs --orchestra-step: *"),
        ("--orchestra-criterion=all", "*--orchestra-criterion: 'all' is none of flows, *"),
        ("--orchestra-suite=nowhere", "*--orchestra-suite: 'nowhere' names no suite file*"),
        ("--orchestra-suite=*.nothing", "*--orchestra-suite: '*.nothing' names no suite file*"),
        ("--orchestra-suite=shop_steps.py", "*/shop_steps.py is no suite file and no process *"),
        ("--orchestra-suite=", "--orchestra-suite is empty: give PATH, or leave it out"),
        ("--orchestra-env=", "--orchestra-env is empty: give NAME, or leave it out"),
        ("--orchestra-shard=", "--orchestra-shard is empty: give K/N, or leave it out"),
        ("--orchestra-suite=*", "* is no suite file and no process file; those end in .bpmn, *"),
    ],
)
def test_a_wrong_option_is_a_usage_error(
    shop: pytest.Pytester, argument: str, message: str
) -> None:
    """It says what can be given."""
    result = shop.runpytest(argument)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_the_help_lists_what_can_be_given(shop: pytest.Pytester) -> None:
    """By name."""
    printed = " ".join(shop.runpytest("--help").stdout.str().split())
    modes = "RUN_ALL_STEPS, STOP_ON_FIRST_FAILURE, SINGLE_STEP, FROM_STEP"
    assert f"what to do after a failure, or where to go on: one of {modes}" in printed
    assert "which scenarios: one of flows, branches, pairs, paths" in printed


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one process", "a worker"])
def test_without_pytest_asyncio_suites_that_were_asked_for_are_a_usage_error(
    shop: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    """It says what to leave out."""
    result = shop.runpytest("-p", "no:asyncio", "--orchestra-suite=.", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: scenarios need pytest-asyncio*'-p no:asyncio'*"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_without_pytest_asyncio_suites_are_refused_and_other_tests_run(
    shop: pytest.Pytester,
) -> None:
    """Whoever has switched it off may have nothing to do with suites."""
    shop.makeini("")  # no option of pytest-asyncio
    shop.makepyfile(test_other="def test_other(): pass")
    shop.runpytest("-p", "no:asyncio", "test_other.py").assert_outcomes(passed=1)
    result = shop.runpytest("-p", "no:asyncio")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["ERROR order.suite.yaml - scenarios need pytest-asyncio*"])
    assert "Traceback" not in result.stdout.str()


def test_pytest_asyncio_may_be_loaded_by_its_module(
    shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where plugins are not loaded by themselves."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    named = ("-p", "pytest_asyncio.plugin", "-p", "pytest_orchestra.plugin")
    shop.runpytest_subprocess(*named).assert_outcomes(passed=2)


@pytest.mark.parametrize("place", [".", "order.suite.yaml", "*.suite.yaml"])
def test_a_suite_is_named_by_file_folder_or_glob(shop: pytest.Pytester, place: str) -> None:
    """With it and no path only the suites run."""
    shop.makepyfile(test_decoy="def test_decoy(): raise AssertionError")
    shop.runpytest(f"--orchestra-suite={place}").assert_outcomes(passed=2)


def test_a_path_beside_the_option_runs_too(shop: pytest.Pytester) -> None:
    """The user named both."""
    shop.makepyfile(test_more="def test_more(): pass")
    result = shop.runpytest("--orchestra-suite=order.suite.yaml", "test_more.py")
    result.assert_outcomes(passed=3)


def test_the_ini_file_says_the_same(shop: pytest.Pytester) -> None:
    """Every option has a twin; the command line wins."""
    shop.makeini(
        """
        [pytest]
        asyncio_default_fixture_loop_scope = function
        orchestra_suite = order.suite.yaml
        orchestra_mode = run_all_steps
        orchestra_criterion = flows
        """
    )
    result = shop.runpytest("--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == [
        "order.suite.yaml::main",
        "order.suite.yaml::amount-high",
    ]
    result = shop.runpytest("--orchestra-mode=Stop_On_First_Failure")
    result.stdout.fnmatch_lines(["orchestra: 1 suite file, mode STOP_ON_FIRST_FAILURE"])


def test_a_bad_number_in_the_ini_file_is_a_usage_error(shop: pytest.Pytester) -> None:
    """Before anything is collected."""
    shop.makeini("[pytest]\norchestra_keep = none\n")
    result = shop.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: orchestra_keep is 'none'*"])


def test_run_all_steps_goes_on_after_a_failure(shop: pytest.Pytester) -> None:
    """And names what was skipped for want of a value."""
    (shop.path / "shop_steps.py").write_text(
        """
import pytest_orchestra as orchestra

@orchestra.step("Check order", alias="check")
def check():
    assert False, "no order"

@orchestra.step("Ship order")
def ship():
    assert False, "no parcel"
""",
        encoding="utf-8",
    )
    stopped = shop.runpytest("-k", "main")
    stopped.stdout.fnmatch_lines(["*no order*", "*0 steps passed, 1 failed, 1 skipped*"])
    stopped.stdout.no_fnmatch_line("*no parcel*")
    whole = shop.runpytest("-k", "main", "--orchestra-mode=RUN_ALL_STEPS")
    whole.stdout.fnmatch_lines(["*no order*", "then: *no parcel*", "*0 steps passed, 2 failed*"])


def test_data_sets_are_chosen_by_name_and_tag(shop: pytest.Pytester) -> None:
    """Scenarios that contradict the choice are skipped with the reason."""
    result = shop.runpytest("--orchestra-data=large", "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*small*"])


@pytest.mark.parametrize("argument", ["--orchestra-data=nope", "--orchestra-data-tag=nope"])
def test_a_selection_that_leaves_nothing_to_run_is_no_success(
    shop: pytest.Pytester, argument: str
) -> None:
    """A misspelt name must not look green."""
    result = shop.runpytest(argument)
    result.assert_outcomes(skipped=2)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["orchestra: nothing was tested: *is not selected*"])


@pytest.mark.parametrize("value", ["0", "-1", "two", "1e3", "1001", "nan"])
def test_a_time_scale_is_a_number(shop: pytest.Pytester, value: str) -> None:
    """Above zero; also in the ini file."""
    text = f"*orchestra?time?scale is '{value}': give a number, such as 2 or 0.5*"
    for arguments in ([f"--orchestra-time-scale={value}"], ["-o", f"orchestra_time_scale={value}"]):
        result = shop.runpytest(*arguments)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([text])


@pytest.mark.parametrize(
    "argument", ["--orchestra-time-scale=2.5", "-oorchestra_time_scale=2.5"], ids=["option", "ini"]
)
def test_a_time_scale_reaches_the_steps(shop: pytest.Pytester, argument: str) -> None:
    """The log has the deadlines that counted."""
    shop.runpytest(argument).assert_outcomes(passed=2)
    (log,) = shop.path.glob(".orchestra/*/events.jsonl")
    assert '"within":25.0' in log.read_text("utf-8")
