"""What an attempt at a step came to, before it becomes a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.errors import (
    ConfigurationError,
    ConnectorError,
    DefinitionError,
    EvaluationError,
    OrchestraError,
)
from pytest_orchestra.results import Evidence, JsonLike, Violation, ViolationType

NO_EVIDENCE = Evidence()

RUN_CUT = "run.cut"
"""The code of what a step has that ran when its run was ended from outside."""
_TRY = "try"

_CODES: tuple[tuple[type[OrchestraError], str], ...] = (
    (EvaluationError, "validation"),
    (ConfigurationError, "configuration"),
    (DefinitionError, "definition"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened at a step.

    Attributes:
        violations: empty: it passed.
        roots: what ``save`` and ``step.ALIAS`` see.
        saved: what ``save`` took of them, or a Python step returned.
        delivered: whether there is anything that later steps can use.
        spent: ids of the observations that an assertion passed on.
        attempts: calls or looks; ``retries``: how often it was tried again.
        satisfied_after: seconds.
        reproduce: a line that does the same by hand; no secrets.
        is_lost: its connection failed.
    """

    violations: tuple[Violation, ...] = ()
    roots: Mapping[str, JsonLike] = field(default_factory=dict)
    saved: Mapping[str, JsonLike] = field(default_factory=dict)
    delivered: bool = False
    evidence: Evidence = NO_EVIDENCE
    attempts: int = 1
    retries: int = 0
    satisfied_after: float | None = None
    spent: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    reproduce: str = ""
    is_lost: bool = False


NOT_RUN = Outcome(attempts=0)


def cut(error: BaseException) -> Outcome:
    """The outcome of a step that was running when its run was ended from outside."""
    violation = Violation(
        type=ViolationType.VALIDATION_ERROR,
        code=RUN_CUT,
        message=f"the run was cut off while this step ran ({type(error).__name__})",
    )
    return Outcome(violations=(violation,))


def retried(failed: Outcome, outcome: Outcome, *, after: float) -> Outcome:
    """What another try came to, with what the tries before it came to.

    Args:
        failed: the tries before.
        outcome: of this try.
        after: seconds from the step's start to this try's.
    """
    number = failed.retries + 1
    told = [note for note in failed.notes if note.startswith(_TRY)]
    reasons = "; ".join(f"{each.type.value}: {each.message}" for each in failed.violations)
    satisfied = outcome.satisfied_after
    return replace(
        outcome,
        attempts=failed.attempts + outcome.attempts,
        retries=number,
        satisfied_after=None if satisfied is None else after + satisfied,
        notes=(*outcome.notes, *told, f"{_TRY} {number} failed: {reasons}"),
    )


def out_of_time(within: float) -> Outcome:
    """The outcome of a ``finally`` step for which a run that was cut had no more time."""
    message = f"after a run was cut its finally steps may take {within:g} s together"
    kind = ViolationType.TIMEOUT
    return Outcome(violations=(Violation(type=kind, code="finally.timeout", message=message),))


def refused(error: OrchestraError) -> Outcome:
    """The outcome of a step that could not even be tried: our side is wrong."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "validation")
    violation = Violation(type=ViolationType.VALIDATION_ERROR, code=code, message=str(error))
    return Outcome(violations=(violation,), attempts=0)


def lost(
    error: ConnectorError,
    kind: ViolationType,
    *,
    attempts: int = 1,
    within: float | None = None,
) -> Outcome:
    """The outcome of a step whose connection failed.

    Args:
        error: what failed.
        kind: what a lost connection is on the step's channel.
        attempts: how often it was tried.
        within: the deadline that was missed by it; None: none was, unless the error is one of
            waiting too long (its code ends in ``.timeout``).
    """
    violation = Violation(type=kind, code=error.code, message=str(error))
    if within is not None:
        missed = timeout(error.code.partition(".")[0], within)
    elif error.code.endswith(".timeout"):
        missed = Violation(
            type=ViolationType.TIMEOUT, code=error.code, message="the deadline has passed"
        )
    else:
        return Outcome(violations=(violation,), attempts=attempts, is_lost=True)
    return Outcome(violations=(missed, violation), attempts=attempts, is_lost=True)


def unavailable(error: OrchestraError, kind: ViolationType) -> Outcome:
    """The outcome of a step whose connection could not be had, or not be used as it says."""
    return lost(error, kind) if isinstance(error, ConnectorError) else refused(error)


def timeout(channel: str, within: float) -> Violation:
    """A deadline that was missed."""
    return Violation(
        type=ViolationType.TIMEOUT,
        code=f"{channel}.timeout",
        message=f"not met within {within:g} s",
        details={"within_s": within},
    )


def late_by(violations: tuple[Violation, ...], seconds: float) -> tuple[Violation, ...]:
    """The violations; that of a missed deadline says how late it was met."""
    return tuple(
        replace(
            each,
            message=f"{each.message}, but {seconds:.1f} s later",
            details={**each.details, "late_s": round(seconds, 3)},
        )
        if each.type is ViolationType.TIMEOUT
        else each
        for each in violations
    )
