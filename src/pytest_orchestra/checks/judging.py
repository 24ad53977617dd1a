"""Judges observations by an expectation, each of them once, as they come.

Of a stream only what may still matter is kept, so that a busy topic costs no more than its
messages' own comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from pytest_orchestra.checks.expectation import Count, Expectation, mismatches_of
from pytest_orchestra.checks.matching import Mismatch, lacking
from pytest_orchestra.checks.ordering import InOrder
from pytest_orchestra.checks.sequences import Anyhow
from pytest_orchestra.spi import Observation

MOST_KEPT = 1_000
"""Matching observations that are kept of a stream; more are counted."""


class Verdict(Enum):
    """What observations say of an expectation, so far."""

    HELD = "held"
    NOT_YET = "not yet"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What came of judging.

    Attributes:
        reason: one line that says what is missing or too many; empty where it held.
        matched: the observations that are as expected, those that an expectation without a count
            needs not: one.
        closest: of those that are not, the one whose ``mismatches`` weigh least; the latest such.
        blamed: what must not have been: too many, absent, or of ``fail_when``.
    """

    verdict: Verdict
    reason: str = ""
    matched: tuple[Observation, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    closest: Observation | None = None
    blamed: tuple[Observation, ...] = ()


@dataclass(slots=True)
class Judge:
    """Judges one assertion.

    Args:
        expectation: with its templates rendered.
        spent: ids that an earlier visit of the step passed on; they count no more where the
            suite gives no ``count``, ``messages`` or ``absent``.
        standing: whether what is seen is the whole present state each time, so that one too many
            now may be right at the next look.

    Attributes:
        seen: how many were judged.
        passed_over: how many count no more because of ``spent``.
    """

    expectation: Expectation
    spent: frozenset[str] = frozenset()
    standing: bool = False
    seen: int = 0
    passed_over: int = 0
    _matched: list[Observation] = field(default_factory=list)
    _number: int = 0
    _closest: Observation | None = None
    _fewest: tuple[Mismatch, ...] = ()
    _ended: Judgement | None = None
    _pairing: Anyhow | None = None

    def __post_init__(self) -> None:
        """Begin with nothing seen."""
        self._begin()

    def see(self, observations: Sequence[Observation]) -> None:
        """Take in what a look gave: what arrived since the last one, or the present state."""
        if self.standing:
            self._begin()
        for observation in observations:
            if self._ended is not None:
                return
            if self._is_spent(observation):
                self.passed_over += 1
            else:
                self.seen += 1
                self._take(observation)

    def judgement(self, *, final: bool = False) -> Judgement:
        """What has come of it.

        Args:
            final: whether the deadline has come: what was absent until now is absent.
        """
        if self._ended is not None:
            return self._ended
        if self._pairing is not None:
            return self._of_pairing(self._pairing)
        verdict, reason = self._judged(final=final)
        too_many = verdict is not Verdict.HELD and self._number >= self._least
        return Judgement(
            verdict=verdict,
            reason=reason,
            matched=tuple(self._matched),
            mismatches=() if too_many else self._fewest,
            closest=None if too_many else self._closest,
            blamed=tuple(self._matched) if too_many else (),
        )

    def _begin(self) -> None:
        self.seen, self.passed_over, self._number, self._matched = 0, 0, 0, []
        self._closest, self._fewest, self._ended = None, (), None
        self._pairing = None
        if (patterns := self.expectation.messages) and self.expectation.ordered:
            self._pairing = InOrder(patterns)
        elif patterns:
            self._pairing = Anyhow(patterns)

    @property
    def _is_absent(self) -> bool:
        count = self.expectation.count
        return self.expectation.absent or (
            count is not None and count.most == 0 and not self.standing
        )

    @property
    def _least(self) -> int:
        if self._is_absent:
            return 1
        return (self.expectation.count or Count()).least

    def _is_spent(self, observation: Observation) -> bool:
        expectation = self.expectation
        if expectation.count is not None or expectation.absent or expectation.messages:
            return False
        return bool(observation.id) and observation.id in self.spent

    def _take(self, observation: Observation) -> None:
        for text, check in self.expectation.fail_when:
            if check(observation.roots) is None:
                reason = f"fail_when holds: {text}"
                self._ended = Judgement(
                    verdict=Verdict.FAILED, reason=reason, blamed=(observation,)
                )
                return
        mismatches = mismatches_of(self.expectation.expected, observation)
        if mismatches:
            if self._closest is None or lacking(mismatches) <= lacking(self._fewest):
                self._closest, self._fewest = observation, mismatches
        elif self._pairing is not None:
            self._pairing.take(observation)
        else:
            self._number += 1
            if len(self._matched) < self._most_kept:
                self._matched.append(observation)

    @property
    def _most_kept(self) -> int:
        """Without a count it is the first one, however many came with it."""
        expectation = self.expectation
        one = expectation.count is None and not expectation.absent and not self.standing
        return 1 if one else MOST_KEPT

    def _judged(self, *, final: bool) -> tuple[Verdict, str]:
        if self._is_absent:
            if self._number:
                return Verdict.FAILED, f"{self._number} where none may be"
            return (Verdict.HELD, "") if final else (Verdict.NOT_YET, "it must stay absent")
        count = self.expectation.count or Count()
        if self._number < count.least:
            reason = f"{count} expected, {self._number} of {self.seen} seen match"
            return Verdict.NOT_YET, reason
        if count.most is not None and self._number > count.most:
            verdict = Verdict.NOT_YET if self.standing else Verdict.FAILED
            more = self._number - count.most
            return verdict, f"{count} expected, {self._number} seen: {more} too many"
        return Verdict.HELD, ""

    def _of_pairing(self, pairing: Anyhow) -> Judgement:
        found, reason = pairing.found(), pairing.missing()
        if not reason:
            return Judgement(verdict=Verdict.HELD, matched=found)
        closest, mismatches = pairing.closest()
        if closest is None and pairing.is_short:
            closest, mismatches = self._closest, self._fewest
        return Judgement(
            verdict=Verdict.NOT_YET,
            reason=reason,
            matched=found,
            mismatches=mismatches,
            closest=closest,
        )
