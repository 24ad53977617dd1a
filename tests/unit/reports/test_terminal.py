"""What people read when a scenario fails."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from pytest_orchestra.reports.terminal import (
    LONGEST_COMMAND,
    MOST_LINES,
    WIDTH,
    failure_text,
    headline,
)
from pytest_orchestra.results import (
    RunStatus,
    StepKind,
    StepResult,
    StepStatus,
    TestRun,
    Violation,
)

MakeRun = Callable[..., TestRun]
MakeStep = Callable[..., StepResult]
MakeViolation = Callable[..., Violation]
RERUN = "pytest 'order.suite.yaml::amount-high[vip]' --orchestra-env=staging"


@pytest.fixture
def failed(run: MakeRun, step: MakeStep, violation: MakeViolation) -> Callable[..., TestRun]:
    """Make a run of one step that failed for one reason."""

    def make(kind: str, message: str) -> TestRun:
        return run(step(violation(kind, message)))

    return make


def text_of(run: TestRun) -> str:
    return failure_text(run, rerun=RERUN)


def body_of(run: TestRun) -> str:
    """The text without its first line and its last two."""
    return "\n".join(text_of(run).splitlines()[1:-2])


def test_the_whole_text(run: MakeRun, step: MakeStep, violation: MakeViolation) -> None:
    """Scenario, step, deadline, what was seen, how to do it by hand, what else, how to rerun."""
    missing = step(
        violation("TIMEOUT", "not met within 5 s"),
        violation("KAFKA_MESSAGE_NOT_FOUND", "at least 1 expected, 0 of 3 seen match"),
        name="The payment is announced",
        kind=StepKind.ASSERTION,
        channel="KAFKA",
        place="Charge payment",
        visit=2,
        definition="order.suite.yaml:31:5",
        within=5.0,
        duration_ms=5012.0,
        attempts=4,
        notes=(
            "seen: 14 messages on orders.events since the arming, 3 of them with key 'o-1'",
            "closest: orders.events/0@17 at 12:00:01.500 UTC",
            "  value.type: expected 'OrderPaid', saw 'OrderRefused'",
        ),
        reproduce="kcat -b $KAFKA -t orders.events -C -e",
    )
    wrong = violation("HTTP_ERROR", "status: expected 201, saw 500")
    other = step(wrong, name="Shipped", place="Ship order")
    skipped = step(status=StepStatus.SKIPPED, skip_reason="…")
    assert text_of(run(step(), missing, other, skipped)) == dedent(
        """\
        Orders: scenario amount-high[vip] with data vip on staging
        failed: ASSERTION KAFKA at 'Charge payment'#2
          step:     The payment is announced (order.suite.yaml:31:5)
          deadline: 5 s (took 5.01 s, 4 attempts)
          TIMEOUT: not met within 5 s
          KAFKA_MESSAGE_NOT_FOUND: at least 1 expected, 0 of 3 seen match
          seen: 14 messages on orders.events since the arming, 3 of them with key 'o-1'
          closest: orders.events/0@17 at 12:00:01.500 UTC
            value.type: expected 'OrderPaid', saw 'OrderRefused'
          by hand:  kcat -b $KAFKA -t orders.events -C -e
        then: Shipped: ACTION HTTP_REST at 'Ship order': HTTP_ERROR status: expected 201, saw 500
        1 step passed, 2 failed, 1 skipped; bound 5 of 7 tasks; run 5f3c
        rerun: pytest 'order.suite.yaml::amount-high[vip]' --orchestra-env=staging"""
    )


@pytest.mark.parametrize(
    ("kind", "message", "lines"),
    [
        (
            "VALIDATION_ERROR",
            "order.suite.yaml:14:20: 'step.place.id' is undefined",
            "  VALIDATION_ERROR: order.suite.yaml:14:20: 'step.place.id' is undefined",
        ),
        (
            "HTTP_ERROR",
            "POST http://shop/orders: no connection: Connection refused",
            "  HTTP_ERROR: POST http://shop/orders: no connection: Connection refused",
        ),
        (
            "CONTRACT_VIOLATION",
            "the reply breaks its description: body.total: 'x' is no number",
            "  CONTRACT_VIOLATION: the reply breaks its description: body.total: 'x' is no number",
        ),
        (
            "BUSINESS_RULE_VIOLATION",
            "assert 2 == 1\n +  where 2 = len([1, 2])",
            "  BUSINESS_RULE_VIOLATION: assert 2 == 1\n     +  where 2 = len([1, 2])",
        ),
        ("TIMEOUT", "not met within 5 s", "  TIMEOUT: not met within 5 s"),
        (
            "DB_ASSERTION_FAILED",
            "exactly 1 expected, 2 seen: 1 too many",
            "  DB_ASSERTION_FAILED: exactly 1 expected, 2 seen: 1 too many",
        ),
        (
            "KAFKA_MESSAGE_NOT_FOUND",
            "message 2 of 2 was not seen",
            "  KAFKA_MESSAGE_NOT_FOUND: message 2 of 2 was not seen",
        ),
        (
            "QUEUE_MESSAGE_NOT_FOUND",
            "1 where none may be",
            "  QUEUE_MESSAGE_NOT_FOUND: 1 where none may be",
        ),
    ],
)
def test_each_type_of_violation(
    failed: Callable[..., TestRun], kind: str, message: str, lines: str
) -> None:
    """With its message, and all lines of it."""
    assert body_of(failed(kind, message)).splitlines() == [
        "failed: ACTION HTTP_REST at 'Place order'",
        "  step:     The customer places an order (order.suite.yaml:12:5)",
        "  deadline: 10 s (took 0.01 s, 1 attempt)",
        *lines.splitlines(),
    ]


def test_a_run_without_data_environment_or_passed_steps(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """Says so; a violation without a message shows its code."""
    bare = run(
        step(violation("TIMEOUT", ""), within=None),
        data_set=None,
        environment="",
        item="main",
        bound="bound 1 of 1 tasks",
    )
    assert text_of(bare).splitlines() == [
        "Orders: scenario main on no environment",
        "failed: ACTION HTTP_REST at 'Place order'",
        "  step:     The customer places an order (order.suite.yaml:12:5)",
        "  TIMEOUT: some.code",
        "0 steps passed, 1 failed; bound 1 of 1 tasks; run 5f3c",
        f"rerun: {RERUN}",
    ]


def test_a_run_that_was_cut_says_so(run: MakeRun, step: MakeStep) -> None:
    """Even if no step failed; what passed at a second try has passed."""
    text = text_of(run(step(), step(status=StepStatus.FLAKY), status=RunStatus.CANCELLED))
    assert text.splitlines() == [
        "Orders: scenario amount-high[vip] with data vip on staging, cut off",
        "2 steps passed (1 FLAKY), 0 failed; bound 5 of 7 tasks; run 5f3c",
        f"rerun: {RERUN}",
    ]


def test_the_session_that_was_gone_on_with_is_told_to_its_end(run: MakeRun, step: MakeStep) -> None:
    """The run's id is that of the run that it took over."""
    taken = "run 1ea213b2-56f8-47d8-944a-7f81a832aaa9 of session 20261121-100000-abcd"
    lines = text_of(run(step(status=StepStatus.FAILED), taken_over=taken)).splitlines()
    assert f"0 steps passed, 1 failed; bound 5 of 7 tasks; took over {taken}" in lines


