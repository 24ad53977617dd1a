"""Sessions that go on where an earlier one was cut."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.plugin.shards import parts

Write = Callable[..., None]

WITHIN = 60.0
WORKERS = pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "a worker"])
CUT = """
import asyncio
from pathlib import Path
import pytest_orchestra as orchestra

@orchestra.step("T1")
def fail():
    assert False

@orchestra.step("Check order")
def check(): ...

@orchestra.step("T2", within="90s")
async def hang():
    if not Path("go_on.txt").exists():
        await asyncio.Event().wait()
"""
"""``main`` passes, ``way-w1`` fails, ``way-w2`` hangs, ``way-w3`` is never begun."""


def steps(folder: Path, name: str) -> int:
    """How many steps called so have begun."""
    logs = [log.read_bytes() for log in folder.glob(".orchestra/*/events.jsonl")]
    lines = [json.loads(line) for log in logs for line in log.splitlines() if line.endswith(b"}")]
    return sum(line["event"] == "step_started" and line["name"] == name for line in lines)


@pytest.fixture
def killed(wide: pytest.Pytester, write: Write) -> Callable[[list[str]], None]:
    """Run a session and kill pytest, and its workers, while a scenario hangs."""

    def run(arguments: list[str]) -> None:
        write(shop_steps__py=CUT)
        (wide.path / "go_on.txt").unlink(missing_ok=True)
        before = steps(wide.path, "hang")
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "no:randomly", *arguments],
            cwd=wide.path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + WITHIN
        while steps(wide.path, "hang") == before:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (wide.path / "go_on.txt").touch()

    return run


@WORKERS
def test_after_a_kill_only_the_rest_runs(
    wide: pytest.Pytester,
    killed: Callable[[list[str]], None],
    workers: list[str],
    not_ours: list[bytes],
) -> None:
    """What was in flight is named and runs again."""
    killed(workers)
    (log,) = wide.path.glob(".orchestra/*/events.jsonl")
    with log.open("ab") as file:  # lines of others, and one that the kill tore
        not_ours += [b'{"event":"run_finished","run":{}}\n', b'{"event":"run_started","run":7}\n']
        not_ours += [b'{"event":"run_fin']
        file.writelines(not_ours)
    result = wide.runpytest("--orchestra-resume", "-v", *workers)
    said = f"orchestra: resumed {log.parent.name}: 2 with a final result left out, 1 of them FAILED"
    result.stdout.fnmatch_lines([f"{said}; in flight when it ended: way-w2"])
    assert result.parseoutcomes()["passed"] == 2
    assert "way-w1" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.TESTS_FAILED  # as way-w1 did


SHARD = f"--orchestra-shard={parts(['order.suite.yaml::way-w2'], 2, {})[0]}/2"


@pytest.mark.parametrize("chosen", [[], ["-k", "w1 or w2"], [SHARD]], ids=["all", "-k", "a shard"])
def test_after_two_kills_nothing_is_missing_or_run_twice(
    wide: pytest.Pytester, killed: Callable[[list[str]], None], chosen: list[str]
) -> None:
    """Workers that ran several at once, the whole or a part of it."""
    arguments = ["-n", "2", "--orchestra-concurrency=20", *chosen]
    killed(arguments)
    killed([*arguments, "--orchestra-resume"])
    wide.runpytest("--orchestra-resume", *arguments)
    listed = wide.runpytest("--collect-only", "-q", *chosen).outlines
    items = [line.partition("::")[2] for line in listed if "::" in line]
    logs = [log.read_bytes() for log in wide.path.glob(".orchestra/*/events.jsonl")]
    events = [json.loads(line) for log in logs for line in log.splitlines()]
    ended = [each["run"] for each in events if each["event"] == "run_finished"]
    assert "way-w2" in items
    assert sorted(run["item"] for run in ended if run["status"] != "CANCELLED") == sorted(items)


@WORKERS
def test_the_exit_status_is_of_both_sessions(
    wide: pytest.Pytester, write: Write, workers: list[str]
) -> None:
    """What failed before has not passed now; where all had passed there is nothing left to do."""
    write(shop_steps__py=CUT, go_on__txt="")
    wide.runpytest()
    again = ["--orchestra-resume", *workers]
    assert wide.runpytest(*again).ret == pytest.ExitCode.TESTS_FAILED
    assert wide.runpytest(*again, "-k", "not w1").ret == pytest.ExitCode.OK
    nothing = wide.runpytest("--orchestra-resume", "-k", "nobody")
    assert nothing.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@WORKERS
def test_a_flaky_step_of_the_session_before_counts_as_one_of_this(
    wide: pytest.Pytester, write: Write, workers: list[str]
) -> None:
    """Only where FLAKY fails the session."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        tries = iter([False])

        @orchestra.step("Check order", retry={"times": 1, "backoff": "1ms"})
        def check():
            assert next(tries, True)
        """
    )
    assert wide.runpytest("-k", "main").ret == pytest.ExitCode.OK
    result = wide.runpytest("-k", "main or w1", "--orchestra-resume", *workers)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["orchestra: resumed *: 1 with a final result *, 1 of them FLAKY"])
    result = wide.runpytest("-k", "main", "--orchestra-resume", "--orchestra-fail-flaky", *workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_what_is_expected_to_fail_runs_again(wide: pytest.Pytester, write: Write) -> None:
    """In the log its run has FAILED; pytest judges it otherwise."""
    write(shop_steps__py=CUT, go_on__txt="")
    (wide.path / "conftest.py").write_text(
        """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        if item.name == "way-w1":
            item.add_marker(pytest.mark.xfail(reason="BUG-7"))
