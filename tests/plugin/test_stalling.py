"""A step that does not let go of the loop costs its own scenario, and no other."""

import re
from collections.abc import Callable

import pytest

Write = Callable[..., None]

AT_ONCE = "--orchestra-concurrency=4"
LIMIT = ("--timeout=1", "--timeout-method=signal", "-o", "timeout_func_only=true")

HOLDS = """
import asyncio, threading
import pytest_orchestra as orchestra

met, over = asyncio.Barrier(4), asyncio.Event()

@orchestra.step("Check order")
async def check():
    await met.wait()

@orchestra.step("{place}"{within})
{kind} hold():
    try:
        threading.Event().wait({seconds})
    finally:
        over.set()

{others}
async def wait():
    await over.wait()
"""
"""One has the loop; those beside it may wait for less than that."""


def holds(
    place: str,
    seconds: float,
    *,
    kind: str = "def",
    within: str = "60s",
    wait: str = "300ms",
) -> str:
    others = [f"T{number}" for number in range(4) if f"T{number}" != place]
    return HOLDS.format(
        place=place,
        seconds=seconds,
        kind=kind,
        within=f', within="{within}"',
        others="\n".join(f'@orchestra.step("{name}", within="{wait}")' for name in others),
    )


@pytest.mark.parametrize("kind", ["def", "async def"])
@pytest.mark.parametrize("place", ["T0", "T2"], ids=["whose turn it is", "beside"])
def test_the_deadlines_of_others_stand_still(
    wide: pytest.Pytester, write: Write, kind: str, place: str
) -> None:
    """The step is named, and how long it held them up."""
    write(shop_steps__py=holds(place, 1.1, kind=kind))
    wide.runpytest(AT_ONCE, "-W", "default").assert_outcomes(passed=4, warnings=1)


def test_the_step_that_held_the_others_up_is_named(wide: pytest.Pytester, write: Write) -> None:
    write(shop_steps__py=holds("T2", 1.1))
    result = wide.runpytest(AT_ONCE, "-W", "default")
    (told,) = [line for line in result.outlines if "held up" in line]
    found = re.search(
        r"step 'hold' of order.suite.yaml::way-w2 held up the (\d) beside it for ([\d.]+) s:"
        r" nothing else runs until a step awaits",
        told,
    )
    assert found is not None
    assert found[1] == "3"
    assert float(found[2]) >= 1.1


def test_a_step_that_then_waits_is_named(wide: pytest.Pytester, write: Write) -> None:
    """Not the one that has the loop next; that has its time."""
    holding = holds("T0", 1.1, kind="async def", wait="1s").replace(
        "    finally:\n        over.set()",
        "    finally:\n        await asyncio.shield(over_soon())",
    )
    write(
        shop_steps__py=holding
        + """
def over_soon():
    asyncio.get_running_loop().call_soon(over.set)
    return asyncio.ensure_future(over.wait())
"""
    )
    result = wide.runpytest(AT_ONCE, "-W", "default")
    result.assert_outcomes(passed=4, warnings=1)
    result.stdout.fnmatch_lines(["*step 'hold' of * held up the 3 beside it for *.* s: *"])


def test_its_own_deadline_passes(wide: pytest.Pytester, write: Write) -> None:
    write(shop_steps__py=holds("T2", 1.1, within="1s"))
    result = wide.runpytest(AT_ONCE, "-W", "ignore")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["'T2': *hold did not return", "  deadline: 1 s (took 1.* s, 1*"])


@pytest.mark.parametrize("place", ["T0", "T2"], ids=["whose turn it is", "beside"])
def test_a_limit_of_pytest_timeout_ends_who_holds_the_others_up(
    wide: pytest.Pytester, write: Write, place: str
) -> None:
    """Not the one that happens to have its turn when the alarm rings."""
    write(shop_steps__py=holds(place, 60))
    result = wide.runpytest_subprocess(AT_ONCE, *LIMIT)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines([f"'{place}': *Timeout (>1.0s) from pytest-timeout.", "*in hold"])


def test_all_that_hold_up_the_others_are_ended(wide: pytest.Pytester, write: Write) -> None:
    """One after the other; none has more time than its limit."""
    write(
        shop_steps__py="""
        import threading
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", within="60s")
        def hold():
            threading.Event().wait(60)
        """
    )
    result = wide.runpytest_subprocess(AT_ONCE, *LIMIT)
    result.assert_outcomes(failed=4)
    told = [line for line in result.outlines if "BUSINESS_RULE_VIOLATION: Timeout (>1.0s)" in line]
    assert len(told) == 4


def test_who_may_take_longer_does(wide: pytest.Pytester, write: Write) -> None:
    """By a mark of its own; those beside it have their time meanwhile."""
    write(
        shop_steps__py=holds("T2", 1.2),
        conftest__py="""
        import pytest

        def pytest_collection_modifyitems(items):
            items[2].add_marker(pytest.mark.timeout(60))
        """,
    )
    result = wide.runpytest_subprocess(AT_ONCE, *LIMIT)
    result.assert_outcomes(passed=4)
