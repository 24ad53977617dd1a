"""What a protocol plugin is. The engine knows these verbs and no channel by name.

Built-in and foreign plugins come in by the entry point group ``pytest_orchestra.protocols``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pytest_orchestra.results import Evidence, JsonLike, StepKind, ViolationType

if TYPE_CHECKING:
    from pydantic import BaseModel


class FieldUse(Enum):
    """What the engine does with a field of a step's ``action`` or ``assertion``."""

    VALUE = "value"
    """A template, rendered when the step is reached."""
    ADDRESS = "address"
    """A template that says where messages come from; rendered as early as it can be, to arm."""
    STATEMENT = "statement"
    """Text whose ``{{}}`` become bound parameters ``$1 .. $n``, never pasted."""
    LITERAL = "literal"
    """Taken as written; a template in it is a problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallField:
    """One key that a step may have on a channel.

    Attributes:
        kinds: the step kinds that may have it.
        required: of the kinds that may have it.
        parts: the keys of a mapping value that are known (``input`` of http); empty: any value.
        summary: one line for the reference.
    """

    name: str
    use: FieldUse = FieldUse.VALUE
    kinds: frozenset[StepKind] = frozenset(StepKind)
    required: bool = False
    parts: frozenset[str] = frozenset()
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A rendered STATEMENT: ``text`` with ``$1 .. $n`` and a value for each."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A resolved ``endpoint:``; plugins subclass it with what they need to call it.

    Attributes:
        service: name of the spec and of the connection, ``orders``.
        name: ``createOrder`` or ``POST /orders``.
        safe: whether calling it again changes nothing (GET, HEAD).
        needs: parts of the call's fields that must be given, ``("input", "path", "order_id")``.
    """

    service: str
    name: str
    safe: bool = False
    needs: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A step's call with every template rendered.

    Attributes:
        fields: by name, as the plugin's ``call_fields`` say; of an arming the addresses only.
        credential: ``as``: the name of one of the connection's credentials.
        within: seconds that the call may take.
    """

    fields: Mapping[str, object]
    endpoint: Endpoint | None = None
    credential: str | None = None
    within: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing seen on a channel: a reply, a message, a row.

    Attributes:
        id: what tells it from others, ``orders.events/0@17``; empty where looking again gives
            the present state anew (a reply, a row).
        key: of a message: those of one key have an order, which ``expect.ordered`` judges; None
            where it has none.
        roots: what ``rules`` and ``save`` see, ``{"message": {...}}``.
        status: what ``expect.status`` is compared with; None where the channel has none.
        value: what ``expect.value`` is compared with.
        headers: what ``expect.headers`` is compared with, names as sent.
        failure: the channel's own word that the call did not succeed (an HTTP status of 400 or
            more); judged only where ``expect`` names no status. Empty: it succeeded.
        at: when it happened, seconds since the epoch, where the channel says.
        evidence: what the result shows of it.
    """

    id: str = ""
    key: str | None = None
    roots: Mapping[str, JsonLike] = field(default_factory=dict)
    status: int | str | None = None
    value: JsonLike = None
    headers: Mapping[str, JsonLike] = field(default_factory=dict)
    failure: str = ""
    at: float | None = None
    evidence: Evidence = Evidence()


SURE_WITHIN = 5.0
"""Seconds that a look which found nothing may take beyond its own to make sure of that; as often
again as it reads something of what arrived meanwhile."""
SURE_AT_LAST = 30.0
"""Seconds that it may take for that in all, and a query for a connection that is free."""

Position = object
"""Where a client's stream stood at the arming; opaque to the engine."""


class Watch(Protocol):
    """Looks at one place for one assertion.

    Attributes:
        standing: True: each look gives the whole present state and the engine asks again every
            ``every`` (a query, a reply). False: each look gives what arrived since the last one,
            the first one what arrived since the arming; it returns as soon as something arrives.
    """

    standing: bool

    async def look(self, within: float) -> Sequence[Observation]:
        """Look once, for at most ``within`` seconds; an empty sequence: surely nothing new.

        A look that would give none may ask the system whether all was read that is there, for
        ``SURE_WITHIN`` seconds more; where it reads on, for ``SURE_AT_LAST`` in all. A look with
        ``within`` 0 gives all that has arrived.

        Only observations that the call's ``key``, ``headers`` and ``correlation_id`` select.

        Raises:
            ConnectorError: the system could not be asked, or something may have been missed; a
                retriable one is "not yet".
        """
        ...

    def seen(self) -> str:
        """One line of what passed by, selected or not: ``14 messages on orders.events since …``."""
        ...

    def passed_by(self) -> Sequence[Observation]:
        """The latest of what was not selected, for the near miss; at most 20."""
        ...


