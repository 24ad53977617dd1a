"""A step's ``action`` or ``assertion`` is compiled: its fields as the channel's plugin says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pytest_orchestra.data.environments import LATER_CHANNELS, EnvironmentDefinition
from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.problems import described, mistake, suggestion
from pytest_orchestra.expressions.statements import StatementTemplate, compile_statement
from pytest_orchestra.expressions.templates import Template, compile_template
from pytest_orchestra.model import Problem, SourceLocation
from pytest_orchestra.results import StepKind
from pytest_orchestra.spi import CallField, Endpoint, FieldUse, ProtocolPlugin
from pytest_orchestra.suite.bound import CallTemplate
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.connections import Wanted, choose_connection
from pytest_orchestra.suite.file import CallPart, ChannelDefaultsPart, DefaultsPart
from pytest_orchestra.suite.services import Services

ENDPOINT = "endpoint"
"""The field by which channels with an endpoint matcher say what is called."""
SAFE = "safe"
"""The field by which a step says that repeating its call does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """What the calls of one suite have in common.

    Attributes:
        environment: None: connections are not compared with any.
        judges_endpoints: False where ``specs`` cannot be read.
    """

    document: Document
    protocols: Mapping[str, ProtocolPlugin]
    services: Services
    defaults: DefaultsPart
    environment: EnvironmentDefinition | None = None
    judges_endpoints: bool = True

    def channel_defaults(self, channel: str) -> ChannelDefaultsPart:
        """The defaults of one channel's steps."""
        found = (self.defaults.model_extra or {}).get(channel)
        return found if isinstance(found, ChannelDefaultsPart) else ChannelDefaultsPart()


def find_plugin(
    part: CallPart, context: CallContext, path: PartPath, problems: list[Problem]
) -> ProtocolPlugin | None:
    """The plugin of a call's channel; None, and a problem, if there is none."""
    plugin = context.protocols.get(part.channel)
    if plugin is None:
        at = context.document.location((*path, "channel"))
        problems.append(unknown_channel(part.channel, context.protocols, at))
    return plugin


def unknown_channel(
    channel: str, protocols: Mapping[str, ProtocolPlugin], at: SourceLocation
) -> Problem:
    """Say that no plugin offers ``channel``."""
    if channel in LATER_CHANNELS:
        hint = "Leave out the step for now."
        return mistake("not-yet", f"the channel '{channel}' is not there yet", at=at, hint=hint)
    hint = suggestion(channel, protocols, "Installed channels")
    return mistake("unknown-channel", f"there is no channel '{channel}'", at=at, hint=hint)


def compile_call(
    part: CallPart,
    plugin: ProtocolPlugin,
    *,
    kind: StepKind,
    context: CallContext,
    path: PartPath,
    problems: list[Problem],
) -> CallTemplate:
    """Compile a call.

    Args:
        part: as decoded; it stands at ``path`` of the document.
        plugin: of its channel.
        kind: whether it stands under ``action`` or ``assertion``.
        context: of its suite.
        path: where it stands.
        problems: gets everything that is wrong with it; what is wrong is left out of the call.
    """
    call = _Call(part, plugin, kind=kind, context=context, path=path, problems=problems)
    call.check_keys()
    endpoint = call.endpoint()
    connection, credential = call.connection(endpoint)
    return CallTemplate(
        channel=plugin.id,
        connection=connection,
        fields=call.compiled(),
        uses={name: call.known[name].use for name in call.given},
        endpoint=endpoint,
        credential=credential,
    )


