"""A post office as the system under test, behind two channels, and a clock that is put forward.

``mail`` answers calls and has a present state (as HTTP or a database), ``post`` brings letters
to boxes (as Kafka or a queue).
"""

from __future__ import annotations

import asyncio
import selectors
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from pytest_orchestra.checks.expectation import Expectation
from pytest_orchestra.data.data_sets import DataSet, Scope
from pytest_orchestra.data.environments import read_environments
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.environment import Environment
from pytest_orchestra.engine.rendering import render_expectation
from pytest_orchestra.engine.runner import new_context, run_scenario
from pytest_orchestra.engine.session import EngineSession
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.expressions.expressions import compile_expression
from pytest_orchestra.expressions.rules import compile_rules
from pytest_orchestra.expressions.templates import compile_template
from pytest_orchestra.flow.scenario import Criterion, Passage, Scenario
from pytest_orchestra.model import ElementId, SourceLocation
from pytest_orchestra.results import (
    Evidence,
    RunEvent,
    StepFinished,
    StepKind,
    TestRun,
    ViolationType,
)
from pytest_orchestra.spi import (
    Breach,
    Call,
    CallField,
    FieldUse,
    Observation,
    ProtocolPlugin,
)
from pytest_orchestra.suite.bound import (
    BoundScenario,
    BoundStep,
    BoundSuite,
    CallTemplate,
    Expect,
    Pattern,
    RunMode,
    Step,
)

T = TypeVar("T")


class _Skipping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]  # it is a class
    """Does not wait: it says how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events and timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        if not events and timeout:
            self.skipped += timeout
        return events


class ClockLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock is put forward instead of waited for; threads run inline."""

    def __init__(self) -> None:
        self._clock = _Skipping()
        super().__init__(self._clock)

    def time(self) -> float:
        return 1000.0 + self._clock.skipped

    def run_in_executor(  # type: ignore[override]  # inline
        self, executor: object, func: Callable[..., T], *args: object
    ) -> asyncio.Future[T]:
        del executor
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is handed on
            future.set_exception(error)
        return future


@pytest.fixture
def loop() -> Iterator[ClockLoop]:
    """A loop that must end with nothing pending."""
    loop = ClockLoop()
    yield loop
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.wait(pending))
    loop.close()
    assert not pending


Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def run(loop: ClockLoop) -> Callable[[Coroutine[Any, Any, T]], T]:
    """Run to the end."""
    return loop.run_until_complete


class OfficeConnection(BaseModel):
    """A connection to the office."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str
    user: str = "clerk"
    password: SecretStr | None = None


class SortedConnection(BaseModel):
    """A connection whose address is found by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    box_size: int = 10


def letter(number: int, at: float | None = None, **value: object) -> Observation:
    """A letter that was delivered."""
    return Observation(
        id=f"box@{number}",
        roots={"letter": {"number": number, "value": value}},
        value=value,
        headers={"stamp": "red"},
        at=at,
        evidence=Evidence(kafka_message={"number": number, "value": value}),
    )


def answer(status: int = 200, **body: object) -> Observation:
    """An answer that was given."""
    return Observation(
        roots={"answer": {"status": status, "body": body}},
        status=status,
        value=body,
        headers={"Stamp": "blue"},
        failure=f"status {status}" if status >= 400 else "",
        evidence=Evidence(request={"to": "office"}, actual_status_code=status, response_body=body),
    )


Handler = Callable[..., object]


@dataclass
class Office:
    """What the system does, and what was asked of it.

    ``on_*`` take the place of what the office does by itself; they may be coroutines.
    """

    asked: list[tuple[str, object]] = field(default_factory=list)
    answer: Observation = field(default_factory=answer)
    state: list[Observation] = field(default_factory=list)
    boxes: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    others: list[Observation] = field(default_factory=list)
    on_open: Handler | None = None
    on_act: Handler | None = None
    on_arm: Handler | None = None
    on_watch: Handler | None = None
    on_look: Handler | None = None
    on_close: Handler | None = None
    on_reproduce: Handler | None = None
    on_seen: Handler | None = None
    breaches: dict[str, Sequence[Breach]] = field(default_factory=dict)
    on_check: Handler | None = None
    _arrived: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    def deliver(self, box: str, *letters: Observation) -> None:
        """Put letters into a box and ring."""
        self.boxes[box].extend(letters)
        self._arrived[box].set()

    def later(self, seconds: float, box: str, *letters: Observation) -> None:
        """Do so after a while."""
        asyncio.get_running_loop().call_later(seconds, self.deliver, box, *letters)

    def number(self, verb: str) -> int:
        """How often something was asked."""
        return sum(asked == verb for asked, _ in self.asked)

    def calls(self, verb: str) -> list[Mapping[str, object]]:
        """The fields of the calls that were asked for."""
        return [
            what.fields for asked, what in self.asked if asked == verb and isinstance(what, Call)
        ]

    async def ring(self, box: str, within: float) -> None:
        """Wait for the next letter."""
        self._arrived[box].clear()
        waiting = asyncio.ensure_future(self._arrived[box].wait())
        await asyncio.wait([waiting], timeout=within)
        waiting.cancel()


