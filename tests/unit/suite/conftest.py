"""Processes and ways made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pytest_orchestra.data.environments import EnvironmentDefinition, read_environments
from pytest_orchestra.errors import BindingError, DefinitionError, EvaluationError
from pytest_orchestra.flow.scenario import Moment, Passage, Scenario
from pytest_orchestra.model import (
    ElementId,
    FlowNode,
    NodeKind,
    Problem,
    Process,
    ProcessModel,
    SequenceFlow,
    Severity,
    SourceLocation,
)
from pytest_orchestra.results import StepKind, ViolationType
from pytest_orchestra.spi import (
    CallField,
    Endpoint,
    FieldUse,
    ProtocolPlugin,
    Spec,
    StepExecutor,
)
from pytest_orchestra.suite.binding import bind_suite
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.reading import SuiteFile, read_suite

ORDER = ElementId("order")

MakeScenario = Callable[..., Scenario]


def _node(node_id: str, kind: NodeKind, name: str = "") -> FlowNode:
    return FlowNode(id=ElementId(node_id), kind=kind, scope=ORDER, name=name)


def _flow(flow_id: str, source: str, target: str, name: str = "") -> SequenceFlow:
    return SequenceFlow(
        id=ElementId(flow_id), source=ElementId(source), target=ElementId(target), name=name
    )


@pytest.fixture
def order() -> Process:
    """Place order; Amount? low or high (Review, which may send it back); Ship | Charge; end."""
    return Process(
        id=ORDER,
        name="Order handling",
        nodes=(
            _node("start", NodeKind.START_EVENT, "Ordered"),
            _node("place", NodeKind.USER_TASK, "Place order"),
            _node("amount", NodeKind.EXCLUSIVE_GATEWAY, "Amount?"),
            _node("review", NodeKind.USER_TASK, "Review"),
            _node("fine", NodeKind.EXCLUSIVE_GATEWAY, "Fine?"),
            _node("fork", NodeKind.PARALLEL_GATEWAY),
            _node("ship", NodeKind.CALL_ACTIVITY, "Ship 1/2 parcels"),
            _node("charge", NodeKind.SUB_PROCESS, "Charge"),
            _node("charge2", NodeKind.SERVICE_TASK, "Charge"),
            _node("join", NodeKind.PARALLEL_GATEWAY),
            _node("end", NodeKind.END_EVENT, "Done"),
        ),
        flows=(
            _flow("f1", "start", "place"),
            _flow("f2", "place", "amount"),
            _flow("low", "amount", "fork"),
            _flow("f_high", "amount", "review", "high"),
            _flow("f5", "review", "fine"),
            _flow("f_no", "fine", "review", "no"),
            _flow("f_yes", "fine", "fork", "yes"),
            _flow("f8", "fork", "ship"),
            _flow("f9", "fork", "charge"),
            _flow("f10", "ship", "join"),
            _flow("f11", "charge", "join"),
            _flow("f12", "join", "end"),
        ),
    )


@pytest.fixture
def model(order: Process) -> ProcessModel:
    """A file of two processes."""
    stock = Process(
        id=ElementId("stock"),
        name="Stock",
        nodes=(_node("count", NodeKind.TASK, "Count items"),),
    )
    return ProcessModel(file="order.bpmn", digest="0", processes=(order, stock))


@pytest.fixture
def make_scenario() -> MakeScenario:
    """Make a scenario of words ``+entered``, ``>taken``, ``-left``, ``!interrupted``.

    Each moment is caused by the one before, or by those that it names: ``+join<f10<f11``.
    """
    passages = {
        "+": Passage.ENTERED,
        ">": Passage.TAKEN,
        "-": Passage.LEFT,
        "!": Passage.INTERRUPTED,
    }

    def make(*words: str, key: str = "main") -> Scenario:
        moments: list[Moment] = []
        for word in words:
            element, *causes = word[1:].split("<")
            passage = passages[word[0]]
            moments.append(
                Moment(
                    passage=passage,
                    element=ElementId(element),
                    visit=_number(moments, passage, element),
                    causes=tuple(_latest(moments, causes)) or _previous(moments),
                )
            )
        return Scenario(key=key, name=key, process_id=ORDER, moments=tuple(moments))

    return make


def _number(moments: list[Moment], passage: Passage, element: str) -> int:
    ends = {Passage.LEFT, Passage.INTERRUPTED}
    kinds = ends if passage in ends else {passage}
    return 1 + sum(each.element == element and each.passage in kinds for each in moments)


def _previous(moments: list[Moment]) -> tuple[int, ...]:
    return (len(moments) - 1,) if moments else ()


def _latest(moments: list[Moment], elements: Iterable[str]) -> Iterable[int]:
    for element in elements:
        yield max(index for index, each in enumerate(moments) if each.element == element)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file below a folder of the test's own."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@dataclass(frozen=True)
class WebSpec:
    """A description: one operation a line, ``get``, ``post`` or ``put``, which needs an id."""

    operations: dict[str, str]
    version: str = "1.2.3"


class WebSpecs:
    """Reads ``.web`` files."""

    def parse(self, path: Path) -> WebSpec | None:
        if path.suffix != ".web":
            return None
        words = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        if any(len(pair) != 2 for pair in words):
            at = SourceLocation(file=str(path), line=1)
            raise DefinitionError(
                [Problem(severity=Severity.ERROR, code="web", message="no web", location=at)]
            )
        return WebSpec({name: method for method, name in words})


class WebEndpoints:
    """Resolves ``service.operation``."""

    def match(self, endpoint: str, specs: Mapping[str, Spec]) -> Endpoint:
        service, _, name = endpoint.partition(".")
        spec = specs.get(service)
        if not isinstance(spec, WebSpec) or name not in spec.operations:
            raise EvaluationError(f"nothing is called '{endpoint}'", hint="Look again.")
        method = spec.operations[name]
        needs = (("input", "path", "id"),) if method == "put" else ()
        return Endpoint(service=service, name=name, safe=method == "get", needs=needs)


class NoConnection(BaseModel):
    """A connection of no fields."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A protocol plugin without an executor."""

    id: str
    call_fields: Sequence[CallField]
    roots: Mapping[str, str]
    spec_parser: WebSpecs | None = None
    endpoint_matcher: WebEndpoints | None = None
    connection_model: type[BaseModel] = NoConnection
    embedded: str | None = None
    lost: ViolationType = ViolationType.HTTP_ERROR
    unmet: ViolationType = ViolationType.TIMEOUT
    contract_validator: None = None

    @property
    def channel(self) -> str:
        return self.id.upper()

    @property
    def step_executor(self) -> StepExecutor:
        raise NotImplementedError


