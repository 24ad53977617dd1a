"""What people read in the terminal when a scenario fails: at most 25 lines."""

from __future__ import annotations

from pytest_orchestra.results import StepResult, StepStatus, TestRun

MOST_LINES = 25
WIDTH = 160
_MOST_VIOLATIONS = 5


def failure_text(run: TestRun, *, rerun: str) -> str:
    """Why the run failed: the first failed step whole, the others by a line each.

    Args:
        run: final, with its steps, masked.
        rerun: the pytest command that runs this item again.
    """
    failed = run.failed_steps
    data = f" with data {run.data_set}" if run.data_set else ""
    head = [f"{run.suite}: scenario {run.item}{data} on {run.environment or 'no environment'}"]
    tail = [_progress(run), f"rerun: {rerun}"]
    body = _step_lines(failed[0]) if failed else []
    for step in failed[1:]:
        body.append(f"then: {_what(step)}: {_reason(step)}")
    room = MOST_LINES - len(head) - len(tail)
    if len(body) > room:
        left = len(body) - room + 1
        body = [*body[: room - 1], f"… {left} more lines in the event log"]
    return "\n".join(_cut(line) for line in (*head, *body, *tail))


def _step_lines(step: StepResult) -> list[str]:
    lines = [f"failed: {_what(step)}", f"  step:     {step.name!r} ({step.definition})"]
    if step.within is not None:
        took = f"{step.duration_ms / 1000:.2f} s, {step.attempts} " + (
            "attempt" if step.attempts == 1 else "attempts"
        )
        lines.append(f"  deadline: {step.within:g} s (took {took})")
    shown = step.violations[:_MOST_VIOLATIONS]
    for violation in shown:
        first, *rest = violation.message.splitlines() or [""]
        lines.append(f"  {violation.type.value}: {first}")
        lines.extend(f"    {line}" for line in rest)
    if len(step.violations) > len(shown):
        lines.append(f"  … and {len(step.violations) - len(shown)} more violations")
    lines.extend(f"  {note}" for note in step.notes)
    if step.reproduce:
        lines.append(f"  by hand:  {step.reproduce}")
    return lines


def _what(step: StepResult) -> str:
    visit = f"#{step.visit}" if step.visit > 1 else ""
    return f"{step.kind.value} {step.channel} at {step.place!r}{visit}"


def _reason(step: StepResult) -> str:
    last = step.violations[-1]
    return f"{last.type.value} {last.message.splitlines()[0] if last.message else ''}"


def _progress(run: TestRun) -> str:
    def number(status: StepStatus) -> int:
        return sum(step.status is status for step in run.steps)

    parts = [f"{number(StepStatus.PASSED)} steps passed", f"{number(StepStatus.FAILED)} failed"]
    if skipped := number(StepStatus.SKIPPED):
        parts.append(f"{skipped} skipped")
    return f"{', '.join(parts)}; {run.bound}; run {run.id}"


def _cut(line: str) -> str:
    keep = line.startswith(("rerun:", "  by hand:"))
    return line if keep or len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