async def _given(handler: Handler, *arguments: object) -> Any:  # noqa: ANN401 - as it says
    given = handler(*arguments)
    return await given if isinstance(given, Awaitable) else given


@dataclass
class OfficeClient:
    """A client of the office."""

    office: Office
    standing: bool
    position: int = 0

    async def act(self, call: Call) -> Observation:
        self.office.asked.append(("act", call))
        if self.office.on_act is not None:
            return await _given(self.office.on_act, call)  # type: ignore[no-any-return]
        return self.office.answer

    async def arm(self, call: Call) -> object:
        self.office.asked.append(("arm", call))
        if self.office.on_arm is not None:
            return await _given(self.office.on_arm, call)
        return len(self.office.boxes[str(call.fields["box"])])

    def watch(self, call: Call, position: object) -> OfficeWatch:
        self.office.asked.append(("watch", call))
        if self.office.on_watch is not None:
            self.office.on_watch(call, position)
        box = str(call.fields.get("box", ""))
        start = position if isinstance(position, int) else len(self.office.boxes[box])
        return OfficeWatch(self.office, self.standing, box, start)

    def reproduce(self, call: Call) -> str:
        if self.office.on_reproduce is not None:
            return str(self.office.on_reproduce(call))
        return f"mail --to {sorted(call.fields.items())}"

    async def close(self) -> None:
        self.office.asked.append(("close", None))
        if self.office.on_close is not None:
            await _given(self.office.on_close)


@dataclass
class OfficeWatch:
    """Looks into a box, or at the state."""

    office: Office
    standing: bool
    box: str
    next: int

    async def look(self, within: float) -> Sequence[Observation]:
        self.office.asked.append(("look", within))
        if self.office.on_look is not None:
            return await _given(self.office.on_look, within)  # type: ignore[no-any-return]
        if self.standing:
            return list(self.office.state)
        letters = self.office.boxes[self.box]
        if len(letters) == self.next:
            await self.office.ring(self.box, within)
        fresh, self.next = letters[self.next :], len(letters)
        return fresh

    def seen(self) -> str:
        if self.office.on_seen is not None:
            return str(self.office.on_seen())
        return f"{len(self.office.boxes[self.box])} letters" if self.box else "the state"

    def passed_by(self) -> Sequence[Observation]:
        return self.office.others


@dataclass
class OfficeExecutor:
    """Opens clients."""

    office: Office
    standing: bool

    async def open(self, name: str, connection: BaseModel) -> OfficeClient:
        self.office.asked.append(("open", name))
        if self.office.on_open is not None:
            await _given(self.office.on_open, name, connection)
        return OfficeClient(self.office, self.standing)


@dataclass
class OfficeContract:
    """Says what the office was told to say."""

    office: Office

    def check_request(self, call: Call) -> Sequence[Breach]:
        return self._checked("request", call)

    def check_reply(self, call: Call, observation: Observation) -> Sequence[Breach]:
        return self._checked("reply", call, observation)

    def _checked(self, what: str, *arguments: object) -> Sequence[Breach]:
        self.office.asked.append((f"check {what}", arguments))
        if self.office.on_check is not None:
            self.office.on_check(what, *arguments)
        return self.office.breaches.get(what, ())


@dataclass
class OfficeProtocol:
    """A channel of the office."""

    id: str
    office: Office
    standing: bool
    call_fields: Sequence[CallField]
    roots: Mapping[str, str]
    lost: ViolationType
    unmet: ViolationType
    connection_model: type[BaseModel] = OfficeConnection
    embedded: str | None = None
    spec_parser: None = None
    endpoint_matcher: None = None

    def __post_init__(self) -> None:
        self.step_executor = OfficeExecutor(self.office, self.standing)
        self.contract_validator = OfficeContract(self.office)

    @property
    def channel(self) -> str:
        return self.id.upper()


@pytest.fixture
def office() -> Office:
    """The system under test."""
    return Office()