@pytest.fixture
def protocols() -> Mapping[str, ProtocolPlugin]:
    """A channel that has endpoints, one of messages, one of statements."""
    action, assertion = frozenset({StepKind.ACTION}), frozenset({StepKind.ASSERTION})
    web = Channel(
        id="web",
        call_fields=(
            CallField(name="endpoint", use=FieldUse.LITERAL, required=True),
            CallField(name="input", parts=frozenset({"path", "body"})),
            CallField(name="safe", use=FieldUse.LITERAL, kinds=assertion),
        ),
        roots={"response": "the reply"},
        spec_parser=WebSpecs(),
        endpoint_matcher=WebEndpoints(),
    )
    bus = Channel(
        id="bus",
        call_fields=(
            CallField(name="topic", use=FieldUse.ADDRESS, required=True),
            CallField(name="key"),
            CallField(name="value", kinds=action, required=True),
        ),
        roots={"message": "the message", "messages": "all of them"},
    )
    store = Channel(
        id="store",
        call_fields=(CallField(name="sql", use=FieldUse.STATEMENT, required=True),),
        roots={"row": "the first row", "rows": "all of them"},
    )
    return {channel.id: channel for channel in (bus, store, web)}


ORDER_BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="order" name="Order handling">
<startEvent id="start" name="Ordered"/>
<userTask id="place" name="Place order"/>
<exclusiveGateway id="amount" name="Amount?" default="low"/>
<userTask id="review" name="Review"/>
<exclusiveGateway id="fine" name="Fine?" default="f_yes"/>
<exclusiveGateway id="merge"/>
<parallelGateway id="fork"/>
<serviceTask id="ship" name="Ship"/>
<serviceTask id="charge" name="Charge"/>
<boundaryEvent id="declined" name="Declined" attachedToRef="charge">
  <errorEventDefinition/>
