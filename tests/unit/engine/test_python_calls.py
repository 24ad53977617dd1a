"""Python steps."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.deadlines import STOP_WITHIN
from pytest_orchestra.engine.python_calls import Signals, call_python
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import Expect
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from tests.unit.engine.conftest import ClockLoop, Run

    from pytest_orchestra.engine.outcome import Outcome

SIGNALS = Signals(
    fails=(pytest.fail.Exception,),
    ends=(pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception),
)


class Calls:
    """Calls functions as steps; ``took`` is in seconds of the loop's clock."""

    def __init__(self, loop: ClockLoop) -> None:
        self.loop = loop
        self.took = 0.0

    def __call__(
        self,
        function: Callable[..., object],
        *,
        kind: StepKind = StepKind.ACTION,
        within: float = 5.0,
        **fixtures: object,
    ) -> Outcome:
        step = PythonStep(
            function=function,
            place="Write",
            name="writes",
            kind=kind,
            fixtures=tuple(inspect.signature(function).parameters),
            location=SourceLocation(file=__file__, line=1),
        )
        began = self.loop.time()
        try:
            return self.loop.run_until_complete(
                call_python(step, fixtures, Expect(within=within, every=0.5), signals=SIGNALS)
            )
        finally:
            self.took = self.loop.time() - began


@pytest.fixture
def calls(loop: ClockLoop) -> Calls:
    """Calls of functions."""
    return Calls(loop)


def lines(outcome: Outcome) -> list[str]:
    return [f"{each.type.value} {each.code}: {each.message}" for each in outcome.violations]


def gives(value: object) -> Callable[..., object]:
    """A function that gives a value."""

    def give() -> object:
        return value

    return give


def gives_later(value: object) -> Callable[..., object]:
    """An async function that gives a value."""

    async def give() -> object:
        await asyncio.sleep(1)
        return value

    return give


def raises(error: BaseException) -> Callable[..., object]:
    """A function that raises."""

    def fail() -> None:
        raise error.with_traceback(None)

    return fail


def raises_later(error: BaseException) -> Callable[..., object]:
    """An async function that raises."""

    async def fail() -> None:
        await asyncio.sleep(1)
        raise error.with_traceback(None)

    return fail


@pytest.mark.parametrize("function", [gives({"id": 7}), gives_later({"id": 7})])
def test_what_a_function_returns_is_saved(calls: Calls, function: Callable[..., object]) -> None:
    """Of a sync or async one."""
    outcome = calls(function)
    assert (outcome.violations, outcome.saved, outcome.delivered) == ((), {"id": 7}, True)
    assert outcome.satisfied_after is None


def test_a_function_may_return_nothing_and_anything_that_can_be_awaited(calls: Calls) -> None:
    """A future, too."""

    class Later:
        def __await__(self) -> Iterator[object]:
            return asyncio.sleep(1, {"id": 1}).__await__()

    assert calls(gives(None)).saved == {}
    assert calls(gives(Later())).saved == {"id": 1}


def test_a_function_gets_the_fixtures_that_it_asks_for(calls: Calls) -> None:
    """By name, and no others."""

    def function(shop: str, customer: str) -> dict[str, object]:
        return {"both": shop + customer}

    assert calls(function, shop="a", customer="b", other="c").saved == {"both": "ab"}


def test_a_fixture_that_nobody_gave_is_named(calls: Calls) -> None:
    """All of them."""

    def function(shop: str, customer: str, clerk: str) -> None: ...

    assert lines(calls(function, customer="b")) == [
        "VALIDATION_ERROR python.fixture: function asks for shop, clerk, which nobody gave"
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1], "give returned list; return a mapping, or nothing"),
        (True, "give returned bool; return a mapping, or nothing"),
        ({"all": 1}, "give saves 'all', which is every result; choose another name"),
    ],
)
def test_what_cannot_be_saved_says_so(calls: Calls, value: object, text: str) -> None:
    """It is a mistake of the step."""
    outcome = calls(gives(value))
    assert lines(outcome) == [f"VALIDATION_ERROR python.result: {text}"]
    assert not outcome.delivered