@pytest.fixture
def protocols(office: Office) -> Mapping[str, ProtocolPlugin]:
    """Its two channels, and one whose server is embedded."""
    mail = OfficeProtocol(
        id="mail",
        office=office,
        standing=True,
        call_fields=(CallField(name="to"), CallField(name="text")),
        roots={"answer": "the answer"},
        lost=ViolationType.HTTP_ERROR,
        unmet=ViolationType.BUSINESS_RULE_VIOLATION,
        embedded="office",
    )
    post = OfficeProtocol(
        id="post",
        office=office,
        standing=False,
        call_fields=(CallField(name="box", use=FieldUse.ADDRESS), CallField(name="key")),
        roots={"letter": "the letter", "letters": "all of them"},
        lost=ViolationType.KAFKA_MESSAGE_NOT_FOUND,
        unmet=ViolationType.KAFKA_MESSAGE_NOT_FOUND,
    )
    sorter = replace(post, id="sorter", connection_model=SortedConnection, embedded="sorter")
    return {each.id: each for each in (mail, post, sorter)}


@dataclass
class Servers:
    """Starts nothing and says so."""

    started: list[str] = field(default_factory=list)
    broken: str = ""

    def embedded(self, service: str, name: str) -> Mapping[str, str]:
        if self.broken:
            raise ConfigurationError(self.broken)
        self.started.append(f"{service} {name}")
        return {"url": f"mail://127.0.0.1/{name}"} if service == "office" else {}

    def process(self, name: str, command: Sequence[str], **options: object) -> Servers:
        self.started.append(f"{name}: {' '.join(command)} {sorted(options)}")
        return self


@pytest.fixture
def servers() -> Servers:
    """What starts servers."""
    return Servers()


MakeEnvironment = Callable[..., Environment]

LOCAL = """
local:
  mail: {main: {url: mail://office}}
  post: {main: {url: post://office}}
"""


@pytest.fixture
def make_environment(
    tmp_path: Path, protocols: Mapping[str, ProtocolPlugin], servers: Servers
) -> MakeEnvironment:
    """Make the first environment of a file; keyword arguments are variables."""

    def make(
        text: str = LOCAL, /, files: Mapping[str, str] | None = None, **variables: str
    ) -> Environment:
        path = tmp_path / "orchestra.environments.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        channels = {
            name: frozenset(each.connection_model.model_fields) for name, each in protocols.items()
        }
        definitions = read_environments(path, channels=channels)
        return Environment(
            next(iter(definitions.values())),
            protocols=protocols,
            look_up_variable=variables.get,
            read_file=(files or {}).get,
            starter=servers,
        )

    return make


def expecting(
    *rules: str,
    fail_when: str | None = None,
    count: object = None,
    messages: Sequence[Mapping[str, object]] = (),
    headers: object = None,
    **fields: Any,  # noqa: ANN401 - a value's own fields
) -> Expect:
    """What a step expects: rules as text, templates as values."""
    value = {"value": compile_template(fields.pop("value"))} if "value" in fields else {}
    exact = fields.pop("exact", False)
    return Expect(
        pattern=Pattern(
            **value,
            exact=exact,
            headers=None if headers is None else compile_template(headers),
            rules=compile_rules(list(rules)),
        ),
        count=None if count is None else compile_template(count),
        messages=tuple(Pattern(value=compile_template(each)) for each in messages),
        fail_when=() if fail_when is None else compile_rules(fail_when),
        **fields,
    )


def expectation(expect: Expect) -> Expectation:
    """The same, rendered without any names."""
    return render_expectation(expect, {})


USES = {"box": FieldUse.ADDRESS}


def make_step(
    name: str = "The customer writes",
    *,
    kind: StepKind = StepKind.ACTION,
    channel: str = "mail",
    alias: str | None = None,
    expect: Expect | None = None,
    save: Mapping[str, str] | None = None,
    connection: str = "main",
    credential: str | None = None,
    call: Mapping[str, object] | None = None,
    **fields: Any,  # noqa: ANN401 - a value's own fields
) -> Step:
    """A step of the suite file; ``call`` are its fields."""
    compiled = {key: compile_template(value) for key, value in (call or {}).items()}
    template = CallTemplate(
        channel=channel,
        connection=connection,
        fields=compiled,
        uses={key: USES.get(key, FieldUse.VALUE) for key in compiled},
        credential=credential,
    )
    return Step(
        id=alias or name,
        name=name,
        kind=kind,
        location=SourceLocation(file="shop.suite.yaml", line=7, column=3),
        alias=alias,
        call=None if "python" in fields else template,
        expect=expect or expecting(within=5.0),
        save={key: compile_expression(text) for key, text in (save or {}).items()},
        **fields,
    )


def at(step: Step, visit: int = 1, place: str = "Write") -> BoundStep:
    """The step at a visit of an element."""
    return BoundStep(
        step=step,
        element=ElementId("Task_1"),
        place=place,
        passage=Passage.ENTERED,
        visit=visit,
        moment=visit,
    )


