"""Which steps of a scenario SINGLE_STEP and FROM_STEP run, and what they take over of a run."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from pytest_orchestra.engine.arming import Address
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.saving import SavedContext, StepRecord, fingerprint, gaps
from pytest_orchestra.engine.secret_texts import MASKED
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.flow.lock import signature
from pytest_orchestra.results import JsonLike
from pytest_orchestra.suite.bound import BoundScenario, BoundStep, RunMode, Step
from pytest_orchestra.suite.names import references_of

_AGAIN = "Run the scenario as a whole again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """A run that goes on where another stood.

    Attributes:
        saved: the other run.
        runs: indices of the steps that run.
        start: index of the step that was asked for. Those before it run only where they are
            ``always``, or where they stand on a branch that the other run did not go to its end.
        records: what is known of each step of the way.
        cleans_up: whether the ``finally`` steps run, too.
    """

    saved: SavedContext
    runs: frozenset[int]
    start: int
    records: Mapping[int, StepRecord]
    cleans_up: bool

    @property
    def positions(self) -> Mapping[Address, JsonLike]:
        """Where assertions look from."""
        return self.saved.positions

    def fill(self, context: RunContext, steps: tuple[BoundStep, ...]) -> None:
        """Let a run know what the steps before it delivered."""
        for index, bound in enumerate(steps[: self.start]):
            step = bound.step
            if step.alias is None or index in self.runs:
                continue
            record = self.records[index]
            if record.values is None:
                context.withhold(step.alias, step.name)
            else:
                failed = step.name if record.failed else ""
                context.deliver(step.alias, record.values, failed=failed)

    @property
    def spent(self) -> dict[str, frozenset[str]]:
        """By step id, what its visits before the start passed on."""
        before = (record for index, record in self.records.items() if index < self.start)
        return {record.step_id: frozenset(record.spent) for record in before}


def take_over(
    saved: SavedContext, bound: BoundScenario, asked: tuple[int, ...], mode: RunMode
) -> Takeover:
    """Go on where a run stood.

    Args:
        saved: the run.
        bound: its scenario, as it is now.
        asked: indices of the steps that were asked for.
        mode: SINGLE_STEP or FROM_STEP.

    Raises:
        ConfigurationError: what was saved does not fit what is there now, or lacks a value.
    """
    start = asked[0]
    _check_way(saved, bound, start)
    after = range(start, len(bound.steps)) if mode is RunMode.FROM_STEP else asked
    always = {index for index, each in enumerate(bound.steps[:start]) if each.step.always}
    beside = _not_run_beside(saved, bound, start) if mode is RunMode.FROM_STEP else ()
    takeover = Takeover(
        saved=saved,
        runs=frozenset({*always, *beside, *after}),
        start=start,
        records=dict(enumerate(saved.steps[: len(bound.steps)])),
        cleans_up=mode is RunMode.FROM_STEP,
    )
    _check_values(takeover, bound)
    return takeover


def _not_run_beside(saved: SavedContext, bound: BoundScenario, start: int) -> Iterator[int]:
    """Steps of other branches that stand before the start, and that the run did not come to."""
    if not bound.after:
        return
    before, todo = set[int](), [start]
    for index in todo:
        todo.extend(each for each in bound.after[index] if each not in before)
        before.update(bound.after[index])
    for index, record in enumerate(saved.steps[:start]):
        if index not in before and record.values is None and not record.failed:
            yield index


def _check_way(saved: SavedContext, bound: BoundScenario, start: int) -> None:
    if saved.signature != signature(bound.scenario):
        raise _refusal(saved, f"the way of scenario '{saved.scenario}' is another one now")
    data = bound.data.values if bound.data else {}
    for index, each in enumerate(bound.steps[:start]):
        step = each.step
        record = saved.steps[index] if index < len(saved.steps) else None
        same = record is not None and (record.element, record.visit) == (each.element, each.visit)
        if record is None or not same or record.step_id != step.id:
            raise _refusal(saved, f"step '{step.name}' ({step.location}) was not there")
        if not step.always and record.fingerprint != fingerprint(each, data):
            why = f"step '{step.name}' ({step.location}), or the data it reads, has changed"
            raise _refusal(saved, why)


def _check_values(takeover: Takeover, bound: BoundScenario) -> None:
    """See that no step that runs reads what could not be kept."""
    latest: dict[str | None, tuple[int, BoundStep]] = {
        each.step.alias: (index, each)
        for index, each in enumerate(bound.steps[: takeover.start])
        if each.step.alias is not None
    }
    fresh: set[str | None] = set()
    for index in sorted(takeover.runs):
        step = bound.steps[index].step
        for reference, source, gap in _lacking(takeover, step, latest, fresh):
            raise _lacks(takeover.saved, reference, source, gap, step.name)
        fresh.add(step.alias)
    for each in bound.cleanup if takeover.cleans_up else ():
        for reference, source, gap in _lacking(takeover, each.step, latest, fresh):
            if gap:  # what was never delivered lets a finally step be skipped, as in any run
                raise _lacks(takeover.saved, reference, source, gap, each.step.name)


def _lacking(
    takeover: Takeover,
    step: Step,
    latest: Mapping[str | None, tuple[int, BoundStep]],
    fresh: Container[str | None],
) -> Iterator[tuple[Reference, BoundStep, str]]:
    """What the step reads of steps that do not run again, and is not there: with why."""
    for reference in references_of(step):
        alias = reference.path[0] if reference.root == "step" and reference.path else None
        if alias in latest and alias not in fresh:
            number, source = latest[alias]
            for gap in _gaps(takeover.records[number], reference):
                yield reference, source, gap


def _gaps(record: StepRecord, reference: Reference) -> Iterator[str]:
    if record.values is None:
        if not reference.optional:
            yield ""
        return
    value: object = record.values
    for key in reference.path[1:]:
        if key == "all" and value is record.values:
            break
        if not isinstance(value, Mapping) or key not in value:
            if record.failed and not reference.optional:
                yield ""
            return
        value = value[key]
    yield from gaps(value, MASKED)


def _lacks(
    saved: SavedContext, reference: Reference, source: BoundStep, gap: str, reader: str
) -> ConfigurationError:
    step = source.step
    if not gap:
        why = f"step '{step.name}' did not deliver '{reference}', which '{reader}' needs"
        return _refusal(saved, why)
    what = (
        "a secret, and those are not kept" if gap == "secret" else f"a {gap}, which no file holds"
    )
    return ConfigurationError(
        f"{saved.source} cannot be taken over: '{reference}', which '{reader}' needs, is {what}",
        hint=f"Write 'always: true' in the step '{step.name}' ({step.location}), so that it runs"
        " again.",
    )


def _refusal(saved: SavedContext, why: str) -> ConfigurationError:
    return ConfigurationError(f"{saved.source} cannot be taken over: {why}", hint=_AGAIN)