@pytest.mark.parametrize("make", [raises, raises_later])
@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            AssertionError("assert 1 == 2\n +  where"),
            "BUSINESS_RULE_VIOLATION python.assertion: assert 1 == 2\n +  where",
        ),
        (AssertionError(), "BUSINESS_RULE_VIOLATION python.assertion: AssertionError"),
        (KeyError("id"), "VALIDATION_ERROR python.error: KeyError: 'id'"),
        (ValueError(), "VALIDATION_ERROR python.error: ValueError"),
        (TimeoutError("of a socket"), "VALIDATION_ERROR python.error: TimeoutError: of a socket"),
        (SystemExit(3), "VALIDATION_ERROR python.error: SystemExit: 3"),
        (
            pytest.fail.Exception("not so"),
            "BUSINESS_RULE_VIOLATION python.assertion: not so",
        ),
    ],
)
def test_what_a_function_raises_fails_its_step(
    calls: Calls, make: Callable[..., Callable[..., object]], error: BaseException, line: str
) -> None:
    """An assertion or a failure is the system's, anything else the step's own; with its place."""
    function = make(error)
    outcome = calls(function)
    assert lines(outcome) == [line]
    last = inspect.getsourcelines(function)[1] + len(inspect.getsourcelines(function)[0]) - 1
    assert outcome.notes == (f"raised at {__file__}:{last} in fail",)
    assert outcome.attempts == 1


def test_the_place_is_in_the_steps_own_file(calls: Calls) -> None:
    """What it called may be deep in a library."""

    def asks() -> None:
        json.loads("{")

    outcome = calls(asks)
    line = inspect.getsourcelines(asks)[1] + 1
    assert outcome.notes == (f"raised at {__file__}:{line} in asks",)


@pytest.mark.parametrize("make", [raises, raises_later])
@pytest.mark.parametrize(
    "error",
    [
        pytest.skip.Exception("not today"),
        pytest.xfail.Exception("BUG-7"),
        pytest.exit.Exception("enough"),
    ],
)
def test_what_is_meant_for_pytest_goes_on(
    calls: Calls, make: Callable[..., Callable[..., object]], error: BaseException
) -> None:
    """The whole item is skipped, expected to fail, or the session ended."""
    with pytest.raises(type(error)):
        calls(make(error))


def test_a_second_ctrl_c_goes_on(calls: Calls) -> None:
    """Nobody holds it."""
    with pytest.raises(KeyboardInterrupt):
        calls(raises(KeyboardInterrupt()))


@pytest.mark.parametrize("make", [raises, raises_later])
def test_a_function_that_cancels_itself_fails(
    calls: Calls, make: Callable[..., Callable[..., object]]
) -> None:
    """The run was not cancelled."""
    outcome = calls(make(asyncio.CancelledError()))
    (violation,) = outcome.violations
    assert violation.code == "python.error"
    assert violation.message in {"CancelledError", "RuntimeError: it cancelled itself"}
    assert not any("bounded" in note for note in outcome.notes)


def after(seconds: float, loop: ClockLoop, **saved: object) -> Callable[..., object]:
    """A function that asserts until then."""
    begin = loop.time()

    def check() -> dict[str, object]:
        passed = loop.time() - begin
        if passed < seconds:
            raise AssertionError(f"only {passed:g} s have passed")
        return saved

    return check


def test_an_assertion_is_repeated_until_it_holds(calls: Calls, loop: ClockLoop) -> None:
    """Every so often."""
    outcome = calls(after(1.2, loop, id=7), kind=StepKind.ASSERTION)
    assert (outcome.violations, outcome.saved, outcome.attempts) == ((), {"id": 7}, 4)
    assert outcome.satisfied_after == pytest.approx(1.5)


def test_an_action_is_never_repeated(calls: Calls, loop: ClockLoop) -> None:
    """It may change something."""
    outcome = calls(after(1.2, loop))
    assert lines(outcome) == ["BUSINESS_RULE_VIOLATION python.assertion: only 0 s have passed"]
    assert calls.took == 0


