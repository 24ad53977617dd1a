"""Judges observations by an expectation whose templates are already rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pytest_orchestra.checks.matching import Mismatch, compare, same, show
from pytest_orchestra.checks.status import status_fits
from pytest_orchestra.spi import Observation

RuleCheck = Callable[[Mapping[str, object]], Mismatch | None]
"""A compiled rule: given the names it may use, what is wrong, or None."""


class Verdict(Enum):
    """What observations say of an expectation, so far."""

    HELD = "held"
    NOT_YET = "not yet"
    FAILED = "failed"


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
        count: None where the suite says none: one that no earlier visit has used up.
        messages: one observation each, of those that are as ``expected``.
        fail_when: a rule that holds for any observation ends the wait; its check gives None then.
    """

    expected: Expected = Expected()
    count: Count | None = None
    messages: tuple[Expected, ...] = ()
    ordered: bool = False
    absent: bool = False
    fail_when: tuple[tuple[str, RuleCheck], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What came of judging.

    Attributes:
        reason: one line that says what is missing or too many; empty where it held.
        matched: the observations that are as expected.
        mismatches: of the closest other observation.
        closest: that observation.
    """

    verdict: Verdict
    reason: str = ""
    matched: tuple[Observation, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    closest: Observation | None = None


def mismatches_of(expected: Expected, observation: Observation) -> tuple[Mismatch, ...]:
    """Everything in which ``observation`` is not as ``expected``; empty: it matches."""
    found: list[Mismatch] = []
    if expected.status:
        if not status_fits(expected.status, observation.status):
            wanted = " or ".join(str(status) for status in expected.status)
            found.append(Mismatch(path="status", expected=wanted, seen=show(observation.status)))
    elif observation.failure:
        found.append(Mismatch(path="status", expected="success", seen=observation.failure))
    if expected.has_value:
        found.extend(compare(expected.value, observation.value, "value", exact=expected.exact))
    if expected.headers:
        found.extend(_compare_headers(expected.headers, observation.headers))
    wrong = (rule(observation.roots) for rule in expected.rules)
    found.extend(mismatch for mismatch in wrong if mismatch is not None)
    return tuple(found)


def _compare_headers(
    expected: Mapping[str, object], seen: Mapping[str, object]
) -> Sequence[Mismatch]:
    folded = {name.lower(): value for name, value in seen.items()}
    return [
        Mismatch(
            path=f"headers.{name}",
            expected=show(wanted),
            seen=show(folded[name.lower()]) if name.lower() in folded else "no such header",
        )
        for name, wanted in expected.items()
        if name.lower() not in folded
        or not (same(wanted, folded[name.lower()]) or str(wanted) == str(folded[name.lower()]))
    ]


def judge(
    expectation: Expectation,
    observations: Sequence[Observation],
    *,
    spent: frozenset[str] = frozenset(),
    standing: bool = False,
    final: bool = False,
) -> Judgement:
    """Judge all observations since the arming.

    Args:
        expectation: with its templates rendered.
        observations: in the order they happened.
        spent: ids that an earlier visit of the step passed on; they count no more where the
            suite gives no ``count``, ``messages`` or ``absent``.
        standing: whether ``observations`` is the whole present state, so that one too many now
            may be right at the next look.
        final: whether the deadline has come: what was absent until now is absent.
    """
    for text, check in expectation.fail_when:
        for observation in observations:
            if check(observation.roots) is None:
                return Judgement(
                    verdict=Verdict.FAILED,
                    reason=f"fail_when holds: {text}",
                    closest=observation,
                )
    if expectation.messages:
        return _judge_messages(expectation, observations)
    if expectation.count is None and not expectation.absent:
        observations = [seen for seen in observations if not seen.id or seen.id not in spent]
    matched, closest, mismatches = _sort_out(expectation.expected, observations)
    verdict, reason = _judge_number(
        expectation, len(matched), len(observations), standing=standing, final=final
    )
    return Judgement(
        verdict=verdict, reason=reason, matched=matched, mismatches=mismatches, closest=closest
    )


def _judge_number(
    expectation: Expectation, matched: int, seen: int, *, standing: bool, final: bool
) -> tuple[Verdict, str]:
    if expectation.absent:
        if matched:
            return Verdict.FAILED, f"{matched} where none may be"
        return (Verdict.HELD if final else Verdict.NOT_YET), ""
    count = expectation.count or Count()
    if matched < count.least:
        return Verdict.NOT_YET, f"{count} expected, {matched} of {seen} seen match"
    if count.most is not None and matched > count.most:
        verdict = Verdict.NOT_YET if standing else Verdict.FAILED
        return verdict, f"{count} expected, {matched} seen: {matched - count.most} too many"
    return Verdict.HELD, ""


def _sort_out(
    expected: Expected, observations: Sequence[Observation]
) -> tuple[tuple[Observation, ...], Observation | None, tuple[Mismatch, ...]]:
    """Those that match, the closest of the others, and its mismatches."""
    matched: list[Observation] = []
    closest: Observation | None = None
    fewest: tuple[Mismatch, ...] = ()
    for observation in observations:
        mismatches = mismatches_of(expected, observation)
        if not mismatches:
            matched.append(observation)
        elif closest is None or len(mismatches) <= len(fewest):
            closest, fewest = observation, mismatches
    return tuple(matched), closest, fewest


def _judge_messages(expectation: Expectation, observations: Sequence[Observation]) -> Judgement:
    rest = [seen for seen in observations if not mismatches_of(expectation.expected, seen)]
    found: list[Observation] = []
    for number, expected in enumerate(expectation.messages, start=1):
        matched, closest, mismatches = _sort_out(expected, rest)
        if not matched:
            place = f"message {number} of {len(expectation.messages)}"
            after = " after the one before it" if expectation.ordered and number > 1 else ""
            return Judgement(
                verdict=Verdict.NOT_YET,
                reason=f"{place} was not seen{after}",
                matched=tuple(found),
                mismatches=mismatches,
                closest=closest,
            )
        found.append(matched[0])
        position = next(index for index, seen in enumerate(rest) if seen is matched[0])
        rest = (
            rest[position + 1 :] if expectation.ordered else rest[:position] + rest[position + 1 :]
        )
    return Judgement(verdict=Verdict.HELD, matched=tuple(found))
