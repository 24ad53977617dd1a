"""An outcome becomes a step's result, without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from pytest_orchestra.engine.outcome import Outcome
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.results import Evidence, JsonLike, StepResult, StepStatus, Violation
from pytest_orchestra.suite.bound import BoundStep

_NAMES = (
    "request",
    "response_headers",
    "response_body",
    "db_result",
    "kafka_message",
    "queue_message",
)
DEEPEST = 100
"""Levels of a value that a Python step returned."""

_FIELDS = attrgetter(*_NAMES)


def step_result(
    bound: BoundStep,
    outcome: Outcome,
    *,
    channel: str,
    mask: Mask,
    hidden: set[str],
    duration: float = 0.0,
    skipped: str = "",
    number: int = 0,
) -> StepResult:
    """The result of a step.

    Args:
        bound: the step.
        outcome: what it came to; its ``reproduce`` is free of secrets.
        channel: as results spell it.
        mask: knows the secrets.
        hidden: texts of the run that stood under secret keys; grows.
        duration: seconds.
        skipped: why it did not run; empty: it ran.
        number: its place in the run.
    """
    step = bound.step
    saved = outcome.saved
    if step.python is not None:  # which may return anything
        saved = {name: _json_like(held, DEEPEST) for name, held in saved.items()}
    seen = (*_FIELDS(outcome.evidence), saved)
    masked = mask.value(seen, hidden)
    hide = _Texts(mask, sorted(hidden, key=len, reverse=True))
    if hidden:  # also under other keys, and in later steps
        masked = hide.value(masked)
    evidence = outcome.evidence
    if masked is not seen:
        evidence, saved = _kept(evidence, masked)
    after = outcome.satisfied_after
    return StepResult(
        step_id=step.id,
        name=step.name,
        kind=step.kind,
        channel=channel,
        element=bound.element,
        place=bound.place,
        visit=bound.visit,
        status=_status(outcome, skipped),
        is_finally=bound.is_finally,
        definition=str(step.location),
        attempts=outcome.attempts,
        retries=outcome.retries,
        within=None if skipped else step.expect.within,
        duration_ms=duration * 1000,
        satisfied_after_ms=after * 1000 if after is not None else None,
        evidence=evidence,
        violations=tuple(map(hide.violation, outcome.violations)),
        saved=saved,
        skip_reason=hide.text(skipped),
        notes=tuple(map(hide.text, outcome.notes)),
        reproduce=hide.known(outcome.reproduce),
        sleeps=step.python is not None and step.python.sleeps,
        number=number,
    )


def _status(outcome: Outcome, skipped: str) -> StepStatus:
    if skipped:
        return StepStatus.SKIPPED
    if outcome.violations:
        return StepStatus.FAILED
    return StepStatus.FLAKY if outcome.retries else StepStatus.PASSED


def masked(value: object, *, mask: Mask, hidden: set[str]) -> object:
    """A JSON-like value less the secrets, and less what stood under secret keys in its run."""
    known = mask.value(value, hidden)
    if not hidden:
        return known
    return _Texts(mask, sorted(hidden, key=len, reverse=True)).value(known)


def _kept(seen: Evidence, masked: Any) -> tuple[Evidence, Mapping[str, JsonLike]]:  # noqa: ANN401 - JSON-like values
    """What was seen and saved, of masked values."""
    *parts, saved = masked
    status = seen.actual_status_code
    return Evidence(actual_status_code=status, **dict(zip(_NAMES, parts, strict=True))), saved


def _json_like(value: object, levels: int) -> JsonLike:
    """A value of a user's function; what JSON has no word for as text."""
    if value is None or isinstance(value, bool | int | float | Decimal | str):
        return value
    if isinstance(value, Mapping | list | tuple) and not levels:
        return "nested too deep to be told"
    if isinstance(value, Mapping):
        return {str(key): _json_like(held, levels - 1) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_json_like(each, levels - 1) for each in value]
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a user's class may raise anything
        return type(value).__name__


class _Texts:
    """Hides in texts what the mask knows, and what stood under secret keys beside them."""

    def __init__(self, mask: Mask, found: Iterable[str]) -> None:
        self._mask = mask
        self._found = tuple(found)

    def text(self, text: str) -> str:
        return self.known(self._mask.text(text))

    def known(self, text: str) -> str:
        return self._mask.without(text, self._found)

    def violation(self, violation: Violation) -> Violation:
        return Violation(
            type=violation.type,
            code=violation.code,
            message=self.text(violation.message),
            details={
                key: self.value(self._mask.value(held)) for key, held in violation.details.items()
            },
        )

    def value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self.value(held) for key, held in value.items()}
        return value
