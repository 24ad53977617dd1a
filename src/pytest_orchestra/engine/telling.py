"""An outcome becomes a step's result, without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pytest_orchestra.engine.outcome import NO_EVIDENCE, Outcome
from pytest_orchestra.engine.secrets import MASKED, Mask
from pytest_orchestra.results import Evidence, StepResult, StepStatus, Violation
from pytest_orchestra.suite.bound import BoundStep


def step_result(
    bound: BoundStep,
    outcome: Outcome,
    *,
    channel: str,
    mask: Mask,
    duration: float = 0.0,
    skipped: str = "",
) -> StepResult:
    """The result of a step.

    Args:
        bound: the step.
        outcome: what it came to; its ``reproduce`` is free of secrets.
        channel: as results spell it.
        mask: knows the secrets.
        duration: seconds.
        skipped: why it did not run; empty: it ran.
    """
    step = bound.step
    found: set[str] = set()
    evidence = _evidence(outcome.evidence, mask, found)
    saved = {
        name: MASKED if mask.is_secret_key(name) else mask.value(held, found)
        for name, held in outcome.saved.items()
    }
    hide = _Texts(mask, sorted(found, key=len, reverse=True))
    after = outcome.satisfied_after
    failed = StepStatus.FAILED if outcome.violations else StepStatus.PASSED
    return StepResult(
        step_id=step.id,
        name=step.name,
        kind=step.kind,
        channel=channel,
        element=bound.element,
        place=bound.place,
        visit=bound.visit,
        status=StepStatus.SKIPPED if skipped else failed,
        definition=str(step.location),
        attempts=outcome.attempts,
        within=None if skipped else step.expect.within,
        duration_ms=duration * 1000,
        satisfied_after_ms=after * 1000 if after is not None else None,
        evidence=evidence,
        violations=tuple(map(hide.violation, outcome.violations)),
        saved=saved if not found else {name: hide.value(held) for name, held in saved.items()},
        skip_reason=skipped,
        notes=tuple(map(hide.text, outcome.notes)),
        reproduce=hide.known(outcome.reproduce),
    )


def _evidence(evidence: Evidence, mask: Mask, found: set[str]) -> Evidence:
    if evidence is NO_EVIDENCE:
        return evidence
    headers = evidence.response_headers
    return Evidence(
        request=mask.value(evidence.request, found),
        actual_status_code=evidence.actual_status_code,
        response_headers=mask.value(headers, found) if headers else headers,  # type: ignore[arg-type]  # a masked mapping is a mapping
        response_body=mask.value(evidence.response_body, found),
        db_result=mask.value(evidence.db_result, found),
        kafka_message=mask.value(evidence.kafka_message, found),
        queue_message=mask.value(evidence.queue_message, found),
    )


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
