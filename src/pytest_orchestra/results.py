"""What a run leaves behind: results, violations and the events that tell of them as they happen.

Fields and statuses are those of the domain model in snake_case; values are JSON-like and masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

LOG = "events.jsonl"
"""The name of the log of events in a session's folder."""
JsonLike = object
"""None, bool, int, float, Decimal, str, list or dict of such; dates and UUIDs as text."""


class StepKind(Enum):
    """What a step is: something the test does, or something it expects of the system."""

    ACTION = "ACTION"
    ASSERTION = "ASSERTION"


class RunStatus(Enum):
    """Of a run: one scenario executed once with one data set."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    PASSED = "PASSED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class StepStatus(Enum):
    """Of a step in a run."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    FLAKY = "FLAKY"


class ViolationType(Enum):
    """Why a step failed."""

    VALIDATION_ERROR = "VALIDATION_ERROR"
    HTTP_ERROR = "HTTP_ERROR"
    CONTRACT_VIOLATION = "CONTRACT_VIOLATION"
    BUSINESS_RULE_VIOLATION = "BUSINESS_RULE_VIOLATION"
    TIMEOUT = "TIMEOUT"
    DB_ASSERTION_FAILED = "DB_ASSERTION_FAILED"
    KAFKA_MESSAGE_NOT_FOUND = "KAFKA_MESSAGE_NOT_FOUND"
    QUEUE_MESSAGE_NOT_FOUND = "QUEUE_MESSAGE_NOT_FOUND"


RAISED = "python.error"
"""The code of what a Python step raised, other than an AssertionError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One reason why a step failed.

    Attributes:
        code: stable and machine-readable, ``http.status``.
        message: one line for people.
        details: JSON-like; ``expected`` and ``actual`` where both are known.
    """

    type: ViolationType
    code: str
    message: str
    details: Mapping[str, JsonLike] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a step saw, in the domain model's fields; only its channel's are set.

    Attributes:
        request: what was sent or asked, JSON-like (``{"method": "POST", "url": ...}``).
    """

    request: JsonLike = None
    actual_status_code: int | None = None
    response_headers: Mapping[str, str] | None = None
    response_body: JsonLike = None
    db_result: JsonLike = None
    kafka_message: JsonLike = None
    queue_message: JsonLike = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What became of one step at one visit.

    Attributes:
        step_id: stable within the suite: the alias, else ``step-N`` by its place in the file.
        place: the element's name, else its id; ``element`` its id; ``visit`` from 1.
        channel: as results spell it: HTTP_REST, KAFKA, DB, QUEUE, ...
        is_finally: whether it is of ``finally``; then ``element`` is the process.
        definition: ``file:line`` of the step.
        within: the deadline in seconds; None for a step that never began.
        attempts: how often it called or looked, in all tries.
        retries: how often it was tried again.
        satisfied_after_ms: when an assertion first held, from the step's start.
        saved: values that ``save`` took, by name.
        notes: what people read after the violations, one line each: what was seen, the closest
            candidate and its differences.
        reproduce: a curl, SQL or kcat line.
        sleeps: whether it is a Python step whose function calls a sleep.
        number: its place among the steps of the run, from 1, ``finally`` included; branches that
            run at once do not end in this order. 0: not told.
    """

    step_id: str
    name: str
    kind: StepKind
    channel: str
    element: str
    place: str
    visit: int
    status: StepStatus
    is_finally: bool = False
    definition: str = ""
    attempts: int = 0
    retries: int = 0
    within: float | None = None
    duration_ms: float = 0.0
    satisfied_after_ms: float | None = None
    evidence: Evidence = Evidence()
    violations: tuple[Violation, ...] = ()
    saved: Mapping[str, JsonLike] = field(default_factory=dict)
    skip_reason: str = ""
    notes: tuple[str, ...] = ()
    reproduce: str = ""
    sleeps: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """One scenario executed once with one data set.

    Attributes:
        id: ``{{run.id}}``, a UUID.
        item: the pytest item's name, ``amount-high`` or ``amount-high[vip]``.
        data_reason: why it was this data set.
        fingerprint: hex digits of its way and of how its steps are written.
        taken_over: of SINGLE_STEP and FROM_STEP: the run whose values and positions it took over.
        overruled: why pytest failed its item although the run had passed.
        started_at: ISO 8601 with offset; ``finished_at`` too.
        spec_versions: by service name, from the descriptions' own version fields.
    """

    __test__ = False

    id: str
    suite: str
    suite_file: str
    process_id: str
    scenario: str
    item: str
    status: RunStatus
    mode: str
    environment: str
    tenant: str = "default"
    triggered_by: str = ""
    data_set: str | None = None
    data_file: str | None = None
    data_reason: str = ""
    started_at: str = ""
    finished_at: str = ""
    spec_versions: Mapping[str, str] = field(default_factory=dict)
    bound: str = ""
    fingerprint: str = ""
    taken_over: str = ""
    overruled: str = ""
    steps: tuple[StepResult, ...] = ()

    @property
    def failed_steps(self) -> tuple[StepResult, ...]:
        """The steps that failed, in the order they ran."""
        return tuple(step for step in self.steps if step.status is StepStatus.FAILED)

    @property
    def flaky_steps(self) -> tuple[StepResult, ...]:
        """The steps that passed, but not at the first try."""
        return tuple(step for step in self.steps if step.status is StepStatus.FLAKY)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run begins; ``run`` is IN_PROGRESS and has no steps yet."""

    run: TestRun
    at: str
    event: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step of a run begins; ``number`` is that of its result."""

    run_id: str
    step_id: str
    name: str
    element: str
    visit: int
    kind: StepKind
    channel: str
    at: str
    is_finally: bool = False
    number: int = 0
    event: Literal["step_started"] = "step_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step ended, or was skipped; its violations are in ``step``."""

    run_id: str
    step: StepResult
    at: str
    event: Literal["step_finished"] = "step_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """A run ended. ``run`` is final; its steps were told of before and are left out here."""

    run: TestRun
    at: str
    event: Literal["run_finished"] = "run_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOverruled:
    """pytest failed the item of a run that passed: a fixture failed at its setup or teardown.

    Attributes:
        why: the phase and what was raised, in one line.
    """

    run_id: str
    why: str
    at: str
    event: Literal["run_overruled"] = "run_overruled"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """A pytest invocation (under xdist: a worker's part of it) begins to run scenarios.

    Attributes:
        resumes: the id of the session that it goes on with.
    """

    session_id: str
    worker: str
    environment: str
    mode: str
    at: str
    resumes: str = ""
    event: Literal["session_started"] = "session_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFinished:
    """It ended by itself; a log without this line was cut."""

    session_id: str
    worker: str
    at: str
    event: Literal["session_finished"] = "session_finished"


RunEvent = (
    SessionStarted
    | RunStarted
    | StepStarted
    | StepFinished
    | RunFinished
    | RunOverruled
    | SessionFinished
)