@runtime_checkable
class Rearming(Protocol):
    """What a client can do, too, where positions outlast the session that took them."""

    def keep(self, position: Position) -> JsonLike:
        """The position as JSON has it; None: it cannot be kept."""
        ...

    async def rearm(self, call: Call, kept: JsonLike) -> Position:
        """Take a position as an earlier session kept it, instead of the present end.

        Raises:
            ConnectorError: it could not be taken within ``call.within``, or is gone: what lay
                behind it was deleted, or the stream was made anew.
        """
        ...


class Client(Protocol):
    """One connection of an environment, opened once per session on the session's loop."""

    async def act(self, call: Call) -> Observation:
        """Do what the call says and give the reply.

        Raises:
            ConnectorError: it could not be done within ``call.within``.
            EvaluationError: a field of the call cannot be used.
            ConfigurationError: the connection has no such credential.
        """
        ...

    async def arm(self, call: Call) -> Position:
        """Take the position behind which messages count; ``call`` has the addresses only.

        Raises:
            ConnectorError: the position could not be taken within ``call.within``.
        """
        ...

    def watch(self, call: Call, position: Position) -> Watch:
        """Look from ``position`` (None: the call was never armed) for what ``call`` selects."""
        ...

    def reproduce(self, call: Call) -> str:
        """A line that does the same by hand (curl, psql, kcat, redis-cli); may show secrets."""
        ...

    async def close(self) -> None:
        """End the connection; never raises."""
        ...


class StepExecutor(Protocol):
    """Opens clients."""

    async def open(self, name: str, connection: BaseModel) -> Client:
        """Open the connection called ``name`` in the environment; may connect lazily.

        Raises:
            ConfigurationError: the driver is not installed, or a field cannot be used.
            ConnectorError: the system could not be reached.
        """
        ...


class Spec(Protocol):
    """A parsed description of a service; only its own plugin looks inside."""

    @property
    def version(self) -> str:
        """The description's own version field."""
        ...


class SpecParser(Protocol):
    """Reads descriptions of services."""

    def parse(self, path: Path) -> Spec | None:
        """Read a description; None if it is not of this plugin's kind.

        Raises:
            DefinitionError: it is of this kind, but cannot be read.
        """
        ...


class EndpointMatcher(Protocol):
    """Resolves the ``endpoint:`` of a step."""

    def match(self, endpoint: str, specs: Mapping[str, Spec]) -> Endpoint:
        """Find what ``endpoint`` names; ``specs`` are this plugin's, by service name.

        Raises:
            EvaluationError: nothing is called so; the hint has the nearest name.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One place where a call or a reply breaks its description.

    Attributes:
        path: ``body.items[0].id``.
        rule: the keyword of JSON Schema that is broken, where it is one.
    """

    message: str
    path: str = ""
    rule: str = field(default="", compare=False)


class ContractValidator(Protocol):
    """Checks calls and what comes back against the endpoint's description."""

    def check_request(self, call: Call) -> Sequence[Breach]:
        """What the call breaks; empty if nothing, or if there is no description."""
        ...

    def check_reply(self, call: Call, observation: Observation) -> Sequence[Breach]:
        """What the observation breaks; empty if nothing, or if there is no description."""
        ...

    def request_schema(self, endpoint: Endpoint) -> Mapping[str, object] | None:
        """What the endpoint takes, for those who make data; None if there is no description.

        Returns:
            A JSON Schema (2020-12) of a call's fields by name, references only to its ``$defs``;
            ``examples``, ``default``, ``pattern`` and ``format`` as the description has them.
        """
        ...


class ProtocolPlugin(Protocol):
    """A channel.

    Attributes:
        id: as suites and environments spell it, ``http``.
        channel: as results spell it, ``HTTP_REST``.
        call_fields: the keys of ``action`` and ``assertion`` beside ``channel``, ``via``, ``as``
            and ``mode``.
        roots: the names that ``rules`` and ``save`` see, each with one line of explanation.
        connection_model: the fields of a connection; ``enabled`` and ``embedded`` are everybody's
            and not among them. Secret fields are typed ``SecretStr``.
        embedded: the embedded service that can stand in for a connection (``postgres``,
            ``kafka``, ``redis``), if there is one; it gives values for the model's fields.
        lost: the violation of a connection that failed.
        unmet: the violation of a wait that was not met.
        spec_parser, endpoint_matcher, contract_validator: None where the channel has none.
    """

    id: str
    channel: str
    call_fields: Sequence[CallField]
    roots: Mapping[str, str]
    connection_model: type[BaseModel]
    embedded: str | None
    lost: ViolationType
    unmet: ViolationType
    spec_parser: SpecParser | None
    endpoint_matcher: EndpointMatcher | None
    step_executor: StepExecutor
    contract_validator: ContractValidator | None
