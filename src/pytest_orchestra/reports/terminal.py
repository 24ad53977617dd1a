"""What people read in the terminal when a scenario fails: at most 25 lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_orchestra.results import RunStatus, StepResult, StepStatus, TestRun, ViolationType

MOST_LINES = 25
WIDTH = 160
"""Characters of a line; of a command that can be pasted ``LONGEST_COMMAND``."""
LONGEST_COMMAND = 2000
MOST_WRAPPED = 3
"""Lines that a message in one line may become."""
MOST_OTHERS = 5
"""Further failed steps that are named."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def headline(run: TestRun) -> str:
    """One line for lists of failures: where the first failed step stands, and why it failed."""
    failed = run.failed_steps
    return _cut(f"{_where(failed[0])}: {_reason(failed[0])}" if failed else _head(run))


def failure_text(run: TestRun, *, rerun: str, most: int = MOST_LINES) -> str:
    """Why the run failed: the first failed step whole, the others by a line each.

    Args:
        run: final, with its steps, masked.
        rerun: the pytest command that runs this item again.
        most: lines of the text.
    """
    failed = run.failed_steps
    others = _others(failed[1:])
    tail = [_cut(_progress(run)), _printable(f"rerun: {rerun}")]
    room = most - 1 - len(others) - len(tail)
    body = _step_lines(failed[0], room) if failed else []
    return "\n".join([_cut(_head(run)), *body, *others, *tail])


def _head(run: TestRun) -> str:
    data = f" with data {run.data_set}" if run.data_set else ""
    cut = ", cut off" if run.status is RunStatus.CANCELLED else ""
    return f"{run.suite}: scenario {run.item}{data} on {run.environment or 'no environment'}{cut}"


def _step_lines(step: StepResult, room: int) -> list[str]:
    """The step in at most ``room`` lines; what can be pasted is never left out."""
    first = [_cut(f"failed: {_what(step)}"), _cut(f"  step:     {step.name} ({step.definition})")]
    if step.within is not None:
        first.append(f"  deadline: {step.within:g} s ({_took(step)})")
    last = [_command(step.reproduce)] if step.reproduce else []
    seen = [*_violations(step), *(f"  {line}" for note in step.notes for line in _lines(note))]
    room -= len(first) + len(last)
    if len(seen) > room:
        seen = [*seen[: room - 1], f"  … {len(seen) - room + 1} more lines in the event log"]
    return [*first, *map(_cut, seen), *last]


def _violations(step: StepResult) -> list[str]:
    lines: list[str] = []
    for violation in step.violations:
        first, *rest = _lines(violation.message) or [violation.code]
        lines += _wrapped(f"  {violation.type.value}: {first}")
        lines += (f"    {line}" for line in rest)
    return lines


def _wrapped(line: str) -> Iterator[str]:
    """A long line as several: what to do stands at the end of a message."""
    for _ in range(MOST_WRAPPED - 1):
        if len(line) <= WIDTH or (end := line.rfind(" ", WIDTH // 2, WIDTH)) < 0:
            break
        yield line[:end]
        line = f"    {line[end + 1 :]}"
    yield line


def _others(steps: Sequence[StepResult]) -> list[str]:
    lines = [
        _cut(f"{_after(step)}: {step.name}: {_what(step)}: {_reason(step)}")
        for step in steps[:MOST_OTHERS]
    ]
    if (more := len(steps) - MOST_OTHERS) > 0:
        lines.append(f"then: {more} more failed steps")
    return lines


def _after(step: StepResult) -> str:
    return "finally" if step.is_finally else "then"


def _what(step: StepResult) -> str:
    where = "in finally" if step.is_finally else f"at {_where(step)}"
    return f"{step.kind.value} {step.channel} {where}"


def _where(step: StepResult) -> str:
    if step.is_finally:
        return f"finally, {step.name!r}"
    visit = f"#{step.visit}" if step.visit > 1 else ""
    return f"'{step.place}'{visit}"


def _took(step: StepResult) -> str:
    attempts = "1 attempt" if step.attempts == 1 else f"{step.attempts} attempts"
    tries = f" in {step.retries + 1} tries" if step.retries else ""
    return f"took {step.duration_ms / 1000:.2f} s, {attempts}{tries}"


def _reason(step: StepResult) -> str:
    """The first violation but a missed deadline, which says less than what stands beside it."""
    own = [each for each in step.violations if each.type is not ViolationType.TIMEOUT]
    told = next(iter([*own, *step.violations]), None)
    return " ".join([told.type.value, *_lines(told.message)[:1]]) if told else "no reason was told"


def _progress(run: TestRun) -> str:
    def number(status: StepStatus) -> int:
        return sum(step.status is status for step in run.steps)

    passed = number(StepStatus.PASSED) + number(StepStatus.FLAKY)
    parts = [f"{passed} step{'s' * (passed != 1)} passed", f"{number(StepStatus.FAILED)} failed"]
    if flaky := number(StepStatus.FLAKY):
        parts[0] += f" ({flaky} FLAKY)"
    if skipped := number(StepStatus.SKIPPED):
        parts.append(f"{skipped} skipped")
    which = f"took over {run.taken_over}" if run.taken_over else f"run {run.id}"
    return f"{', '.join(parts)}; {run.bound}; {which}"


def _command(line: str) -> str:
    text = _printable(f"  by hand:  {line}")
    if len(text) <= LONGEST_COMMAND:
        return text
    return f"{text[:LONGEST_COMMAND]}… (the whole of it is in the event log)"


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _cut(line: str) -> str:
    text = _printable(line)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def _printable(text: str) -> str:
    """No character that moves the cursor, turns the line around or cannot be encoded."""
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text)
