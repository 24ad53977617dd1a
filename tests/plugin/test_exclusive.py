"""Scenarios of several workers that take turns."""

from collections.abc import Callable

import pytest

Write = Callable[..., None]

RECORDED = """
import asyncio, os
from pathlib import Path
import pytest_orchestra as orchestra

def say(text):
    with Path("said.txt").open("a") as file:
        file.write(text + "\\n")

@orchestra.step("Check order"{0})
async def check():
    say("in")
    await asyncio.sleep(0.05)
    say("out")
"""

TURNS = ["in", "out"] * 4


@pytest.mark.parametrize(
    ("mark", "exclusive"),
    [("", ', exclusive="*"'), ("", ', exclusive="bank"'), ("isolation: serial", "")],
    ids=["everything", "one name", "serial"],
)
@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_workers_take_turns(
    wide: pytest.Pytester, write: Write, mark: str, exclusive: str, concurrency: str
) -> None:
    """Whatever each of them runs at once."""
    write(
        shop_steps__py=RECORDED.format(exclusive),
        order__suite__yaml="process: order.bpmn\npython: [shop_steps.py]\n"
        f'scenarios: {{mark: {{"*": {{{mark}}}}}}}\n',
    )
    result = wide.runpytest("-n", "2", f"--orchestra-concurrency={concurrency}")
    result.assert_outcomes(passed=4)
    assert (wide.path / "said.txt").read_text().split() == TURNS


def test_one_that_wants_everything_runs_while_no_other_does(
    wide: pytest.Pytester, write: Write
) -> None:
    """Nor does another begin once it waits."""
    write(
        shop_steps__py=RECORDED.format("").replace('say("in")', 'say("in")')
        + """
@orchestra.step("T2", exclusive="*")
async def alone():
    say("begin")
    await asyncio.sleep(0.05)
    say("end")
"""
    )
    wide.runpytest("-n", "2").assert_outcomes(passed=4)
    said = (wide.path / "said.txt").read_text().split()
    begin = said.index("begin")
    assert said[begin : begin + 2] == ["begin", "end"]
    assert said[:begin].count("in") == said[:begin].count("out")


@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_the_fixtures_of_a_serial_scenario_are_its_own_too(
    wide: pytest.Pytester, write: Write, concurrency: str
) -> None:
    """Its setup waits until no other worker runs anything, and nothing begins before its end."""
    write(
        order__suite__yaml="""
        process: order.bpmn
        python: [shop_steps.py]
        scenarios: {mark: {way-w2: {isolation: serial}, way-w3: {active: false}}}
        """,
        conftest__py="""
        import asyncio
        from pathlib import Path
        import pytest

        def say(text):
            with Path("said.txt").open("a") as file:
                file.write(text + "\\n")

        @pytest.fixture
        def emptied():
            say("begin")
            Path("emptied.txt").touch()
            yield
            say("end")
        """,
        shop_steps__py=RECORDED.format("")
        + """
@orchestra.step("T0")
@orchestra.step("T1")
async def wait_in_vain():
    say("in")
    for _ in range(30):
        if Path("emptied.txt").exists():
            break
        await asyncio.sleep(0.01)
    say("out")

@orchestra.step("T2")
async def empty(emptied): ...
""",
    )
    result = wide.runpytest("-n", "2", "--dist=each", f"--orchestra-concurrency={concurrency}")
    result.assert_outcomes(passed=6)
    inside = 0
    for word in (wide.path / "said.txt").read_text().split():
        inside += {"in": 1, "out": -1}.get(word, 0)
        assert word != "begin" or inside == 0


def test_a_serial_scenario_does_not_wait_for_ever(wide: pytest.Pytester, write: Write) -> None:
    """It is an error at its setup, which says what was in its way."""
    write(
        pytest__ini="[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        "orchestra_exclusive_s = 0\n",
        order__suite__yaml="""
        process: order.bpmn
        python: [shop_steps.py]
        scenarios: {mark: {"*": {isolation: serial}}}
        """,
        shop_steps__py="""
        import asyncio
        from pathlib import Path
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", within="30s")
        async def check():
            while not Path("refused.txt").exists():
                await asyncio.sleep(0.01)
        """,
        conftest__py="""
        from pathlib import Path

        def pytest_runtest_logreport(report):
            if report.failed:
                Path("refused.txt").touch()
        """,
    )
    result = wide.runpytest("-n", "2", "-k", "main or w1")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*waited 0 s for all others to end; last taken by gw?, *"])


def test_a_worker_that_is_killed_is_in_nobodys_way(wide: pytest.Pytester, write: Write) -> None:
    write(
        shop_steps__py=RECORDED.format(', exclusive="bank"')
        + '\n@orchestra.step("T2")\ndef crash():\n    os.kill(os.getpid(), 9)\n'
    )
    result = wide.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=3, failed=1)


def test_a_scenario_does_not_wait_for_ever(wide: pytest.Pytester, write: Write) -> None:
    """It says what was in its way."""
    write(
        pytest__ini="[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        "orchestra_exclusive_s = 0\n",
        shop_steps__py="""
        import asyncio
        from pathlib import Path
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", exclusive="bank", within="30s")
        async def check():
            while not Path("refused.txt").exists():
                await asyncio.sleep(0.01)
        """,
        conftest__py="""
        from pathlib import Path

        def pytest_runtest_logreport(report):
            if report.failed:
                Path("refused.txt").touch()
        """,
    )
    result = wide.runpytest("-n", "2", "-k", "main or w1")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*waited 0 s for exclusive: bank; last taken by gw?, order.suite.yaml::*"]
    )