</boundaryEvent>
<parallelGateway id="join"/>
<endEvent id="end" name="Done"/>
<endEvent id="lost" name="Lost"><terminateEventDefinition/></endEvent>
<sequenceFlow id="f1" sourceRef="start" targetRef="place"/>
<sequenceFlow id="f2" sourceRef="place" targetRef="amount"/>
<sequenceFlow id="low" name="low" sourceRef="amount" targetRef="merge"/>
<sequenceFlow id="f_high" name="high" sourceRef="amount" targetRef="review"/>
<sequenceFlow id="f5" sourceRef="review" targetRef="fine"/>
<sequenceFlow id="f_no" name="no" sourceRef="fine" targetRef="review"/>
<sequenceFlow id="f_yes" name="yes" sourceRef="fine" targetRef="merge"/>
<sequenceFlow id="f7" sourceRef="merge" targetRef="fork"/>
<sequenceFlow id="f8" sourceRef="fork" targetRef="ship"/>
<sequenceFlow id="f9" sourceRef="fork" targetRef="charge"/>
<sequenceFlow id="f10" sourceRef="ship" targetRef="join"/>
<sequenceFlow id="f11" sourceRef="charge" targetRef="join"/>
<sequenceFlow id="f12" sourceRef="join" targetRef="end"/>
<sequenceFlow id="f13" sourceRef="declined" targetRef="lost"/>
</process>
</definitions>
"""


class Bench:
    """A folder with a process, a suite to be written, and fake channels to bind it with."""

    def __init__(
        self, folder: Path, write: Callable[[str, str], Path], protocols: Mapping[str, Any]
    ) -> None:
        self.folder = folder
        self.write = write
        self.protocols = protocols
        write("order.bpmn", ORDER_BPMN)
        write("shop.web", "post create\nput change\nget show")

    def suite(self, text: str) -> SuiteFile:
        """A suite file; ``process`` and ``specs`` need not be said."""
        begin = "" if "process:" in text else "process: order.bpmn\n"
        specs = "" if "specs:" in text else "specs: {shop: shop.web}\n"
        return read_suite(self.write("order.suite.yaml", begin + specs + text))

    def bind(self, text: str, **others: object) -> BoundSuite:
        given: dict[str, Any] = {"protocols": self.protocols, "environment": None, **others}
        return bind_suite(self.suite(text), **given)

    def environment(self, text: str) -> EnvironmentDefinition:
        channels = {name: frozenset({"credentials"}) for name in self.protocols}
        path = self.write("env.yaml", text)
        return next(iter(read_environments(path, channels=channels).values()))

    def errors(self, text: str, **others: object) -> list[str]:
        """The errors of binding, less the folder's name and the word ``error``."""
        with pytest.raises(BindingError) as refusal:
            self.bind(text, **others)
        return [self.plain(str(problem)) for problem in refusal.value.problems]

    def warnings(self, text: str, **others: object) -> list[str]:
        """What binding finds that is no error."""
        return [self.plain(str(problem)) for problem in self.bind(text, **others).problems]

    def plain(self, text: str) -> str:
        shown = text.replace(f"{self.folder}/", "").replace("order.suite.yaml:", "")
        return shown.replace("error[", "[")


@pytest.fixture
def bench(tmp_path: Path, write: Callable[[str, str], Path], protocols: Mapping[str, Any]) -> Bench:
    return Bench(tmp_path, write, protocols)
