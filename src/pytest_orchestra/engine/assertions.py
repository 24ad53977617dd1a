"""Waits until an ASSERTION holds, can no longer hold, or its deadline passes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from pytest_orchestra.checks.expectation import Expectation, Judgement, Verdict, judge
from pytest_orchestra.checks.near_miss import describe
from pytest_orchestra.checks.schedule import Schedule
from pytest_orchestra.engine.actions import BELT, reply_violations
from pytest_orchestra.engine.outcome import Outcome, lost
from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import Violation, ViolationType
from pytest_orchestra.spi import Call, Observation, ProtocolPlugin, Watch
from pytest_orchestra.suite.bound import Contract, Expect

STABLE_FOR = 1.0
"""Seconds that messages are watched on after an exact count is reached, unless said."""


LAST_LOOK = 1.0
"""Seconds that a query or call may take which began just before the deadline."""


@dataclass(slots=True, kw_only=True)
class Wait:
    """One assertion's wait.

    Attributes:
        spent: ids that earlier visits of the step passed on.
    """

    watch: Watch
    expectation: Expectation
    expect: Expect
    plugin: ProtocolPlugin
    call: Call
    spent: frozenset[str] = frozenset()
    _seen: list[Observation] = field(default_factory=list)
    _looks: int = 0
    _trouble: ConnectorError | None = None
    _held_at: float | None = None

    async def run(self) -> Outcome:
        """Look until it is decided."""
        clock = asyncio.get_running_loop().time
        began = clock()
        schedule = Schedule(within=self.expect.within, every=self.expect.every)
        while True:
            left = self._left(began, clock())
            judgement = await self._look(max(left, LAST_LOOK) if self.watch.standing else left)
            if self._trouble is not None and not self._trouble.retriable:
                return lost(self._trouble, self.plugin.lost, attempts=self._looks)
            now = clock()
            if judgement.verdict is Verdict.FAILED:
                return self._failed(judgement, in_time=True)
            if judgement.verdict is Verdict.NOT_YET:
                self._held_at = None
                pause = schedule.pause(now - began)
                if pause is None:
                    return self._decided_at_the_deadline(now - began)
            else:
                self._held_at = self._held_at or now
                pause = min(self.expect.every, self._held_at + self._stable_for() - now)
                if pause <= 0:
                    return self._passed(judgement, self._held_at - began)
            if self.watch.standing or self._trouble is not None:
                await asyncio.sleep(pause)

    def _left(self, began: float, now: float) -> float:
        """Seconds until the wait is decided, whichever way it goes."""
        if self._held_at is not None:
            return max(self._held_at + self._stable_for() - now, 0.0)
        return max(began + self.expect.within - now, 0.0)

    def _stable_for(self) -> float:
        if self.expect.stable_for is not None:
            return self.expect.stable_for
        count = self.expectation.count
        exact = count is not None and count.most is not None
        return STABLE_FOR if exact and not self.watch.standing else 0.0

    async def _look(self, within: float) -> Judgement:
        self._looks += 1
        try:
            async with asyncio.timeout(within + BELT):
                fresh = await self.watch.look(within)
            self._trouble = None
        except ConnectorError as error:
            fresh, self._trouble = (), error
        except TimeoutError:
            fresh = ()
            self._trouble = ConnectorError(
                f"{self.plugin.id} gave no answer within {within:g} s",
                code=f"{self.plugin.id}.timeout",
                retriable=True,
            )
        if self.watch.standing:
            self._seen = list(fresh)
        else:
            self._seen.extend(fresh)
        return self._judge(final=False)

    def _judge(self, *, final: bool) -> Judgement:
        return judge(
            self.expectation,
            self._seen,
            spent=self.spent,
            standing=self.watch.standing,
            final=final,
        )

    def _decided_at_the_deadline(self, elapsed: float) -> Outcome:
        if self._trouble is not None:
            return lost(self._trouble, self.plugin.lost, attempts=self._looks)
        judgement = self._judge(final=True)
        if judgement.verdict is Verdict.HELD:
            return self._passed(judgement, elapsed)
        return self._failed(judgement, in_time=False)

    def _passed(self, judgement: Judgement, after: float) -> Outcome:
        used = self._used(judgement)
        shown = used[0] if used else None
        violations: tuple[Violation, ...] = ()
        notes: tuple[str, ...] = ()
        validator = self.plugin.contract_validator
        if shown is not None and validator is not None and self.expect.contract is not Contract.OFF:
            breaches = reply_violations(validator.check_reply(self.call, shown))
            if self.expect.contract is Contract.ERROR:
                violations = breaches
            else:
                notes = tuple(f"contract: {breach.message}" for breach in breaches)
        return Outcome(
            violations=violations,
            roots=self._roots(judgement),
            delivered=True,
            evidence=shown.evidence if shown is not None else Outcome().evidence,
            attempts=self._looks,
            satisfied_after=after,
            spent=frozenset(seen.id for seen in used if seen.id),
            notes=notes,
        )

    def _used(self, judgement: Judgement) -> tuple[Observation, ...]:
        """A step without a count passes on one message, so that a later visit finds the next."""
        if self.expectation.count is None and not self.expectation.messages:
            return judgement.matched[:1]
        return judgement.matched

    def _roots(self, judgement: Judgement) -> dict[str, object]:
        """What the first match gives, and each of its names with an ``s``: all matches'."""
        if not judgement.matched:
            return {}
        roots = dict(judgement.matched[0].roots)
        every = {f"{name}s": [seen.roots[name] for seen in judgement.matched] for name in roots}
        return roots if self.watch.standing else every | roots

    def _failed(self, judgement: Judgement, *, in_time: bool) -> Outcome:
        unmet = Violation(
            type=self.plugin.unmet,
            code=f"{self.plugin.id}.unmet",
            message=judgement.reason,
            details={
                "looks": self._looks,
                "seen": len(self._seen),
                "mismatches": [str(mismatch) for mismatch in judgement.mismatches],
            },
        )
        timeout = Violation(
            type=ViolationType.TIMEOUT,
            code=f"{self.plugin.id}.timeout",
            message=f"not met within {self.expect.within:g} s",
        )
        closest = judgement.closest or (judgement.matched[-1] if judgement.matched else None)
        return Outcome(
            violations=(unmet,) if in_time else (timeout, unmet),
            evidence=closest.evidence if closest is not None else Outcome().evidence,
            attempts=self._looks,
            notes=describe(judgement, seen=self.watch.seen(), others=self.watch.passed_by()),
        )
