"""Several scenarios at once in one process; pytest has each of them in its turn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

Write = Callable[..., None]

TOGETHER = """
import asyncio
import pytest_orchestra as orchestra

barrier = asyncio.Barrier({0})

@orchestra.step("Check order", within="{1}")
async def check():
    await barrier.wait()
"""
"""Passes where so many run at once."""

COUNTED = """
import asyncio
import pytest_orchestra as orchestra

running = set()
most = 0

@orchestra.step("Check order"{0})
async def check(orchestra_context):
    global most
    running.add(orchestra_context.run_id)
    for _ in range(20):
        most = max(most, len(running))
        await asyncio.sleep(0)
    running.discard(orchestra_context.run_id)
    print("at once:", most)
"""
"""Says how many ran at once."""

ALONE = ["at once: 1"] * 4
AT_ONCE = "--orchestra-concurrency=4"


def events(folder: Path) -> list[dict[str, Any]]:
    logs = folder.glob(".orchestra/*/events.jsonl")
    lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def ends(folder: Path) -> dict[str, str]:
    """By scenario how its last run ended."""
    told = [event["run"] for event in events(folder) if event["event"] == "run_finished"]
    return {run["item"]: run["status"] for run in told}


def printed(result: pytest.RunResult, begins: str) -> list[str]:
    return [line for line in result.outlines if line.startswith(begins)]


@pytest.mark.parametrize(
    ("suite", "ini", "arguments"),
    [
        ("", "", [AT_ONCE]),
        ("concurrency: 1", "1", [AT_ONCE]),
        ("concurrency: 4", "1", []),
        ("", "4", []),
    ],
    ids=["option", "option first", "suite before ini", "ini"],
)
def test_scenarios_run_at_once(
    wide: pytest.Pytester, write: Write, suite: str, ini: str, arguments: list[str]
) -> None:
    """As many as the command line says, else the suite, else the ini file."""
    write(
        shop_steps__py=TOGETHER.format(4, "20s"),
        order__suite__yaml=f"process: order.bpmn\npython: [shop_steps.py]\n{suite}\n",
        pytest__ini="[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        f"orchestra_concurrency = {ini}\n",
    )
    wide.runpytest(*arguments).assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("suite", "arguments"),
    [("", []), ("concurrency: 4", ["--orchestra-concurrency=1"]), ("concurrency: 4", ["--pdb"])],
    ids=["unless said", "option first", "debugging"],
)
def test_scenarios_run_one_after_the_other(
    wide: pytest.Pytester, write: Write, suite: str, arguments: list[str]
) -> None:
    write(
        shop_steps__py=COUNTED.format(""),
        order__suite__yaml=f"process: order.bpmn\npython: [shop_steps.py]\n{suite}\n",
        conftest__py="""
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            pyfuncitem.config.option.trace = False
        """,
    )
    result = wide.runpytest("-rP", *arguments)
    assert printed(result, "at once:") == ALONE


@pytest.mark.parametrize("number", ["0", "-1", "many", "9" * 12])
def test_other_numbers_are_refused(shop: pytest.Pytester, number: str) -> None:
    result = shop.runpytest(f"--orchestra-concurrency={number}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"*--orchestra-concurrency is '{number}': give a number of at least 1"]
    )


OWN = """
import asyncio, logging, sys
import pytest_orchestra as orchestra

met = asyncio.Barrier(4)

@orchestra.step("Check order")
async def check(orchestra_context):
    name = orchestra_context.run_id
    print("out", name)
    await met.wait()
    print("err", name, file=sys.stderr)
    logging.getLogger("shop").warning("log %s", name)
    await met.wait()
    sys.stdout.writelines(["out again ", name])