def test_no_more_than_25_lines(run: MakeRun, step: MakeStep, violation: MakeViolation) -> None:
    """What can be pasted is never left out, and the rest is counted."""
    long = step(
        *(violation("CONTRACT_VIOLATION", f"breach {number}") for number in range(20)),
        notes=tuple(f"note {number}" for number in range(20)),
        reproduce="curl -sS http://shop/orders",
    )
    failed = [step(violation("HTTP_ERROR", f"number {number}")) for number in range(9)]
    lines = text_of(run(long, *failed)).splitlines()
    assert len(lines) == MOST_LINES
    assert lines[4] == "  CONTRACT_VIOLATION: breach 0"
    assert lines[14:] == [
        "  CONTRACT_VIOLATION: breach 10",
        "  … 29 more lines in the event log",
        "  by hand:  curl -sS http://shop/orders",
        *(
            "then: The customer places an order: ACTION HTTP_REST at 'Place order':"
            f" HTTP_ERROR number {number}"
            for number in range(5)
        ),
        "then: 4 more failed steps",
        "0 steps passed, 10 failed; bound 5 of 7 tasks; run 5f3c",
        f"rerun: {RERUN}",
    ]


def test_long_lines_are_cut_but_for_commands(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """A command that is cut cannot be pasted; only a huge one is."""
    value = "x" * 10_000
    failed = step(
        violation("HTTP_ERROR", value), name=value, notes=(value,), reproduce="curl " + "y" * 500
    )
    lines = body_of(run(failed)).splitlines()
    assert [len(line) for line in lines] == [41, WIDTH, 41, WIDTH, WIDTH, 517]
    assert lines[1].endswith("x…")
    huge = body_of(run(step(violation("HTTP_ERROR", "a"), reproduce=value))).splitlines()[-1]
    assert huge.endswith("x… (the whole of it is in the event log)")
    assert len(huge) < LONGEST_COMMAND + 50


def test_a_long_message_is_told_to_its_end(failed: Callable[..., TestRun]) -> None:
    """What to do stands there; only what is very long is cut."""
    message = " ".join(["word"] * 60)
    lines = body_of(failed("VALIDATION_ERROR", f"{message} end")).splitlines()
    assert " ".join(" ".join(lines).split()).endswith(f"VALIDATION_ERROR: {message} end")
    assert all(len(line) <= WIDTH for line in lines)
    huge = body_of(failed("VALIDATION_ERROR", message * 9)).splitlines()
    assert [line[-1] for line in huge[-3:]] == ["d", "d", "…"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Größe prüfen 订单 ✓", "Größe prüfen 订单 ✓"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\r\tb", "a\\r\\tb"),
        ("abc\u202edef\u2028", "abc\\u202edef\\u2028"),
        ("half \ud83d", "half \\ud83d"),
    ],
)
def test_text_of_every_script_and_no_control_characters(
    run: MakeRun, step: MakeStep, violation: MakeViolation, name: str, shown: str
) -> None:
    """What a system sends cannot move the cursor, or break a report's encoding."""
    text = text_of(run(step(violation("HTTP_ERROR", name), reproduce=f"curl {name}")))
    assert f"  HTTP_ERROR: {shown}\n" in text
    assert f"  by hand:  curl {shown}\n" in text
    assert text.encode()