"""
    )
    wide.runpytest().assert_outcomes(passed=3, xfailed=1)
    result = wide.runpytest("--orchestra-resume")
    result.assert_outcomes(xfailed=1, deselected=3)
    assert result.ret == pytest.ExitCode.OK


def test_several_scenarios_may_be_in_flight(
    wide: pytest.Pytester, killed: Callable[[list[str]], None]
) -> None:
    """As many as ran at once."""
    killed(["--orchestra-concurrency=4", "-k", "w2 or w3 or main"])
    result = wide.runpytest("--orchestra-resume", "-k", "w2 or w3 or main", "-v")
    assert result.parseoutcomes()["passed"] >= 1
    result.stdout.fnmatch_lines(["orchestra: resumed *in flight when it ended: *way-w2*"])


def test_a_session_that_resumed_is_resumed(
    wide: pytest.Pytester, killed: Callable[[list[str]], None]
) -> None:
    """What the one before it had done is done."""
    killed([])
    wide.runpytest("--orchestra-resume", "-k", "w3").assert_outcomes(passed=1, deselected=3)
    result = wide.runpytest("--orchestra-resume")
    result.assert_outcomes(passed=1, deselected=3)
    result.stdout.fnmatch_lines(["orchestra: resumed *: 3 with a final result left out*"])


@pytest.mark.parametrize("mode", ["SINGLE_STEP", "FROM_STEP"])
def test_a_session_of_single_steps_has_finished_nothing(
    wide: pytest.Pytester, write: Write, mode: str
) -> None:
    """What passed there was a part of each scenario; the whole ones before it are looked at."""
    write(
        shop_steps__py="""
        import pathlib
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", alias="check")
        def check(): ...

        @orchestra.step("T1")
        def fail():
            assert pathlib.Path("go_on.txt").exists()
        """
    )
    wide.runpytest("-k", "w1 or w2").assert_outcomes(passed=1, failed=1)
    stepped = wide.runpytest(f"--orchestra-mode={mode}", "--orchestra-step=check", "-k", "w1")
    assert stepped.parseoutcomes().keys() & {"passed", "failed"}
    result = wide.runpytest("--orchestra-resume", "-k", "w1 or w2 or w3")
    result.stdout.fnmatch_lines(["*: 2 with a final result left out, 1 of them FAILED"])
    result.assert_outcomes(passed=1, deselected=3)


def test_another_environment_or_suite_is_not_resumed(wide: pytest.Pytester, write: Write) -> None:
    """Nor does a session of ordinary tests stand in the way."""
    write(
        shop_steps__py=CUT,
        go_on__txt="",
        orchestra__environments__yaml="{a: {vars: {x: y}}, b: {vars: {x: z}}}\n",
        other__suite__yaml="process: order.bpmn\npython: [shop_steps.py]\n",
        test_own__py="def test_a(): ...\n",
    )
    first = ["order.suite.yaml", "--orchestra-env=a"]
    wide.runpytest(*first).assert_outcomes(passed=3, failed=1)
    nothing = ["orchestra: nothing to resume: no earlier session ran these suites*"]
    result = wide.runpytest("order.suite.yaml", "--orchestra-env=b", "--orchestra-resume")
    result.stdout.fnmatch_lines(nothing)
    result.assert_outcomes(passed=3, failed=1)
    result = wide.runpytest("other.suite.yaml", "--orchestra-env=a", "--orchestra-resume")
    result.stdout.fnmatch_lines(nothing)
    wide.runpytest("test_own.py", "--orchestra-resume").assert_outcomes(passed=1)
    wide.runpytest(*first, "--orchestra-resume").assert_outcomes(deselected=4)


def test_where_no_sessions_can_be_kept_there_is_nothing_to_resume(
    shop: pytest.Pytester, write: Write
) -> None:
    """All runs, as with nothing kept."""
    write(state="")
    result = shop.runpytest("--orchestra-resume", "-o", "orchestra_dir=state")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(["orchestra: nothing to resume: *"])


TORN_DOWN = """
import pathlib
import pytest

