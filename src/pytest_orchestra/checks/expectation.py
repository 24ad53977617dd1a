"""What is expected, its templates already rendered, and what one observation lacks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pytest_orchestra.checks.matching import Mismatch, Part, compare, same, show
from pytest_orchestra.checks.status import status_fits
from pytest_orchestra.spi import Observation

RuleCheck = Callable[[Mapping[str, object]], Mismatch | None]
"""A compiled rule: given the names it may use, what is wrong, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What one observation must be.

    Attributes:
        status: any of these; empty: the observation's own ``failure`` decides.
        value: compared where ``has_value``.
    """

    status: tuple[int | str, ...] = ()
    value: object = None
    has_value: bool = False
    exact: bool = False
    headers: Mapping[str, object] | None = None
    rules: tuple[RuleCheck, ...] = ()

    def __str__(self) -> str:
        """What it must be, but for its rules."""
        parts = [f"status {' or '.join(map(str, self.status))}"] if self.status else []
        parts += [f"value {show(self.value)}"] if self.has_value else []
        parts += [f"headers {show(self.headers)}"] if self.headers else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many must match: at least ``least``, at most ``most`` (None: any number)."""

    least: int = 1
    most: int | None = None

    def __str__(self) -> str:
        return f"at least {self.least}" if self.most is None else f"exactly {self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Everything that an assertion waits for.

    Attributes:
        count: None where the suite says none: one that no earlier visit has used up. Exactly
            none of messages is what ``absent`` is.
        messages: one observation each, of those that are as ``expected``.
        fail_when: a rule that holds for any observation ends the wait; its check gives None then.
    """

    expected: Expected = Expected()
    count: Count | None = None
    messages: tuple[Expected, ...] = ()
    ordered: bool = False
    absent: bool = False
    fail_when: tuple[tuple[str, RuleCheck], ...] = ()

    def __str__(self) -> str:
        """What is looked for, in a line; empty where only rules say it."""
        parts = [str(self.expected)]
        parts += [f"message {number}: {each}" for number, each in enumerate(self.messages, start=1)]
        return "; ".join(part for part in parts if part)

    @property
    def is_exact(self) -> bool:
        """Whether one observation more would be too many."""
        return self.count is not None and self.count.most is not None


def mismatches_of(expected: Expected, observation: Observation) -> tuple[Mismatch, ...]:
    """Everything in which ``observation`` is not as ``expected``; empty: it matches."""
    found: list[Mismatch] = []
    if (status := _compare_status(expected, observation)) is not None:
        found.append(status)
    if expected.has_value:
        found.extend(compare(expected.value, observation.value, "value", exact=expected.exact))
    if expected.headers:
        found.extend(_compare_headers(expected.headers, observation.headers))
    wrong = (rule(observation.roots) for rule in expected.rules)
    found.extend(mismatch for mismatch in wrong if mismatch is not None)
    return tuple(found)


def _compare_status(expected: Expected, observation: Observation) -> Mismatch | None:
    if not expected.status:
        if not observation.failure:
            return None
        wanted, seen = "success", observation.failure
    elif status_fits(expected.status, observation.status):
        return None
    else:
        wanted = " or ".join(str(status) for status in expected.status)
        seen = str(observation.status or "no status")
    return Mismatch(path="status", expected=wanted, seen=seen, part=Part.STATUS)


def _compare_headers(
    expected: Mapping[str, object], seen: Mapping[str, object]
) -> Sequence[Mismatch]:
    folded = {name.lower(): value for name, value in seen.items()}
    return [
        Mismatch(
            path=f"headers.{name}",
            expected=show(wanted),
            seen=show(folded[name.lower()]) if name.lower() in folded else "no such header",
            part=Part.HEADER,
        )
        for name, wanted in expected.items()
        if name.lower() not in folded
        or not (same(wanted, folded[name.lower()]) or str(wanted) == str(folded[name.lower()]))
    ]