def wrong_defaults(context: CallContext) -> Iterator[Problem]:
    """Channels, and keys of channels, under ``defaults`` that there are not."""
    for channel, part in (context.defaults.model_extra or {}).items():
        plugin = context.protocols.get(channel)
        if plugin is None:
            at = context.document.key_location(("defaults", channel))
            yield unknown_channel(channel, context.protocols, at)
            continue
        known = [field.name for field in plugin.call_fields]
        for name in part.model_extra or {}:
            if name not in known:
                at = context.document.key_location(("defaults", channel, name))
                fields = ChannelDefaultsPart.model_fields.items()
                own = (field.alias or key for key, field in fields)
                hint = suggestion(name, (*known, *own), "Known keys")
                yield mistake("unknown-key", f"{channel} has no '{name}'", at=at, hint=hint)


class _Given(NamedTuple):
    """A field's value and where it stands: in the step, or among the defaults."""

    value: object
    path: PartPath


class _Call:
    """One call while it is compiled."""

    def __init__(
        self,
        part: CallPart,
        plugin: ProtocolPlugin,
        *,
        kind: StepKind,
        context: CallContext,
        path: PartPath,
        problems: list[Problem],
    ) -> None:
        self._part = part
        self._plugin = plugin
        self._kind = kind
        self._context = context
        self._document = context.document
        self._path = path
        self._problems = problems
        self._defaults = context.channel_defaults(plugin.id)
        self.known = {field.name: field for field in plugin.call_fields if kind in field.kinds}
        self.given = dict(self._merged())

    def _merged(self) -> Iterator[tuple[str, _Given]]:
        """The step's known fields and the defaults of the others; null takes a default away."""
        own = self._part.model_extra or {}
        base = ("defaults", self._plugin.id)
        for name, value in (self._defaults.model_extra or {}).items():
            if name in self.known and name not in own:
                yield name, _Given(value, (*base, name))
        for name, value in own.items():
            removed = value is None and name in (self._defaults.model_extra or {})
            if name in self.known and not removed:
                yield name, _Given(value, (*self._path, name))

    def check_keys(self) -> None:
        """Report unknown keys, keys of the other kind, and required ones that are missing."""
        for name in self._part.model_extra or {}:
            if name not in self.known:
                self._problems.append(self._unknown(name))
        for field in self.known.values():
            if field.required and field.name not in self.given:
                message = f"{self._what} needs '{field.name}'"
                self._say("missing-key", message, self._path, hint="Add it.")
        for name, given in self.given.items():
            if parts := self.known[name].parts:
                self._check_parts(name, given, parts)

    @cached_property
    def _what(self) -> str:
        return f"an {self._kind.value.lower()} on {self._plugin.id}"

    def _unknown(self, name: str) -> Problem:
        at = self._document.key_location((*self._path, name))
        if any(field.name == name for field in self._plugin.call_fields):
            hint = (
                "What is expected stands under 'expect'."
                if self._kind is StepKind.ASSERTION
                else "Only assertions have it."
            )
            return mistake("unknown-key", f"{self._what} has no '{name}'", at=at, hint=hint)
        known = (*self.known, "channel", "via", "as", "mode")
        hint = suggestion(name, known, "Known keys")
        return mistake("unknown-key", f"{self._what} has no '{name}'", at=at, hint=hint)

    def _check_parts(self, name: str, given: _Given, parts: frozenset[str]) -> None:
        if isinstance(given.value, dict):
            for key in given.value:
                if key not in parts and not key.startswith("x-"):
                    at = self._document.key_location((*given.path, key))
                    hint = suggestion(key, parts, "Known keys")
                    message = f"'{name}' has no '{key}'"
                    self._problems.append(mistake("unknown-key", message, at=at, hint=hint))
        elif not (isinstance(given.value, str) and "{{" in given.value):
            message = f"'{name}' is a mapping, found {described(given.value)}"
            hint = f"Known keys: {', '.join(sorted(parts))}."
            self._say("bad-value", message, given.path, hint=hint)

    def compiled(self) -> dict[str, Template | StatementTemplate | object]:
        """All fields, compiled as they are used."""
        return {name: self._compiled(self.known[name], each) for name, each in self.given.items()}

    def _compiled(self, field: CallField, given: _Given) -> object:
        locate = self._document.locator(given.path)
        match field.use:
            case FieldUse.VALUE | FieldUse.ADDRESS:
                with collecting(self._problems):
                    return compile_template(given.value, location=locate)
            case FieldUse.STATEMENT if isinstance(given.value, str):
                with collecting(self._problems):
                    return compile_statement(given.value, location=locate)
            case FieldUse.STATEMENT:
                message = f"'{field.name}' is text, found {described(given.value)}"
                self._say("bad-value", message, given.path)
            case FieldUse.LITERAL:
                self._check_literal(field.name, given.value, given.path)
        return given.value

    def _check_literal(self, name: str, value: object, path: PartPath) -> None:
        match value:
            case str() if "{{" in value:
                hint = "Write the value itself."
                self._say("template-here", f"'{name}' cannot have a template", path, hint=hint)
            case dict():
                for key, each in value.items():
                    self._check_literal(name, each, (*path, key))
            case list():
                for index, each in enumerate(value):
                    self._check_literal(name, each, (*path, index))

    def endpoint(self) -> Endpoint | None:
        """What ``endpoint`` names, where the channel has endpoints."""
        given = self.given.get(ENDPOINT)
        if given is None or self._plugin.endpoint_matcher is None:
            return None
        if not isinstance(given.value, str):
            message = f"'{ENDPOINT}' is text, found {described(given.value)}"
            self._say("bad-value", message, given.path)
            return None
        found = None
        if self._context.judges_endpoints and "{{" not in given.value:
            at = self._document.location(given.path)
            with collecting(self._problems):
                found = self._context.services.endpoint(self._plugin, given.value, at)
        if found is not None:
            self._check_needs(found)
        if found is not None and self._kind is StepKind.ASSERTION:
            self._check_safe(found, given)
        return found

    def _check_needs(self, endpoint: Endpoint) -> None:
        """Report what the endpoint cannot do without; what a template gives is seen in the run."""
        for need in endpoint.needs:
            field, *rest = need
            given = self.given.get(field, _Given({}, self._path))
            value, path = given.value, given.path
            while rest and isinstance(value, dict) and rest[0] in value:
                value, path = value[rest[0]], (*path, rest.pop(0))
            if rest and (value is None or isinstance(value, dict)):
                message = f"{endpoint.name} needs '{'.'.join(need)}'"
                self._say("missing-key", message, path, hint="Add it.")

    def _check_safe(self, endpoint: Endpoint, given: _Given) -> None:
        said = self.given.get(SAFE)
        if endpoint.safe or (said is not None and said.value is True):
            return
        self._say(
            "unsafe-assertion",
            f"an assertion repeats its call, and {endpoint.name} may change something",
            given.path,
            hint="Make it an action, or say 'safe: true' if repeating it does no harm.",
        )

    def connection(self, endpoint: Endpoint | None) -> tuple[str, str | None]:
        """The alias of the connection, empty where it is unknown, and the credential."""
        wanted = Wanted(
            channel=self._plugin.id,
            via=self._said("via"),
            credential=self._said("credential"),
            service=endpoint.service if endpoint is not None else None,
            locate=self._document.locator(self._path),
        )
        environment = self._context.environment
        if environment is None:
            return wanted.alias or "", wanted.credential
        if endpoint is None and self._plugin.endpoint_matcher is not None and wanted.via is None:
            return "", wanted.credential  # the endpoint has a problem of its own
        with collecting(self._problems):
            return choose_connection(wanted, environment), wanted.credential
        return "", None

    def _said(self, field: str) -> str | None:
        """``via`` or ``as`` of the step, else of its channel's defaults."""
        said = self._part if field in self._part.model_fields_set else self._defaults
        value: str | None = getattr(said, field)
        return value

    def _say(self, code: str, message: str, path: PartPath, *, hint: str = "") -> None:
        at = self._document.location(path)
        self._problems.append(mistake(code, message, at=at, hint=hint))