"""


def test_each_item_has_its_own_output_and_log(wide: pytest.Pytester, write: Write) -> None:
    """In the order in which they were written, also what came before its turn."""
    write(
        shop_steps__py=OWN,
        conftest__py="""
        import json

        def pytest_runtest_logreport(report):
            if report.when == "call":
                run = dict(report.user_properties)["orchestra_run"]
                said = {name: text.replace(run, "me") for name, text in report.sections}
                print("\\nsaid", json.dumps(said))
        """,
    )
    result = wide.runpytest(AT_ONCE, "-q")
    said = [json.loads(line.removeprefix("said ")) for line in printed(result, "said ")]
    assert len(said) == 4
    for each in said:
        assert each["Captured stdout call"] == "out me\nout again me"
        assert each["Captured stderr call"] == "err me\n"
        assert each["Captured log call"].endswith("log me")
        assert each["Captured log call"].count("log") == 1


def test_each_report_has_the_time_of_its_own_run(wide: pytest.Pytester, write: Write) -> None:
    """The others are over when the first one ends: they did not take no time, nor the first's."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        over = set()

        @orchestra.step("Check order")
        async def check():
            await asyncio.sleep(0.001)

        @orchestra.step("T0")
        async def last(orchestra_engine):
            while len(over) < 3:
                await asyncio.sleep(0)

        @orchestra.step("T1")
        @orchestra.step("T2")
        @orchestra.step("T3")
        async def first(orchestra_context):
            over.add(orchestra_context.run_id)
        """,
        conftest__py="""
        def pytest_runtest_logreport(report):
            if report.when == "call":
                print("\\ntimes", report.start, report.stop, report.duration)
        """,
    )
    result = wide.runpytest(AT_ONCE, "-q", "--junitxml=out.xml")
    result.assert_outcomes(passed=4)
    times = [tuple(map(float, line.split()[1:])) for line in printed(result, "times ")]
    (began, ended, _), *others = times
    for start, stop, duration in others:
        assert began - 1e-4 <= start < stop <= ended + 1e-4
        assert duration == pytest.approx(stop - start, abs=1e-4)
    cases = ET.parse(wide.path / "out.xml").getroot().iter("testcase")  # noqa: S314
    assert all(float(case.attrib["time"]) >= 0.001 for case in cases)


def test_a_failure_is_that_of_its_own_item(wide: pytest.Pytester, write: Write) -> None:
    """Whatever ends a run: a failed step, a skip, an error of pytest's."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest
        import pytest_orchestra as orchestra

        met = asyncio.Barrier(4)

        @orchestra.step("Check order")
        async def check():
            await met.wait()

        @orchestra.step("T1")
        def fail():
            assert False, "out of stock"

        @orchestra.step("T2")
        def skip():
            pytest.skip("no courier")

        @orchestra.step("T3")
        def xfail():
            pytest.xfail("known")
        """
    )
    result = wide.runpytest(AT_ONCE, "-rA")
    result.assert_outcomes(passed=1, failed=1, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED order.suite.yaml::main",
            "FAILED order.suite.yaml::way-w1 - 'T1': *out of stock*",
            "SKIPPED * no courier",
            "XFAIL order.suite.yaml::way-w3*",
            "rerun: pytest order.suite.yaml::way-w1",
        ]
    )


@pytest.mark.parametrize(
    "conftest",
    [
        """
        @pytest.fixture(autouse=True)
        def fresh():
            yield
        """,
        """
        @pytest.fixture
        def orchestra_data(orchestra_data):
            return {**orchestra_data, "more": 1}

        @pytest.fixture(autouse=True, scope="session")
        def nothing():
            yield
        """,
        """
        def pytest_runtest_setup(item):
            pass
        """,
    ],
    ids=["fixture", "override", "hook"],
)
def test_what_is_done_for_each_item_is_done_for_it_alone(
    wide: pytest.Pytester, write: Write, conftest: str
) -> None:
    """A fixture of function scope may empty a table that others need."""
    steps = COUNTED.format("").replace("check(", "check(orchestra_data, ")
    write(shop_steps__py=steps)
    (wide.path / "conftest.py").write_text(
        "import pytest\n" + "\n".join(line[8:] for line in conftest.splitlines()), "utf-8"
    )
    result = wide.runpytest(AT_ONCE, "-rP")
    assert printed(result, "at once:") == ALONE


@pytest.mark.parametrize("scope", ["session", "module", "package", "class"])
def test_fixtures_of_wider_scope_are_for_all(
    wide: pytest.Pytester, write: Write, scope: str
) -> None:
    """Their values are those that pytest made for the first item."""
    write(
        conftest__py=f"""
        import pytest

        @pytest.fixture(scope="{scope}")
        def stock():
            return {{"mugs": 3}}
        """,
        shop_steps__py=TOGETHER.format(4, "20s").replace("check():", "check(stock):")
        + "    assert stock == {'mugs': 3}\n",
    )
    wide.runpytest(AT_ONCE).assert_outcomes(passed=4)


def test_a_fixture_of_one_file_is_not_for_another(wide: pytest.Pytester, write: Write) -> None:
    """The next file gets its own, when its turn has come."""
    write(
        conftest__py="""
        import pytest

        @pytest.fixture(scope="module")
        def stock(request):
            return request.node.name
        """,
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        running = []

        @orchestra.step("Check order")
        async def check(stock):
            running.append(stock)
            for _ in range(20):
                assert set(running) == {stock}
                await asyncio.sleep(0)
            print("at once:", len(running))
            running.remove(stock)
        """,
        zest__suite__yaml="process: order.bpmn\npython: [shop_steps.py]\n",
    )
    result = wide.runpytest("--orchestra-concurrency=8", "-rP")
    result.assert_outcomes(passed=8)
    assert printed(result, "at once:").count("at once: 4") == 2