def test_a_command_of_several_lines_stays_one(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """Line ends are told, so that the number of lines holds."""
    text = body_of(run(step(violation("DB_ASSERTION_FAILED", "a"), reproduce="psql -c 'a\nb'")))
    assert text.splitlines()[-1] == "  by hand:  psql -c 'a\\nb'"


def test_a_further_step_without_a_reason(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """A foreign listener may make one."""
    text = body_of(run(step(violation("TIMEOUT", "a")), step(status=StepStatus.FAILED)))
    assert text.splitlines()[-1] == (
        "then: The customer places an order: ACTION HTTP_REST at 'Place order': no reason was told"
    )


def test_a_failure_has_one_line_for_lists(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """Where the first failed step stands and why it failed; else what was run."""
    late = violation("TIMEOUT", "not met"), violation("HTTP_ERROR", "saw 500\nor so")
    assert headline(run(step(), step(*late, visit=2), step(late[0]))) == (
        "'Place order'#2: HTTP_ERROR saw 500"
    )
    assert headline(run(step())) == "Orders: scenario amount-high[vip] with data vip on staging"


def test_the_line_for_lists_tells_the_first_of_several_reasons(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """A wrong status comes before the rules that fail because of it."""
    several = violation("HTTP_ERROR", "saw 500"), violation("BUSINESS_RULE_VIOLATION", "no total")
    assert headline(run(step(*several))) == "'Place order': HTTP_ERROR saw 500"
    alone = step(violation("TIMEOUT", "not met"))
    assert headline(run(alone)) == "'Place order': TIMEOUT not met"


def test_the_number_of_lines_can_be_said(
    run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """Where others stand beside the text."""
    failed = step(*(violation("HTTP_ERROR", f"{number}") for number in range(30)))
    assert len(failure_text(run(failed), rerun=RERUN, most=15).splitlines()) == 15
