"""The event loops of scenarios, of fixtures and of users' own tests."""

from collections.abc import Callable

import pytest

Write = Callable[..., None]

OWN_TESTS = """
import asyncio
import pytest
import pytest_asyncio

@pytest_asyncio.fixture
async def answer():
    yield asyncio.get_running_loop()

@pytest.mark.asyncio
async def test_async(answer):
    assert isinstance(answer, asyncio.AbstractEventLoop)

@pytest.mark.asyncio(loop_scope="session")
async def test_async_on_the_sessions_loop():
    await asyncio.sleep(0)

def test_sync():
    asyncio.run(asyncio.sleep(0))
"""

LENT = """
import asyncio
import pytest_asyncio

@pytest_asyncio.fixture({arguments})
async def waiter():
    future = asyncio.get_running_loop().create_future()
    future.get_loop().call_later(0.01, future.cancel)
    yield future
"""

BORROWER = """
import asyncio
import contextlib
import pytest_orchestra as orchestra

@orchestra.step("Check order")
async def check(waiter):
    with contextlib.suppress(asyncio.CancelledError):
        await waiter
"""


@pytest.mark.parametrize("mode", ["strict", "auto"])
@pytest.mark.parametrize("scope", ["function", "session", ""])
def test_scenarios_and_own_tests_share_a_session(
    shop: pytest.Pytester, mode: str, scope: str
) -> None:
    """Whatever the settings of pytest-asyncio; unset, its own warning is all there is."""
    scope_line = f"asyncio_default_fixture_loop_scope = {scope}\n" if scope else ""
    shop.makeini(f"[pytest]\nasyncio_mode = {mode}\n{scope_line}")
    shop.makepyfile(test_own=OWN_TESTS)
    result = shop.runpytest_subprocess("-W", "error" if scope else "default")
    result.assert_outcomes(passed=5)


def test_async_tests_need_no_mark_in_auto_mode(shop: pytest.Pytester) -> None:
    """And async fixtures of pytest itself serve Python steps."""
    shop.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\n"
        "asyncio_default_test_loop_scope = session\n"
    )
    shop.makeconftest(
        LENT.replace("pytest_asyncio", "pytest").format(arguments="").replace("(\n", "\n")
    )
    (shop.path / "shop_steps.py").write_text(BORROWER, encoding="utf-8")
    shop.makepyfile(test_own="async def test_own(waiter): assert not waiter.done()")
    shop.runpytest_subprocess("-W", "error").assert_outcomes(passed=3)


def test_a_fixture_of_the_sessions_loop_serves_a_step(shop: pytest.Pytester) -> None:
    """It lives where scenarios run."""
    shop.makeconftest(LENT.format(arguments='loop_scope="session"'))
    (shop.path / "shop_steps.py").write_text(BORROWER, encoding="utf-8")
    shop.runpytest("-W", "error").assert_outcomes(passed=2)


def test_a_fixture_of_another_loop_says_what_to_add(shop: pytest.Pytester) -> None:
    """One clear error, not asyncio's alone."""
    shop.makeconftest(LENT.format(arguments=""))
    (shop.path / "shop_steps.py").write_text(BORROWER, encoding="utf-8")
    result = shop.runpytest("-k", "main")
    result.assert_outcomes(failed=1, deselected=1)
    advice = (
        'VALIDATION_ERROR{} add loop_scope="session" to the fixture waiter: made on another event'
        " loop than the scenario runs on"
    )
    result.stdout.fnmatch_lines(
        [
            f"'Check order': {advice.format('')}",
            f"  {advice.format(':')}",
            "    RuntimeError: Task*",
            "  raised at shop_steps.py:9 in check",
        ]
    )


def test_any_other_object_of_another_loop_is_told_too(shop: pytest.Pytester, write: Write) -> None:
    """Where the step asked for no fixture."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        async def check():
            loop = asyncio.new_event_loop()
            future = loop.create_future()
            loop.close()
            await future
        """
    )
    shop.runpytest("-k", "main").stdout.fnmatch_lines(
        ["'Check order': *add loop_scope=\"session\" to the async fixtures it uses: made on*"]
    )


def test_a_step_that_withstands_being_cut_does_not_hang_the_session(
    shop: pytest.Pytester, write: Write
) -> None:
    """Its deadline passes, and so does the end of the loop."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", within=0.1)
        async def check():
            while True:
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    pass
        """
    )
    result = shop.runpytest_subprocess("-k", "main", "-W", "error", timeout=30)
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["  TIMEOUT: not met within 0.1 s"])