def test_an_assertion_that_never_holds_misses_its_deadline(calls: Calls, loop: ClockLoop) -> None:
    """With what it last said, and where."""
    outcome = calls(after(100, loop), kind=StepKind.ASSERTION, within=2.0)
    assert lines(outcome) == [
        "TIMEOUT python.timeout: not met within 2 s",
        "BUSINESS_RULE_VIOLATION python.assertion: only 2 s have passed",
    ]
    assert outcome.attempts == 5
    assert outcome.notes[0].startswith(f"raised at {__file__}:")
    assert calls.took == pytest.approx(2.0)


def test_an_assertion_that_raises_anything_else_is_not_repeated(calls: Calls) -> None:
    """It cannot turn good."""
    for error in (KeyError("id"), pytest.fail.Exception("never")):
        outcome = calls(raises(error), kind=StepKind.ASSERTION)
        assert (len(outcome.violations), outcome.attempts) == (1, 1)


@pytest.mark.parametrize("kind", list(StepKind))
def test_an_async_function_is_cut_at_its_deadline(calls: Calls, kind: StepKind) -> None:
    """It says that it did not return."""

    async def hangs() -> None:
        await asyncio.Event().wait()

    outcome = calls(hangs, kind=kind, within=2.0)
    assert lines(outcome) == [
        "TIMEOUT python.timeout: not met within 2 s",
        "BUSINESS_RULE_VIOLATION python.unmet: hangs did not return",
    ]
    assert outcome.notes == ()
    assert calls.took == pytest.approx(2.0)


def test_an_assertion_that_is_cut_says_what_it_said_before(calls: Calls, loop: ClockLoop) -> None:
    """That is more than that it was cut."""
    begin = loop.time()

    async def check() -> None:
        if loop.time() - begin < 1.0:
            raise AssertionError("not yet")
        await asyncio.Event().wait()

    outcome = calls(check, kind=StepKind.ASSERTION, within=2.0)
    assert lines(outcome)[1] == "BUSINESS_RULE_VIOLATION python.assertion: not yet"


def test_an_async_function_that_holds_on_is_left_behind(calls: Calls) -> None:
    """A moment after its deadline."""
    ends = asyncio.Event()

    async def stubborn() -> None:
        while not ends.is_set():
            try:
                await ends.wait()
            except asyncio.CancelledError:
                continue

    outcome = calls(stubborn, within=2.0)
    assert lines(outcome)[0] == "TIMEOUT python.timeout: not met within 2 s"
    assert calls.took == pytest.approx(2.0 + STOP_WITHIN)
    ends.set()
    calls.loop.run_until_complete(asyncio.sleep(0.1))


def test_a_sync_function_that_returns_too_late_has_missed_its_deadline(
    calls: Calls, loop: ClockLoop
) -> None:
    """It cannot be cut."""

    def slow() -> dict[str, object]:
        loop._clock.skipped += 3.0
        return {"id": 7}

    outcome = calls(slow, within=2.0)
    assert lines(outcome)[0] == "TIMEOUT python.timeout: not met within 2 s"
    assert not outcome.delivered


def test_a_run_that_is_cut_cuts_the_function(run: Run[None], loop: ClockLoop) -> None:
    """Nothing of it goes on."""

    async def hangs() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        step = PythonStep(function=hangs, place="Write", name="hangs")
        call: Awaitable[Outcome] = call_python(step, {}, Expect())
        running = asyncio.ensure_future(call)
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()
        assert asyncio.all_tasks(loop) == {asyncio.current_task()}

    run(main())


def test_something_callable_without_a_name_is_called_the_function(calls: Calls) -> None:
    """An object may be a step as well."""

    class Step:
        def __call__(self) -> int:
            return 1

    assert lines(calls(Step())) == [
        "VALIDATION_ERROR python.result: the function returned int; return a mapping, or nothing"
    ]
