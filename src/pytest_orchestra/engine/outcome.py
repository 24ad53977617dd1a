"""What one attempt at a step came to, before it becomes a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_orchestra.errors import ConfigurationError, ConnectorError, OrchestraError
from pytest_orchestra.results import Evidence, JsonLike, Violation, ViolationType


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened at a step.

    Attributes:
        violations: empty: it passed.
        roots: what ``save`` and ``step.ALIAS`` see.
        delivered: whether there is anything that later steps can use.
        spent: ids of the observations that an assertion passed on.
        satisfied_after: seconds.
    """

    violations: tuple[Violation, ...] = ()
    roots: Mapping[str, JsonLike] = field(default_factory=dict)
    delivered: bool = False
    evidence: Evidence = Evidence()
    attempts: int = 1
    satisfied_after: float | None = None
    spent: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def refused(error: OrchestraError) -> Outcome:
    """The outcome of a step that could not even be tried: our side is wrong."""
    code = "configuration" if isinstance(error, ConfigurationError) else "validation"
    violation = Violation(type=ViolationType.VALIDATION_ERROR, code=code, message=str(error))
    return Outcome(violations=(violation,), attempts=0)


def lost(error: ConnectorError, kind: ViolationType, *, attempts: int = 1) -> Outcome:
    """The outcome of a step whose connection failed; a missed deadline is a TIMEOUT as well."""
    violation = Violation(type=kind, code=error.code, message=str(error))
    if not error.code.endswith(".timeout"):
        return Outcome(violations=(violation,), attempts=attempts)
    timeout = Violation(type=ViolationType.TIMEOUT, code=error.code, message=error.message)
    return Outcome(violations=(timeout, violation), attempts=attempts)