@pytest.mark.parametrize(
    ("mark", "exclusive"),
    [("", ', exclusive="*"'), ("", ', exclusive="bank"'), ("isolation: serial", "")],
    ids=["everything", "one name", "serial"],
)
def test_some_scenarios_take_turns(
    wide: pytest.Pytester, write: Write, mark: str, exclusive: str
) -> None:
    write(
        shop_steps__py=COUNTED.format(exclusive),
        order__suite__yaml="process: order.bpmn\npython: [shop_steps.py]\n"
        f'scenarios: {{mark: {{"*": {{{mark}}}}}}}\n',
    )
    result = wide.runpytest(AT_ONCE, "-rP")
    result.assert_outcomes(passed=4)
    assert printed(result, "at once:") == ALONE


def test_scenarios_that_share_nothing_do_not_wait(wide: pytest.Pytester, write: Write) -> None:
    """Two wait for each other while two others take turns."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        met = asyncio.Barrier(2)
        at_bank = []

        @orchestra.step("T0", exclusive="bank")
        async def pay(orchestra_context):
            await visit()

        @orchestra.step("T1", exclusive="bank")
        async def refund(orchestra_context):
            await visit()

        async def visit():
            assert not at_bank
            at_bank.append(1)
            await met.wait()
            at_bank.pop()

        @orchestra.step("T2")
        async def ship():
            await met.wait()

        @orchestra.step("T3")
        async def bill():
            await met.wait()
        """,
    )
    wide.runpytest(AT_ONCE).assert_outcomes(passed=4)


def test_what_pytest_skips_is_not_begun(wide: pytest.Pytester, write: Write) -> None:
    """Nor is what it would not run, and an ordinary test runs alone."""
    write(
        shop_steps__py=COUNTED.format(""),
        order__suite__yaml="""
        process: order.bpmn
        python: [shop_steps.py]
        scenarios: {mark: {way-w3: {xfail: BUG-7}}}
        """,
        conftest__py="""
        import pytest

        def pytest_collection_modifyitems(items):
            items[1].add_marker(pytest.mark.skip(reason="later"))
            items[2].add_marker(pytest.mark.xfail(run=False))
        """,
    )
    result = wide.runpytest(AT_ONCE, "-rP")
    result.assert_outcomes(skipped=1, xfailed=1, xpassed=1, passed=1)
    assert ends(wide.path) == {"main": "PASSED", "way-w3": "PASSED"}


def test_an_ordinary_test_runs_while_no_scenario_does(wide: pytest.Pytester, write: Write) -> None:
    """The loop stands still meanwhile: whoever waits for something would miss it."""
    write(
        shop_steps__py=COUNTED.format(""),
        test_own__py="def test_it():\n    from shop_steps import running\n    assert not running\n",
        conftest__py="""
        def pytest_collection_modifyitems(items):
            items.insert(2, items.pop())
        """,
    )
    wide.syspathinsert()
    result = wide.runpytest(AT_ONCE, "-rP")
    result.assert_outcomes(passed=5)
    assert printed(result, "at once:") == ["at once: 2"] * 4


FIRST_FAILS = """
import asyncio
import pytest_orchestra as orchestra

met = asyncio.Barrier(4)

@orchestra.step("Check order")
async def check():
    await met.wait()

@orchestra.step("T0")
async def fail():
    assert False

@orchestra.step("T1")
async def wait():
    await asyncio.Event().wait()

@orchestra.step("T2")
async def wait_too():
    await asyncio.Event().wait()
"""


@pytest.mark.parametrize("arguments", [["-x"], ["--maxfail=1"], ["-x", "-n", "1"]], ids=" ".join)
def test_after_the_last_failure_what_runs_is_cancelled(
    wide: pytest.Pytester, write: Write, arguments: list[str]
) -> None:
    """The summary counts what no report is made of."""
    write(shop_steps__py=FIRST_FAILS)
    result = wide.runpytest(AT_ONCE, *arguments)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "orchestra: not reported: 2 scenarios were running beside others and cancelled,*",
        ]
    )
    assert ends(wide.path) == {
        "main": "FAILED",
        "way-w1": "CANCELLED",
        "way-w2": "CANCELLED",
        "way-w3": "PASSED",
    }


def test_nothing_is_begun_that_pytest_will_not_come_to(wide: pytest.Pytester, write: Write) -> None:
    """A failure that waits for its turn counts."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        failed = asyncio.Event()

        @orchestra.step("T0")
        async def wait():
            await failed.wait()

        @orchestra.step("T1")
        async def fail():
            failed.set()
            assert False

        @orchestra.step("T2")
        async def ship(): ...
        """
    )
    result = wide.runpytest("--orchestra-concurrency=2", "-x")
    result.assert_outcomes(passed=1, failed=1)
    assert ends(wide.path) == {"main": "PASSED", "way-w1": "FAILED"}


