"""The described calls of a scenario, with the values of a data set put in and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pytest_orchestra.data.making.shapes import Shape, UnmakeableError
from pytest_orchestra.data.making.values import ValueMaker
from pytest_orchestra.data.making.variants import Place, changed
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions.templates import Template, compile_template
from pytest_orchestra.spi import Breach, Call, ContractValidator, Endpoint, ProtocolPlugin
from pytest_orchestra.suite.bound import BoundScenario, BoundStep, CallTemplate
from pytest_orchestra.suite.making.slots import Slot, leaves, slots_of

_KNOWN = frozenset({"data", "each", "visit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The call of a step that reads data and has a description.

    Attributes:
        bound: the step at its visit.
        shape: the schema of the call's fields.
        slots: where data stands as it is.
        fields: as the suite file has them, what does not come from data made up.
        turns: by list, how many items of ``each`` were taken so far.
    """

    bound: BoundStep
    endpoint: Endpoint
    contract: ContractValidator
    shape: Shape
    slots: tuple[Slot, ...]
    fields: Mapping[str, object]
    turns: Mapping[str, int]

    def shape_at(self, field: Place) -> Shape:
        """What the description says of a value of the call.

        Raises:
            UnmakeableError: it allows nothing there.
        """
        shape = self.shape
        for key in field:
            shape = shape.member(key)
        return shape

    def breaches(self, values: Mapping[str, object]) -> Sequence[Breach]:
        """What the call breaks with values of data; a value that is missing is a breach too."""
        names = {"data": values, "visit": self.bound.visit, "each": self._each(values)}
        fields: object = self.fields
        try:
            for text, field in leaves(self.fields):
                fields = changed(fields, field, _compiled(text).render(names))
        except EvaluationError as error:
            return (Breach(message=str(error)),)
        call = Call(fields=fields if isinstance(fields, dict) else {}, endpoint=self.endpoint)
        return self.contract.check_request(call)

    def _each(self, values: Mapping[str, object]) -> Mapping[str, object]:
        found: dict[str, object] = {}
        for name, turn in self.turns.items():
            items = values.get(name)
            if isinstance(items, list) and turn <= len(items):
                found[name] = items[turn - 1]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReader:
    """Finds the described calls of scenarios.

    Attributes:
        protocols: by channel.
        maker: makes what calls have beside data.
    """

    protocols: Mapping[str, ProtocolPlugin]
    maker: ValueMaker

    def requests(self, scenario: BoundScenario) -> Iterator[Request]:
        """Those of a scenario's steps, in the order of the way."""
        for bound in scenario.steps:
            call = bound.step.call
            plugin = self.protocols.get(call.channel) if call is not None else None
            contract = plugin.contract_validator if plugin is not None else None
            if call is None or call.endpoint is None or contract is None:
                continue
            schema = contract.request_schema(call.endpoint)
            if schema is not None and (found := self._request(bound, call, contract, schema)):
                yield found

    def _request(
        self,
        bound: BoundStep,
        call: CallTemplate,
        contract: ContractValidator,
        schema: Mapping[str, object],
    ) -> Request | None:
        written = {
            name: field.value for name, field in call.fields.items() if isinstance(field, Template)
        }
        if call.endpoint is None or not _reads_data(written):
            return None
        shape = Shape.of(schema)
        return Request(
            bound=bound,
            endpoint=call.endpoint,
            contract=contract,
            shape=shape,
            slots=tuple(slots_of(written, bound.visit, bound.items)),
            fields=self._made_up(written, shape),
            turns=bound.items,
        )

    def _made_up(self, written: Mapping[str, object], shape: Shape) -> Mapping[str, object]:
        """The fields with values where templates read what only a run knows."""
        fields: object = written
        for text, field in leaves(written):
            roots = {each.root for each in _compiled(text).references}
            if not roots <= _KNOWN or "(" in text:
                fields = changed(fields, field, self._value(shape, field))
        return fields if isinstance(fields, dict) else {}

    def _value(self, shape: Shape, field: Place) -> object:
        try:
            for key in field:
                shape = shape.member(key)
            return self.maker.make(shape, str(field[-1]))
        except UnmakeableError:
            return "made-up"


def _reads_data(fields: Mapping[str, object]) -> bool:
    return any(
        each.root in {"data", "each"}
        for text, _ in leaves(fields)
        for each in _compiled(text).references
    )


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Template:
    return compile_template(text)
