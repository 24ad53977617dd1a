"""Waits until an ASSERTION holds, can no longer hold, or its deadline passes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pytest_orchestra.checks.expectation import Expectation
from pytest_orchestra.checks.judging import MOST_KEPT, Judge, Judgement, Verdict
from pytest_orchestra.checks.near_miss import Hide, describe, without_secrets
from pytest_orchestra.checks.schedule import Schedule
from pytest_orchestra.engine.deadlines import BELT, ask, broken
from pytest_orchestra.engine.outcome import NO_EVIDENCE, Outcome, late_by, lost, timeout
from pytest_orchestra.engine.violations import (
    check_reply,
    check_request,
    noted,
    of_reply,
    of_request,
)
from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import JsonLike, Violation
from pytest_orchestra.spi import SURE_AT_LAST, Call, Observation, ProtocolPlugin, Watch
from pytest_orchestra.suite.bound import Contract, Expect, Retry

STABLE_FOR = 1.0
"""Seconds that messages are watched on after an exact count is reached, unless said."""
GRACE = 2.0
"""Seconds after a missed deadline in which what comes late is told, or the deadline again if that
is shorter."""
LAST_LOOK = 2.0
"""Seconds that a look at a present state may take at least, or the whole deadline if that is
shorter: one that begins at the deadline needs some, too."""


@dataclass(slots=True, kw_only=True)
class Wait:
    """One assertion's wait.

    Attributes:
        hide: takes secrets out of a value before it is told.
        spent: ids that earlier visits of the step passed on.
        retry: further tries, where there are any: no look after the deadline goes before one.
    """

    watch: Watch
    expectation: Expectation
    expect: Expect
    plugin: ProtocolPlugin
    call: Call
    hide: Hide
    spent: frozenset[str] = frozenset()
    retry: Retry | None = None
    _judge: Judge = field(init=False)
    _ids: set[str] = field(default_factory=set)
    _looks: int = 0
    _trouble: ConnectorError | None = None
    _held_at: float | None = None
    _held_for: float = 0.0
    _is_missed: bool = False

    def __post_init__(self) -> None:
        """Begin with nothing seen."""
        self._judge = Judge(self.expectation, spent=self.spent, standing=self.watch.standing)

    async def run(self) -> Outcome:
        """Look until it is decided.

        Raises:
            EvaluationError, ConfigurationError: a rule needs what is not there.
        """
        breaches = check_request(self.plugin, self.call, self.expect.contract)
        if breaches and self.expect.contract is Contract.ERROR:
            return Outcome(violations=of_request(breaches), attempts=0)
        clock = asyncio.get_running_loop().time
        began = clock()
        expect = self.expect
        schedule = Schedule(within=expect.within, every=expect.every, most=expect.every_most)
        while True:
            has_news = await self._look(self._left(began, clock()))
            if has_news and self._left(began, clock()) <= 0:
                await self._look(0.0)  # what came with it, and may lie unread
            decided = self._decide(schedule, clock() - began)
            if isinstance(decided, Outcome):
                return await self._with_grace(decided) if self._may_be_late(decided) else decided
            if not has_news:
                await asyncio.sleep(decided)

    def _may_be_late(self, outcome: Outcome) -> bool:
        """Whether to look on after the deadline; another try looks anyway."""
        goes_on = self.retry is not None and self.retry.covers(outcome.violations)
        return self._is_missed and self.expect.stable_for is None and not goes_on

    async def _with_grace(self, missed: Outcome) -> Outcome:
        """Look on for a moment: what comes late is told, and changes nothing else."""
        clock = asyncio.get_running_loop().time
        began, looks = clock(), self._looks
        grace = min(GRACE, self.expect.within)
        while (left := began + grace - clock()) > 0 and self._judge.seen < MOST_KEPT:
            has_news = await self._look(left)
            if self._trouble is not None and not self._trouble.retriable:
                break
            if self._judge.judgement().verdict is Verdict.HELD:
                after = clock() - began
                self._looks = looks
                late = late_by(missed.violations, after)
                return replace(missed, violations=late)
            if not has_news:
                pause = min(self.expect.every, began + grace - clock())
                await asyncio.sleep(max(pause, 0.0))
        self._looks = looks
        return missed

    def _decide(self, schedule: Schedule, elapsed: float) -> Outcome | float:
        """What has come of it, or seconds to the next look."""
        if self._trouble is not None and not self._trouble.retriable:
            return self._lost(self._trouble)
        judgement = self._judge.judgement()
        if judgement.verdict is Verdict.FAILED:
            return self._failed(judgement, in_time=True)
        if judgement.verdict is Verdict.HELD and self._trouble is None:
            pause = self._until_stable(elapsed)
            return self._passed(judgement) if pause <= 0 else pause
        if self._held_at is not None:
            self._held_for = max(self._held_for, elapsed - self._held_at)
            self._held_at = None
        until_next = schedule.pause(elapsed)
        return self._decided_at_the_deadline(elapsed) if until_next is None else until_next

    def _left(self, began: float, now: float) -> float:
        """Seconds until the wait is decided, whichever way it goes."""
        if self._held_at is not None:
            return max(began + self._held_at + self._stable_for - now, 0.0)
        return max(began + self.expect.within - now, 0.0)

    def _until_stable(self, elapsed: float) -> float:
        """Seconds to the next look while it holds; 0: it has held for long enough."""
        if self._held_at is None:
            self._held_at = elapsed
        left = self._held_at + self._stable_for - elapsed
        return min(max(self.expect.every, 0.001), left)

    @property
    def _stable_for(self) -> float:
        if self.expect.stable_for is not None:
            return self.expect.stable_for
        return (
            STABLE_FOR * self.expect.time_scale
            if self.expectation.is_exact and not self.watch.standing
            else 0.0
        )

    async def _look(self, within: float) -> bool:
        """Look once; tells whether to look again at once, as more may have arrived meanwhile.

        A watch of what arrives says itself when there is more, a standing one is asked again
        after a pause; so is one that gave nothing, or nothing new, whatever it is.
        """
        self._looks += 1
        is_standing = self.watch.standing
        if is_standing:
            within = max(within, min(LAST_LOOK, self.expect.within))
        channel, what = self.plugin.id, "the look"
        look = partial(_looked, self.watch, within)
        try:
            seen = await ask(
                look, channel=channel, what=what, within=within, belt=BELT + SURE_AT_LAST
            )
        except ConnectorError as error:
            self._trouble = error
            return False
        self._trouble = None
        fresh = seen if is_standing else self._not_seen_before(seen)
        self._judge.see(fresh)
        return bool(fresh) and not is_standing

    def _not_seen_before(self, seen: Sequence[Observation]) -> Sequence[Observation]:
        fresh = [each for each in seen if not each.id or each.id not in self._ids]
        self._ids.update(each.id for each in fresh)
        return fresh

    def _decided_at_the_deadline(self, elapsed: float) -> Outcome:
        if self._trouble is not None:
            return self._lost(self._trouble, within=self.expect.within)
        judgement = self._judge.judgement(final=True)
        if judgement.verdict is Verdict.HELD:
            self._held_at = elapsed
            return self._passed(judgement)
        return self._failed(judgement, in_time=False)

    def _lost(self, trouble: ConnectorError, *, within: float | None = None) -> Outcome:
        outcome = lost(trouble, self.plugin.lost, attempts=self._looks, within=within)
        return replace(outcome, notes=self._seen(self._hidden(self._judge.judgement())))

    def _passed(self, judgement: Judgement) -> Outcome:
        used = judgement.matched
        if self.watch.standing and not self.expectation.is_exact:
            used = used[:1]
        contract = self.expect.contract
        breaches = check_reply(self.plugin, self.call, used, contract)
        warns = contract is Contract.WARN
        return Outcome(
            violations=() if warns else of_reply(breaches),
            roots=self._roots(judgement),
            delivered=True,
            evidence=used[0].evidence if used else NO_EVIDENCE,
            attempts=self._looks,
            satisfied_after=self._held_at,
            spent=frozenset(seen.id for seen in used if seen.id),
            notes=noted(breaches) if warns else (),
        )

    def _roots(self, judgement: Judgement) -> dict[str, JsonLike]:
        """What the first match gives, and each of its names with an ``s``: all matches'."""
        if not judgement.matched:
            return {}
        roots = dict(judgement.matched[0].roots)
        if self.watch.standing:
            return roots
        every = {f"{name}s": [seen.roots[name] for seen in judgement.matched] for name in roots}
        return every | roots

    def _hidden(self, judgement: Judgement) -> Judgement:
        if not judgement.mismatches:
            return judgement
        return replace(judgement, mismatches=without_secrets(judgement.mismatches, self.hide))

    def _failed(self, judgement: Judgement, *, in_time: bool) -> Outcome:
        judgement = self._hidden(judgement)
        unmet = Violation(
            type=self.plugin.unmet,
            code=f"{self.plugin.id}.unmet",
            message=self._reason(judgement),
            details={
                "looks": self._looks,
                "seen": self._judge.seen,
                "mismatches": [str(mismatch) for mismatch in judgement.mismatches],
            },
        )
        missed = timeout(self.plugin.id, self.expect.within)
        self._is_missed = not in_time and not self.expectation.absent
        shown = judgement.closest or next(iter((*judgement.blamed, *judgement.matched)[-1:]), None)
        return Outcome(
            violations=(unmet,) if in_time else (missed, unmet),
            evidence=shown.evidence if shown is not None else NO_EVIDENCE,
            attempts=self._looks,
            notes=self._seen(judgement),
        )

    def _reason(self, judgement: Judgement) -> str:
        """One line; where there was only one thing to judge, with what is wrong with it."""
        reason = judgement.reason
        if self._held_for:
            reason = (
                f"held for {self._held_for:.1f} s, not for {self._stable_for:g} s; then {reason}"
            )
        if self._judge.seen != 1 or not judgement.mismatches:
            return reason
        first, *others = judgement.mismatches
        more = f", and {len(others)} more" if others else ""
        return f"{reason}: {first}{more}"

    def _seen(self, judgement: Judgement) -> tuple[str, ...]:
        try:
            return describe(
                judgement,
                expectation=self.expectation,
                seen=self.watch.seen(),
                others=self.watch.passed_by(),
                passed_over=self._judge.passed_over,
                hide=self.hide,
            )
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            return (str(broken(error, self.plugin.id, "it cannot be told what was seen")),)


async def _looked(watch: Watch, within: float) -> Sequence[Observation]:
    """Look, and see that there are things to judge."""
    given: list[object] = list(await watch.look(within))  # whatever a foreign plugin gives
    seen = [each for each in given if isinstance(each, Observation)]
    if len(seen) < len(given):
        other = next(each for each in given if not isinstance(each, Observation))
        message = f"look gave {type(other).__name__}, no observation"
        raise TypeError(message)
    return seen