@pytest.fixture(scope="{scope}")
def account():
    yield
    assert pathlib.Path("go_on.txt").exists(), "it cannot be closed"
"""


@WORKERS
@pytest.mark.parametrize("scope", ["function", "session"])
def test_a_passed_run_whose_fixture_failed_at_its_end_has_not_passed(
    wide: pytest.Pytester, write: Write, scope: str, workers: list[str]
) -> None:
    """The item's verdict is pytest's, at the end of the session too."""
    write(
        conftest__py=TORN_DOWN.replace("{scope}", scope),
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(account): ...
        """,
    )
    wide.runpytest("-k", "main", *workers).assert_outcomes(passed=1, errors=1)
    (log,) = wide.path.glob(".orchestra/*/events.jsonl")
    told = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    (overruled,) = (each for each in told if each["event"] == "run_overruled")
    assert overruled["why"].startswith("teardown: AssertionError: it cannot be closed")
    result = wide.runpytest("-k", "main", "--orchestra-resume", *workers)
    result.stdout.fnmatch_lines(["orchestra: resumed *: 1 with a final result *, 1 of them FAILED"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (
            "raise OSError('password=hunter22 is wrong')",
            "teardown: OSError: password=*** is wrong",
        ),
        ("pytest.fail('left open')", "teardown: Failed: left open"),
        ("pytest.xfail('BUG-7')", None),
        ("pytest.skip('nothing to close')", None),
    ],
    ids=["a secret", "fail", "xfail", "skip"],
)
def test_what_overruled_a_run_is_told_without_secrets(
    wide: pytest.Pytester, write: Write, raised: str, why: str | None
) -> None:
    """And only where pytest counts it as an error."""
    write(
        conftest__py=f"""
        import pytest

        @pytest.fixture
        def account():
            yield
            {raised}
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(account): ...
        """,
    )
    wide.runpytest("-k", "main")
    (log,) = wide.path.glob(".orchestra/*/events.jsonl")
    told = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [each["why"] for each in told if each["event"] == "run_overruled"] == (
        [why] if why else []
    )


def test_a_scenario_begun_early_whose_own_setup_fails_has_not_passed(
    wide: pytest.Pytester, write: Write
) -> None:
    """It ran beside the one before it, as hooks of plugins have no say in that."""
    write(
        shop_steps__py=CUT,
        go_on__txt="",
        of_others__py="""
        def pytest_runtest_setup(item):
            assert item.name != "way-w3", "no room"
        """,
    )
    first = wide.runpytest_subprocess("-p", "of_others", "--orchestra-concurrency=4")
    first.assert_outcomes(passed=2, failed=1, errors=1)
    result = wide.runpytest("--orchestra-resume")
    result.stdout.fnmatch_lines(["orchestra: resumed *: 4 with a final result *, 2 of them FAILED"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('("T1")\ndef fail(): assert False', '("T1")\ndef fail(): assert True'),
        ('("T1")\ndef fail(): assert False', '("T1", within="7s")\ndef fail(): assert False'),
        ('("T1")\ndef fail(ok=False): assert ok', '("T1")\ndef fail(ok=True): assert ok'),
        ('("T1")\ndef fail(): assert (lambda: 0)()', '("T1")\ndef fail(): assert (lambda: 1)()'),
    ],
    ids=["code", "an argument", "a default", "a lambda"],
)
def test_a_scenario_that_was_changed_since_runs_again(
    wide: pytest.Pytester, write: Write, before: str, after: str
) -> None:
    """The others have their results."""
    fails = '("T1")\ndef fail():\n    assert False'
    write(shop_steps__py=CUT.replace(fails, before), go_on__txt="")
    wide.runpytest().assert_outcomes(passed=3, failed=1)
    write(shop_steps__py=CUT.replace(fails, after))
    result = wide.runpytest("--orchestra-resume")
    result.stdout.fnmatch_lines(
        ["orchestra: resumed *: 3 with a final result left out; 1 changed since and run again"]
    )
    outcomes = result.parseoutcomes()
    assert outcomes.get("passed", 0) + outcomes.get("failed", 0) == 1


def test_what_was_not_changed_is_the_same_in_another_process(
    wide: pytest.Pytester, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python writes a set in another order there."""
    words = 'assert "x" not in {"paid", "open", "sent", "shipped", "returned"}'
    write(shop_steps__py=CUT.replace("assert False", words), go_on__txt="")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    wide.runpytest_subprocess().assert_outcomes(passed=4)
    for seed in ("2", "3"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        again = wide.runpytest_subprocess("--orchestra-resume", "-k", "w1")
        again.assert_outcomes(deselected=4)