@dataclass
class World:
    """Runs scenarios against the office."""

    loop: ClockLoop
    office: Office
    environment: Environment
    protocols: Mapping[str, ProtocolPlugin]
    file: Path
    events: list[RunEvent] = field(default_factory=list)
    contexts: list[RunContext] = field(default_factory=list)
    bound: BoundScenario | None = None

    def __post_init__(self) -> None:
        self.session = EngineSession(
            id="session-1",
            worker="gw0",
            protocols=self.protocols,
            environment=self.environment,
            emit=self.events.append,
            triggered_by="tester",
        )

    def run(
        self,
        *steps: Step | BoundStep,
        mode: RunMode = RunMode.STOP_ON_FIRST_FAILURE,
        data: Mapping[str, object] | None = None,
        fixtures: Mapping[str, object] | None = None,
        cleanup: Sequence[Step] = (),
        after: Sequence[tuple[int, ...]] = (),
    ) -> TestRun:
        """Run a scenario of these steps to its end, as pytest would."""
        return self.loop.run_until_complete(
            self.running(
                *steps, mode=mode, data=data, fixtures=fixtures, cleanup=cleanup, after=after
            )
        )

    def running(
        self,
        *steps: Step | BoundStep,
        mode: RunMode = RunMode.STOP_ON_FIRST_FAILURE,
        data: Mapping[str, object] | None = None,
        fixtures: Mapping[str, object] | None = None,
        cleanup: Sequence[Step] = (),
        after: Sequence[tuple[int, ...]] = (),
    ) -> Coroutine[Any, Any, TestRun]:
        """The same, not awaited yet."""
        bound = BoundScenario(
            item="amount-high[vip]",
            name="Amount: high",
            scenario=Scenario(
                key="amount-high", name="Amount: high", process_id=ElementId("order"), moments=()
            ),
            steps=tuple(each if isinstance(each, BoundStep) else at(each) for each in steps),
            cleanup=tuple(replace(at(each), is_finally=True) for each in cleanup),
            data=None if data is None else _data_set(data),
            bound=(2, 3),
            after=tuple(after),
        )
        suite = BoundSuite(
            file=self.file,
            name="Orders",
            process_file=self.file.with_name("order.bpmn"),
            process_id=ElementId("order"),
            criterion=Criterion.BRANCHES,
            spec_versions={"office": "1.2"},
        )
        self.bound = bound
        context = new_context(self.session, suite, bound)
        self.contexts.append(context)
        return run_scenario(
            self.session, suite, bound, context=context, mode=mode, fixtures=fixtures
        )

    def close(self) -> None:
        """End the session."""
        self.loop.run_until_complete(self.session.close())

    def told(self) -> list[str]:
        """The events in short."""
        return [
            f"{each.event} {each.step.name}" if isinstance(each, StepFinished) else each.event
            for each in self.events
        ]


def _data_set(values: Mapping[str, object]) -> DataSet:
    return DataSet(
        name="vip",
        values=values,
        scope=Scope.SUITE,
        file="data.yaml",
        location=SourceLocation(file="data.yaml"),
    )


@pytest.fixture
def world(
    loop: ClockLoop,
    office: Office,
    protocols: Mapping[str, ProtocolPlugin],
    make_environment: MakeEnvironment,
    tmp_path: Path,
) -> Iterator[World]:
    """A session on the post office."""
    world = World(loop, office, make_environment(), protocols, tmp_path / "shop.suite.yaml")
    yield world
    world.close()


class Kit:
    """What tests make, in one fixture, as test folders are no packages."""

    letter = staticmethod(letter)
    answer = staticmethod(answer)
    expecting = staticmethod(expecting)
    expectation = staticmethod(expectation)
    at = staticmethod(at)

    @staticmethod
    def action(name: str = "The customer writes", **options: Any) -> Step:  # noqa: ANN401 - a step's own fields
        """A step that sends mail."""
        return make_step(name, **options)

    @staticmethod
    def state(name: str = "The state is right", **options: Any) -> Step:  # noqa: ANN401 - a step's own fields
        """An assertion on the present state."""
        return make_step(name, **{"kind": StepKind.ASSERTION, **options})

    @staticmethod
    def arrival(name: str = "A letter comes", box: object = "box", **options: Any) -> Step:  # noqa: ANN401 - a step's own fields
        """An assertion on letters in a box."""
        call = {"box": box, **options.pop("call", {})}
        options = {"kind": StepKind.ASSERTION, "channel": "post", **options}
        return make_step(name, call=call, **options)


@pytest.fixture
def kit() -> Kit:
    """Steps, expectations, letters and answers."""
    return Kit()