def test_a_deadline_of_pytest_timeout_hits_its_own_item(
    wide: pytest.Pytester, write: Write
) -> None:
    """Others are busy all the while, and pass."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        go_on = True

        @orchestra.step("T0")
        async def hang():
            global go_on
            try:
                await asyncio.Event().wait()
            finally:
                go_on = False

        @orchestra.step("T1", within="60s")
        @orchestra.step("T2", within="60s")
        @orchestra.step("T3", within="60s")
        async def work():
            while go_on:
                for _ in range(1000):
                    pass
                await asyncio.sleep(0)
        """
    )
    result = wide.runpytest_subprocess(
        AT_ONCE, "--timeout=1", "--timeout-method=signal", "-o", "timeout_func_only=true"
    )
    result.assert_outcomes(passed=3, failed=1)
    assert ends(wide.path) == {
        "main": "CANCELLED",
        **dict.fromkeys(["way-w1", "way-w2", "way-w3"], "PASSED"),
    }


@pytest.mark.parametrize("dist", ["load", "worksteal", "loadfile", "loadscope", "each"])
def test_workers_run_each_scenario_once(wide: pytest.Pytester, write: Write, dist: str) -> None:
    """A worker begins only what it was given."""
    write(shop_steps__py=TOGETHER.format(2, "20s"))
    result = wide.runpytest("--orchestra-concurrency=2", "-n", "2", "--dist", dist)
    each = dist == "each"
    result.assert_outcomes(passed=8 if each else 4)
    runs = [event["run"]["item"] for event in events(wide.path) if event["event"] == "run_started"]
    assert sorted(runs) == sorted(ends(wide.path)) * (2 if each else 1) or each


def test_a_worker_that_may_get_anything_runs_one_at_a_time(
    wide: pytest.Pytester, write: Write
) -> None:
    """By groups that only xdist knows; and ordinary tests are shared out as ever."""
    write(
        shop_steps__py=COUNTED.format(""),
        test_own__py="def test_it(): ...\ndef test_that(): ...\n",
    )
    result = wide.runpytest(AT_ONCE, "-n", "1", "--dist", "loadgroup", "-rP")
    result.assert_outcomes(passed=6)
    assert printed(result, "at once:") == ALONE


def test_a_crash_is_that_of_one_scenario(wide: pytest.Pytester, write: Write) -> None:
    """Those that ran beside it run again, each alone; nobody knows before which one it was."""
    write(
        shop_steps__py="""
        import asyncio, os
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        async def check():
            for _ in range(20):
                await asyncio.sleep(0)

        @orchestra.step("T2")
        async def crash():
            os._exit(3)
        """,
        test_own__py="def test_it(): ...\n",
    )
    result = wide.runpytest_subprocess(AT_ONCE, "-n", "1")
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*crashed while running 'order.suite.yaml::way-w2'"])


def test_hooks_and_allure_have_the_steps_of_their_own_item(
    wide: pytest.Pytester, write: Write
) -> None:
    write(
        shop_steps__py=TOGETHER.format(4, "20s")
        + "".join(f'\n@orchestra.step("T{n}")\nasync def to_{n}(): ...\n' for n in range(4)),
        conftest__py="""
        def pytest_orchestra_before_step(item, step):
            item.steps = [*getattr(item, "steps", []), step.name]

        def pytest_runtest_logfinish(nodeid): ...

        def pytest_orchestra_after_step(item, step, result):
            assert item.steps[-1] == step.name
        """,
    )
    wide.runpytest(AT_ONCE, "--alluredir=allure").assert_outcomes(passed=4)
    results = [
        json.loads(path.read_text("utf-8")) for path in wide.path.glob("allure/*-result.json")
    ]
    found = {each["fullName"].rpartition(".")[2]: each for each in results}
    assert {name: [step["name"] for step in each["steps"]] for name, each in found.items()} == {
        "main": ["check", "to 0"],
        "way-w1": ["check", "to 1"],
        "way-w2": ["check", "to 2"],
        "way-w3": ["check", "to 3"],
    }
    for each in results:
        for step in each["steps"]:
            assert each["start"] - 1 <= step["start"] <= step["stop"] <= each["stop"] + 1


def test_a_rerun_has_a_run_of_its_own(wide: pytest.Pytester, write: Write) -> None:
    """The first one was begun before its turn."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        seen = []

        @orchestra.step("T2")
        def fail_once():
            seen.append(1)
            assert len(seen) > 1
        """
    )
    result = wide.runpytest_subprocess(AT_ONCE, "-p", "rerunfailures", "--reruns=1")
    assert result.parseoutcomes()["rerun"] == 1
    runs = [event["run"]["id"] for event in events(wide.path) if event["event"] == "run_started"]
    assert len(set(runs)) == len(runs)
